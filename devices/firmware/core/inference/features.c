#include "features.h"
#include "fmath.h"
#include "tables.h"

/*
 * The FFT is in block floating point: int32 with one exponent a frame, and 64-bit products. A float32 FFT
 * leaves an error of about 1e-6 of a loud tone in every bin, which ln(mel + 0.001) turns into more than 1e-3
 * where a band is silent. Here each stage rounds once, to 2^-29 of the largest value in the frame or finer,
 * and integers are the same on every target.
 *
 * No value's magnitude (as a complex number) passes 2^30.5: a stage at most doubles it, and halves its
 * results when any part reached 2^29 before.
 */

enum { POINTS = 256 }; /* complex points: even samples real, odd ones imaginary */

struct complex32 {
    int32_t re, im;
};

static const int64_t one = (int64_t)1 << 31; /* of the tables' 31 fraction bits */

/* Has the bits of |x| in it: the OR of several has as many bits as the largest. */
static uint32_t extent(int32_t x) {
    return (uint32_t)(x ^ (x >> 31));
}

/* Windows the samples and scales them up as far as the loudest allows; the value of one unit of PCM is
 * 2^(14 + shift). Returns shift. */
static int load_windowed(const int16_t *pcm, struct complex32 *z) {
    uint32_t loudest = 0;
    for (int n = 0; n < CUR_FRAME_SAMPLES; n++)
        loudest |= extent(pcm[n]);
    int shift = 0;
    while (shift < 15 && loudest < (uint32_t)1 << (14 - shift))
        shift++;
    int32_t factor = (int32_t)1 << shift;
    int n = 0;
    for (; 2 * n < CUR_FRAME_SAMPLES; n++) {
        struct complex32 *to = &z[cur_reversed[n]];
        to->re = (int32_t)(((int64_t)(pcm[2 * n] * factor) * cur_window[2 * n] + (1 << 16)) >> 17);
        to->im = (int32_t)(((int64_t)(pcm[2 * n + 1] * factor) * cur_window[2 * n + 1] + (1 << 16)) >> 17);
    }
    for (; n < POINTS; n++)
        z[cur_reversed[n]] = (struct complex32){0, 0};
    return shift;
}

/* One stage of the transform: (a, b) becomes (a + w b, a - w b), both halved with `halve`. Returns the extent
 * of the results. Inlined, so that `halve` is a constant. */
__attribute__((always_inline)) static inline uint32_t stage(struct complex32 *z, int half, int halve) {
    int step = POINTS / half; /* the tables hold half a turn of 512 */
    int down = halve ? 32 : 31;
    uint32_t seen = 0;
    for (int j = 0; j < half; j++) {
        int32_t c = cur_cosine[j * step], s = cur_sine[j * step], minus_s = -s;
        for (int i = j; i < POINTS; i += 2 * half) {
            struct complex32 a = z[i], b = z[i + half], sum, difference;
            /* With half a unit of the result added, for rounding: (a + 1) 2^31 is a 2^31 + 2^31. */
            int64_t re = halve ? (int64_t)(a.re + 1) * one : a.re * one + one / 2;
            int64_t im = halve ? (int64_t)(a.im + 1) * one : a.im * one + one / 2;
            sum.re = (int32_t)((re + (int64_t)b.re * c + (int64_t)b.im * s) >> down);
            sum.im = (int32_t)((im + (int64_t)b.im * c + (int64_t)b.re * minus_s) >> down);
            /* Both results together are a, or 2 a. */
            difference.re = (halve ? a.re : 2 * a.re) - sum.re;
            difference.im = (halve ? a.im : 2 * a.im) - sum.im;
            z[i] = sum;
            z[i + half] = difference;
            seen |= extent(sum.re) | extent(sum.im) | extent(difference.re) | extent(difference.im);
        }
    }
    return seen;
}

/* Returns how often the values were halved. */
static int transform(struct complex32 *z) {
    int halvings = 0;
    uint32_t seen = 0;
    for (int i = 0; i < POINTS; i++)
        seen |= extent(z[i].re) | extent(z[i].im);
    for (int half = 1; half < POINTS; half *= 2) {
        int halve = seen >= (uint32_t)1 << 29;
        seen = halve ? stage(z, half, 1) : stage(z, half, 0);
        halvings += halve;
    }
    return halvings;
}

/* x * scale, without the library call that a conversion from 64 bits is on a 32-bit processor. */
static float to_float(int64_t x, float scale) {
    return (float)(int32_t)(x >> 32) * (scale * 0x1p32f) + (float)(uint32_t)x * scale;
}

/*
 * |X[k]| of the real signal from the packed transform Z, 0 < k < 256. With p = Z[k], q = Z[256 - k] and the
 * twiddle factor c - i s:
 *   2 X = (p + conj q) - i (c - i s) (p - conj q)
 * written out as products of 32-bit numbers, with 30 fraction bits.
 */
static float magnitude(const struct complex32 *z, int k, float scale) {
    struct complex32 p = z[k], q = z[POINTS - k];
    int32_t c = cur_cosine[k] >> 1, s = cur_sine[k] >> 1, unit = 1 << 30;
    int64_t re =
        (int64_t)p.re * (unit - s) + (int64_t)q.re * (unit + s) + (int64_t)p.im * c + (int64_t)q.im * c;
    int64_t im =
        (int64_t)p.im * (unit - s) - (int64_t)q.im * (unit + s) + (int64_t)q.re * c - (int64_t)p.re * c;
    float x = to_float(re, scale), y = to_float(im, scale);
    return cur_sqrtf(x * x + y * y);
}

/* 2^n as a float, for -126 <= n <= 127. */
static float power_of_two(int n) {
    uint32_t bits = (uint32_t)(n + 127) << 23;
    float x;
    __builtin_memcpy(&x, &bits, 4);
    return x;
}

void cur_log_mel_frame(const int16_t pcm[CUR_FRAME_SAMPLES], float out[CUR_BANDS]) {
    struct complex32 z[POINTS];
    float magnitudes[POINTS];
    int shift = load_windowed(pcm, z);
    int halvings = transform(z);
    /* Of the exponent, 14 bits are the input's scale, 15 make PCM a fraction, 31 are the products' in the
     * end. */
    float scale = power_of_two(halvings - shift - 60);
    int last = cur_mel_first[CUR_BANDS - 1] + cur_mel_count[CUR_BANDS - 1];
    for (int k = cur_mel_first[0]; k < last; k++)
        magnitudes[k] = magnitude(z, k, scale);
    const float *weight = cur_mel_weight;
    for (int band = 0; band < CUR_BANDS; band++) {
        const float *bins = magnitudes + cur_mel_first[band];
        float mel = 0.0f;
        for (int i = 0; i < cur_mel_count[band]; i++)
            mel += bins[i] * *weight++;
        out[band] = cur_logf(mel + 0.001f);
    }
}
