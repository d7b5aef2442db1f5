#include "rig.h"
#include "test.h"
#include "../core/inference/inference.h"
#include "../core/mem.h"

static int16_t audio[400000];
static uint32_t asked_rate;

static int audio_rate(void *ctx, uint32_t rate) {
    (void)ctx;
    if (rate == 32000) return -1; /* not this microphone */
    asked_rate = rate;
    return 0;
}

/* A board with an expert and a microphone that hears noise. */
static int start(void) {
    rig_start();
    rig_fake.hal.audio_rate = audio_rate;
    asked_rate = 0;
    for (size_t i = 0; i < sizeof audio / sizeof *audio; i++)
        audio[i] = (int16_t)test_noise();
    rig_fake.audio = audio;
    return rig_deploy();
}

static int turn_with_hop(int on, uint32_t hop) {
    rig_request(hop ? 2 : 1);
    cur_cbor_write_text(&rig_writer, "on");
    cur_cbor_write_bool(&rig_writer, on);
    if (hop) rig_pair("hop", hop);
    return rig_ask(CUR_OP_WRITE, 65, 2);
}

static int turn(int on) {
    return turn_with_hop(on, 0);
}

static void hear(const int16_t *samples, uint32_t n) {
    rig_fake.audio = samples;
    rig_fake.audio_left = n;
    rig_poll_all();
}

static void pass_ms(uint32_t ms) {
    rig_fake.skipped_ns += (uint64_t)ms * 1000000;
}

static int16_t recorded_class(uint32_t sequence) {
    const uint8_t *record = cur_telemetry_record(&rig_board.telemetry, sequence);
    return (int16_t)cur_u16(record + 20);
}

static void decimates(void) {
    enum { RAW = 150000 };
    static int16_t heard[RAW];
    CHECK(start() == 0);
    rig_board.settings.mic_rate = 48000;
    CHECK(turn(1) == 0 && asked_rate == 48000);
    for (uint32_t at = 0; at < RAW; at += 700)
        hear(audio + at, RAW - at < 700 ? RAW - at : 700);
    uint32_t windows = (RAW / 3 - CUR_WINDOW_SAMPLES) / 7680 + 1;
    CHECK(rig_board.last.inference == windows);
    float logits[3];
    memcpy(logits, rig_board.last.scores.logits, sizeof logits);
    CHECK(turn(0) == 0);

    struct cur_decimator decimator;
    cur_decimate_start(&decimator, 48000);
    memcpy(heard, audio, sizeof heard);
    CHECK(cur_decimate(&decimator, heard, RAW) == RAW / 3);
    memcpy(rig_board.input.pcm, heard + (windows - 1) * 7680, CUR_INPUT_BYTES);
    CHECK(cur_infer(&rig_board, CUR_INPUT_PCM, 1) == 0);
    CHECK(memcmp(logits, rig_board.last.scores.logits, sizeof logits) == 0);
}

static void refuses_rates(void) {
    CHECK(start() == 0);
    rig_board.settings.mic_rate = 32000;
    CHECK(turn(1) == CUR_RC_UNSUPPORTED && !rig_board.continuous);
    rig_fake.hal.audio_rate = NULL;
    rig_board.settings.mic_rate = 16000;
    CHECK(turn(1) == 0 && rig_board.continuous);
}

static void follows_a_new_rate(void) {
    CHECK(start() == 0 && turn(1) == 0 && asked_rate == 16000);
    hear(audio, 15000);
    CHECK(rig_board.filled == 15000);
    rig_request(1);
    rig_pair("mic", 48000);
    CHECK(rig_ask(CUR_OP_WRITE, 67, 1) == 0 && asked_rate == 48000);
    hear(audio, 3 * 15000);
    CHECK(rig_board.filled == 15000 && rig_board.last.inference == 0);
}

/* 10 seconds of 2 in 5: each time three windows, at 0, 0.48 and 0.96 s. */
static void sleeps(void) {
    CHECK(start() == 0);
    rig_board.settings.listen_s = 2;
    rig_board.settings.period_s = 5;
    CHECK(turn(1) == 0);
    for (uint32_t step = 0; step < 100; step++) {
        uint32_t before = rig_board.last.inference;
        hear(audio + 1600 * step, 1600);
        CHECK_AT(step, rig_fake.audio_left == 0);
        CHECK_AT(step, step % 50 < 21 || rig_board.last.inference == before);
        CHECK_AT(step, step != 49 || rig_board.last.inference == 3);
        pass_ms(100);
    }
    CHECK(rig_board.last.inference == 6);
    /* Nothing heard before the silence is left. */
    CHECK(rig_board.filled == 0);
}

static void starts_by_itself(void) {
    CHECK(start() == 0);
    cur_init(&rig_board, &rig_fake.hal);
    CHECK(!rig_board.continuous);
    rig_board.settings.auto_start = 1;
    CHECK(cur_settings_save(&rig_board.settings, &rig_board.settings_journal) == 0);
    cur_init(&rig_board, &rig_fake.hal);
    CHECK(rig_board.continuous);
    rig_fake.audio = NULL;
    cur_init(&rig_board, &rig_fake.hal);
    CHECK(!rig_board.continuous && rig_board.has_expert);
}

/* As board info tells it; -1 if it does not. */
static int says_it_listens(void) {
    int listening;
    rig_request(0);
    if (rig_ask(CUR_OP_READ, 67, 0) || cur_cbor_get_bool(&rig_map, "listening", &listening)) return -1;
    return listening;
}

static void says_whether_it_listens(void) {
    CHECK(start() == 0 && says_it_listens() == 0);
    CHECK(turn(1) == 0 && says_it_listens() == 1);
    CHECK(turn(0) == 0 && says_it_listens() == 0);
    CHECK(turn(1) == 0);
    rig_fake.audio = NULL;
    rig_poll_all();
    CHECK(says_it_listens() == 0);
}

/* Windows of a hop of `hop` samples that are whole after `n` samples. */
static uint32_t windows_in(uint32_t n, uint32_t hop) {
    return (n - CUR_WINDOW_SAMPLES) / hop + 1;
}

static void hops_as_it_is_set(void) {
    enum { HEARD = 40000 };
    CHECK(start() == 0);
    rig_board.settings.hop = 3200;
    CHECK(turn(1) == 0);
    hear(audio, HEARD);
    CHECK(rig_board.last.inference == windows_in(HEARD, 3200));

    CHECK(turn_with_hop(1, 1600) == 0);
    uint32_t before = rig_board.last.inference;
    hear(audio, HEARD);
    CHECK(rig_board.last.inference - before == windows_in(HEARD, 1600));
    CHECK(turn_with_hop(1, CUR_HOP_MIN - 1) == CUR_RC_MALFORMED &&
          turn_with_hop(1, CUR_HOP_MAX + 1) == CUR_RC_MALFORMED);

    /* A setting that changes while the board listens by it holds from the next window on. */
    CHECK(turn(1) == 0);
    rig_request(1);
    rig_pair("hop", 8000);
    CHECK(rig_ask(CUR_OP_WRITE, 67, 1) == 0);
    before = rig_board.last.inference;
    hear(audio, HEARD);
    CHECK(rig_board.last.inference - before == windows_in(HEARD, 8000));
}

static void keeps_records_at_intervals(void) {
    CHECK(start() == 0);
    rig_board.settings.interval_ms = 1000;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < 20; i++) {
        CHECK_AT(i, rig_infer(i + 1) == 0);
        /* At 0, 1.2, 2.4 … seconds: every fourth. */
        CHECK_AT(i, rig_board.last.sequence == (i % 4 == 0 ? ++kept : 0));
        CHECK_AT(i, rig_number("seq") == rig_board.last.sequence && rig_board.last.inference == i + 1);
        pass_ms(300);
    }
    CHECK(kept == 5 && rig_board.telemetry.last == 5);
    CHECK(cur_u32(cur_telemetry_record(&rig_board.telemetry, 2) + 8) == 5);
}

static void unsure_is_no_class(void) {
    CHECK(start() == 0 && rig_infer(1) == 0);
    const struct cur_scores sure = rig_board.last.scores;
    CHECK(recorded_class(1) == (int16_t)sure.top && sure.entropy > 0.0f && sure.entropy < 5.0f);
    struct {
        float min_p, max_entropy;
        int none;
    } cases[] = {{sure.p, 0.0f, 0},
                 {sure.p + 0.001f, 0.0f, 1},
                 {0.0f, sure.entropy, 0},
                 {0.0f, sure.entropy * 0.99f, 1}};
    for (uint32_t i = 0; i < 4; i++) {
        rig_board.settings.min_p = cases[i].min_p;
        rig_board.settings.max_entropy = cases[i].max_entropy;
        CHECK_AT(i, cur_infer(&rig_board, CUR_INPUT_PCM, 1) == 0 && rig_board.last.scores.top == sure.top);
        CHECK_AT(i, recorded_class(i + 2) == (cases[i].none ? -1 : (int16_t)sure.top));
    }
}

TEST_LIST(continuous_tests) = {
    {"continuous inference at 48 kHz answers as on the same sound at 16 kHz", decimates},
    {"a microphone that does not take the rate is not listened to", refuses_rates},
    {"a new rate of the microphone begins a new window", follows_a_new_rate},
    {"in a duty cycle windows are heard whole or not at all", sleeps},
    {"a board that is set so listens from its start, if it can", starts_by_itself},
    {"a board says whether it listens, also once its microphone is gone", says_whether_it_listens},
    {"the setting's hop holds unless the request names one", hops_as_it_is_set},
    {"telemetry records are kept no closer than the interval", keeps_records_at_intervals},
    {"an unsure answer is recorded as no class", unsure_is_no_class},
    TEST_END,
};
