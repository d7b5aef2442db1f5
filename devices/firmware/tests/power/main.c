/* Cuts the board's power in every operation on its flash, at every granule, and twice where the seed is odd;
 * what is left must always start, run a whole expert, and come to the end of what it was doing. A failure
 * prints an id, scenario:granule:operation:seed, which as argument replays it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios.h"

enum { BLOCK = 1024, FLASH = 0x10000, POINTS = 190 };

static const uint32_t granules[] = {1, 8, 32};

/* The board and its flash as they were before the action. */
static struct cur_board board_before;
static struct flash flash_before;

static uint32_t scramble(uint32_t x) {
    x = (x ^ x >> 16) * 0x7feb352d;
    x = (x ^ x >> 15) * 0x846ca68b;
    return x ^ x >> 16;
}

static void keep(void) {
    memcpy(&board_before, &rig_board, sizeof board_before);
    memcpy(&flash_before, &rig_fake.flash, sizeof flash_before);
}

static void restore(void) {
    struct flash *f = &rig_fake.flash;
    memcpy(&rig_board, &board_before, sizeof board_before);
    memcpy(f->bytes, flash_before.bytes, f->size);
    memcpy(f->begun, flash_before.begun, f->size / f->granule);
    f->operations = f->cut_at = 0;
    f->rule_broken = 0;
}

static void power_on(void) {
    memset(&rig_board, 0xee, sizeof rig_board);
    rig_restart(CUR_CAUSE_POWER);
}

/* Runs `work` until the power fails at the operation `at` from now (0: it holds). 0, the work's own failure,
 * or CUT. */
enum { CUT = -1000 };

static int powered(int (*work)(void), uint32_t at, uint32_t pattern) {
    struct flash *f = &rig_fake.flash;
    f->pattern = pattern;
    f->cut_at = at ? f->operations + at : 0;
    int rc = CUT;
    if (setjmp(f->power) == 0) rc = work();
    f->cut_at = 0;
    return rc;
}

static const struct scenario *scenario;

static int act(void) {
    return scenario->act();
}

static const char *wrong;

static int fail(const char *what) {
    wrong = what;
    return 1;
}

/* Right after a start. */
static int check(void) {
    int who = who_answers();
    if (scenario->check && scenario->check(0)) return fail("the state is neither the old nor the new one");
    if (who != scenario->before && who != scenario->after) {
        return fail(who == NOBODY ? "no expert runs" : who < 0 ? "a mixture runs" : "a wrong expert runs");
    }
    return 0;
}

static int recover(void) {
    power_on();
    if (check()) return 1;
    return act() ? fail("the action does not come to its end") : 0;
}

/* One cut, or two. 0 where all is well. */
static int cut(uint32_t n, uint32_t seed, uint32_t operations) {
    restore();
    uint32_t pattern = scramble(seed * 7919 + n);
    int rc = powered(act, n, pattern);
    if (rc != CUT && rc) return fail("the action fails");
    if (seed & 1) {
        rc = powered(recover, 1 + scramble(pattern) % (operations + 4), scramble(pattern + 1));
        if (rc != CUT && rc) return 1;
    }
    if (recover()) return 1;
    int who = who_answers();
    if (who != scenario->after) return fail("the new expert does not run");
    if (scenario->check && scenario->check(1)) return fail("the new state is not there");
    if (who != NOBODY && pass_trial()) return fail("the expert does not go on");
    power_on();
    if (who_answers() != scenario->after) return fail("the new expert is not kept");
    if (!rig_board.store.has_key && (erase_others() || deploy(10) || who_answers() != 10))
        return fail("no other can be deployed");
    if (rig_fake.flash.rule_broken) return fail("a rule of the flash was broken");
    return 0;
}

static int report(uint32_t granule, uint32_t n, uint32_t seed) {
    printf("FAIL  %s:%u:%u:%u  %s\n", scenario->name, granule, n, seed, wrong);
    return 1;
}

/* Leaves the board before the action; how many operations that takes. 0 where it fails. */
static uint32_t start(uint32_t granule) {
    rig_start_with(scenario->flash_size ? scenario->flash_size : FLASH, BLOCK, granule);
    scenario->prepare();
    keep();
    restore();
    if (act()) return 0;
    return rig_fake.flash.operations;
}

static int replay(const char *id) {
    char name[32];
    unsigned granule, n, seed;
    if (sscanf(id, "%31[^:]:%u:%u:%u", name, &granule, &n, &seed) != 4) {
        fprintf(stderr, "usage: curlew-powerloss [scenario:granule:operation:seed]\n");
        return 2;
    }
    for (int i = 0; i < scenario_count; i++) {
        scenario = &scenarios[i];
        if (strcmp(scenario->name, name)) continue;
        uint32_t operations = start(granule);
        if (cut(n, seed, operations)) return report(granule, n, seed);
        printf("ok    %s\n", id);
        return 0;
    }
    fprintf(stderr, "There is no scenario %s.\n", name);
    return 2;
}

int main(int argc, char **argv) {
    scenarios_start();
    if (argc > 1) return replay(argv[1]);
    uint32_t points = 0, failures = 0;
    for (int i = 0; i < scenario_count; i++) {
        scenario = &scenarios[i];
        uint32_t shown = 0, before = points;
        for (size_t g = 0; g < sizeof granules / sizeof *granules; g++) {
            uint32_t operations = start(granules[g]);
            if (operations == 0) {
                printf("FAIL  %s:%u does not work even with power\n", scenario->name, granules[g]);
                failures++;
                continue;
            }
            /* All operations over and over with other patterns, or as many as there is time for. */
            for (uint32_t point = 0; point < POINTS; point++) {
                uint32_t n = operations <= POINTS ? point % operations
                                                  : (uint32_t)((uint64_t)point * operations / POINTS);
                uint32_t seed = 1 + point / operations + point % 2;
                points++;
                if (!cut(1 + n, seed, operations)) continue;
                failures++;
                if (shown++ < 5) report(granules[g], 1 + n, seed);
            }
        }
        if (!shown) printf("ok    %s: %u cuts\n", scenario->name, points - before);
        fflush(stdout);
    }
    printf("%u cuts of power, %u failed\n", points, failures);
    return failures != 0;
}
