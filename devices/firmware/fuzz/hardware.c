#include "fuzz.h"
#include "../core/mem.h"

uint8_t fuzz_flash[FUZZ_FLASH] __attribute__((aligned(16)));

static uint64_t now_ns(void *ctx) {
    static uint64_t now;
    (void)ctx;
    return now += 1000;
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t n) {
    (void)ctx;
    (void)bytes;
    (void)n;
    return 0;
}

static void uart_write(void *ctx, const uint8_t *bytes, size_t n) {
    (void)ctx;
    (void)bytes;
    (void)n;
}

static int flash_erase(void *ctx, uint32_t off) {
    (void)ctx;
    FUZZ_CHECK(off % FUZZ_BLOCK == 0 && off < FUZZ_FLASH);
    memset(fuzz_flash + off, 0xff, FUZZ_BLOCK);
    return 0;
}

static int flash_program(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx;
    FUZZ_CHECK(off % 8 == 0 && n % 8 == 0 && off <= FUZZ_FLASH && n <= FUZZ_FLASH - off);
    for (uint32_t i = 0; i < n; i++)
        fuzz_flash[off + i] &= bytes[i];
    return 0;
}

static uint32_t unknown_u32(void *ctx) {
    (void)ctx;
    return 0;
}

static int32_t unknown_temperature(void *ctx) {
    (void)ctx;
    return -32768;
}

static void reset(void *ctx) {
    (void)ctx;
}

const struct cur_hal fuzz_hal = {
    .now_ns = now_ns,
    .busy_ns = now_ns,
    .uart_read = uart_read,
    .uart_write = uart_write,
    .flash = fuzz_flash,
    .flash_size = FUZZ_FLASH,
    .flash_block = FUZZ_BLOCK,
    .flash_granule = 8,
    .flash_erase = flash_erase,
    .flash_program = flash_program,
    .supply_mv = unknown_u32,
    .temperature_cc = unknown_temperature,
    .stack_high_water = unknown_u32,
    .reset = reset,
    .boot = 1,
    .name = "fuzzed",
    .kind = "fuzzed",
    .profile = "",
};

void fuzz_start(void) {
    memset(fuzz_flash, 0xff, sizeof fuzz_flash);
}
