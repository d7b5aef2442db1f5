#ifndef CUR_INA226_H
#define CUR_INA226_H

#include "i2c.h"

/*
 * Texas Instruments INA226: current, voltage and power of the board's supply over I2C, measured across a
 * shunt. Registers, steps and times from its data sheet, SBOS547. Not run on hardware yet.
 */

/* Besides the codes of i2c.h. */
enum {
    CUR_INA226_WRONG_ID = -3, /* something answers, but it is no INA226 */
    CUR_INA226_RANGE = -4,    /* shunt and largest current do not go together, or the current was larger */
};

struct cur_ina226 {
    struct cur_i2c bus;
    uint8_t address;         /* 0x40 to 0x4f, by the pins A0 and A1 */
    uint16_t calibration;    /* what the calibration register holds */
    uint32_t shunt_uohm;     /* microohms */
    uint64_t energy_nj;      /* from the first sample to the last one, never going back */
    uint64_t told_nj;        /* what cur_ina226_energy_nj told last */
    uint32_t energy_rest_fj; /* below a nanojoule, femtojoules */
    uint64_t sampled_ns;     /* when the last sample ended, as well as that is known */
    uint64_t polled_ns;      /* moment of the last poll */
    uint8_t has_sample;
    /* The last sample. */
    int32_t current_ua; /* microamperes, negative where current flows back */
    uint32_t bus_mv;    /* millivolts, steps of 1.25 */
    uint64_t power_nw;  /* nanowatts */
};

/*
 * Finds the sensor, resets it and has it measure without end: shunt and bus voltage 1.1 ms each, the mean of
 * 4, so a new sample every 8.8 ms (9.7 ms at the worst). `shunt_uohm` is 1 to 1,000,000; `largest_ma` the
 * largest current to be measured, 1 to 100,000; they may make at most 81.92 mV. 0, a code of i2c.h, or one
 * above.
 */
int cur_ina226_start(struct cur_ina226 *ina, const struct cur_i2c *bus, uint8_t address, uint32_t shunt_uohm,
                     uint32_t largest_ma);

/*
 * Takes the next sample, if there is one, and adds the energy since the one before. A sample is the mean of
 * the 8.8 ms before its end, which lies between this poll and the one before, on the mean half-way: those of
 * a board that polls in time add up without a gap, the power times the time between. Where one or more were
 * missed, the mean of both powers stands for what lies between. `now_ns` as cur_hal.now_ns. 1: a sample was
 * taken; 0: none is ready; a code of i2c.h; or CUR_INA226_RANGE where the current was too large for the
 * shunt: that sample does not count. After an error the next sample bridges the gap.
 */
int cur_ina226_poll(struct cur_ina226 *ina, uint64_t now_ns);

/*
 * Polls, and tells the energy since the first sample in nanojoules, never going back. For the time since the
 * last sample its power stands, for 20 ms at most: so an inference that begins and ends between two samples
 * is not short of them. For cur_hal.energy_nj.
 */
uint64_t cur_ina226_energy_nj(struct cur_ina226 *ina, uint64_t now_ns);

#endif
