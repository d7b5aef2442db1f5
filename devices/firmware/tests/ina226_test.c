#include "test.h"
#include "../drivers/ina226.h"

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
    CHECK(sample(0, 0, 3000000) == 1 && ina.energy_nj == 330224 + 165112);
    CHECK(sample(0, 0, 9000000) == 1 && ina.energy_nj == 330224 + 165112);
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
    CHECK(sample(0x7fff, 0xffff, 10000000 + 3600000000000ull) == 1);
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
    CHECK(sample(4096, 541, 1000000) == 1 && ina.energy_nj == 330224);
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
    TEST_END,
};
