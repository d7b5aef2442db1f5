#ifndef CUR_I2C_H
#define CUR_I2C_H

#include <stdint.h>

/* The bus a sensor's driver is given. */

enum {
    CUR_BUS_NACK = -1,    /* nobody answers at this address, or the byte was refused */
    CUR_BUS_TIMEOUT = -2, /* the clock was held down for too long, or the bus is stuck */
};

struct cur_i2c {
    void *ctx;

    /* Start, the 7-bit address with write, `out_n` bytes; then, where `in_n` is not 0, a repeated start, the
     * address with read, and `in_n` bytes; stop. 0 or one of the codes above, after which the bus is free.
     * Should give up after 25 ms at the latest (the time-out of SMBus 2.0, section 3.1.1). */
    int (*transfer)(void *ctx, uint8_t address, const uint8_t *out, uint32_t out_n, uint8_t *in,
                    uint32_t in_n);
};

#endif
