#include <math.h>

#include "test.h"
#include "../core/inference/statistics.h"
#include "../core/inference/features.h"

/* The front end in float64, straight from its definition: a DFT by its sum, no table. */
static void reference(const int16_t *pcm, double out[CUR_BANDS]) {
    double magnitude[257];
    for (int k = 0; k <= 256; k++) {
        double re = 0, im = 0;
        for (int n = 0; n < 400; n++) {
            double x = pcm[n] / 32768.0 * (0.5 - 0.5 * cos(2 * M_PI * n / 400));
            re += x * cos(2 * M_PI * ((k * n) % 512) / 512);
            im -= x * sin(2 * M_PI * ((k * n) % 512) / 512);
        }
        magnitude[k] = sqrt(re * re + im * im);
    }
    double low = 1127 * log1p(125.0 / 700), high = 1127 * log1p(7500.0 / 700);
    for (int band = 0; band < CUR_BANDS; band++) {
        double lower = low + (high - low) * band / 65, centre = low + (high - low) * (band + 1) / 65;
        double upper = low + (high - low) * (band + 2) / 65, mel = 0;
        for (int k = 1; k <= 256; k++) {
            double m = 1127 * log1p(k * 16000.0 / 512 / 700);
            double weight = fmin((m - lower) / (centre - lower), (upper - m) / (upper - centre));
            if (weight > 0) mel += weight * magnitude[k];
        }
        out[band] = log(mel + 0.001);
    }
}

static int16_t pcm[400];

static double largest_error(void) {
    double want[CUR_BANDS], worst = 0;
    float got[CUR_BANDS];
    reference(pcm, want);
    cur_log_mel_frame(pcm, got);
    for (int band = 0; band < CUR_BANDS; band++)
        worst = fmax(worst, fabs(got[band] - want[band]));
    return worst;
}

static void sine(double amplitude, double hertz, double phase) {
    for (int n = 0; n < 400; n++)
        pcm[n] = (int16_t)lrint(amplitude * sin(2 * M_PI * hertz * n / 16000 + phase));
}

/* The hardest input: a full-scale tone beside bands that hold hardly anything. */
static void loud_tones(void) {
    for (int turn = 0; turn < 60; turn++) {
        sine(32767, 40 + 130 * turn, turn);
        CHECK_AT(turn, largest_error() < 8e-4);
    }
}

static void quiet_tones(void) {
    for (int turn = 0; turn < 30; turn++) {
        sine(1 << (turn % 12), 100 + 250 * turn, turn);
        CHECK_AT(turn, largest_error() < 5e-5);
    }
}

static void noises(void) {
    for (int turn = 0; turn < 40; turn++) {
        int shift = turn % 15;
        for (int n = 0; n < 400; n++)
            pcm[n] = (int16_t)((int16_t)test_noise() >> shift);
        CHECK_AT(turn, largest_error() < 1e-5);
    }
}

static void extremes(void) {
    for (int kind = 0; kind < 4; kind++) {
        for (int n = 0; n < 400; n++) {
            pcm[n] = (int16_t)(kind == 0   ? -32768
                               : kind == 1 ? (n & 1 ? 32767 : -32768)
                               : kind == 2 ? (n / 50 & 1 ? 32767 : -32768)
                                           : (n == 200 ? -32768 : 0));
        }
        CHECK_AT(kind, largest_error() < 5e-4);
    }
    memset(pcm, 0, sizeof pcm);
    CHECK(largest_error() < 1e-5);
}

/* Squares of every length are what fills the transform's sums most; the sanitizer stops at an overflow. */
static void loud_squares(void) {
    for (int length = 1; length <= 130; length++) {
        for (int n = 0; n < 400; n++)
            pcm[n] = (int16_t)((n + length / 3) / length % 2 ? 32767 : -32768);
        CHECK_AT(length, largest_error() < 8e-4);
    }
}

static void embedding(void) {
    static float patch[CUR_FRAMES * CUR_BANDS], got[CUR_STATISTICS];
    for (int i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        patch[i] = (float)(test_noise() % 10000) / 1000.0f - 6.0f;
    cur_statistics(patch, got);
    for (int b = 0; b < CUR_BANDS; b++) {
        double sum = 0, squares = 0, max = -1e9, min = 1e9, steps = 0, step_max = 0;
        for (int t = 0; t < CUR_FRAMES; t++) {
            double x = patch[t * CUR_BANDS + b];
            sum += x, max = fmax(max, x), min = fmin(min, x);
            if (t == 0) continue;
            double step = fabs(x - patch[(t - 1) * CUR_BANDS + b]);
            steps += step, step_max = fmax(step_max, step);
        }
        for (int t = 0; t < CUR_FRAMES; t++)
            squares += pow(patch[t * CUR_BANDS + b] - sum / 96, 2);
        double want[6] = {sum / 96, sqrt(squares / 96), max, min, steps / 95, step_max};
        for (int i = 0; i < 6; i++)
            CHECK_AT(b, fabs(got[i * CUR_BANDS + b] - want[i]) < 1e-5);
    }
}

TEST_LIST(features_tests) = {
    {"log-mel of full-scale tones is within 8e-4 of float64, silent bands included", loud_tones},
    {"log-mel of quiet tones is within 5e-5 of float64", quiet_tones},
    {"log-mel of noise at every level is within 1e-5 of float64", noises},
    {"log-mel of extreme samples and of silence holds", extremes},
    {"no full-scale square wave overflows the transform", loud_squares},
    {"the statistics are those they are said to be", embedding},
    TEST_END,
};
