#include "images.h"
#include "rig.h"
#include "test.h"
#include "../core/inference/inference.h"

/* The marker's lines, as an instrument beside the board sees them. */

enum { SEEN = 16 };

static uint32_t lines[SEEN], seen;
static uint64_t at_ns[SEEN];

static void mark(void *ctx, uint32_t high) {
    struct fake *f = ctx;
    if (seen == SEEN) return;
    lines[seen] = high;
    at_ns[seen++] = f->hal.busy_ns(f);
}

static int start(void) {
    rig_start();
    rig_fake.hal.mark = mark;
    seen = 0;
    return rig_deploy();
}

static void marks_parts_in_turn(void) {
    static const uint32_t want[] = {
        CUR_MARK_INFERENCE | CUR_MARK_FEATURES,
        CUR_MARK_INFERENCE | CUR_MARK_ENCODER,
        CUR_MARK_INFERENCE | CUR_MARK_EXPERT,
        0,
    };
    CHECK(start() == 0 && seen == 0);
    CHECK(rig_infer(3) == 0 && seen == 4 && memcmp(lines, want, sizeof want) == 0);
    /* As long as the result tells, but for the clock's own steps of a microsecond. */
    for (uint32_t part = 0; part < 2; part++) {
        uint64_t us = (at_ns[part + 1] - at_ns[part]) / 1000;
        CHECK_AT(part, us >= rig_board.last.latency_us[part] && us <= rig_board.last.latency_us[part] + 4);
    }
    CHECK(rig_infer(4) == 0 && seen == 8 && lines[7] == 0);
}

static void lies_low_where_nothing_runs(void) {
    rig_start();
    rig_fake.hal.mark = mark;
    seen = 0;
    CHECK(rig_infer(3) != 0 && seen == 0);
}

TEST_LIST(marker_tests) = {
    {"an inference's line is high while it runs, and each part's in turn", marks_parts_in_turn},
    {"without an expert no line is ever high", lies_low_where_nothing_runs},
    TEST_END,
};
