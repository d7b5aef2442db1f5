/* A port to real hardware: the core's hardware on top of board.h. It has not run on any board yet. */
#include "board.h"
#include "../../core/curlew.h"
#include "../../drivers/ina226.h"
#include "../../drivers/pdm.h"

static struct cur_board board;
static struct cur_ina226 ina;
static struct cur_pdm pdm;
static int measures;
static uint64_t slept_ns;

static uint64_t now_ns(void *ctx) {
    (void)ctx;
    return board_ns();
}

static uint64_t busy_ns(void *ctx) {
    (void)ctx;
    return board_ns() - slept_ns;
}

static uint64_t energy_nj(void *ctx) {
    (void)ctx;
    return cur_ina226_energy_nj(&ina, board_ns());
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t n) {
    (void)ctx;
    return board_uart_read(bytes, n);
}

static void uart_write(void *ctx, const uint8_t *bytes, size_t n) {
    (void)ctx;
    board_uart_write(bytes, n);
}

static int uart_baud(void *ctx, uint32_t baud) {
    (void)ctx;
    return board_uart_baud(baud);
}

static int flash_erase(void *ctx, uint32_t off) {
    (void)ctx;
    return board_flash_erase(off);
}

static int flash_program(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx;
    return board_flash_program(off, bytes, n);
}

static int32_t audio_read(void *ctx, int16_t *samples, uint32_t n) {
    (void)ctx;
    return cur_pdm_read(&pdm, samples, n);
}

static uint32_t supply_mv(void *ctx) {
    (void)ctx;
    return ina.bus_mv; /* 0 without a sensor: unknown */
}

static int32_t temperature_cc(void *ctx) {
    (void)ctx;
    return board_temperature_cc();
}

static uint32_t stack_high_water(void *ctx) {
    (void)ctx;
    return board_stack_high_water();
}

static void reset(void *ctx) {
    (void)ctx;
    board_reset();
}

static void watchdog_feed(void *ctx) {
    (void)ctx;
    board_watchdog_feed();
    /* In the middle of an inference, too: of what the board draws no sample is missed. */
    if (measures) (void)cur_ina226_poll(&ina, board_ns());
}

static void mark(void *ctx, uint32_t lines) {
    (void)ctx;
    board_mark(lines);
}

static int i2c_transfer(void *ctx, uint8_t address, const uint8_t *out, uint32_t out_n, uint8_t *in,
                        uint32_t in_n) {
    (void)ctx;
    return board_i2c_transfer(address, out, out_n, in, in_n);
}

static int32_t pdm_read(void *ctx, uint8_t *bytes, uint32_t n) {
    (void)ctx;
    return board_pdm_read(bytes, n);
}

static struct cur_hal hal = {
    .now_ns = now_ns,
    .busy_ns = busy_ns,
    .uart_read = uart_read,
    .uart_write = uart_write,
    .uart_baud = uart_baud,
    .flash_erase = flash_erase,
    .flash_program = flash_program,
    .supply_mv = supply_mv,
    .temperature_cc = temperature_cc,
    .stack_high_water = stack_high_water,
    .reset = reset,
    .watchdog_feed = watchdog_feed,
    .mark = mark,
    .profile = "",
    .source = CUR_SOURCE_MEASURED,
};

/* A sensor that does not answer leaves the energy unknown: it is never made up. */
static void start_sensor(const struct board_facts *facts) {
    const struct cur_i2c bus = {.transfer = i2c_transfer};
    if (facts->ina226_address == 0) return;
    if (cur_ina226_start(&ina, &bus, facts->ina226_address, facts->shunt_uohm, facts->largest_ma)) return;
    measures = 1;
    hal.energy_nj = energy_nj;
    hal.source |= CUR_SOURCE_MEASURED << 2;
}

static void start_microphone(const struct board_facts *facts) {
    const struct cur_pdm_bus bus = {.read = pdm_read};
    if (facts->pdm_clock == 0 || cur_pdm_start(&pdm, &bus, facts->pdm_clock)) return;
    hal.audio_read = audio_read;
}

int main(void) {
    board_start();
    hal.cause = board_cause();
    board_identity(hal.id);
    hal.boot = board_boot();
    if (hal.boot == 0) hal.boot = 1;
    hal.name = board_facts.name;
    hal.kind = board_facts.kind;
    hal.baud = board_facts.baud;
    hal.flash = board_facts.flash;
    hal.flash_size = board_facts.flash_size;
    hal.flash_block = board_facts.flash_block;
    hal.flash_granule = board_facts.flash_granule;
    start_sensor(&board_facts);
    start_microphone(&board_facts);
    cur_init(&board, &hal);
    for (;;) {
        watchdog_feed(NULL);
        if (cur_poll(&board)) continue;
        uint64_t from = board_ns();
        board_sleep();
        slept_ns += board_ns() - from;
    }
}
