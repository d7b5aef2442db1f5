#include <math.h>

#include "test.h"
#include "../core/inference/decimate.h"

static struct cur_decimator decimator;
static int16_t sound[48000];
static const uint32_t rates[] = {32000, 48000};

/* A second of a tone at `rate`, brought to 16 kHz: level in decibels at the frequency where it comes out, the
 * first tenth of a second left out. */
static double level(uint32_t rate, double hertz) {
    for (uint32_t n = 0; n < rate; n++)
        sound[n] = (int16_t)lrint(30000 * sin(2 * M_PI * hertz * n / rate));
    cur_decimate_start(&decimator, rate);
    if (cur_decimate(&decimator, sound, rate) != 16000) return NAN;
    double folded = fabs(hertz - 16000 * round(hertz / 16000)), re = 0, im = 0;
    for (int n = 1600; n < 16000; n++) {
        re += sound[n] * cos(2 * M_PI * folded * n / 16000);
        im += sound[n] * sin(2 * M_PI * folded * n / 16000);
    }
    return 20 * log10(sqrt(re * re + im * im) / (30000.0 * 14400 / 2));
}

static void passes(void) {
    for (int r = 0; r < 2; r++) {
        for (int hertz = 100; hertz <= 7000; hertz += 300)
            CHECK_AT(hertz, fabs(level(rates[r], hertz)) < 0.1);
    }
}

static void stops(void) {
    for (int r = 0; r < 2; r++) {
        for (uint32_t hertz = 9000; hertz < rates[r] / 2; hertz += 170)
            CHECK_AT(hertz, level(rates[r], hertz) < -60);
    }
}

static void pieces(void) {
    static int16_t whole[9600], cut[9600];
    for (int r = 0; r < 2; r++) {
        for (int i = 0; i < 9600; i++)
            whole[i] = cut[i] = (int16_t)test_noise();
        cur_decimate_start(&decimator, rates[r]);
        uint32_t n = cur_decimate(&decimator, whole, 9600), made = 0;
        CHECK(n == 9600 * 16000 / rates[r]);
        cur_decimate_start(&decimator, rates[r]);
        for (uint32_t at = 0, piece = 0; at < 9600; at += piece) {
            piece = test_noise() % 97;
            if (piece > 9600 - at) piece = 9600 - at;
            uint32_t got = cur_decimate(&decimator, cut + at, piece);
            memmove(cut + made, cut + at, 2 * got);
            made += got;
        }
        CHECK(made == n && memcmp(whole, cut, 2 * n) == 0);
    }
}

/* Full scale that overshoots is cut, not wrapped around: a slow square keeps its sign between its edges. The
 * sanitizer stops at an overflow of the sum. */
static void loud(void) {
    for (int r = 0; r < 2; r++) {
        for (uint32_t length = 1; length <= 300; length++) {
            for (uint32_t i = 0; i < 4800; i++)
                sound[i] = i / length % 2 ? 32767 : -32768;
            cur_decimate_start(&decimator, rates[r]);
            uint32_t n = cur_decimate(&decimator, sound, 4800), by = rates[r] / 16000, delay = by * 16;
            for (uint32_t i = 32; i < n; i++) {
                uint32_t centre = by * (i + 1) - delay, edge = centre % length;
                if (edge < 4 * by || length - edge < 4 * by) continue;
                CHECK_AT(length, (sound[i] > 0) == (centre / length % 2 == 1));
            }
        }
    }
}

static void nothing_to_do(void) {
    for (int i = 0; i < 100; i++)
        sound[i] = (int16_t)i;
    cur_decimate_start(&decimator, 16000);
    CHECK(cur_decimate(&decimator, sound, 100) == 100 && sound[0] == 0 && sound[99] == 99);
}

TEST_LIST(decimate_tests) = {
    {"decimation passes tones up to 7 kHz within 0.1 dB", passes},
    {"decimation keeps every tone from 9 kHz 60 dB down", stops},
    {"decimation gives the same however the samples are cut", pieces},
    {"decimation of full-scale squares overflows nothing", loud},
    {"16 kHz passes unchanged", nothing_to_do},
    TEST_END,
};
