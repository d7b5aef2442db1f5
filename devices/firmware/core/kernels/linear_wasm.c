#include "rows.h"
#include "variant.h"

#ifdef CUR_KERNELS_WASM
#include <wasm_simd128.h>

/*
 * WebAssembly's 128-bit vectors. Bytes are multiplied into 16 bits, where the products of one block fit (at
 * 1, 2 and 4 bits all fields of a byte: at most 8 * 127 or 2 * 15 * 127), and added pairwise into four 32-bit
 * sums a row.
 */

static inline v128_t add_pairs(v128_t sums, v128_t sixteen_bit) {
    return wasm_i32x4_add(sums, wasm_i32x4_extadd_pairwise_i16x8(sixteen_bit));
}

static inline int32_t across(v128_t sums) {
    return wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1) +
           wasm_i32x4_extract_lane(sums, 2) + wasm_i32x4_extract_lane(sums, 3);
}

/* The sum of the fields' products; the fields of w start at bits 0, `bits`, ... and belong to x, x + 16, ...
 */
static inline v128_t block_of_fields(v128_t sums, v128_t w, const int8_t *x, uint32_t bits) {
    v128_t mask = wasm_i8x16_splat((int8_t)((1 << bits) - 1)), low = wasm_i16x8_splat(0), high = low;
    for (uint32_t at = 0; at < 8; at += bits, x += 16) {
        v128_t field = wasm_v128_and(wasm_u8x16_shr(w, at), mask), codes = wasm_v128_load(x);
        low = wasm_i16x8_add(low, wasm_i16x8_extmul_low_i8x16(field, codes));
        high = wasm_i16x8_add(high, wasm_i16x8_extmul_high_i8x16(field, codes));
    }
    return add_pairs(add_pairs(sums, low), high);
}

static inline void rows_of_fields(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const int8_t *x,
                                  uint32_t bits) {
    v128_t s[CUR_ROWS] = {0};
    for (uint32_t at = 0; at < 16 * blocks; at += 16, x += 128 / bits) {
        for (int r = 0; r < CUR_ROWS; r++)
            s[r] = block_of_fields(s[r], wasm_v128_load(row[r] + at), x, bits);
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = across(s[r]);
}

static void rows_1_bit(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                       int32_t start) {
    rows_of_fields(sums, row, blocks, activations, 1);
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = start + 2 * sums[r];
}

static void rows_2_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    rows_of_fields(sums, row, blocks, activations, 2);
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] += start;
}

static void rows_4_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    rows_of_fields(sums, row, blocks, activations, 4);
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] += start;
}

static void rows_8_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    const int8_t *x = activations;
    v128_t s[CUR_ROWS] = {0};
    for (uint32_t at = 0; at < 16 * blocks; at += 16) {
        v128_t codes = wasm_v128_load(x + at);
        for (int r = 0; r < CUR_ROWS; r++) {
            v128_t w = wasm_v128_load(row[r] + at);
            s[r] = add_pairs(s[r], wasm_i16x8_extmul_low_i8x16(w, codes));
            s[r] = add_pairs(s[r], wasm_i16x8_extmul_high_i8x16(w, codes));
        }
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = start + across(s[r]);
}

static void rows_16_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                         int32_t start) {
    const int8_t *x = activations;
    v128_t s[CUR_ROWS] = {0};
    for (uint32_t at = 0; at < 16 * blocks; at += 16, x += 8) {
        v128_t codes = wasm_i16x8_load8x8(x);
        for (int r = 0; r < CUR_ROWS; r++)
            s[r] = wasm_i32x4_add(s[r], wasm_i32x4_dot_i16x8(wasm_v128_load(row[r] + at), codes));
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = start + across(s[r]);
}

void cur_linear(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                struct cur_linear_work *work) {
    (void)work;
    int32_t sum = cur_sum_codes(codes, layer->inputs);
    switch (layer->bits) {
    case 1:
        cur_rows_run(acc, layer, rows_1_bit, codes, -sum);
        break;
    case 2: /* ternary activations too */
        cur_rows_run(acc, layer, rows_2_bits, codes, -2 * sum);
        break;
    case 4:
        cur_rows_run(acc, layer, rows_4_bits, codes, -8 * sum);
        break;
    case 8:
        cur_rows_run(acc, layer, rows_8_bits, codes, 0);
        break;
    default:
        cur_rows_run(acc, layer, rows_16_bits, codes, 0);
    }
}

#endif
