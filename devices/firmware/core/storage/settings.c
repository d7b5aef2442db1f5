#include "settings.h"
#include "store_state.h"
#include "../inference/fmath.h"
#include "../link/utf8.h"
#include "../mem.h"

/* The settings as the journal keeps them; little-endian. */
enum {
    VERSION = 1,
    AT_NAME = 1,
    AT_FLOATS = AT_NAME + 64,
    AT_NUMBERS = AT_FLOATS + 4 * 4,
    AT_AUTO = AT_NUMBERS + 4 * 5,
    SIZE = AT_AUTO + 1,
};

enum { DAY_S = 86400, HOUR_MS = 3600000 };

static const uint32_t settings_magic = 0x45534c43; /* CLSE */

static int between(float x, float low, float high) {
    return x >= low && x <= high;
}

static float not_a_number(void) {
    static const uint8_t bits[4] = {0, 0, 0xc0, 0x7f};
    return cur_f32(bits);
}

static void defaults(struct cur_settings *s) {
    memset(s, 0, sizeof *s);
    s->latitude = s->longitude = not_a_number();
    s->mic_rate = 16000;
    s->hop = 7680;
}

static int valid_name(const char *name) {
    uint32_t n = 0, size = sizeof((struct cur_settings *)0)->name;
    while (n < size && name[n])
        n++;
    return n < size && cur_utf8_valid((const uint8_t *)name, n);
}

static int valid_place(float latitude, float longitude) {
    if (latitude != latitude && longitude != longitude) return 1;
    return between(latitude, -90.0f, 90.0f) && between(longitude, -180.0f, 180.0f);
}

int cur_settings_valid(const struct cur_settings *s, const struct cur_hal *hal) {
    int fixed_rate = hal->audio_rate == NULL;
    int rate = s->mic_rate == 16000 || (!fixed_rate && (s->mic_rate == 32000 || s->mic_rate == 48000));
    return rate && valid_name(s->name) && valid_place(s->latitude, s->longitude) && s->period_s <= DAY_S &&
           s->listen_s <= s->period_s && s->hop >= CUR_HOP_MIN && s->hop <= CUR_HOP_MAX &&
           s->interval_ms <= HOUR_MS && between(s->min_p, 0.0f, 1.0f) &&
           between(s->max_entropy, 0.0f, 5.0f) && s->auto_start <= 1;
}

static void put(uint8_t *p, const struct cur_settings *s) {
    const float floats[4] = {s->latitude, s->longitude, s->min_p, s->max_entropy};
    const uint32_t numbers[5] = {s->mic_rate, s->listen_s, s->period_s, s->hop, s->interval_ms};
    p[0] = VERSION;
    memcpy(p + AT_NAME, s->name, sizeof s->name);
    for (int i = 0; i < 4; i++)
        cur_put_f32(p + AT_FLOATS + 4 * i, floats[i]);
    for (int i = 0; i < 5; i++)
        cur_put_u32(p + AT_NUMBERS + 4 * i, numbers[i]);
    p[AT_AUTO] = s->auto_start;
}

static void get(struct cur_settings *s, const uint8_t *p) {
    memcpy(s->name, p + AT_NAME, sizeof s->name);
    s->latitude = cur_f32(p + AT_FLOATS);
    s->longitude = cur_f32(p + AT_FLOATS + 4);
    s->min_p = cur_f32(p + AT_FLOATS + 8);
    s->max_entropy = cur_f32(p + AT_FLOATS + 12);
    s->mic_rate = cur_u32(p + AT_NUMBERS);
    s->listen_s = cur_u32(p + AT_NUMBERS + 4);
    s->period_s = cur_u32(p + AT_NUMBERS + 8);
    s->hop = cur_u32(p + AT_NUMBERS + 12);
    s->interval_ms = cur_u32(p + AT_NUMBERS + 16);
    s->auto_start = p[AT_AUTO];
}

void cur_settings_open(struct cur_settings *s, struct cur_journal *j, const struct cur_hal *hal) {
    cur_journal_open(j, hal, settings_magic, CUR_STORE_BLOCKS, CUR_SETTINGS_BLOCKS, SIZE);
    if (j->newest && j->newest[0] == VERSION) {
        get(s, j->newest);
        if (cur_settings_valid(s, hal)) return;
    }
    defaults(s);
}

int cur_settings_save(const struct cur_settings *s, struct cur_journal *j) {
    uint8_t bytes[SIZE];
    put(bytes, s);
    return cur_journal_append(j, bytes);
}
