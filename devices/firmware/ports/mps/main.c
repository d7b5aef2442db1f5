/* The board on a machine that QEMU emulates. Times are counted instructions at the pace of a named board
 * profile. */
#include "../../core/curlew.h"
#include "../../core/mem.h"
#include "machine.h"

/* Without parameters: this machine's own clock, an instruction a cycle, energy unknown, a flash of 4 MiB. */
static const uint32_t own_ps_per_instruction = 1000000 / MACHINE_TICKS_PER_US;
enum { OWN_FLASH_SIZE = 0x400000, OWN_FLASH_BLOCK = 4096, OWN_FLASH_GRANULE = 8 };

static struct cur_board board;
static struct cur_hal hal;
static uint32_t ps_per_instruction, microwatts, supply;

static uint64_t now_ns(void *ctx) {
    (void)ctx;
    return machine_ns();
}

static uint64_t busy_ns(void *ctx) {
    (void)ctx;
    return machine_instructions() * ps_per_instruction / 1000;
}

static uint64_t energy_nj(void *ctx) {
    /* Microseconds times microwatts are picojoules. */
    return busy_ns(ctx) / 1000 * microwatts / 1000;
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t n) {
    (void)ctx;
    return machine_uart_read(bytes, n);
}

static void uart_write(void *ctx, const uint8_t *bytes, size_t n) {
    (void)ctx;
    machine_uart_write(bytes, n);
}

static int flash_erase(void *ctx, uint32_t off) {
    (void)ctx;
    if (off % hal.flash_block || off >= hal.flash_size) return -1;
    memset(MACHINE_FLASH + off, 0xff, hal.flash_block);
    return 0;
}

static int flash_program(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx;
    if (off > hal.flash_size || n > hal.flash_size - off) return -1;
    for (uint32_t i = 0; i < n; i++)
        MACHINE_FLASH[off + i] &= bytes[i];
    return 0;
}

static uint32_t supply_mv(void *ctx) {
    (void)ctx;
    return supply;
}

static int32_t temperature_cc(void *ctx) {
    (void)ctx;
    return -32768;
}

static uint32_t stack_high_water(void *ctx) {
    (void)ctx;
    return machine_stack_high_water();
}

static void reset(void *ctx) {
    (void)ctx;
    machine_reset(CUR_CAUSE_REQUEST);
}

static void watchdog_feed(void *ctx) {
    (void)ctx;
    machine_watchdog_feed();
}

static struct cur_hal hal = {
    .now_ns = now_ns,
    .busy_ns = busy_ns,
    .uart_read = uart_read,
    .uart_write = uart_write,
    .flash = MACHINE_FLASH,
    .flash_size = OWN_FLASH_SIZE,
    .flash_block = OWN_FLASH_BLOCK,
    .flash_granule = OWN_FLASH_GRANULE,
    .flash_erase = flash_erase,
    .flash_program = flash_program,
    .supply_mv = supply_mv,
    .temperature_cc = temperature_cc,
    .stack_high_water = stack_high_water,
    .reset = reset,
    .watchdog_feed = watchdog_feed,
    .name = MACHINE_NAME,
    .kind = MACHINE_NAME,
    .profile = "",
    .source = CUR_SOURCE_COUNTED,
    .simulated = 1,
};

static void take_parameters(const struct machine_parameters *p) {
    memcpy(hal.id, MACHINE_ID, sizeof hal.id);
    ps_per_instruction = own_ps_per_instruction;
    if (p->magic != MACHINE_PARAMETERS_MAGIC) return;
    memcpy(hal.id, p->id, sizeof hal.id);
    hal.name = p->name;
    hal.profile = p->profile;
    ps_per_instruction = p->ps_per_instruction;
    microwatts = p->microwatts;
    supply = p->supply_mv;
    if (p->flash_size <= MACHINE_FLASH_MAX) {
        hal.flash_size = p->flash_size;
        hal.flash_block = p->flash_block;
        hal.flash_granule = p->flash_granule;
    }
    if (microwatts == 0) return;
    hal.energy_nj = energy_nj;
    hal.source = CUR_SOURCE_COUNTED | CUR_SOURCE_COUNTED << 2;
}

/* The emulated flash is RAM: it keeps over a reset, and is new when the machine is switched on. */
static void count_boot(struct machine_retained *kept, uint32_t seed) {
    if (kept->magic != MACHINE_RETAINED_MAGIC) {
        memset(MACHINE_FLASH, 0xff, hal.flash_size);
        kept->boots = 0;
        kept->cause = CUR_CAUSE_POWER;
        kept->magic = MACHINE_RETAINED_MAGIC;
    }
    /* An odd factor: no boot id comes twice. */
    hal.boot = seed + ++kept->boots * 0x9e3779b1u;
    if (hal.boot == 0) hal.boot = 1;
    hal.cause = (uint8_t)kept->cause;
    kept->cause = CUR_CAUSE_UNKNOWN;
}

int main(void) {
    machine_start();
    take_parameters(MACHINE_PARAMETERS);
    count_boot(MACHINE_RETAINED, MACHINE_PARAMETERS->seed);
    cur_init(&board, &hal);
    for (;;) {
        machine_watchdog_feed();
        machine_ns();
        if (!cur_poll(&board)) machine_sleep();
    }
}
