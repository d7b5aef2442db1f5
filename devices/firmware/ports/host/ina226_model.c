#include "ina226_model.h"

#include <string.h>

enum {
    CONFIGURATION,
    SHUNT_VOLTAGE,
    BUS_VOLTAGE,
    POWER,
    CURRENT,
    CALIBRATION,
    MASK_ENABLE,
    ALERT_LIMIT,

    RESET = 0x8000,
    AT_START = 0x4127, /* no mean, 1.1 ms each, both without end */
    CONVERSION_READY = 0x0008,
    OVERFLOW = 0x0004,
};

/* Of a conversion, by bits 8-6 (bus) and 5-3 (shunt), microseconds; and how many make a mean, by bits 11-9.
 */
static const uint32_t times_us[8] = {140, 204, 332, 588, 1100, 2116, 4156, 8244};
static const uint32_t means[8] = {1, 4, 16, 64, 128, 256, 512, 1024};

static uint64_t period_ns(const struct cur_ina226_model *m) {
    uint16_t c = m->registers[CONFIGURATION];
    return 1000u * (uint64_t)means[c >> 9 & 7] * (times_us[c >> 6 & 7] + times_us[c >> 3 & 7]);
}

static void restart(struct cur_ina226_model *m, uint64_t now_ns) {
    m->from_ns = m->told_ns = now_ns;
    m->charge_ua_ns = 0;
}

static void reset(struct cur_ina226_model *m, uint64_t now_ns) {
    memset(m->registers, 0, sizeof m->registers);
    m->registers[CONFIGURATION] = AT_START;
    restart(m, now_ns);
}

void cur_ina226_model_init(struct cur_ina226_model *m, uint32_t shunt_uohm, uint32_t bus_mv,
                           uint64_t now_ns) {
    *m = (struct cur_ina226_model){.shunt_uohm = shunt_uohm, .bus_mv = bus_mv};
    reset(m, now_ns);
}

/* The mean of a conversion becomes registers: 2.5 microvolts, 1.25 millivolts, and what the calibration makes
 * of them. */
static void convert(struct cur_ina226_model *m, double mean_ua) {
    double steps = mean_ua * 1e-6 * m->shunt_uohm * 1e-6 / 2.5e-6;
    int too_large = steps > 32767 || steps < -32768;
    int32_t shunt =
        too_large ? (steps < 0 ? -32768 : 32767) : (int32_t)(steps < 0 ? steps - 0.5 : steps + 0.5);
    int32_t current = (int32_t)((int64_t)shunt * m->registers[CALIBRATION] / 2048);
    uint16_t bus = (uint16_t)(m->bus_mv * 4 / 5);
    int64_t power = (int64_t)(current < 0 ? -current : current) * bus / 20000;
    m->registers[SHUNT_VOLTAGE] = (uint16_t)shunt;
    m->registers[BUS_VOLTAGE] = bus;
    m->registers[CURRENT] = (uint16_t)current;
    m->registers[POWER] = (uint16_t)power;
    uint16_t state = m->registers[MASK_ENABLE] & (uint16_t)~OVERFLOW;
    int overflows = current > 32767 || current < -32768 || power > 65535;
    m->registers[MASK_ENABLE] = state | CONVERSION_READY | (overflows || too_large ? OVERFLOW : 0);
}

/* Conversions end on time, whoever looks. */
static void pass(struct cur_ina226_model *m, uint64_t now_ns) {
    uint64_t period = period_ns(m);
    while (m->from_ns + period <= now_ns) {
        uint64_t end = m->from_ns + period;
        m->charge_ua_ns += m->current_ua * (double)(end - m->told_ns);
        convert(m, m->charge_ua_ns / (double)period);
        restart(m, end);
        /* Of a long time that nobody looked the last conversions are all that is left. */
        if (now_ns - end > 4 * period) restart(m, end + (now_ns - end) / period * period - period);
    }
    m->charge_ua_ns += m->current_ua * (double)(now_ns - m->told_ns);
    m->told_ns = now_ns;
}

void cur_ina226_model_draws(struct cur_ina226_model *m, double current_ua, uint64_t now_ns) {
    pass(m, now_ns);
    m->current_ua = current_ua;
}

static uint16_t read_register(struct cur_ina226_model *m, uint8_t reg) {
    if (reg == 0xfe) return 0x5449;
    if (reg == 0xff) return 0x2260;
    uint16_t value = reg < 8 ? m->registers[reg] : 0;
    /* Who reads its state has seen that it is ready. */
    if (reg == MASK_ENABLE) m->registers[MASK_ENABLE] &= (uint16_t)~CONVERSION_READY;
    return value;
}

static void write_register(struct cur_ina226_model *m, uint8_t reg, uint16_t value, uint64_t now_ns) {
    if (reg == CONFIGURATION && value & RESET) {
        reset(m, now_ns);
    } else if (reg == CONFIGURATION) {
        m->registers[reg] = (uint16_t)(value | 0x4000);
        m->registers[MASK_ENABLE] &= (uint16_t)~CONVERSION_READY;
        restart(m, now_ns);
    } else if (reg == CALIBRATION) {
        m->registers[reg] = value & 0x7fff;
    }
}

int cur_ina226_model_transfer(struct cur_ina226_model *m, uint8_t address, const uint8_t *out, uint32_t out_n,
                              uint8_t *in, uint32_t in_n, uint64_t now_ns) {
    if (address != CUR_INA226_MODEL_ADDRESS) return CUR_BUS_NACK;
    pass(m, now_ns);
    if (out_n == 3) write_register(m, out[0], (uint16_t)(out[1] << 8 | out[2]), now_ns);
    if (out_n == 1 && in_n == 2) {
        uint16_t value = read_register(m, out[0]);
        in[0] = (uint8_t)(value >> 8);
        in[1] = (uint8_t)value;
    }
    return 0;
}
