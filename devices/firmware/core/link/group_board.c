#include "../inference/inference.h"
#include "../mem.h"
#include "../storage/check.h"
#include "../storage/key.h"
#include "request.h"
#include "utf8.h"

enum { INFO = 0, SETTINGS = 1, LINE = 2, KEY = 3 };

enum { SETTINGS_VERSION = 1 };

enum { LINK_CONSOLE = 1, LINK_BINARY = 2 };

static void pair_text(struct cur_cbor_writer *w, const char *key, const char *value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_text(w, value);
}

static void pair_u32(struct cur_cbor_writer *w, const char *key, uint32_t value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_u32(w, value);
}

static void pair_bool(struct cur_cbor_writer *w, const char *key, int value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_bool(w, value);
}

static void pair_f32(struct cur_cbor_writer *w, const char *key, float value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_f32(w, value);
}

/* Three pairs of a map: the key's id, how often it changed, roll-back protection. */
static void write_key(const struct cur_store *s, struct cur_cbor_writer *w) {
    uint8_t id[8];
    if (s->has_key) cur_key_id(s->key, id);
    cur_cbor_write_text(w, "key");
    cur_cbor_write_bytes(w, id, s->has_key ? sizeof id : 0);
    pair_u32(w, "keys", s->key_changes);
    pair_bool(w, "protected", s->protect);
}

static int info(struct cur_board *b, struct cur_cbor_writer *w) {
    static const char *const causes[] = {"unknown", "power", "request",  "watchdog",
                                         "fault",   "pin",   "brown-out"};
    const struct cur_hal *hal = b->hal;
    uint64_t up_ms = cur_uptime_ms(b);
    cur_cbor_write_map(w, 29);
    cur_cbor_write_text(w, "id");
    cur_cbor_write_bytes(w, hal->id, sizeof hal->id);
    pair_text(w, "name", b->settings.name[0] ? b->settings.name : hal->name);
    pair_text(w, "kind", hal->kind);
    pair_text(w, "profile", hal->profile);
    pair_text(w, "fw", CUR_VERSION);
    pair_u32(w, "boot", hal->boot);
    pair_text(w, "cause", causes[hal->cause < CUR_CAUSES ? hal->cause : CUR_CAUSE_UNKNOWN]);
    cur_cbor_write_text(w, "up");
    cur_cbor_write_u64(w, up_ms);
    pair_u32(w, "ring", CUR_RING);
    pair_u32(w, "link", LINK_CONSOLE | LINK_BINARY);
    pair_u32(w, "baud", b->line.baud);
    pair_u32(w, "rate", CUR_RATE);
    pair_bool(w, "audio", hal->audio_read && hal->audio_read(hal->ctx, NULL, 0) >= 0);
    pair_bool(w, "listening", b->continuous);
    pair_u32(w, "skipped", b->skipped);
    pair_bool(w, "sim", hal->simulated);
    pair_u32(w, "window", CUR_INPUT_BYTES);
    pair_u32(w, "discarded", b->receiver.discarded);
    pair_u32(w, "mv", hal->supply_mv(hal->ctx));
    cur_cbor_write_text(w, "cc");
    cur_cbor_write_int(w, hal->temperature_cc(hal->ctx));
    pair_u32(w, "stack", hal->stack_high_water(hal->ctx));
    pair_u32(w, "free", cur_store_free(&b->store));
    cur_cbor_write_text(w, "wall");
    cur_cbor_write_u64(w, cur_clock_at(&b->clock, up_ms));
    cur_cbor_write_text(w, "set");
    cur_cbor_write_u64(w, b->clock.set_ms);
    pair_u32(w, "sets", b->clock.sets);
    cur_cbor_write_text(w, "starts");
    cur_cbor_write_array(w, CUR_CAUSES);
    for (int i = 0; i < CUR_CAUSES; i++)
        cur_cbor_write_u32(w, b->settings.starts[i]);
    write_key(&b->store, w);
    return 0;
}

static int write_settings(const struct cur_settings *s, struct cur_cbor_writer *w) {
    cur_cbor_write_map(w, 14);
    pair_u32(w, "v", SETTINGS_VERSION);
    pair_text(w, "name", s->name);
    pair_f32(w, "lat", s->latitude);
    pair_f32(w, "lon", s->longitude);
    pair_u32(w, "mic", s->mic_rate);
    pair_u32(w, "listen", s->listen_s);
    pair_u32(w, "period", s->period_s);
    pair_u32(w, "hop", s->hop);
    pair_f32(w, "minp", s->min_p);
    pair_f32(w, "maxh", s->max_entropy);
    pair_u32(w, "interval", s->interval_ms);
    pair_bool(w, "auto", s->auto_start);
    pair_u32(w, "uncertain", s->uncertain);
    pair_u32(w, "pace", s->pace_s);
    return 0;
}

static int optional_f32(const struct cur_cbor_map *map, const char *key, float *value) {
    int e = cur_cbor_get_f32(map, key, value);
    return e == CUR_CBOR_ABSENT ? 0 : e;
}

static int read_name(struct cur_board *b, const struct cur_cbor_map *map, char *name, size_t size) {
    const uint8_t *text;
    size_t n;
    int e = cur_cbor_get_string(map, "name", CUR_CBOR_TEXT, b->scratch, sizeof b->scratch, &text, &n);
    if (e == CUR_CBOR_ABSENT) return 0;
    if (e) return CUR_RC_MALFORMED;
    if (n >= size || !cur_utf8_valid(text, n)) return CUR_RC_BAD_SETTING;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == 0) return CUR_RC_BAD_SETTING;
    }
    memset(name, 0, size);
    memcpy(name, text, n);
    return 0;
}

/* The settings in force, changed as the request says. */
static int read_settings(struct cur_board *b, const struct cur_cbor_map *map, struct cur_settings *s) {
    int automatic, e = cur_cbor_get_bool(map, "auto", &automatic);
    *s = b->settings;
    if (e == 0) s->auto_start = (uint8_t)automatic;
    if (e == CUR_CBOR_MALFORMED || optional_f32(map, "lat", &s->latitude) ||
        optional_f32(map, "lon", &s->longitude) || cur_optional_u32(map, "mic", &s->mic_rate) ||
        cur_optional_u32(map, "listen", &s->listen_s) || cur_optional_u32(map, "period", &s->period_s) ||
        cur_optional_u32(map, "hop", &s->hop) || optional_f32(map, "minp", &s->min_p) ||
        optional_f32(map, "maxh", &s->max_entropy) || cur_optional_u32(map, "interval", &s->interval_ms) ||
        cur_optional_u32(map, "uncertain", &s->uncertain) || cur_optional_u32(map, "pace", &s->pace_s)) {
        return CUR_RC_MALFORMED;
    }
    return read_name(b, map, s->name, sizeof s->name);
}

/* Whether the microphone can work at that rate. It keeps the one it has while it is listened to. */
static int has_rate(const struct cur_board *b, uint32_t rate) {
    const struct cur_hal *hal = b->hal;
    if (!hal->audio_rate) return rate == CUR_RATE;
    int can = hal->audio_rate(hal->ctx, rate) == 0;
    if (can && b->continuous) (void)hal->audio_rate(hal->ctx, b->settings.mic_rate);
    return can;
}

static int set(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    struct cur_settings wanted;
    int rc = read_settings(b, &rq->map, &wanted);
    if (rc) return rc;
    if (!cur_settings_valid(&wanted, b->hal)) return CUR_RC_BAD_SETTING;
    if (wanted.mic_rate != b->settings.mic_rate && !has_rate(b, wanted.mic_rate)) return CUR_RC_BAD_SETTING;
    if (cur_settings_save(&wanted, &b->settings_journal)) return CUR_RC_FLASH;
    int other_share = wanted.uncertain != b->settings.uncertain || wanted.pace_s != b->settings.pace_s;
    int other_rate = wanted.mic_rate != b->settings.mic_rate;
    b->settings = wanted;
    if (b->continuous && other_rate && cur_continuous_start(b, b->hop)) cur_continuous_stop(b);
    if (other_share)
        cur_uncertain_open(&b->uncertain, &b->store, wanted.uncertain, wanted.pace_s, cur_uptime_ms(b));
    return write_settings(&b->settings, w);
}

static int change_key(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint8_t scratch[32], signature_scratch[64];
    const uint8_t *key, *signature = NULL;
    size_t key_len, signature_len = 0;
    int protect;
    if (cur_cbor_get_string(&rq->map, "new", CUR_CBOR_BYTES, scratch, sizeof scratch, &key, &key_len) ||
        (key_len != 32 && key_len != 0) || cur_cbor_get_bool(&rq->map, "protect", &protect)) {
        return CUR_RC_MALFORMED;
    }
    int e = cur_cbor_get_string(&rq->map, "sig", CUR_CBOR_BYTES, signature_scratch, sizeof signature_scratch,
                                &signature, &signature_len);
    if (e == CUR_CBOR_MALFORMED || (e == 0 && signature_len != 64)) return CUR_RC_MALFORMED;
    if (key_len == 0) key = NULL;
    if (b->store.has_key) {
        if (e || cur_key_change_signed(&b->store, key, protect, signature)) return CUR_RC_NOT_SIGNED;
    }
    int rc = cur_key_set(&b->store, key, protect);
    if (rc) return rc;
    cur_cbor_write_map(w, 3);
    write_key(&b->store, w);
    return 0;
}

static int line(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t baud;
    if (cur_cbor_get_u32(&rq->map, "baud", &baud)) return CUR_RC_MALFORMED;
    if (cur_line_want(&b->line, b->hal, baud)) return CUR_RC_UNSUPPORTED;
    cur_cbor_write_map(w, 0);
    return 0;
}

int cur_group_board(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->op == CUR_OP_READ && rq->command == INFO) return info(b, w);
    if (rq->op == CUR_OP_READ && rq->command == SETTINGS) return write_settings(&b->settings, w);
    if (rq->op == CUR_OP_WRITE && rq->command == SETTINGS) return set(b, rq, w);
    if (rq->op == CUR_OP_WRITE && rq->command == KEY) return change_key(b, rq, w);
    if (rq->op == CUR_OP_WRITE && rq->command == LINE) return line(b, rq, w);
    return CUR_RC_UNSUPPORTED;
}
