#include "rig.h"
#include "test.h"
#include "../core/mem.h"

/* Settings and the public key, over the line and over restarts. */

static int read_settings(void) {
    rig_request(0);
    return rig_ask(CUR_OP_READ, 67, 1);
}

static void pair_f32(const char *key, float value) {
    cur_cbor_write_text(&rig_writer, key);
    cur_cbor_write_f32(&rig_writer, value);
}

static void pair_text(const char *key, const char *value) {
    cur_cbor_write_text(&rig_writer, key);
    cur_cbor_write_text(&rig_writer, value);
}

static int set_number(const char *key, uint32_t value) {
    rig_request(1);
    rig_pair(key, value);
    return rig_ask(CUR_OP_WRITE, 67, 1);
}

static int set_f32(const char *key, float value) {
    rig_request(1);
    pair_f32(key, value);
    return rig_ask(CUR_OP_WRITE, 67, 1);
}

static void new_board_has_defaults(void) {
    rig_start();
    CHECK(read_settings() == 0 && rig_number("v") == 1 && rig_number("mic") == 16000);
    CHECK(rig_number("hop") == 7680 && rig_number("listen") == 0 && rig_number("interval") == 0);
    CHECK(rig_number("uncertain") == 0 && rig_number("pace") == 600);
    float latitude, least;
    CHECK(cur_cbor_get_f32(&rig_map, "lat", &latitude) == 0 && latitude != latitude);
    CHECK(cur_cbor_get_f32(&rig_map, "minp", &least) == 0 && least == 0.0f);
    /* One erase for the start that was counted. */
    CHECK(rig_fake.flash.erases[CUR_STORE_BLOCKS] + rig_fake.flash.erases[CUR_STORE_BLOCKS + 1] == 1);
}

static void keeps_them(void) {
    rig_start();
    rig_request(11);
    pair_text("name", "gr\xc3\xa5 kr\xc3\xa5ka");
    pair_f32("lat", 59.25f);
    pair_f32("lon", -17.5f);
    rig_pair("listen", 60);
    rig_pair("period", 600);
    rig_pair("hop", 15600);
    pair_f32("minp", 0.5f);
    pair_f32("maxh", 1.25f);
    rig_pair("interval", 1000);
    rig_pair("uncertain", 25);
    rig_pair("pace", 60);
    CHECK(rig_ask(CUR_OP_WRITE, 67, 1) == 0 && rig_number("period") == 600);
    CHECK(set_number("hop", 1600) == 0);
    rig_restart(CUR_CAUSE_POWER);
    const struct cur_settings *s = &rig_board.settings;
    CHECK(s->latitude == 59.25f && s->longitude == -17.5f && s->listen_s == 60 && s->period_s == 600);
    CHECK(s->hop == 1600 && s->min_p == 0.5f && s->max_entropy == 1.25f && s->interval_ms == 1000);
    CHECK(s->uncertain == 25 && s->pace_s == 60);
    rig_request(0);
    const uint8_t *name;
    size_t n;
    CHECK(rig_ask(CUR_OP_READ, 67, 0) == 0);
    CHECK(cur_cbor_get_string(&rig_map, "name", CUR_CBOR_TEXT, NULL, 0, &name, &n) == 0);
    CHECK(n == 11 && memcmp(name, "gr\xc3\xa5 kr\xc3\xa5ka", 11) == 0);
    CHECK(cur_cbor_get_string(&rig_map, "cause", CUR_CBOR_TEXT, NULL, 0, &name, &n) == 0);
    CHECK(n == 5 && memcmp(name, "power", 5) == 0 && !rig_fake.flash.rule_broken);
}

static void refuses_what_is_out_of_range(void) {
    rig_start();
    CHECK(set_number("interval", 5) == 0);
    struct cur_settings before = rig_board.settings;
    uint32_t operations = rig_fake.flash.operations;
    static const struct {
        const char *key;
        uint32_t value;
    } bad[] = {{"mic", 44100},  {"mic", 48000}, {"listen", 1},         {"period", 86401}, {"hop", 1599},
               {"hop", 160001}, {"minp", 2},    {"interval", 3600001}, {"maxh", 6},       {"lat", 91},
               {"lon", 181},    {"lat", 10},    {"pace", 0},           {"pace", 86401},   {"uncertain", 51}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_AT(i, set_number(bad[i].key, bad[i].value) == CUR_RC_BAD_SETTING);
    float none = before.latitude;
    CHECK(set_f32("minp", none) == CUR_RC_BAD_SETTING && set_f32("maxh", -0.5f) == CUR_RC_BAD_SETTING);
    CHECK(set_number("auto", 1) == CUR_RC_MALFORMED && set_f32("hop", 1600.0f) == CUR_RC_MALFORMED);
    char name[65];
    memset(name, 'n', 64);
    name[64] = 0;
    rig_request(2);
    pair_text("name", name);
    rig_pair("interval", 6);
    CHECK(rig_ask(CUR_OP_WRITE, 67, 1) == CUR_RC_BAD_SETTING);
    rig_request(1);
    pair_text("name", "\xff");
    CHECK(rig_ask(CUR_OP_WRITE, 67, 1) == CUR_RC_BAD_SETTING);
    CHECK(memcmp(&before, &rig_board.settings, sizeof before) == 0);
    CHECK(rig_fake.flash.operations == operations);
}

static uint32_t starts_by(int cause) {
    return rig_board.settings.starts[cause];
}

static void counts_starts(void) {
    rig_start();
    CHECK(starts_by(CUR_CAUSE_POWER) == 1 && set_number("interval", 7) == 0);
    for (int i = 0; i < 30; i++)
        rig_restart(i % CUR_CAUSES);
    CHECK(starts_by(CUR_CAUSE_UNKNOWN) == 5 && starts_by(CUR_CAUSE_POWER) == 6);
    CHECK(starts_by(CUR_CAUSE_PIN) == 4 && starts_by(CUR_CAUSE_BROWN_OUT) == 4);
    CHECK(set_number("hop", 1600) == 0 && starts_by(CUR_CAUSE_POWER) == 6);
    rig_restart(99);
    CHECK(starts_by(CUR_CAUSE_UNKNOWN) == 6 && rig_board.settings.interval_ms == 7);
    uint32_t starts[12];
    size_t count;
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 67, 0) == 0);
    CHECK(cur_cbor_get_u32s(&rig_map, "starts", starts, 12, &count) == 0 && count == CUR_CAUSES);
    CHECK(memcmp(starts, rig_board.settings.starts, sizeof rig_board.settings.starts) == 0);
    CHECK(rig_board.settings.hop == 1600 && !rig_fake.flash.rule_broken);
}

static void starts_without_end_do_not_wear_it_out(void) {
    enum { STARTS = 20000 };
    rig_start();
    for (uint32_t i = 1; i < STARTS; i++) {
        rig_fake.hal.boot = i * 0x9e3779b1u;
        rig_restart(CUR_CAUSE_BROWN_OUT);
    }
    uint32_t counted = starts_by(CUR_CAUSE_BROWN_OUT);
    CHECK(counted > STARTS - 200 && counted < STARTS + 200 && starts_by(CUR_CAUSE_POWER) == 1);
    for (int block = 0; block < CUR_SETTINGS_BLOCKS; block++)
        CHECK_AT(block, rig_fake.flash.erases[CUR_STORE_BLOCKS + block] < 1200);
    CHECK(!rig_fake.flash.rule_broken);
}

/* Settings as firmware from before kept them: version 1, without the starts, and 2, without uncertain
 * windows.
 */
static void takes_over_what_was_kept_before(void) {
    static const uint32_t sizes[] = {102, 130};
    for (uint8_t version = 1; version <= 2; version++) {
        uint32_t size = sizes[version - 1];
        rig_start();
        CHECK(set_number("interval", 1234) == 0);
        uint8_t before[130];
        memcpy(before, rig_board.settings_journal.newest, sizeof before);
        before[0] = version;
        rig_start();
        flash_erase(&rig_fake.flash, CUR_STORE_BLOCKS * 4096);
        flash_erase(&rig_fake.flash, (CUR_STORE_BLOCKS + 1) * 4096);
        struct cur_journal old;
        cur_journal_open(&old, &rig_fake.hal, 0x45534c43, CUR_STORE_BLOCKS, CUR_SETTINGS_BLOCKS, size);
        CHECK(cur_journal_append(&old, before) == 0 && cur_journal_append(&old, before) == 0);
        for (uint32_t start = 1; start < 5; start++) {
            rig_restart(CUR_CAUSE_PIN);
            CHECK_AT(start, rig_board.settings.interval_ms == 1234 && starts_by(CUR_CAUSE_PIN) == start);
            CHECK_AT(start, starts_by(CUR_CAUSE_POWER) == version - 1u);
            CHECK_AT(start, rig_board.settings.uncertain == 0 && rig_board.settings.pace_s == 600);
        }
        CHECK(!rig_fake.flash.rule_broken);
    }
}

static int any_rate(void *ctx, uint32_t rate) {
    (void)ctx;
    return rate == 48000 ? -1 : 0;
}

static void the_microphone_has_a_say(void) {
    rig_start();
    CHECK(set_number("mic", 32000) == CUR_RC_BAD_SETTING);
    rig_fake.hal.audio_rate = any_rate;
    CHECK(set_number("mic", 32000) == 0 && set_number("mic", 48000) == CUR_RC_BAD_SETTING);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_board.settings.mic_rate == 32000);
    /* The same flash on a board whose microphone has one rate: the defaults. */
    rig_fake.hal.audio_rate = NULL;
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_board.settings.mic_rate == 16000);
    /* They are kept all the same, for when it has the other one again. */
    rig_fake.hal.audio_rate = any_rate;
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_board.settings.mic_rate == 32000 && starts_by(CUR_CAUSE_POWER) == 4);
}

static void goes_round(void) {
    static const uint32_t shapes[][2] = {{1024, 1}, {1024, 64}, {4096, 8}, {65536, 32}};
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        rig_start_with(16 * shapes[shape][0], shapes[shape][0], shapes[shape][1]);
        for (uint32_t i = 0; i < 200; i++) {
            CHECK_AT(i, set_number("interval", i) == 0);
            if (i % 7 == 0) rig_restart(CUR_CAUSE_POWER);
            CHECK_AT(i, rig_board.settings.interval_ms == i);
        }
        CHECK_AT(shape, !rig_fake.flash.rule_broken);
    }
}

static int set_key(const uint8_t *key, size_t n, int protect) {
    rig_request(2);
    rig_pair_bytes("new", key, n);
    cur_cbor_write_text(&rig_writer, "protect");
    cur_cbor_write_bool(&rig_writer, protect);
    return rig_ask(CUR_OP_WRITE, 67, 3);
}

static void a_key_keeps_others_out(void) {
    static const uint8_t key[32] = {1, 2, 3};
    rig_start();
    CHECK(set_key(key, 31, 0) == CUR_RC_MALFORMED && set_key(key, 0, 1) == 0 && rig_number("keys") == 1);
    CHECK(set_key(key, 32, 0) == 0 && rig_number("keys") == 2);
    uint8_t digest[32];
    const uint8_t *id;
    size_t n;
    fake_sha256(key, 32, digest);
    rig_restart(CUR_CAUSE_POWER);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 67, 0) == 0 && rig_number("keys") == 2);
    CHECK(cur_cbor_get_string(&rig_map, "key", CUR_CBOR_BYTES, NULL, 0, &id, &n) == 0 && n == 8);
    CHECK(memcmp(id, digest, 8) == 0);
    /* From now on only its owner may change it. */
    CHECK(set_key(key, 0, 0) == CUR_RC_NOT_SIGNED && rig_board.store.has_key);
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == CUR_RC_NOT_SIGNED);
    CHECK(rig_activate(rig_slot) == CUR_RC_NOT_VERIFIED);
}

static void a_key_wants_the_active_expert_signed(void) {
    static const uint8_t key[32] = {1, 2, 3};
    rig_start();
    CHECK(rig_deploy() == 0 && set_key(key, 32, 0) == CUR_RC_NOT_SIGNED);
    CHECK(!rig_board.store.has_key && rig_board.store.key_changes == 0 && rig_infer(1) == 0);
}

TEST_LIST(settings_tests) = {
    {"a new board has the default settings and writes no more than its start", new_board_has_defaults},
    {"starts are counted by their cause, and settings leave them alone", counts_starts},
    {"starts without end are counted as well as may be, and do not wear the flash out",
     starts_without_end_do_not_wear_it_out},
    {"settings of firmware from before are taken over", takes_over_what_was_kept_before},
    {"settings keep over a restart", keeps_them},
    {"a setting out of its range changes nothing", refuses_what_is_out_of_range},
    {"a sample rate that the microphone cannot do is refused", the_microphone_has_a_say},
    {"the settings' journal goes round on flash of any shape", goes_round},
    {"a board with a key takes nothing unsigned", a_key_keeps_others_out},
    {"a key is refused while an unsigned expert is active", a_key_wants_the_active_expert_signed},
    TEST_END,
};
