#include "ina226.h"

enum {
    CONFIGURATION = 0x00,
    BUS_VOLTAGE = 0x02,
    POWER = 0x03,
    CURRENT = 0x04,
    CALIBRATION = 0x05,
    MASK_ENABLE = 0x06,
    MANUFACTURER_ID = 0xfe,
    DIE_ID = 0xff,

    RESET = 0x8000,
    /* Mean of 4, bus voltage 1.1 ms, shunt voltage 1.1 ms, both without end. Bit 14 reads as one. */
    CONTINUOUS = 0x4000 | 1 << 9 | 4 << 6 | 4 << 3 | 7,
    CONVERSION_READY = 0x0008,
    OVERFLOW = 0x0004,

    TEXAS_INSTRUMENTS = 0x5449,
    INA226 = 0x2260,
    LARGEST_NV = 81920000, /* of the shunt: 32768 steps of 2.5 microvolts */
    IN_TIME_US = 20000,    /* two samples at the worst and some: longer ago, one was missed */
    SAMPLE_NS = 8800000,   /* with the configuration above */
};

/* The calibration is 0.00512 / (amperes a step * ohms): here for nanoamperes and microohms. */
static const uint64_t calibration_scale = 5120000000000u;

static int write_register(const struct cur_ina226 *ina, uint8_t reg, uint16_t value) {
    uint8_t bytes[3] = {reg, (uint8_t)(value >> 8), (uint8_t)value};
    return ina->bus.transfer(ina->bus.ctx, ina->address, bytes, 3, 0, 0);
}

static int read_register(const struct cur_ina226 *ina, uint8_t reg, uint16_t *value) {
    uint8_t bytes[2];
    int rc = ina->bus.transfer(ina->bus.ctx, ina->address, &reg, 1, bytes, 2);
    if (rc == 0) *value = (uint16_t)(bytes[0] << 8 | bytes[1]);
    return rc;
}

static int expect(const struct cur_ina226 *ina, uint8_t reg, uint16_t wanted) {
    uint16_t value;
    int rc = read_register(ina, reg, &value);
    if (rc) return rc;
    return value == wanted ? 0 : CUR_INA226_WRONG_ID;
}

int cur_ina226_start(struct cur_ina226 *ina, const struct cur_i2c *bus, uint8_t address, uint32_t shunt_uohm,
                     uint32_t largest_ma) {
    *ina = (struct cur_ina226){.bus = *bus, .address = address, .shunt_uohm = shunt_uohm};
    if (shunt_uohm < 1 || shunt_uohm > 1000000 || largest_ma < 1 || largest_ma > 100000)
        return CUR_INA226_RANGE;
    if ((uint64_t)shunt_uohm * largest_ma > LARGEST_NV) return CUR_INA226_RANGE;
    uint64_t step_na = ((uint64_t)largest_ma * 1000000 + 32767) / 32768;
    uint64_t calibration = calibration_scale / (step_na * shunt_uohm);
    /* The register has 15 bits: a finer step than the shunt's own 2.5 microvolts would measure nothing more.
     */
    ina->calibration = (uint16_t)(calibration > 0x7fff ? 0x7fff : calibration);

    int rc = expect(ina, MANUFACTURER_ID, TEXAS_INSTRUMENTS);
    if (rc == 0) rc = expect(ina, DIE_ID, INA226);
    if (rc == 0) rc = write_register(ina, CONFIGURATION, RESET);
    if (rc == 0) rc = write_register(ina, CALIBRATION, ina->calibration);
    if (rc == 0) rc = write_register(ina, CONFIGURATION, CONTINUOUS);
    return rc;
}

/* Energy of the time since the last sample, in femtojoules: nanowatts times microseconds. */
static void add_energy(struct cur_ina226 *ina, uint64_t power_nw, uint64_t end_ns) {
    uint64_t left_us = (end_ns - ina->sampled_ns) / 1000;
    uint64_t mean_nw = left_us <= IN_TIME_US ? power_nw : (ina->power_nw + power_nw) / 2;
    const uint64_t stretch_us = 10000000; /* so that no product passes 64 bits */
    while (left_us > 0) {
        uint64_t us = left_us < stretch_us ? left_us : stretch_us;
        uint64_t fj = mean_nw * us + ina->energy_rest_fj;
        ina->energy_nj += fj / 1000000;
        ina->energy_rest_fj = (uint32_t)(fj % 1000000);
        left_us -= us;
    }
}

int cur_ina226_poll(struct cur_ina226 *ina, uint64_t now_ns) {
    uint16_t state, voltage, current, power;
    uint64_t unseen_ns = now_ns - ina->polled_ns;
    uint64_t end_ns = now_ns - (unseen_ns < SAMPLE_NS ? unseen_ns : SAMPLE_NS) / 2;
    ina->polled_ns = now_ns;
    /* Reading the state clears its ready bit. */
    int rc = read_register(ina, MASK_ENABLE, &state);
    if (rc) return rc;
    if (!(state & CONVERSION_READY)) return 0;
    if (state & OVERFLOW) return CUR_INA226_RANGE;
    rc = read_register(ina, BUS_VOLTAGE, &voltage);
    if (rc == 0) rc = read_register(ina, CURRENT, &current);
    if (rc == 0) rc = read_register(ina, POWER, &power);
    if (rc) return rc;

    uint64_t scale = (uint64_t)ina->calibration * ina->shunt_uohm;
    uint64_t power_nw =
        power * 25u * calibration_scale / scale; /* a step of power is 25 of current, in volts */
    if (ina->has_sample) add_energy(ina, power_nw, end_ns);
    ina->bus_mv = voltage * 5u / 4;
    ina->current_ua = (int32_t)((int16_t)current * (int64_t)calibration_scale / (int64_t)scale / 1000);
    ina->power_nw = power_nw;
    ina->sampled_ns = end_ns / 1000 * 1000; /* what add_energy counts */
    ina->has_sample = 1;
    return 1;
}

uint64_t cur_ina226_energy_nj(struct cur_ina226 *ina, uint64_t now_ns) {
    (void)cur_ina226_poll(ina, now_ns); /* an error leaves a gap that the next sample bridges */
    if (!ina->has_sample) return 0;
    uint64_t since_us = (now_ns - ina->sampled_ns) / 1000;
    if (since_us > IN_TIME_US) since_us = IN_TIME_US;
    uint64_t nj = ina->energy_nj + ina->power_nw * since_us / 1000000;
    if (nj > ina->told_nj) ina->told_nj = nj;
    return ina->told_nj;
}
