#ifndef CUR_REQUANTIZE_WASM_H
#define CUR_REQUANTIZE_WASM_H

#include "requantize.h"
#include <wasm_simd128.h>

/* cur_requantize_one for eight channels, a vector each four. */

enum { CUR_WAY_CHANNELS = 8, CUR_WAY_HALVES = 2 };

/* Their way from sums to activations. */
struct cur_way {
    v128_t bias[CUR_WAY_HALVES], multiplier[CUR_WAY_HALVES], rounding[CUR_WAY_HALVES], factor[CUR_WAY_HALVES];
    int relu;
};

/* Of channels from `first` on; where there are fewer than eight the last one again. */
static inline void cur_make_way(struct cur_way *way, const struct cur_requantize *by, uint32_t first,
                                uint32_t channels) {
    int32_t bias[CUR_WAY_CHANNELS], multiplier[CUR_WAY_CHANNELS], rounding[CUR_WAY_CHANNELS],
        factor[CUR_WAY_CHANNELS];
    for (uint32_t i = 0; i < CUR_WAY_CHANNELS; i++) {
        uint32_t o = first + i < channels ? first + i : channels - 1, shift = by->shift[o] - 32u;
        bias[i] = by->bias[o];
        multiplier[i] = by->multiplier[o];
        rounding[i] = 1 << (shift - 1);
        factor[i] = 1 << (31 - shift);
    }
    for (uint32_t half = 0; half < CUR_WAY_HALVES; half++) {
        way->bias[half] = wasm_v128_load(bias + 4 * half);
        way->multiplier[half] = wasm_v128_load(multiplier + 4 * half);
        way->rounding[half] = wasm_v128_load(rounding + 4 * half);
        way->factor[half] = wasm_v128_load(factor + 4 * half);
    }
    way->relu = by->relu;
}

/* Not yet clamped. There is no shift by as many places as a lane says: the product with 2^(31 - shift), less
 * its lowest 31 bits, is the same. */
static inline v128_t cur_way_half(v128_t sum, const struct cur_way *way, uint32_t half) {
    v128_t low = wasm_i64x2_extmul_low_i32x4(sum, way->multiplier[half]);
    v128_t high = wasm_i64x2_extmul_high_i32x4(sum, way->multiplier[half]);
    v128_t x = wasm_i32x4_shuffle(low, high, 1, 3, 5, 7);
    if (!way->relu) {
        /* One less of a negative product changes its upper word where the lower one is 0. */
        v128_t zero = wasm_i32x4_eq(wasm_i32x4_shuffle(low, high, 0, 2, 4, 6), wasm_i32x4_splat(0));
        x = wasm_i32x4_add(x, wasm_v128_and(wasm_i32x4_shr(sum, 31), zero));
    }
    x = wasm_i32x4_add(x, way->rounding[half]);
    low = wasm_u64x2_shr(wasm_i64x2_extmul_low_i32x4(x, way->factor[half]), 31);
    high = wasm_u64x2_shr(wasm_i64x2_extmul_high_i32x4(x, way->factor[half]), 31);
    return wasm_i32x4_shuffle(low, high, 0, 2, 4, 6);
}

/* Eight sums, bias included, as activations in the lower half of a vector. */
static inline v128_t cur_way_through(const v128_t sums[CUR_WAY_HALVES], const struct cur_way *way) {
    v128_t codes = wasm_i16x8_narrow_i32x4(cur_way_half(sums[0], way, 0), cur_way_half(sums[1], way, 1));
    codes = wasm_i8x16_narrow_i16x8(codes, codes);
    return wasm_i8x16_max(codes, wasm_i8x16_splat(way->relu ? 0 : -127));
}

#endif
