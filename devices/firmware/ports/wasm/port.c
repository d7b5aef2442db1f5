/* The virtual board: the core as WebAssembly. devices/boards/virtual loads it and is its hardware. */
#include "../../core/curlew.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("board"), import_name(#name)))

IMPORT(now_ms) double import_now_ms(void);
IMPORT(uart_write) void import_uart_write(const uint8_t *bytes, uint32_t n);
/* The rate of the line after a start, bits a second; 0 where it has none. */
IMPORT(uart_start) uint32_t import_uart_start(void);
/* As cur_hal.uart_baud. */
IMPORT(uart_baud) int32_t import_uart_baud(uint32_t baud);
IMPORT(flash_changed) void import_flash_changed(uint32_t off, uint32_t n);
/* As cur_hal.audio_read. */
IMPORT(audio_read) int32_t import_audio_read(int16_t *samples, uint32_t n);
IMPORT(reset) void import_reset(void);

enum { FLASH_MAX = 0x400000 };
enum { RX_SIZE = 32768, NAME_SIZE = 64, PROFILE_SIZE = 32 };

static _Alignas(16) uint8_t flash[FLASH_MAX];
static uint8_t rx[RX_SIZE];
static uint32_t rx_at, rx_end;
static char name[NAME_SIZE], profile[PROFILE_SIZE];
static uint32_t supply_mv;
static struct cur_board board;
static struct cur_hal hal;
static uint8_t next_cause = CUR_CAUSE_POWER; /* of the next start */

/* The model of time and energy: instructions a unit of each kernel, time an instruction, power. */
static double instructions[CUR_KERNELS], ns_per_instruction, nj_per_ns;
static double busy_total_ns, energy_total_nj;

static uint64_t now_ns(void *ctx) {
    (void)ctx;
    return (uint64_t)(import_now_ms() * 1e6);
}

static uint64_t busy_ns(void *ctx) {
    (void)ctx;
    return (uint64_t)busy_total_ns;
}

static uint64_t energy_nj(void *ctx) {
    (void)ctx;
    return (uint64_t)energy_total_nj;
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t n) {
    (void)ctx;
    size_t taken = 0;
    while (taken < n && rx_at < rx_end)
        bytes[taken++] = rx[rx_at++];
    return taken;
}

static void uart_write(void *ctx, const uint8_t *bytes, size_t n) {
    (void)ctx;
    import_uart_write(bytes, (uint32_t)n);
}

static int uart_baud(void *ctx, uint32_t baud) {
    (void)ctx;
    return import_uart_baud(baud);
}

static int flash_erase(void *ctx, uint32_t off) {
    (void)ctx;
    if (off % hal.flash_block || off >= hal.flash_size) return -1;
    for (uint32_t i = 0; i < hal.flash_block; i++)
        flash[off + i] = 0xff;
    import_flash_changed(off, hal.flash_block);
    return 0;
}

static int flash_program(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx;
    if (off > hal.flash_size || n > hal.flash_size - off) return -1;
    for (uint32_t i = 0; i < n; i++)
        flash[off + i] &= bytes[i];
    import_flash_changed(off, n);
    return 0;
}

static int32_t audio_read(void *ctx, int16_t *samples, uint32_t n) {
    (void)ctx;
    return import_audio_read(samples, n);
}

static uint32_t get_supply_mv(void *ctx) {
    (void)ctx;
    return supply_mv;
}

static int32_t temperature_cc(void *ctx) {
    (void)ctx;
    return -32768;
}

static uint32_t stack_high_water(void *ctx) {
    (void)ctx;
    return 0;
}

static void reset(void *ctx) {
    (void)ctx;
    next_cause = CUR_CAUSE_REQUEST;
    import_reset();
}

static void work(void *ctx, enum cur_kernel kernel, uint32_t units) {
    (void)ctx;
    double ns = instructions[kernel] * units * ns_per_instruction;
    busy_total_ns += ns;
    energy_total_nj += ns * nj_per_ns;
}

static struct cur_hal hal = {
    .now_ns = now_ns,
    .busy_ns = busy_ns,
    .energy_nj = energy_nj,
    .uart_read = uart_read,
    .uart_write = uart_write,
    .uart_baud = uart_baud,
    .flash = flash,
    .flash_erase = flash_erase,
    .flash_program = flash_program,
    .audio_read = audio_read,
    .supply_mv = get_supply_mv,
    .temperature_cc = temperature_cc,
    .stack_high_water = stack_high_water,
    .reset = reset,
    .work = work,
    .name = name,
    .kind = "virtual",
    .profile = profile,
    .source = CUR_SOURCE_MODELLED | CUR_SOURCE_MODELLED << 2,
    .simulated = 1,
};

/* Places that the host fills before `boot`: zero-terminated texts, 8 bytes of identity, flash contents. */
EXPORT(name_pointer) char *name_pointer(void) {
    return name;
}

EXPORT(profile_pointer) char *profile_pointer(void) {
    return profile;
}

EXPORT(id_pointer) uint8_t *id_pointer(void) {
    return hal.id;
}

EXPORT(flash_pointer) uint8_t *flash_pointer(void) {
    return flash;
}

/* Before `boot`, in bytes, as hal.h bounds them. 0, or -1 where there is not as much. */
EXPORT(set_flash) int32_t set_flash(uint32_t size, uint32_t block, uint32_t granule) {
    if (size > FLASH_MAX) return -1;
    hal.flash_size = size;
    hal.flash_block = block;
    hal.flash_granule = granule;
    return 0;
}

/* Instructions that one unit of a kernel takes. */
EXPORT(set_kernel) void set_kernel(uint32_t kernel, double instructions_per_unit) {
    if (kernel < CUR_KERNELS) instructions[kernel] = instructions_per_unit;
}

/* Power is in watts, which is nanojoules a nanosecond; 0: not known. */
EXPORT(set_profile) void set_profile(double ns_each_instruction, double watts, uint32_t millivolts) {
    ns_per_instruction = ns_each_instruction;
    nj_per_ns = watts;
    hal.energy_nj = watts > 0 ? energy_nj : NULL;
    hal.source = CUR_SOURCE_MODELLED | (watts > 0 ? CUR_SOURCE_MODELLED << 2 : 0);
    supply_mv = millivolts;
}

EXPORT(boot) void boot(uint32_t boot_id) {
    rx_at = rx_end = 0;
    hal.boot = boot_id;
    hal.cause = next_cause;
    next_cause = CUR_CAUSE_UNKNOWN;
    hal.baud = import_uart_start();
    cur_init(&board, &hal);
}

/* Bytes for the board: put up to rx_size of them here once rx_left is 0, then say how many. */
EXPORT(rx_pointer) uint8_t *rx_pointer(void) {
    return rx;
}

EXPORT(rx_size) uint32_t rx_size(void) {
    return RX_SIZE;
}

EXPORT(rx_left) uint32_t rx_left(void) {
    return rx_end - rx_at;
}

EXPORT(rx_filled) void rx_filled(uint32_t n) {
    rx_at = 0;
    rx_end = n < RX_SIZE ? n : RX_SIZE;
}

EXPORT(poll) int32_t poll(void) {
    return cur_poll(&board);
}
