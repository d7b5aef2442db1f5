#include "fake.h"

#include <string.h>

#include "../core/mem.h"
#include "../core/crypto/sha256.h"

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

static int erase(void *ctx, uint32_t off) {
    struct fake *f = ctx;
    return flash_erase(&f->flash, off);
}

static int program(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    struct fake *f = ctx;
    return flash_program(&f->flash, off, bytes, n);
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
    fake_start_with(f, FLASH_MAX, 4096, 8);
}

void fake_start_with(struct fake *f, uint32_t flash_size, uint32_t block, uint32_t granule) {
    flash_start(&f->flash, flash_size, block, granule);
    f->in_at = f->in_len = f->out_len = 0;
    f->audio = NULL;
    f->audio_left = 0;
    f->resets = 0;
    f->skipped_ns = 0;
    f->baud = 921600;
    f->hal = (struct cur_hal){
        .ctx = f,
        .now_ns = now_ns,
        .busy_ns = now_ns,
        .uart_read = uart_read,
        .uart_write = uart_write,
        .uart_baud = uart_baud,
        .baud = f->baud,
        .flash = f->flash.bytes,
        .flash_size = flash_size,
        .flash_block = block,
        .flash_granule = granule,
        .flash_erase = erase,
        .flash_program = program,
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
