#include "settings.h"
#include "store_state.h"
#include "../inference/fmath.h"
#include "../link/utf8.h"
#include "../mem.h"

/* The settings as the journal keeps them; little-endian. Version 1 counted no starts, version 2 kept no
 * uncertain windows. */
enum {
    VERSION = 3,
    AT_NAME = 1,
    AT_FLOATS = AT_NAME + 64,
    AT_NUMBERS = AT_FLOATS + 4 * 4,
    AT_AUTO = AT_NUMBERS + 4 * 5,
    AT_STARTS = AT_AUTO + 1,
    AT_UNCERTAIN = AT_STARTS + 4 * CUR_CAUSES,
    SIZE = AT_UNCERTAIN + 4 * 2,
};

/* Of a payload of each version, from 1 on. */
static const uint16_t sizes[VERSION] = {AT_STARTS, AT_UNCERTAIN, SIZE};

enum { DAY_S = 86400, HOUR_MS = 3600000, MOST_UNCERTAIN = 50 };

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
    s->pace_s = 600;
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
           between(s->max_entropy, 0.0f, 5.0f) && s->auto_start <= 1 && s->uncertain <= MOST_UNCERTAIN &&
           s->pace_s >= 1 && s->pace_s <= DAY_S;
}

static void put_starts(uint8_t *p, const struct cur_settings *s) {
    for (int i = 0; i < CUR_CAUSES; i++)
        cur_put_u32(p + AT_STARTS + 4 * i, s->starts[i]);
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
    put_starts(p, s);
    cur_put_u32(p + AT_UNCERTAIN, s->uncertain);
    cur_put_u32(p + AT_UNCERTAIN + 4, s->pace_s);
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
    if (p[0] < 3) return;
    s->uncertain = cur_u32(p + AT_UNCERTAIN);
    s->pace_s = cur_u32(p + AT_UNCERTAIN + 4);
}

/* Opens the journal; the newest settings of the latest version that there is, or NULL. */
static const uint8_t *open_kept(struct cur_journal *j, const struct cur_hal *hal) {
    for (int version = VERSION; version > 0; version--) {
        cur_journal_open(j, hal, settings_magic, CUR_STORE_BLOCKS, CUR_SETTINGS_BLOCKS, sizes[version - 1]);
        if (!j->newest) continue;
        cur_journal_resize(j, SIZE);
        return j->newest[0] == version ? j->newest : NULL;
    }
    cur_journal_resize(j, SIZE);
    return NULL;
}

void cur_settings_open(struct cur_settings *s, struct cur_journal *j, const struct cur_hal *hal) {
    uint32_t starts[CUR_CAUSES] = {0};
    const uint8_t *kept = open_kept(j, hal);
    defaults(s);
    if (kept) get(s, kept);
    if (kept && kept[0] > 1) {
        for (int i = 0; i < CUR_CAUSES; i++)
            starts[i] = cur_u32(kept + AT_STARTS + 4 * i);
    }
    if (!cur_settings_valid(s, hal)) defaults(s);
    memcpy(s->starts, starts, sizeof starts);
}

int cur_settings_count_start(struct cur_settings *s, struct cur_journal *j, const struct cur_hal *hal) {
    uint32_t cause = hal->cause < CUR_CAUSES ? hal->cause : CUR_CAUSE_UNKNOWN, before = 0, counts = 1;
    for (int i = 0; i < CUR_CAUSES; i++)
        before += s->starts[i];
    if (before >= CUR_STARTS_EACH) {
        if (hal->boot % CUR_STARTS_DRAWN) return 0;
        counts = CUR_STARTS_DRAWN;
    }
    uint8_t bytes[SIZE];
    s->starts[cause] += counts;
    put(bytes, s);
    /* What is kept stays as it is, also where this board cannot do it. */
    if (j->newest) memcpy(bytes + 1, j->newest + 1, AT_STARTS - 1);
    if (j->newest && j->newest[0] == VERSION)
        memcpy(bytes + AT_UNCERTAIN, j->newest + AT_UNCERTAIN, SIZE - AT_UNCERTAIN);
    return cur_journal_append(j, bytes);
}

int cur_settings_save(const struct cur_settings *s, struct cur_journal *j) {
    uint8_t bytes[SIZE];
    put(bytes, s);
    return cur_journal_append(j, bytes);
}
