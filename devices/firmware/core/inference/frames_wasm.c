#include "features.h"
#include "tables.h"

#ifdef CUR_KERNELS_WASM
#include <wasm_simd128.h>

/*
 * Four frames at once, one in each lane: spectrum.c's and features.c's steps, number by number, so that the
 * bits are theirs. What they say of overflow and rounding holds here.
 */

enum { LANES = 4 };

struct lanes {
    v128_t re, im;
};

/* The high words of products. */
static inline v128_t high(v128_t low_products, v128_t high_products) {
    return wasm_i32x4_shuffle(low_products, high_products, 1, 3, 5, 7);
}

static inline struct lanes turned(struct lanes x, const int32_t *turn) {
    v128_t c = wasm_v128_load32_splat(turn), s = wasm_v128_load32_splat(turn + 1);
    v128_t re_low =
        wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(x.re, c), wasm_i64x2_extmul_low_i32x4(x.im, s));
    v128_t re_high =
        wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(x.re, c), wasm_i64x2_extmul_high_i32x4(x.im, s));
    v128_t im_low =
        wasm_i64x2_sub(wasm_i64x2_extmul_low_i32x4(x.im, c), wasm_i64x2_extmul_low_i32x4(x.re, s));
    v128_t im_high =
        wasm_i64x2_sub(wasm_i64x2_extmul_high_i32x4(x.im, c), wasm_i64x2_extmul_high_i32x4(x.re, s));
    return (struct lanes){high(re_low, re_high), high(im_low, im_high)};
}

static inline struct lanes plus(struct lanes a, struct lanes b) {
    return (struct lanes){wasm_i32x4_add(a.re, b.re), wasm_i32x4_add(a.im, b.im)};
}

static inline struct lanes minus(struct lanes a, struct lanes b) {
    return (struct lanes){wasm_i32x4_sub(a.re, b.re), wasm_i32x4_sub(a.im, b.im)};
}

/* a - i b and a + i b. */
static inline struct lanes minus_i(struct lanes a, struct lanes b) {
    return (struct lanes){wasm_i32x4_add(a.re, b.im), wasm_i32x4_sub(a.im, b.re)};
}

static inline struct lanes plus_i(struct lanes a, struct lanes b) {
    return (struct lanes){wasm_i32x4_sub(a.re, b.im), wasm_i32x4_add(a.im, b.re)};
}

static inline struct lanes half(struct lanes a) {
    return (struct lanes){wasm_i32x4_shr(a.re, 1), wasm_i32x4_shr(a.im, 1)};
}

static inline struct lanes plus_number(struct lanes a, int32_t x) {
    return (struct lanes){wasm_i32x4_add(a.re, wasm_i32x4_splat(x)),
                          wasm_i32x4_add(a.im, wasm_i32x4_splat(x))};
}

static int places_free(const int16_t *pcm) {
    v128_t seen = wasm_i16x8_splat(0);
    for (int i = 0; i < CUR_FRAME_SAMPLES; i += 8) {
        v128_t x = wasm_v128_load(pcm + i);
        seen = wasm_v128_or(seen, wasm_v128_xor(x, wasm_i16x8_shl(x, 1)));
    }
    uint64_t four = (uint64_t)wasm_i64x2_extract_lane(seen, 0) | (uint64_t)wasm_i64x2_extract_lane(seen, 1);
    uint32_t two = (uint32_t)four | (uint32_t)(four >> 32);
    return __builtin_clz(((two | two >> 16) & 0xfffe) | 1) - 16;
}

/* The n-th two samples of each frame, windowed; `up` is 2^places. */
static inline struct lanes windowed(const int16_t *pcm, int n, v128_t up) {
    const int16_t *at = pcm + 2 * n;
    v128_t both = wasm_v128_load32_zero(at);
    both = wasm_v128_load32_lane(at + CUR_FRAME_HOP, both, 1);
    both = wasm_v128_load32_lane(at + 2 * CUR_FRAME_HOP, both, 2);
    both = wasm_v128_load32_lane(at + 3 * CUR_FRAME_HOP, both, 3);
    v128_t re = wasm_i32x4_mul(wasm_i32x4_shl(both, 16), up);
    v128_t im = wasm_i32x4_mul(wasm_v128_and(both, wasm_u32x4_splat(0xffff0000u)), up);
    v128_t by_re = wasm_v128_load32_splat(cur_window + 2 * n);
    v128_t by_im = wasm_v128_load32_splat(cur_window + 2 * n + 1);
    return (struct lanes){
        high(wasm_i64x2_extmul_low_i32x4(re, by_re), wasm_i64x2_extmul_high_i32x4(re, by_re)),
        high(wasm_i64x2_extmul_low_i32x4(im, by_im), wasm_i64x2_extmul_high_i32x4(im, by_im))};
}

static void window_frames(const int16_t *pcm, v128_t up, struct lanes *z) {
    for (int n = 0; n < 64; n++) {
        struct lanes a = windowed(pcm, n, up), b = windowed(pcm, n + 64, up), c = windowed(pcm, n + 128, up);
        struct lanes d = {wasm_i32x4_splat(0), wasm_i32x4_splat(0)};
        if (n + 192 < CUR_FRAME_SAMPLES / 2) d = windowed(pcm, n + 192, up);
        struct lanes s = plus(a, c), t = minus(a, c), u = plus(b, d), v = minus(b, d);
        z[n] = half(plus(s, u));
        z[n + 64] = turned(minus_i(t, v), cur_turns[n]);
        z[n + 128] = turned(minus(s, u), cur_turns[n] + 2);
        z[n + 192] = turned(plus_i(t, v), cur_turns[n] + 4);
    }
}

static void stage(struct lanes *z, int quarter) {
    for (struct lanes *group = z; group < z + CUR_POINTS; group += 4 * quarter) {
        const int32_t(*turn)[6] = cur_turns;
        for (int n = 0; n < quarter; n++, turn += 64 / quarter) {
            struct lanes *p = group + n;
            struct lanes a = half(p[0]), b = half(p[quarter]);
            struct lanes c = half(p[2 * quarter]), d = half(p[3 * quarter]);
            struct lanes s = plus(a, c), t = minus(a, c), u = plus(b, d), v = minus(b, d);
            p[0] = half(plus_number(plus(s, u), 1));
            p[quarter] = turned(minus_i(t, v), *turn);
            p[2 * quarter] = turned(minus(s, u), *turn + 2);
            p[3 * quarter] = turned(plus_i(t, v), *turn + 4);
        }
    }
}

static void last_stage(const struct lanes *z, struct lanes *spectrum) {
    for (int i = 0; i < 64; i++, z += 4) {
        struct lanes *to = spectrum + cur_reversed[i];
        struct lanes a = half(z[0]), b = half(z[1]), c = half(z[2]), d = half(z[3]);
        struct lanes s = plus(a, c), t = minus(a, c), u = plus(b, d), v = minus(b, d);
        to[0] = plus_number(plus(s, u), 2);
        to[64] = minus_i(t, v);
        to[128] = minus(s, u);
        to[192] = plus_i(t, v);
    }
}

/* The lowest bit set does not matter, unless all are 0. */
static inline uint32_t root(uint64_t square) {
    square |= 1;
    int n = __builtin_clzll(square) & ~1;
    uint32_t top = (uint32_t)(square << n >> 32), line = (top >> 24) - 64;
    uint32_t mantissa = cur_root_start[line] + (uint32_t)((uint64_t)cur_root_rise[line] * (top << 8) >> 32);
    return mantissa >> (n / 2 - 1) | 1;
}

static inline void roots(uint32_t to[LANES], v128_t re, v128_t im) {
    v128_t low = wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(re, re), wasm_i64x2_extmul_low_i32x4(im, im));
    v128_t high = wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(re, re), wasm_i64x2_extmul_high_i32x4(im, im));
    to[0] = root((uint64_t)wasm_i64x2_extract_lane(low, 0));
    to[1] = root((uint64_t)wasm_i64x2_extract_lane(low, 1));
    to[2] = root((uint64_t)wasm_i64x2_extract_lane(high, 0));
    to[3] = root((uint64_t)wasm_i64x2_extract_lane(high, 1));
}

static void magnitudes(const struct lanes *spectrum, uint32_t to[CUR_POINTS][LANES]) {
    for (int k = CUR_MEL_FIRST_BIN; k <= CUR_POINTS / 2; k++) {
        struct lanes p = half(spectrum[k]), q = half(spectrum[CUR_POINTS - k]);
        struct lanes odd = {wasm_i32x4_sub(p.re, q.re), wasm_i32x4_add(p.im, q.im)};
        struct lanes w = turned(odd, cur_half_turns[k]);
        v128_t re = wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_add(p.re, q.re), wasm_i32x4_splat(2)), 1);
        v128_t im = wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_sub(p.im, q.im), wasm_i32x4_splat(1)), 1);
        roots(to[k], wasm_i32x4_add(re, w.im), wasm_i32x4_add(im, wasm_v128_not(w.re)));
        if (CUR_POINTS - k >= CUR_MEL_END_BIN) continue; /* above every band */
        roots(to[CUR_POINTS - k], wasm_i32x4_add(re, wasm_v128_not(w.im)), wasm_i32x4_add(im, w.re));
    }
}

static void mel_bands(const uint32_t bins[CUR_POINTS][LANES], uint64_t mel[LANES][1 + CUR_BANDS]) {
    const uint32_t(*bin)[LANES] = bins + CUR_MEL_FIRST_BIN;
    const uint32_t *rise = cur_mel_rise;
    v128_t zero = wasm_i64x2_splat(0), before[2] = {zero, zero};
    for (int edge = 0; edge <= CUR_BANDS; edge++) {
        v128_t rising[2] = {zero, zero}, falling[2] = {before[0], before[1]};
        for (int n = cur_mel_count[edge]; n > 0; n--, bin++, rise++) {
            v128_t x = wasm_v128_load(bin), up = wasm_u32x4_splat(*rise);
            v128_t down = wasm_u32x4_splat((1u << 30) - *rise);
            rising[0] = wasm_i64x2_add(rising[0], wasm_u64x2_extmul_low_u32x4(x, up));
            rising[1] = wasm_i64x2_add(rising[1], wasm_u64x2_extmul_high_u32x4(x, up));
            falling[0] = wasm_i64x2_add(falling[0], wasm_u64x2_extmul_low_u32x4(x, down));
            falling[1] = wasm_i64x2_add(falling[1], wasm_u64x2_extmul_high_u32x4(x, down));
        }
        mel[0][edge] = (uint64_t)wasm_i64x2_extract_lane(falling[0], 0);
        mel[1][edge] = (uint64_t)wasm_i64x2_extract_lane(falling[0], 1);
        mel[2][edge] = (uint64_t)wasm_i64x2_extract_lane(falling[1], 0);
        mel[3][edge] = (uint64_t)wasm_i64x2_extract_lane(falling[1], 1);
        before[0] = rising[0];
        before[1] = rising[1];
    }
}

static void four_frames(const int16_t *pcm, float out[LANES][CUR_BANDS]) {
    struct lanes z[CUR_POINTS], spectrum[CUR_POINTS];
    _Alignas(16) uint32_t bins[CUR_POINTS][LANES];
    uint64_t mel[LANES][1 + CUR_BANDS];
    int places[LANES];
    uint32_t up[LANES];
    for (int f = 0; f < LANES; f++) {
        places[f] = places_free(pcm + f * CUR_FRAME_HOP);
        up[f] = 1u << places[f];
    }
    window_frames(pcm, wasm_v128_load(up), z);
    stage(z, 16);
    stage(z, 4);
    last_stage(z, spectrum);
    magnitudes(spectrum, bins);
    mel_bands((const uint32_t(*)[LANES])bins, mel);
    for (int f = 0; f < LANES; f++)
        cur_mel_logarithms(mel[f], places[f], out[f]);
}

void cur_log_mel_frames(const int16_t *pcm, uint32_t count, float (*out)[CUR_BANDS]) {
    for (; count >= LANES; count -= LANES, pcm += LANES * CUR_FRAME_HOP, out += LANES)
        four_frames(pcm, out);
    for (; count; count--, pcm += CUR_FRAME_HOP, out++)
        cur_log_mel_frame(pcm, *out);
}

#endif
