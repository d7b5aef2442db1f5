#include <math.h>

#include "test.h"
#include "../drivers/pdm.h"

/* A bus that hands out a second-order sigma-delta modulator's stream of offset + amplitude * sine, in blocks
 * of uneven length. */
static struct {
    double amplitude, hertz, offset, clock;
    double first, second;
    uint64_t bit;
    int calls, fails_at;
} source;

static int modulate(void) {
    double x =
        source.offset + source.amplitude * sin(2 * M_PI * source.hertz * (double)source.bit++ / source.clock);
    int one = source.second >= 0;
    double fed_back = one ? 1 : -1;
    source.first += x - fed_back;
    source.second += source.first - fed_back;
    return one;
}

static int32_t bus_read(void *ctx, uint8_t *bytes, uint32_t n) {
    if (ctx != &source) return -1;
    if (n == 0) return 0;
    source.calls++;
    if (source.fails_at && source.calls == source.fails_at) return -1;
    if (source.calls % 5 == 0) return 0;
    uint32_t give = (uint32_t)(source.calls * 7 % 31 + 1);
    if (give > n) give = n;
    for (uint32_t i = 0; i < give; i++) {
        bytes[i] = 0;
        for (int b = 0; b < 8; b++)
            bytes[i] = (uint8_t)(bytes[i] << 1 | modulate());
    }
    return (int32_t)give;
}

static const struct cur_pdm_bus bus = {.ctx = &source, .read = bus_read};
static struct cur_pdm pdm;

enum { SETTLE = 16000, SAMPLES = 8000 };
static int16_t pcm[SETTLE + SAMPLES];

static int record(double clock, double amplitude, double hertz, double offset) {
    memset(&source, 0, sizeof source);
    source.clock = clock, source.amplitude = amplitude, source.hertz = hertz, source.offset = offset;
    if (cur_pdm_start(&pdm, &bus, (uint32_t)clock)) return -1;
    for (int at = 0; at < SETTLE + SAMPLES;) {
        int32_t got = cur_pdm_read(&pdm, pcm + at, (uint32_t)(SETTLE + SAMPLES - at));
        if (got < 0) return -1;
        at += got;
    }
    return 0;
}

/* What was recorded, split: the sine's amplitude, what does not change, and the power ratio to all the rest.
 */
struct heard {
    double amplitude, still, snr;
};

/* `hertz` makes whole turns in half a second. */
static struct heard listen(double hertz) {
    double re = 0, im = 0, sum = 0, rest = 0;
    const int16_t *x = pcm + SETTLE;
    for (int n = 0; n < SAMPLES; n++) {
        sum += x[n];
        re += x[n] * cos(2 * M_PI * hertz * n / 16000), im += x[n] * sin(2 * M_PI * hertz * n / 16000);
    }
    struct heard h = {.still = sum / SAMPLES};
    re *= 2.0 / SAMPLES, im *= 2.0 / SAMPLES;
    h.amplitude = sqrt(re * re + im * im);
    for (int n = 0; n < SAMPLES; n++) {
        double tone = re * cos(2 * M_PI * hertz * n / 16000) + im * sin(2 * M_PI * hertz * n / 16000);
        rest += pow(x[n] - h.still - tone, 2);
    }
    h.snr = 10 * log10(h.amplitude * h.amplitude / 2 / (rest / SAMPLES));
    return h;
}

static const double clocks[] = {1024000, 2048000, 3072000};

static void tones(void) {
    for (int c = 0; c < 3; c++) {
        CHECK_AT(c, record(clocks[c], 0.5, 1000, 0) == 0);
        struct heard h = listen(1000);
        CHECK_AT(c, h.snr >= 60 && fabs(20 * log10(h.amplitude / 16384)) < 0.1);
    }
}

static void flat(void) {
    static const double hertz[] = {50, 200, 2000, 4000, 5500, 6500, 7000};
    for (int i = 0; i < 7; i++) {
        CHECK_AT(i, record(3072000, 0.25, hertz[i], 0) == 0);
        double decibels = 20 * log10(listen(hertz[i]).amplitude / 8192);
        CHECK_AT(i, fabs(decibels) < (hertz[i] < 100 ? 0.25 : 0.1));
    }
}

/* Above 9 kHz nothing may fold onto what lies below 7 kHz; nor may it from around 64 kHz. */
static void folding(void) {
    static const double hertz[] = {9000, 10000, 12000, 15000, 17000, 30000, 57500, 63000, 66000};
    for (int i = 0; i < 9; i++) {
        CHECK_AT(i, record(3072000, 0.5, hertz[i], 0) == 0);
        double folded = fabs(hertz[i] - 16000 * round(hertz[i] / 16000));
        CHECK_AT(i, 20 * log10(listen(folded).amplitude / 16384) < -60);
    }
}

static void offset(void) {
    CHECK(record(1024000, 0.3, 1000, 0.2) == 0);
    struct heard h = listen(1000);
    CHECK(fabs(h.still) < 2 && h.snr >= 60 && fabs(20 * log10(h.amplitude / (0.3 * 32768))) < 0.1);
}

static void failures(void) {
    CHECK(cur_pdm_start(&pdm, &bus, 1000000) == -1);
    CHECK(record(1024000, 0.5, 1000, 0) == 0 && cur_pdm_read(&pdm, pcm, 0) == 0);
    source.fails_at = source.calls + 3;
    int16_t some[100];
    int32_t got = 0;
    for (int turn = 0; turn < 10 && got >= 0; turn++)
        got = cur_pdm_read(&pdm, some, 100);
    CHECK(got == -1);
    /* It starts anew: the same stream gives the same samples as at first. */
    static int16_t first[2000];
    memcpy(first, pcm, sizeof first);
    source.bit = 0, source.first = 0, source.second = 0;
    for (int at = 0; at < 2000;) {
        got = cur_pdm_read(&pdm, pcm + at, (uint32_t)(2000 - at));
        CHECK_AT(at, got >= 0);
        at += got;
    }
    CHECK(memcmp(first, pcm, sizeof first) == 0);
}

TEST_LIST(pdm_tests) = {
    {"a PDM tone comes out at its level with 60 dB of signal to noise, at every clock", tones},
    {"the PDM driver's response is flat within 0.1 dB up to 7 kHz", flat},
    {"the PDM driver keeps what would fold down 60 dB away", folding},
    {"the PDM driver takes away what does not change", offset},
    {"a PDM stream that fails is told, and starts anew", failures},
    TEST_END,
};
