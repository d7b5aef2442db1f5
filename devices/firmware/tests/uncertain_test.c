#include "images.h"
#include "rig.h"
#include "test.h"
#include "uncertain.h"
#include "../core/inference/inference.h"
#include "../core/link/crc.h"
#include "../core/mem.h"

/* The least certain windows: which are kept, how they are read, and what may happen meanwhile. */

enum { PACE_S = 600 };

static uint8_t entry[CUR_UNCERTAIN_SIZE];

/* A board of 64 blocks of 1 KiB, whose expert lies in two of its eight places: four windows by the setting.
 */
static int start_small(void) {
    rig_start_with(0x10000, 1024, 8);
    return rig_deploy() || rig_ask_experts(8) || uncertain_set(50, PACE_S);
}

static int start(void) {
    rig_start();
    return rig_deploy() || rig_ask_experts(8) || uncertain_set(10, PACE_S);
}

static void pass(uint32_t seconds) {
    rig_fake.skipped_ns += seconds * 1000000000ull;
    rig_poll_all();
}

static float entropy_of(const uint8_t *of) {
    return cur_f32(of + 32);
}

static void keeps_none_unless_asked(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0);
    uint32_t before = rig_fake.flash.operations;
    for (uint32_t seed = 1; seed < 5; seed++) {
        CHECK_AT(seed, uncertain_infer(seed) == 0);
        pass(86400);
    }
    CHECK(rig_fake.flash.operations == before && uncertain_list(0) == 0 && uncertain_count == 0);
    CHECK(rig_number("room") == 0 && rig_number("size") == CUR_UNCERTAIN_SIZE && rig_number("head") == 128);
}

static void keeps_the_least_certain(void) {
    float most = -1.0f;
    uint32_t which = 0;
    CHECK(start() == 0);
    for (uint32_t seed = 1; seed <= 12; seed++) {
        CHECK_AT(seed, uncertain_infer(seed) == 0);
        if (rig_board.last.scores.entropy > most) {
            most = rig_board.last.scores.entropy;
            which = seed;
        }
        pass(40);
    }
    CHECK(uncertain_list(0) == 0 && uncertain_count == 0);
    pass(PACE_S);
    CHECK(uncertain_list(0) == 0 && uncertain_count == 1 && uncertain_read(1, entry) == 0);
    CHECK(memcmp(entry, uncertain_heads, CUR_UNCERTAIN_HEAD) == 0 && uncertain_sound(entry));
    const uint8_t *record = cur_telemetry_record(&rig_board.telemetry, which);
    CHECK(cur_u32(entry + 4) == 1 && cur_u32(entry + 8) == 77 && cur_u32(entry + 12) == which);
    CHECK(cur_u32(entry + 16) == cur_u32(record + 4) && cur_u32(entry + 24) == 0);
    CHECK(entropy_of(entry) == most && memcmp(entry + 32, record + 28, 4) == 0);
    CHECK(memcmp(entry + 40, record + 24, 4) == 0 && cur_u16(entry + 44) == cur_u16(record + 20));
    CHECK(memcmp(entry + 48, record + 12, 8) == 0 && cur_u16(entry + 64) == 3 && entry[66] == 0);

    /* What the same window gives now. */
    CHECK(uncertain_infer(which) == 0);
    CHECK(memcmp(entry + 128, rig_board.last.scores.logits, 12) == 0 && cur_u32(entry + 140) == 0);
    float offset = cur_f32(entry + 56), scale = cur_f32(entry + 60), half = 0.5001f / scale;
    CHECK(offset == CUR_UNCERTAIN_OFFSET && scale == CUR_UNCERTAIN_SCALE);
    for (uint32_t i = 0; i < CUR_UNCERTAIN_CODES; i++) {
        float d = offset + (float)(int8_t)entry[384 + i] / scale - rig_board.patch[i];
        CHECK_AT(i, d <= half && d >= -half);
    }
}

static void tells_the_time_of_day(void) {
    CHECK(start() == 0);
    cur_clock_set(&rig_board.clock, 1780000000000ull, cur_uptime_ms(&rig_board));
    CHECK(uncertain_infer(1) == 0);
    pass(PACE_S);
    CHECK(uncertain_read(1, entry) == 0 &&
          memcmp(entry + 24, cur_telemetry_record(&rig_board.telemetry, 1) + 80, 8) == 0);
}

static void keeps_what_the_encoder_takes(void) {
    static struct cur_encoder opened;
    static uint8_t encoder[16384] __attribute__((aligned(16)));
    static int8_t codes[CUR_UNCERTAIN_CODES];
    static const struct cur_hal quiet;
    uint8_t hash[32];
    rig_start();
    rig_image_len = images_encoder(rig_image, 5);
    uint32_t len = rig_image_len;
    memcpy(encoder, rig_image, len);
    fake_sha256(rig_image, len, hash);
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == 0);
    struct images_plan plan = images_expert(4, 0);
    plan.encoder_hash = hash;
    plan.embedding = 48;
    rig_image_len = images_build(rig_image, &plan, 1);
    CHECK(rig_deploy() == 0 && uncertain_set(10, PACE_S) == 0 && uncertain_infer(3) == 0);
    pass(PACE_S);
    CHECK(uncertain_read(1, entry) == 0 && uncertain_sound(entry) && entry[66] == 1);
    CHECK(cur_encoder_open(&opened, encoder, len, &quiet) == 0);
    CHECK(cur_f32(entry + 56) == opened.offset && cur_f32(entry + 60) == opened.scale);
    cur_encoder_quantize(codes, rig_board.patch, CUR_UNCERTAIN_CODES, opened.offset, opened.scale);
    CHECK(memcmp(entry + 384, codes, sizeof codes) == 0);
}

/* Of many windows, one in each stretch of time, those of the highest entropy are left. */
static void keeps_the_best_of_many(void) {
    enum { WINDOWS = 60, ROOM = 4 };
    float all[WINDOWS];
    CHECK(start_small() == 0);
    for (uint32_t i = 0; i < WINDOWS; i++) {
        CHECK_AT(i, uncertain_infer(i + 1) == 0);
        all[i] = rig_board.last.scores.entropy;
        pass(PACE_S);
        if (i % 9 == 0) rig_restart(CUR_CAUSE_POWER);
    }
    CHECK(uncertain_list(0) == 0 && uncertain_count == ROOM && rig_number("room") == ROOM);
    for (uint32_t k = 0; k < ROOM; k++) {
        const uint8_t *head = uncertain_heads + CUR_UNCERTAIN_HEAD * k;
        uint32_t above = 0;
        for (uint32_t i = 0; i < WINDOWS; i++)
            above += all[i] > entropy_of(head);
        CHECK_AT(k, above < ROOM && uncertain_read(cur_u32(head + 4), entry) == 0 && uncertain_sound(entry));
    }
    CHECK(!rig_fake.flash.rule_broken);
}

static void acknowledged_ones_are_gone(void) {
    CHECK(start() == 0);
    for (uint32_t i = 1; i <= 3; i++) {
        CHECK_AT(i, uncertain_infer(i) == 0);
        pass(PACE_S);
    }
    CHECK(uncertain_list(0) == 0 && uncertain_count == 3 && uncertain_read(2, entry) == 0);
    uint32_t crc = cur_u32(entry + 124);
    /* Another window's id is not enough, and one that is not there is nothing. */
    CHECK(uncertain_drop(1, crc) == 0 && uncertain_drop(9, crc) == 0 && uncertain_drop(0, crc) == 0);
    CHECK(uncertain_list(0) == 0 && uncertain_count == 3);
    CHECK(uncertain_drop(2, crc) == 0 && uncertain_list(0) == 0 && uncertain_count == 2);
    CHECK(uncertain_read(2, entry) == CUR_RC_BAD_SLOT && uncertain_drop(2, crc) == 0);
    CHECK(uncertain_list(1) == 0 && uncertain_count == 1 && cur_u32(uncertain_heads + 4) == 3);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(uncertain_list(0) == 0 && uncertain_count == 2);
    /* Ids go on. */
    CHECK(uncertain_infer(4) == 0);
    pass(PACE_S);
    CHECK(uncertain_list(3) == 0 && uncertain_count == 1 && cur_u32(uncertain_heads + 4) == 4);
    CHECK(!rig_fake.flash.rule_broken);
}

static void lists_in_pieces(void) {
    uint32_t seen = 0, last = 0;
    CHECK(start() == 0 && uncertain_set(50, 1) == 0);
    for (uint32_t i = 1; i <= CUR_UNCERTAIN_MOST; i++) {
        CHECK_AT(i, uncertain_infer(i) == 0);
        pass(2);
    }
    for (int asked = 0; asked < 100; asked++) {
        CHECK_AT(asked, uncertain_list(last) == 0);
        if (uncertain_count == 0) break;
        for (uint32_t i = 0; i < uncertain_count; i++) {
            uint32_t id = cur_u32(uncertain_heads + CUR_UNCERTAIN_HEAD * i + 4);
            CHECK_AT(i, id > last);
            last = id;
            seen++;
        }
    }
    CHECK(seen == CUR_UNCERTAIN_MOST && rig_number("room") == CUR_UNCERTAIN_MOST);
}

static void says_what_is_wrong(void) {
    CHECK(start() == 0 && uncertain_infer(1) == 0);
    pass(PACE_S);
    rig_request(1);
    rig_pair("id", 1);
    CHECK(rig_ask(CUR_OP_READ, 68, 1) == CUR_RC_MALFORMED);
    rig_request(2);
    rig_pair("id", 1);
    rig_pair("off", CUR_UNCERTAIN_SIZE + 1);
    CHECK(rig_ask(CUR_OP_READ, 68, 1) == CUR_RC_BAD_OFFSET);
    rig_request(2);
    rig_pair("id", 2);
    rig_pair("off", 0);
    CHECK(rig_ask(CUR_OP_READ, 68, 1) == CUR_RC_BAD_SLOT);
    rig_request(1);
    rig_pair("id", 1);
    CHECK(rig_ask(CUR_OP_WRITE, 68, 2) == CUR_RC_MALFORMED);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_WRITE, 68, 0) == CUR_RC_UNSUPPORTED);
    rig_request(1);
    rig_pair_bytes("after", entry, 1);
    CHECK(rig_ask(CUR_OP_READ, 68, 0) == CUR_RC_MALFORMED && uncertain_list(0) == 0 && uncertain_count == 1);
}

static void makes_way_for_images(void) {
    CHECK(start_small() == 0);
    for (uint32_t i = 1; i <= 20; i++) {
        CHECK_AT(i, uncertain_infer(i) == 0);
        pass(PACE_S);
    }
    CHECK(uncertain_list(0) == 0 && uncertain_count == 4);
    uint32_t before = cur_store_free(&rig_board.store), places = 4;
    CHECK(before > 40 * 1024); /* as if nothing were kept */
    for (uint32_t seed = 2; seed < 7; seed++) {
        rig_image_len = fake_image(rig_image, seed);
        int rc = rig_upload();
        if (rc == CUR_RC_FULL) break;
        CHECK_AT(seed, rc == 0 && rig_ask_slot(3, rig_slot) == 0 && uncertain_list(0) == 0);
        CHECK_AT(seed, uncertain_count <= places && rig_number("room") <= 4);
        places = uncertain_count;
        for (uint32_t i = 0; i < uncertain_count; i++) {
            uint32_t id = cur_u32(uncertain_heads + CUR_UNCERTAIN_HEAD * i + 4);
            CHECK_AT(seed, uncertain_read(id, entry) == 0 && uncertain_sound(entry));
            CHECK_AT(seed, uncertain_list(0) == 0);
        }
    }
    CHECK(places < 4);
    /* What lay in the way of an image that is gone again does not come back. */
    uint32_t left = places;
    for (uint32_t slot = 1; slot < CUR_SLOTS; slot++)
        CHECK_AT(slot, rig_ask_slot(5, slot) == 0);
    CHECK(uncertain_list(0) == 0 && uncertain_count == left && rig_number("room") == 4);
    CHECK(!rig_fake.flash.rule_broken);
}

static void an_image_interrupts_the_writing(void) {
    CHECK(start_small() == 0 && uncertain_infer(1) == 0);
    rig_fake.skipped_ns += PACE_S * 1000000000ull;
    for (int pass = 0; pass < 12; pass++)
        CHECK_AT(pass, cur_poll(&rig_board) == 1);
    CHECK(rig_board.uncertain.job == CUR_UNCERTAIN_PROGRAMMING);
    /* Images until one lies there. */
    rig_direct = 1;
    for (uint32_t seed = 2; rig_board.uncertain.job; seed++) {
        rig_image_len = fake_image(rig_image, seed);
        int rc = rig_upload() || rig_ask_slot(3, rig_slot);
        if (rc) rig_direct = 0;
        CHECK_AT(seed, rc == 0);
    }
    rig_direct = 0;
    rig_poll_all();
    CHECK(uncertain_list(0) == 0 && uncertain_count == 0 && rig_ask_slot(3, rig_slot) == 0);
    CHECK(rig_activate(rig_slot) == 0 && !rig_fake.flash.rule_broken);
}

static void works_a_piece_at_a_time(void) {
    CHECK(start() == 0 && uncertain_infer(1) == 0);
    rig_fake.skipped_ns += PACE_S * 1000000000ull;
    uint32_t passes = 0, erased = 0;
    for (;; passes++) {
        uint32_t before = rig_fake.flash.operations;
        uint64_t erases = 0;
        for (uint32_t i = 0; i < FLASH_BLOCKS_MAX; i++)
            erases += rig_fake.flash.erases[i];
        if (!cur_poll(&rig_board)) break;
        uint32_t operations = rig_fake.flash.operations - before;
        for (uint32_t i = 0; i < FLASH_BLOCKS_MAX; i++)
            erases -= rig_fake.flash.erases[i];
        erased += erases != 0;
        CHECK_AT(passes, erases ? operations == 1 : operations <= CUR_UNCERTAIN_PIECE / 8);
        /* A request is answered first, and nothing else is done in that pass. */
        rig_request(0);
        rig_send(CUR_FRAMING_BINARY, CUR_OP_READ, 67, 1, rig_payload, rig_writer.len);
        before = rig_fake.flash.operations;
        CHECK_AT(passes, cur_poll(&rig_board) == 1 && rig_take_reply(CUR_FRAMING_BINARY));
        CHECK_AT(passes, rig_fake.flash.operations == before);
    }
    CHECK(erased == 2 && passes == 1 + 2 + 25 + 1 && uncertain_list(0) == 0 && uncertain_count == 1);
}

static void inferences_meanwhile_leave_it_whole(void) {
    CHECK(start() == 0 && uncertain_infer(1) == 0);
    float entropy = rig_board.last.scores.entropy;
    rig_fake.skipped_ns += PACE_S * 1000000000ull;
    for (uint32_t i = 2; cur_poll(&rig_board); i++)
        CHECK_AT(i, uncertain_infer_direct(i) == 0);
    CHECK(uncertain_list(0) == 0 && uncertain_count == 1 && uncertain_read(1, entry) == 0);
    CHECK(uncertain_sound(entry) && entropy_of(entry) == entropy && cur_u32(entry + 12) == 1);
}

static int failing(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx;
    (void)off;
    (void)bytes;
    (void)n;
    return -1;
}

static void a_failing_flash_costs_one_window(void) {
    CHECK(start() == 0 && uncertain_infer(1) == 0);
    pass(PACE_S);
    int (*program)(void *, uint32_t, const uint8_t *, uint32_t) = rig_fake.hal.flash_program;
    rig_fake.hal.flash_program = failing;
    CHECK(uncertain_infer(2) == 0);
    pass(PACE_S);
    rig_fake.hal.flash_program = program;
    CHECK(uncertain_list(0) == 0 && uncertain_count == 1);
    CHECK(uncertain_infer(3) == 0);
    pass(PACE_S);
    CHECK(uncertain_list(0) == 0 && uncertain_count == 2 && uncertain_read(3, entry) == 0);
    CHECK(uncertain_sound(entry) &&
          rig_board.uncertain.kept[0].first + 4 == rig_board.uncertain.kept[1].first);
}

static void damage_is_not_told_of(void) {
    CHECK(start() == 0);
    for (uint32_t i = 1; i <= 2; i++) {
        CHECK_AT(i, uncertain_infer(i) == 0);
        pass(PACE_S);
    }
    uint32_t at = rig_board.uncertain.kept[0].first * 4096u;
    for (uint32_t byte = 0; byte < CUR_UNCERTAIN_SIZE; byte += 97) {
        rig_fake.flash.bytes[at + byte] ^= 4;
        rig_restart(CUR_CAUSE_POWER);
        CHECK_AT(byte, uncertain_list(0) == 0 && uncertain_count == 1 && cur_u32(uncertain_heads + 4) == 2);
        rig_fake.flash.bytes[at + byte] ^= 4;
    }
    rig_restart(CUR_CAUSE_POWER);
    CHECK(uncertain_list(0) == 0 && uncertain_count == 2);
}

static void switched_off_and_on(void) {
    CHECK(start() == 0 && uncertain_infer(1) == 0);
    pass(PACE_S);
    CHECK(uncertain_set(0, PACE_S) == 0 && uncertain_list(0) == 0 && uncertain_count == 0);
    CHECK(rig_number("room") == 0 && uncertain_set(50, 60) == 0 && uncertain_list(0) == 0);
    CHECK(uncertain_count == 1 && rig_number("room") == CUR_UNCERTAIN_MOST);
    CHECK(uncertain_infer(2) == 0);
    pass(61);
    CHECK(uncertain_list(0) == 0 && uncertain_count == 2);
}

TEST_LIST(uncertain_tests) = {
    {"no window is kept until a setting asks for it", keeps_none_unless_asked},
    {"the least certain window of each stretch of time is kept with what its record says",
     keeps_the_least_certain},
    {"a window tells the time of day where the board knows it", tells_the_time_of_day},
    {"a window's log-mel are the codes that the encoder takes in", keeps_what_the_encoder_takes},
    {"of many windows the least certain are left, over restarts, too", keeps_the_best_of_many},
    {"what was acknowledged is gone, after a start, too", acknowledged_ones_are_gone},
    {"a list longer than a message comes in pieces", lists_in_pieces},
    {"requests for windows that are wrong change nothing", says_what_is_wrong},
    {"windows make way for images", makes_way_for_images},
    {"an image may take the place that a window is being written to", an_image_interrupts_the_writing},
    {"the flash is worked on a piece at a time, and not while somebody asks", works_a_piece_at_a_time},
    {"inferences meanwhile do not change the window that is being written",
     inferences_meanwhile_leave_it_whole},
    {"a flash that fails costs one window", a_failing_flash_costs_one_window},
    {"a window that is damaged anywhere is not told of", damage_is_not_told_of},
    {"what was kept is there again when the setting is", switched_off_and_on},
    TEST_END,
};
