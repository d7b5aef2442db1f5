#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/*
 * What you write for your board: everything declared here, in files of your own beside port.c. Nothing stands
 * in for it: until all of it is there, the port does not link. `make template` lists what it still needs. The
 * units, limits and timing are those of hal/hal.h and of PORTING.md.
 */

struct board_facts {
    const char *name;       /* for a person, at most 63 bytes */
    const char *kind;       /* the board's type, at most 31 bytes: `my-board-2` */
    uint32_t baud;          /* of the UART after a start, bits a second */
    const uint8_t *flash;   /* as memory, aligned to 16; not the flash the program runs from, unless reading
                               goes on while it is erased */
    uint32_t flash_size;    /* bytes, a whole number of blocks, at least 16 */
    uint32_t flash_block;   /* bytes erased at once, 1024 to 65536 */
    uint32_t flash_granule; /* bytes programmed at once, 1 to 64 */
    uint8_t ina226_address; /* 0x40 to 0x4f; 0: no sensor */
    uint32_t shunt_uohm;    /* the sensor's shunt, microohms */
    uint32_t largest_ma;    /* the largest current of the board, milliamperes */
    uint32_t pdm_clock;     /* of the microphone, Hz: 1024000, 2048000 or 3072000; 0: no microphone */
};

extern const struct board_facts board_facts;

/* Clocks, pins, FPU, UART, timer, I2C, microphone, watchdog (2 s or more). */
void board_start(void);

/* Why it started: enum cur_cause. Read the reset register once, before anything clears it. */
uint8_t board_cause(void);

/* The chip's own serial number, the same at every boot, and a number that no two boots have in common (from a
 * random generator, or counted in a retained or flashed word). */
void board_identity(uint8_t id[8]);
uint32_t board_boot(void);

/* Nanoseconds since the start, never going back over 64 bits, a microsecond or finer. */
uint64_t board_ns(void);

/* UART: received bytes are kept by an interrupt or DMA in a ring of 24 KiB or more; writing waits until all
 * bytes are handed over; board_uart_baud first waits until the last bit has left. */
size_t board_uart_read(uint8_t *bytes, size_t n);
void board_uart_write(const uint8_t *bytes, size_t n);
int board_uart_baud(uint32_t baud);

/* Flash, as in hal.h. They return when the flash is done and has been read back right: 0, or -1. */
int board_flash_erase(uint32_t off);
int board_flash_program(uint32_t off, const uint8_t *bytes, uint32_t n);

/* As struct cur_i2c.transfer and struct cur_pdm_bus.read; called only where the facts name the part. */
int board_i2c_transfer(uint8_t address, const uint8_t *out, uint32_t out_n, uint8_t *in, uint32_t in_n);
int32_t board_pdm_read(uint8_t *bytes, uint32_t n);

/* The marker's pins, as struct cur_hal.mark; those that the board has none for are left out. */
void board_mark(uint32_t lines);

/* Hundredths of a degree Celsius; -32768 where there is no sensor. */
int32_t board_temperature_cc(void);

/* Deepest use of the stack since boot, bytes: paint it before main and look for the paint. */
uint32_t board_stack_high_water(void);

void board_watchdog_feed(void);
_Noreturn void board_reset(void);

/* Sleeps until the next interrupt; must wake at least every 10 ms, and for any byte, also one that came just
 * before. */
void board_sleep(void);

#endif
