#include "test.h"
#include "../drivers/ina226.h"
#include "../ports/host/ina226_model.h"

/* A bus that plays a script: each step is what the driver must ask, and what it gets. */
struct step {
    uint8_t out[3];
    uint8_t out_n;
    uint16_t in; /* read where out_n is 1 */
    int rc;
};

static const struct step *script;
static int steps, at, broken;
static struct cur_ina226 ina;
static struct cur_ina226_model model;

static int transfer(void *ctx, uint8_t address, const uint8_t *out, uint32_t out_n, uint8_t *in,
                    uint32_t in_n) {
    const struct step *step = &script[at];
    if (ctx != &script || address != 0x41 || at == steps) return broken = 1, -9;
    at++;
    if (out_n != step->out_n || memcmp(out, step->out, out_n) || in_n != (out_n == 1 ? 2 : 0)) broken = 1;
    if (step->rc == 0 && in_n == 2) {
        in[0] = (uint8_t)(step->in >> 8);
        in[1] = (uint8_t)step->in;
    }
    return step->rc;
}

static const struct cur_i2c bus = {.ctx = &script, .transfer = transfer};

#define PLAY(list)                                                                                           \
    do {                                                                                                     \
        script = (list);                                                                                     \
        steps = (int)(sizeof(list) / sizeof *(list));                                                        \
        at = broken = 0;                                                                                     \
    } while (0)
#define PLAYED (at == steps && !broken)

#define READ(reg, value)                                                                                     \
    { {reg}, 1, value, 0 }
#define WRITE(reg, value)                                                                                    \
    { {reg, (value) >> 8, (value)&0xff}, 3, 0, 0 }

/* 0.1 ohm, 0.8 A: steps of 24.415 microamperes, 0.00512 / (24.415e-6 * 0.1) = 2097. */
static const struct step starting[] = {READ(0xfe, 0x5449), READ(0xff, 0x2260), WRITE(0, 0x8000),
                                       WRITE(5, 2097), WRITE(0, 0x4327)};

static int start(void) {
    return cur_ina226_start(&ina, &bus, 0x41, 100000, 800);
}

static void starts(void) {
    PLAY(starting);
    CHECK(start() == 0 && PLAYED);
}

static void refuses_others(void) {
    static const struct step maker[] = {READ(0xfe, 0x5448)};
    static const struct step kind[] = {READ(0xfe, 0x5449), READ(0xff, 0x2270)};
    PLAY(maker);
    CHECK(start() == CUR_INA226_WRONG_ID && PLAYED);
    PLAY(kind);
    CHECK(start() == CUR_INA226_WRONG_ID && PLAYED);
}

static void passes_bus_errors_on(void) {
    struct step failing[5];
    for (int fails = 0; fails < 5; fails++) {
        for (int kind = CUR_BUS_TIMEOUT; kind <= CUR_BUS_NACK; kind++) {
            memcpy(failing, starting, sizeof failing);
            failing[fails].rc = kind;
            PLAY(failing);
            CHECK_AT(fails, start() == kind && at == fails + 1 && !broken);
        }
    }
}

static void refuses_ranges(void) {
    static const uint32_t wrong[][2] = {{0, 800}, {1000001, 1}, {100000, 0}, {100000, 820}, {1, 100001}};
    PLAY(starting);
    for (int i = 0; i < 5; i++)
        CHECK_AT(i,
                 cur_ina226_start(&ina, &bus, 0x41, wrong[i][0], wrong[i][1]) == CUR_INA226_RANGE && at == 0);
}

/* One sample: 3.3 V, `current` and `power` in steps. */
static int sample(uint16_t current, uint16_t power, uint64_t now_ns) {
    const struct step list[] = {READ(6, 0x0008), READ(2, 2640), READ(4, current), READ(3, power)};
    PLAY(list);
    int rc = cur_ina226_poll(&ina, now_ns);
    return PLAYED ? rc : -99;
}

static void measures(void) {
    PLAY(starting);
    CHECK(start() == 0);
    /* 5.12e12 / (2097 * 100000) = 24415.83 nA a step; power steps are 25 times that, in watts. */
    CHECK(sample(4096, 541, 1000000) == 1);
    CHECK(ina.bus_mv == 3300 && ina.current_ua == 100007 && ina.energy_nj == 0);
    CHECK(ina.power_nw == 330224129);
    CHECK(sample(0xf000, 541, 2000000) == 1 && ina.current_ua == -100007);
    /* 330.224 mW for a millisecond: 330.224 microjoules. */
    CHECK(ina.energy_nj == 330224);
    /* A sample is the mean of what lies before it. */
    CHECK(sample(0, 0, 3000000) == 1 && ina.energy_nj == 330224);
    CHECK(sample(4096, 541, 4000000) == 1 && ina.energy_nj == 2 * 330224);
    /* Of 100 ms samples are missing: the mean of both powers. */
    CHECK(sample(0, 0, 104000000) == 1 && ina.energy_nj == 2 * 330224 + 15867269);
}

static void loses_no_energy(void) {
    PLAY(starting);
    CHECK(start() == 0 && sample(4096, 1, 0) == 1);
    /* 610,396 nW over 1,000,000 samples' microseconds each, in steps that are no whole nanojoule. */
    for (int i = 1; i <= 10000; i++)
        CHECK_AT(i, sample(4096, 1, (uint64_t)i * 1000) == 1);
    CHECK(ina.power_nw == 610395 && ina.energy_nj == 6103);
    /* An hour between two samples at the largest power. */
    CHECK(sample(0x7fff, 0xffff, 10000000) == 1);
    uint64_t before = ina.energy_nj, power = ina.power_nw;
    /* It ended in the 8.8 ms before it was seen. */
    CHECK(sample(0x7fff, 0xffff, 10000000 + 3600000000000ull + 4400000) == 1);
    CHECK(ina.energy_nj - before >= power * 3600 - 1 && ina.energy_nj - before <= power * 3600 + 1);
}

static void waits_and_overflows(void) {
    static const struct step early[] = {READ(6, 0x0000)};
    static const struct step much[] = {READ(6, 0x000c)};
    static const struct step gone[] = {READ(6, 0x0008), READ(2, 2640), {{4}, 1, 0, CUR_BUS_NACK}};
    PLAY(starting);
    CHECK(start() == 0 && sample(4096, 541, 0) == 1);
    PLAY(early);
    CHECK(cur_ina226_poll(&ina, 500000) == 0 && PLAYED);
    PLAY(much);
    CHECK(cur_ina226_poll(&ina, 500000) == CUR_INA226_RANGE && PLAYED);
    PLAY(gone);
    CHECK(cur_ina226_poll(&ina, 500000) == CUR_BUS_NACK && PLAYED);
    CHECK(ina.energy_nj == 0 && ina.power_nw == 330224129);
    /* It ended between the polls. */
    CHECK(sample(4096, 541, 1000000) == 1 && ina.energy_nj == 247668);
}

static int model_transfer(void *ctx, uint8_t address, const uint8_t *out, uint32_t out_n, uint8_t *in,
                          uint32_t in_n) {
    return cur_ina226_model_transfer(&model, address, out, out_n, in, in_n, *(uint64_t *)ctx);
}

/* What an inference of 60 ms takes of a board of 100 mA that draws 5 mA before and after, and looks every 4
 * ms. */
static double measured_of_inference(uint64_t begin_ns) {
    static uint64_t now;
    const struct cur_i2c model_bus = {.ctx = &now, .transfer = model_transfer};
    const uint64_t end_ns = begin_ns + 60000000, step = 4000000;
    uint64_t before = 0;
    now = 0;
    cur_ina226_model_init(&model, 100000, 3300, now);
    cur_ina226_model_draws(&model, 5000, now);
    if (cur_ina226_start(&ina, &model_bus, CUR_INA226_MODEL_ADDRESS, 100000, 800)) return -1;
    while (now < end_ns) {
        uint64_t next = now + step;
        if (now < begin_ns && next > begin_ns) next = begin_ns;
        if (next > end_ns) next = end_ns;
        now = next;
        if (now == begin_ns) {
            before = cur_ina226_energy_nj(&ina, now);
            cur_ina226_model_draws(&model, 100000, now);
        }
        cur_ina226_poll(&ina, now);
    }
    return (double)(cur_ina226_energy_nj(&ina, now) - before);
}

/* Of 19.8 mJ: whenever it begins, it is off by less than a sample's share, and on the mean by next to
 * nothing. */
static void measures_an_inference(void) {
    const double truth = 3.3 * 0.1 * 0.06 * 1e9;
    double sum = 0;
    for (uint64_t i = 0; i < 88; i++) {
        double found = measured_of_inference(50000000 + 100000 * i);
        CHECK_AT((int)i, found > 0.93 * truth && found < 1.07 * truth);
        sum += found;
    }
    CHECK(sum / 88 > 0.99 * truth && sum / 88 < 1.01 * truth);
}

static void answers_as_the_chip(void) {
    static uint64_t now;
    uint8_t in[2], ready = 6, id = 0xff;
    const struct cur_i2c model_bus = {.ctx = &now, .transfer = model_transfer};
    cur_ina226_model_init(&model, 100000, 3300, 0);
    CHECK(model_transfer(&now, 0x41, &id, 1, in, 2) == CUR_BUS_NACK);
    CHECK(model_transfer(&now, 0x40, &id, 1, in, 2) == 0 && in[0] == 0x22 && in[1] == 0x60);
    CHECK(cur_ina226_start(&ina, &model_bus, 0x40, 100000, 800) == 0);
    cur_ina226_model_draws(&model, 100000, 0);
    now = 8799999;
    CHECK(cur_ina226_poll(&ina, now) == 0);
    now = 8800000;
    CHECK(cur_ina226_poll(&ina, now) == 1 && cur_ina226_poll(&ina, now) == 0);
    CHECK(ina.bus_mv == 3300 && ina.current_ua > 99900 && ina.current_ua < 100100);
    CHECK(ina.power_nw > 329000000 && ina.power_nw < 331000000);
    /* More than the shunt's 81.92 mV is no sample. */
    cur_ina226_model_draws(&model, 900000, now);
    now += 8800000;
    CHECK(cur_ina226_poll(&ina, now) == CUR_INA226_RANGE);
    CHECK(model_transfer(&now, 0x40, &ready, 1, in, 2) == 0 && !(in[1] & 8));
}

static void never_goes_back(void) {
    static uint64_t now;
    const struct cur_i2c model_bus = {.ctx = &now, .transfer = model_transfer};
    uint64_t last = 0;
    now = 0;
    cur_ina226_model_init(&model, 100000, 3300, 0);
    CHECK(cur_ina226_start(&ina, &model_bus, 0x40, 100000, 800) == 0);
    for (int i = 0; i < 2000; i++) {
        if (i % 37 == 0) cur_ina226_model_draws(&model, i % 74 ? 300000 : 1000, now);
        now += 777000;
        uint64_t told = cur_ina226_energy_nj(&ina, now);
        CHECK_AT(i, told >= last);
        last = told;
    }
    CHECK(last > 0);
}

TEST_LIST(ina226_tests) = {
    {"the INA226 is identified, reset, calibrated and set going", starts},
    {"the INA226 driver refuses another maker's or another kind of chip", refuses_others},
    {"the INA226 driver passes every refusal and time-out of the bus on and stops there",
     passes_bus_errors_on},
    {"the INA226 driver refuses a shunt that cannot measure the current before it speaks", refuses_ranges},
    {"the INA226's registers become millivolts, microamperes and nanowatts, with their sign", measures},
    {"the INA226's energy adds up over many short steps and one long one", loses_no_energy},
    {"an INA226 sample that is not ready, too large or lost changes nothing", waits_and_overflows},
    {"an inference's energy is measured whenever it begins, between two samples too", measures_an_inference},
    {"the INA226's model answers, waits and overflows as the chip does", answers_as_the_chip},
    {"the energy that an INA226 tells never goes back", never_goes_back},
    TEST_END,
};
