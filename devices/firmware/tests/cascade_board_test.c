#include "images.h"
#include "rig.h"
#include "test.h"
#include "../core/inference/inference.h"
#include "../core/mem.h"

/* A board whose active bank is a cascade of experts on encoders of their own. */

enum { EXPERTS = 3 };

static uint8_t encoder_hashes[EXPERTS * 32], hashes[EXPERTS * 32];
static const float prior[EXPERTS] = {0, 0.5f, 1};
static uint32_t slots[EXPERTS], encoder_slots[EXPERTS], router_slot;

static int send(uint8_t *sha, uint32_t *slot) {
    fake_sha256(rig_image, rig_image_len, sha);
    int rc = rig_upload();
    if (!rc) rc = rig_ask_slot(3, rig_slot);
    *slot = rig_slot;
    return rc;
}

static int send_encoder(int e) {
    rig_image_len = images_encoder(rig_image, 40 + (uint32_t)e);
    return send(encoder_hashes + 32 * e, &encoder_slots[e]);
}

static int send_expert(int e) {
    struct images_plan plan = images_expert(4, 0);
    plan.encoder_hash = encoder_hashes + 32 * e;
    plan.embedding = 48;
    rig_image_len = images_build(rig_image, &plan, (uint32_t)e + 1);
    return send(hashes + 32 * e, &slots[e]);
}

static int send_router(uint16_t decision, float low, float high) {
    uint8_t sha[32];
    const float thresholds[2] = {low, high};
    struct images_plan plan = images_cascade(hashes, prior, decision, thresholds);
    plan.encoder_hash = encoder_hashes;
    plan.embedding = 48;
    rig_image_len = images_build(rig_image, &plan, 9);
    return send(sha, &router_slot);
}

/* Encoders, experts and router, active and past the trial. */
static int start(uint16_t decision, float low, float high) {
    rig_start();
    for (int e = 0; e < EXPERTS; e++) {
        if (send_encoder(e) || send_expert(e)) return -1;
    }
    if (send_router(decision, low, high)) return -1;
    return rig_activate_bank(slots, EXPERTS, (int)router_slot) || rig_ask_experts(8);
}

static float score_told(void) {
    float score = -1;
    (void)cur_cbor_get_f32(&rig_map, "score", &score);
    return score;
}

static void tells_which_stages_ran(void) {
    static const float cases[3][2] = {{2, 2}, {-1, 2}, {-1, -1}};
    for (uint32_t place = 0; place < EXPERTS; place++) {
        CHECK(start(CUR_DECISION_ENTROPY, cases[place][0], cases[place][1]) == 0 && rig_infer(3) == 0);
        CHECK_AT(place, rig_number("slot") == slots[place] && rig_number("stages") == (1u | 1u << place));
        CHECK_AT(place, score_told() == rig_board.last.route.score && score_told() > 0.0f);
        const uint8_t *record = cur_telemetry_record(&rig_board.telemetry, 1);
        CHECK_AT(place, record[23] == 5 && record[64] == place && record[75] == (1u | 1u << place));
        CHECK_AT(place, cur_f32(record + 88) == score_told() && cur_u32(record + 92) == 0);
    }
}

static uint32_t lines[8], seen;

static void mark(void *ctx, uint32_t high) {
    (void)ctx;
    if (seen < 8) lines[seen++] = high & ~(uint32_t)CUR_MARK_INFERENCE;
}

static void marks_each_stage(void) {
    static const uint32_t want[] = {
        CUR_MARK_FEATURES, CUR_MARK_ENCODER, CUR_MARK_EXPERT, CUR_MARK_ENCODER, CUR_MARK_EXPERT, 0,
    };
    CHECK(start(CUR_DECISION_ENTROPY, -1, 2) == 0);
    rig_fake.hal.mark = mark;
    seen = 0;
    CHECK(rig_infer(3) == 0 && seen == 6 && memcmp(lines, want, sizeof want) == 0);
}

static void tells_the_embedding_of_the_one_that_answers(void) {
    static struct cur_encoder opened;
    static struct cur_encoder_work work;
    static float want[CUR_EMBEDDING];
    static const struct cur_hal quiet;
    const uint8_t *data;
    size_t n;
    CHECK(start(CUR_DECISION_GATE, -1, -1) == 0 && rig_infer(7) == 0);
    uint32_t len = rig_board.store.slot[encoder_slots[2]].len;
    CHECK(cur_encoder_open(&opened, cur_store_bytes(&rig_board.store, (int)encoder_slots[2]), len, &quiet) ==
          0);
    cur_encoder_run(&opened, rig_board.patch, want, &work, &quiet);
    rig_request(1);
    rig_pair("what", 1);
    CHECK(rig_ask(CUR_OP_READ, 65, 3) == 0);
    CHECK(cur_cbor_get_string(&rig_map, "data", CUR_CBOR_BYTES, NULL, 0, &data, &n) == 0 && n == 4 * 48);
    CHECK(memcmp(data, want, n) == 0);
}

static void keeps_its_encoders(void) {
    uint32_t listed[12];
    CHECK(start(CUR_DECISION_TOP, 0.2f, 0.4f) == 0);
    CHECK(rig_infer(3) == 0);
    float logits[3];
    memcpy(logits, rig_board.last.scores.logits, sizeof logits);
    for (int restarts = 0; restarts < 2; restarts++) {
        rig_request(0);
        CHECK(rig_ask(CUR_OP_READ, 64, 0) == 0 && rig_number("encoder") == encoder_slots[0]);
        CHECK(rig_numbers("encoders", listed) == 3 &&
              memcmp(listed, encoder_slots, sizeof encoder_slots) == 0);
        for (int e = 0; e < EXPERTS; e++)
            CHECK_AT(e, rig_ask_slot(5, encoder_slots[e]) == CUR_RC_BAD_SLOT);
        CHECK(rig_infer(3) == 0 && memcmp(logits, rig_board.last.scores.logits, sizeof logits) == 0);
        rig_restart(CUR_CAUSE_POWER);
    }
    /* The way back leads to them, until one is erased. */
    rig_image_len = fake_image(rig_image, 1);
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0 && rig_numbers("encoders", listed) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_ask_experts(6) == 0 && rig_numbers("encoders", listed) == 3 && rig_infer(3) == 0);
    CHECK(rig_ask_experts(6) == 0 && rig_ask_slot(5, encoder_slots[2]) == 0);
    CHECK(rig_board.store.previous.count == 0);
    CHECK(rig_activate_bank(slots, EXPERTS, (int)router_slot) == CUR_RC_NO_ENCODER && rig_infer(3) == 0);
    CHECK(send_encoder(2) == 0 && rig_activate_bank(slots, EXPERTS, (int)router_slot) == 0);
}

static void a_damaged_encoder_is_not_run(void) {
    CHECK(start(CUR_DECISION_TOP, 2, 2) == 0);
    uint32_t at = (uint32_t)(cur_store_bytes(&rig_board.store, (int)encoder_slots[1]) - rig_fake.flash.bytes);
    rig_fake.flash.bytes[at + 3000] ^= 1;
    rig_restart(CUR_CAUSE_POWER);
    CHECK(!rig_board.has_expert && rig_board.store.slot[encoder_slots[1]].state == CUR_SLOT_EMPTY);
    CHECK(send_encoder(1) == 0 && rig_activate_bank(slots, EXPERTS, (int)router_slot) == 0 &&
          rig_infer(1) == 0);
}

/* --- Behind the hop --- */

enum { HOP = 8000, HEARD = 160000 };

static int16_t audio[HEARD];
static uint32_t heard, taken;

/* A microphone that goes on while the board computes. */
static int32_t audio_read(void *ctx, int16_t *samples, uint32_t n) {
    (void)ctx;
    if (n == 0) return (int32_t)(heard - taken);
    uint32_t count = heard - taken < n ? heard - taken : n;
    memcpy(samples, audio + taken, 2 * count);
    taken += count;
    return (int32_t)count;
}

static uint32_t encoders_run, late_by, answered, answered_at[64];

/* Each encoder of the bank begins with its input; all but the first of a window keep the board busy. */
static void work(void *ctx, enum cur_kernel kernel, uint32_t units) {
    (void)ctx;
    (void)units;
    if (kernel != CUR_KERNEL_INPUT || ++encoders_run < 2) return;
    heard += late_by;
    if (heard > HEARD) heard = HEARD;
}

static int listen(float low, uint32_t late) {
    int rc = start(CUR_DECISION_TOP, low, 2);
    for (uint32_t i = 0; i < HEARD; i++)
        audio[i] = (int16_t)test_noise();
    heard = taken = answered = 0;
    late_by = late;
    rig_fake.hal.audio_read = audio_read;
    rig_fake.hal.work = work;
    return rc || cur_continuous_start(&rig_board, HOP);
}

/* Time goes on by 1000 samples whenever the board has nothing to do. */
static void live(void) {
    while (heard < HEARD || rig_board.filled == CUR_WINDOW_SAMPLES) {
        uint32_t before = rig_board.last.inference;
        encoders_run = 0;
        if (!cur_continuous_poll(&rig_board)) heard += HEARD - heard < 1000 ? HEARD - heard : 1000;
        if (rig_board.last.inference != before && answered < 64) answered_at[answered++] = taken;
    }
    while (cur_continuous_poll(&rig_board)) {
    }
}

static void a_slow_stage_skips_windows(void) {
    uint32_t windows = (HEARD - CUR_WINDOW_SAMPLES) / HOP + 1;
    /* The small encoder alone keeps up, and so does one that takes less than a hop. */
    CHECK(listen(2, 20000) == 0);
    live();
    CHECK(rig_board.skipped == 0 && rig_board.last.inference == windows);
    CHECK(listen(-1, 6000) == 0);
    live();
    CHECK(rig_board.skipped == 0 && rig_board.last.inference == windows);
    /* One that takes two and a half answers the newest window that is whole. */
    CHECK(listen(-1, 20000) == 0);
    live();
    CHECK(rig_board.skipped > 0 && rig_board.last.inference + rig_board.skipped == windows);
    for (uint32_t i = 0; i < answered; i++) {
        CHECK_AT(i, (answered_at[i] - CUR_WINDOW_SAMPLES) % HOP == 0);
        CHECK_AT(i, i == 0 || answered_at[i] - answered_at[i - 1] >= 2 * HOP);
    }
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 67, 0) == 0 && rig_number("skipped") == rig_board.skipped);
    const uint8_t *record = cur_telemetry_record(&rig_board.telemetry, rig_board.telemetry.last);
    CHECK(cur_u32(record + 92) > 0 && cur_u32(record + 92) <= rig_board.skipped);
}

TEST_LIST(cascade_board_tests) = {
    {"a result and its record tell which stages ran, and the score", tells_which_stages_ran},
    {"the embedding is that of the expert that answers", tells_the_embedding_of_the_one_that_answers},
    {"the marker shows a second stage's encoder and expert behind those of the first", marks_each_stage},
    {"all encoders of a bank are kept while it is needed", keeps_its_encoders},
    {"a bank with a damaged encoder is not run", a_damaged_encoder_is_not_run},
    {"a stage that is slower than the hop skips windows, and tells how many", a_slow_stage_skips_windows},
    TEST_END,
};
