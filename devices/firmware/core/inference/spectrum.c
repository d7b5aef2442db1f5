#include "spectrum.h"
#include "../mem.h"
#include "tables.h"

/*
 * A radix-4 transform by decimation in frequency, in int32 with 64-bit products. A float32 transform leaves
 * an error of about 1e-6 of a loud tone in every bin, which ln(mel + 0.001) turns into more than 1e-3 where a
 * band is silent; and integers are the same on every target and fast without an FPU.
 *
 * No sum can overflow, whatever the samples: windowed samples are below 7/8 * 2^30, so complex points below
 * 7/8 * 2^30.5. The window sums to at most 1.58 over points 64 apart, so that the first stage's results,
 * halved, are below 2^30. Each later stage sums four points and divides by four, so it stays there.
 */

/* The high word of a product, and of a sum of two. */
static inline int32_t high(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b) >> 32);
}

static inline int32_t high2(int32_t a, int32_t b, int32_t c, int32_t d) {
    return (int32_t)(((int64_t)a * b + (int64_t)c * d) >> 32);
}

/* x (c - i s) / 2, with c and s of 31 fraction bits. */
static inline struct cur_complex turned(struct cur_complex x, const int32_t *turn) {
    int32_t c = turn[0], s = turn[1];
    return (struct cur_complex){high2(x.re, c, x.im, s), high2(x.im, c, x.re, -s)};
}

/* x' = x + x << 1 differs from x in its highest bit that is not the sign's, for both samples at once: their
 * OR is as long as the loudest. The lowest bit of each half belongs to its neighbour. */
static int places_free(const uint8_t *pcm) {
    uint32_t seen = 0;
    for (int i = 0; i < CUR_FRAME_SAMPLES / 2; i += 4) {
        uint32_t a = cur_u32(pcm + 4 * i), b = cur_u32(pcm + 4 * i + 4);
        uint32_t c = cur_u32(pcm + 4 * i + 8), d = cur_u32(pcm + 4 * i + 12);
        seen |= (a ^ a << 1) | (b ^ b << 1) | (c ^ c << 1) | (d ^ d << 1);
    }
    seen = (seen | seen >> 16) & 0xfffe;
    return __builtin_clz(seen | 1) - 16;
}

/* Two samples at the top of a word each, windowed: the window's 31 fraction bits times PCM's, 30 in all. */
static inline struct cur_complex windowed(const uint8_t *pcm, int n, int up) {
    uint32_t both = cur_u32(pcm + 4 * n);
    const int32_t *w = cur_window + 2 * n;
    return (struct cur_complex){high((int32_t)(both << up), w[0]), high((int32_t)(both >> 16 << up), w[1])};
}

int cur_window_frame(const int16_t samples[CUR_FRAME_SAMPLES], struct cur_complex z[CUR_POINTS]) {
    const uint8_t *pcm = (const uint8_t *)samples;
    int places = places_free(pcm), up = 16 + places;
    for (int n = 0; n < 64; n++) {
        struct cur_complex a = windowed(pcm, n, up), b = windowed(pcm, n + 64, up);
        struct cur_complex c = windowed(pcm, n + 128, up), d = {0, 0};
        if (n + 192 < CUR_FRAME_SAMPLES / 2) d = windowed(pcm, n + 192, up);
        struct cur_complex s = {a.re + c.re, a.im + c.im}, t = {a.re - c.re, a.im - c.im};
        struct cur_complex u = {b.re + d.re, b.im + d.im}, v = {b.re - d.re, b.im - d.im};
        z[n] = (struct cur_complex){(s.re + u.re) >> 1, (s.im + u.im) >> 1};
        z[n + 64] = turned((struct cur_complex){t.re + v.im, t.im - v.re}, cur_turns[n]);
        z[n + 128] = turned((struct cur_complex){s.re - u.re, s.im - u.im}, cur_turns[n] + 2);
        z[n + 192] = turned((struct cur_complex){t.re - v.im, t.im + v.re}, cur_turns[n] + 4);
    }
    return places;
}

/* Sums and differences of a and c, or b and d, halved. */
static inline struct cur_complex half_sum(struct cur_complex a, struct cur_complex c) {
    return (struct cur_complex){(a.re >> 1) + (c.re >> 1), (a.im >> 1) + (c.im >> 1)};
}

static inline struct cur_complex half_difference(struct cur_complex a, struct cur_complex c) {
    return (struct cur_complex){(a.re >> 1) - (c.re >> 1), (a.im >> 1) - (c.im >> 1)};
}

/* One stage: `quarter` butterflies in each group of 4 quarter points. */
__attribute__((always_inline)) static inline void stage(struct cur_complex *z, int quarter) {
    for (struct cur_complex *group = z; group < z + CUR_POINTS; group += 4 * quarter) {
        const int32_t(*turn)[6] = cur_turns;
        for (int n = 0; n < quarter; n++, turn += 64 / quarter) {
            struct cur_complex *p = group + n;
            struct cur_complex a = p[0], b = p[quarter], c = p[2 * quarter], d = p[3 * quarter];
            struct cur_complex s = half_sum(a, c), t = half_difference(a, c);
            struct cur_complex u = half_sum(b, d), v = half_difference(b, d);
            p[0] = (struct cur_complex){(s.re + u.re + 1) >> 1, (s.im + u.im + 1) >> 1};
            p[quarter] = turned((struct cur_complex){t.re + v.im, t.im - v.re}, *turn);
            p[2 * quarter] = turned((struct cur_complex){s.re - u.re, s.im - u.im}, *turn + 2);
            p[3 * quarter] = turned((struct cur_complex){t.re - v.im, t.im + v.re}, *turn + 4);
        }
    }
}

/* The last stage turns nothing and halves only once: what it finds is below 2^31. The halves cut
 * off before are off by 2 on average in the sum, and by nothing in the differences. */
static void last_stage(const struct cur_complex *z, struct cur_complex *spectrum) {
    for (int i = 0; i < 64; i++, z += 4) {
        struct cur_complex *to = spectrum + cur_reversed[i];
        struct cur_complex s = half_sum(z[0], z[2]), t = half_difference(z[0], z[2]);
        struct cur_complex u = half_sum(z[1], z[3]), v = half_difference(z[1], z[3]);
        to[0] = (struct cur_complex){s.re + u.re + 2, s.im + u.im + 2};
        to[64] = (struct cur_complex){t.re + v.im, t.im - v.re};
        to[128] = (struct cur_complex){s.re - u.re, s.im - u.im};
        to[192] = (struct cur_complex){t.re - v.im, t.im + v.re};
    }
}

void cur_transform(struct cur_complex z[CUR_POINTS], struct cur_complex spectrum[CUR_POINTS]) {
    stage(z, 16);
    stage(z, 4);
    last_stage(z, spectrum);
}

/* 2 sqrt(re^2 + im^2), by a line for each 192nd of the root's range. The lowest bit is set instead of
 * rounding: no bias where a loud frame's silent bins are summed. */
static inline uint32_t root(int32_t re, int32_t im) {
    uint64_t square = (uint64_t)((int64_t)re * re + (int64_t)im * im); /* below 2^61 */
    uint32_t top = (uint32_t)(square >> 32), low = (uint32_t)square;
    int n; /* even: the square times 2^n is in [2^62, 2^64), with `top` its high word */
    if (top) {
        n = __builtin_clz(top) & ~1;
        top = top << n | low >> (32 - n);
    } else {
        n = __builtin_clz(low | 1) & ~1;
        top = (low | 1) << n;
        n += 32;
    }
    uint32_t line = (top >> 24) - 64;
    uint32_t mantissa = cur_root_start[line] + (uint32_t)((uint64_t)cur_root_rise[line] * (top << 8) >> 32);
    return mantissa >> (n / 2 - 1) | 1;
}

/*
 * The real signal's transform X from the complex points' Z, 0 < k <= 128. With p = Z[k], q = Z[256 - k]:
 *   2 X[k] = (p + conj q) - i W (p - conj q),  2 conj X[256 - k] = (p + conj q) + i W (p - conj q),
 *   W = exp(-2 pi i k / 512)
 */
void cur_magnitudes(struct cur_complex spectrum[CUR_POINTS]) {
    for (int k = CUR_MEL_FIRST_BIN; k <= CUR_POINTS / 2; k++) {
        struct cur_complex p = spectrum[k], q = spectrum[CUR_POINTS - k];
        struct cur_complex odd = {(p.re >> 1) - (q.re >> 1), (p.im >> 1) + (q.im >> 1)};
        struct cur_complex w = turned(odd, cur_half_turns[k]);
        /* 2 and 1, and ~x = -x - 1 for -x, make up for what the shifts cut off, on average. */
        int32_t re = ((p.re >> 1) + (q.re >> 1) + 2) >> 1, im = ((p.im >> 1) - (q.im >> 1) + 1) >> 1;
        spectrum[k].re = (int32_t)root(re + w.im, im + ~w.re);
        if (CUR_POINTS - k >= CUR_MEL_END_BIN) continue; /* above every band */
        spectrum[CUR_POINTS - k].re = (int32_t)root(re + ~w.im, im + w.re);
    }
}
