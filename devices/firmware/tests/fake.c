#include "fake.h"

#include <string.h>

#include "../core/mem.h"
#include "../core/crypto/sha256.h"
#include "test.h"

static uint64_t now_ns(void *ctx) {
    static uint64_t now;
    struct fake *f = ctx;
    now += 1000 + f->skipped_ns;
    f->skipped_ns = 0;
    return now;
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t n) {
    struct fake *f = ctx;
    size_t taken = 0;
    while (taken < n && f->in_at < f->in_len)
        bytes[taken++] = f->in[f->in_at++];
    return taken;
}

static void uart_write(void *ctx, const uint8_t *bytes, size_t n) {
    struct fake *f = ctx;
    if (n > sizeof f->out - f->out_len) n = sizeof f->out - f->out_len;
    memcpy(f->out + f->out_len, bytes, n);
    f->out_len += n;
}

static int uart_baud(void *ctx, uint32_t baud) {
    struct fake *f = ctx;
    if (baud > 1000000) return -1;
    f->baud = baud;
    return 0;
}

static int flash_erase(void *ctx, uint32_t off) {
    struct fake *f = ctx;
    if (off % FAKE_BLOCK || off >= FAKE_FLASH) return -1;
    memset(f->flash + off, 0xff, FAKE_BLOCK);
    f->flash_writes++;
    return 0;
}

static int flash_program(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    struct fake *f = ctx;
    if (off > FAKE_FLASH || n > FAKE_FLASH - off) return -1;
    for (uint32_t i = 0; i < n; i++) {
        f->rule_broken |= f->flash[off + i] != 0xff;
        f->flash[off + i] &= bytes[i];
    }
    f->flash_writes++;
    return 0;
}

static int32_t audio_read(void *ctx, int16_t *samples, uint32_t n) {
    struct fake *f = ctx;
    if (!f->audio) return -1;
    if (n > f->audio_left) n = f->audio_left;
    if (n) memcpy(samples, f->audio, 2 * n);
    f->audio += n;
    f->audio_left -= n;
    return (int32_t)n;
}

static uint32_t zero(void *ctx) {
    (void)ctx;
    return 0;
}

static int32_t temperature_cc(void *ctx) {
    (void)ctx;
    return -1234;
}

static void reset(void *ctx) {
    struct fake *f = ctx;
    f->resets++;
}

void fake_start(struct fake *f) {
    memset(f, 0, sizeof *f);
    memset(f->flash, 0xff, sizeof f->flash);
    f->baud = 921600;
    f->hal = (struct cur_hal){
        .ctx = f,
        .now_ns = now_ns,
        .busy_ns = now_ns,
        .uart_read = uart_read,
        .uart_write = uart_write,
        .uart_baud = uart_baud,
        .baud = f->baud,
        .flash = f->flash,
        .flash_size = FAKE_FLASH,
        .flash_block = FAKE_BLOCK,
        .flash_granule = FAKE_GRANULE,
        .flash_erase = flash_erase,
        .flash_program = flash_program,
        .audio_read = audio_read,
        .supply_mv = zero,
        .temperature_cc = temperature_cc,
        .stack_high_water = zero,
        .reset = reset,
        .boot = 77,
        .name = "fake",
        .kind = "fake",
        .profile = "",
    };
}

void fake_sha256(const uint8_t *bytes, size_t len, uint8_t digest[32]) {
    struct cur_sha256 s;
    cur_sha256_start(&s);
    cur_sha256_feed(&s, bytes, len);
    cur_sha256_finish(&s, digest);
}

void fake_seal(uint8_t *bytes, uint32_t len) {
    memset(bytes + 96, 0, 32);
    uint8_t digest[32];
    fake_sha256(bytes, len, digest);
    memcpy(bytes + 96, digest, 32);
}

uint8_t *fake_entry(uint8_t *bytes, uint16_t type, uint16_t layer) {
    for (uint8_t *entry = bytes + CUR_IMAGE_HEADER;; entry += 12) {
        if (cur_u16(entry) == type && cur_u16(entry + 2) == layer) return entry;
    }
}

enum { HIDDEN = 10, CLASSES = 3, SECTIONS = 12 };

static float uniform(float low, float high) {
    return low + (high - low) * (float)(test_noise() >> 8) / 16777216.0f;
}

static void fill_floats(uint8_t *to, uint32_t count, float low, float high) {
    for (uint32_t i = 0; i < count; i++)
        cur_put_f32(to + 4 * i, uniform(low, high));
}

static void describe(uint8_t *to, int kind, int bits, int inputs, int outputs, int activation, int flags,
                     int scales) {
    const int fields[6] = {kind, bits, inputs, outputs, activation, flags};
    for (int i = 0; i < 6; i++)
        cur_put_u16(to + 2 * i, (uint16_t)fields[i]);
    cur_put_u32(to + 12, (uint32_t)scales);
}

uint32_t fake_image(uint8_t *bytes, uint32_t seed) {
    static const struct {
        uint16_t type, layer;
        uint32_t len;
    } sections[SECTIONS] = {
        {1, 0, 2 + 5 + 3},
        {2, 0, 4 * CUR_EMBEDDING},
        {3, 0, 4 * CUR_EMBEDDING},
        {10, 1, 16},
        {11, 1, HIDDEN * CUR_EMBEDDING / 2},
        {12, 1, 4},
        {13, 1, 4 * HIDDEN},
        {14, 1, 4 * HIDDEN},
        {15, 1, 4 * HIDDEN},
        {10, 2, 16},
        {11, 2, 4 * HIDDEN * CLASSES},
        {13, 2, 4 * CLASSES},
    };
    uint32_t at = CUR_IMAGE_HEADER + 12 * SECTIONS;
    memset(bytes, 0, 8192);
    test_seed(seed);
    for (int i = 0; i < SECTIONS; i++) {
        at = (at + 15) & ~15u;
        uint8_t *entry = bytes + CUR_IMAGE_HEADER + 12 * i;
        cur_put_u16(entry, sections[i].type);
        cur_put_u16(entry + 2, sections[i].layer);
        cur_put_u32(entry + 4, at);
        cur_put_u32(entry + 8, sections[i].len);
        uint8_t *to = bytes + at;
        if (sections[i].type == 1) memcpy(to, "a\0b\xc3\xa9s\0cc", 10);
        if (sections[i].type == 2) fill_floats(to, CUR_EMBEDDING, -4, 0);
        if (sections[i].type == 3) fill_floats(to, CUR_EMBEDDING, 0.3f, 1);
        if (sections[i].type == 10 && sections[i].layer == 1)
            describe(to, 1, 4, CUR_EMBEDDING, HIDDEN, 8, 1, 1);
        if (sections[i].type == 10 && sections[i].layer == 2) describe(to, 2, 32, HIDDEN, CLASSES, 32, 0, 0);
        if (sections[i].type == 11 && sections[i].layer == 1) {
            for (uint32_t j = 0; j < sections[i].len; j++) {
                to[j] = (uint8_t)(((int)(test_noise() % 15) - 7) & 15) |
                        (uint8_t)((((int)(test_noise() % 15) - 7) & 15) << 4);
            }
        }
        if (sections[i].type == 11 && sections[i].layer == 2) fill_floats(to, HIDDEN * CLASSES, -1, 1);
        if (sections[i].type == 12) cur_put_f32(to, 0.01f);
        if (sections[i].type >= 13) fill_floats(to, sections[i].len / 4, 0.1f, 1);
        at += sections[i].len;
    }
    at = (at + 15) & ~15u;
    memcpy(bytes, "CRLW", 4);
    cur_put_u16(bytes + 4, 1);
    cur_put_u16(bytes + 6, 128);
    cur_put_u32(bytes + 8, at);
    cur_put_u32(bytes + 12, 1);
    cur_put_u16(bytes + 20, CUR_EMBEDDING);
    cur_put_u16(bytes + 22, CLASSES);
    bytes[24] = 4;
    bytes[25] = 2;
    cur_put_u16(bytes + 26, 1);
    cur_put_u16(bytes + 28, 1);
    cur_put_u16(bytes + 30, SECTIONS);
    memcpy(bytes + 32, "fake", 4);
    fake_seal(bytes, at);
    return at;
}
