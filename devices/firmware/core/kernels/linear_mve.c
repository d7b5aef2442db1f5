#include "rows.h"
#include "variant.h"

#ifdef CUR_KERNELS_MVE
#include <arm_mve.h>

/*
 * Helium: VMLADAVA multiplies 16 pairs of bytes and adds all products to one sum. Packed weights need no more
 * than a shift and a mask, as the bits k of a block's bytes belong to 16 neighbouring inputs. Of the
 * activations only the sum is prepared.
 */

/* Offsets of the stored codes: the sum over all codes, padding included. */
static int32_t sum_codes(const int8_t *codes, uint32_t inputs) {
    int32_t sum = 0;
    for (const int8_t *end = codes + inputs; codes < end; codes += 16)
        sum = vaddvaq_s8(sum, vld1q_s8(codes));
    return sum;
}

/* The fields of the bytes of w that start at bit `at`, a constant. */
#define FIELD(w, at, mask) vreinterpretq_s8_u8(vandq_u8(vshrq_n_u8(w, at), mask))
#define FIRST(w, mask)     vreinterpretq_s8_u8(vandq_u8(w, mask))
#define LAST(w, at)        vreinterpretq_s8_u8(vshrq_n_u8(w, at))

static inline int32_t low_half_1_bit(int32_t sum, const uint8_t *row, const int8x16_t *x) {
    const uint8x16_t one = vdupq_n_u8(1);
    uint8x16_t w = vld1q_u8(row);
    sum = vmladavaq_s8(sum, FIRST(w, one), x[0]);
    sum = vmladavaq_s8(sum, FIELD(w, 1, one), x[1]);
    sum = vmladavaq_s8(sum, FIELD(w, 2, one), x[2]);
    return vmladavaq_s8(sum, FIELD(w, 3, one), x[3]);
}

static inline int32_t high_half_1_bit(int32_t sum, const uint8_t *row, const int8x16_t *x) {
    const uint8x16_t one = vdupq_n_u8(1);
    uint8x16_t w = vld1q_u8(row);
    sum = vmladavaq_s8(sum, FIELD(w, 4, one), x[0]);
    sum = vmladavaq_s8(sum, FIELD(w, 5, one), x[1]);
    sum = vmladavaq_s8(sum, FIELD(w, 6, one), x[2]);
    return vmladavaq_s8(sum, LAST(w, 7), x[3]);
}

static void rows_1_bit(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                       int32_t start) {
    const int8_t *a = activations;
    int32_t s[CUR_ROWS] = {0, 0, 0, 0};
    for (uint32_t at = 0; at < 16 * blocks; at += 16, a += 128) {
        const int8x16_t low[] = {vld1q_s8(a), vld1q_s8(a + 16), vld1q_s8(a + 32), vld1q_s8(a + 48)};
        for (int r = 0; r < CUR_ROWS; r++)
            s[r] = low_half_1_bit(s[r], row[r] + at, low);
        const int8x16_t high[] = {vld1q_s8(a + 64), vld1q_s8(a + 80), vld1q_s8(a + 96), vld1q_s8(a + 112)};
        for (int r = 0; r < CUR_ROWS; r++)
            s[r] = high_half_1_bit(s[r], row[r] + at, high);
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = start + 2 * s[r];
}

static inline int32_t block_2_bits(int32_t sum, const uint8_t *row, const int8x16_t *x) {
    const uint8x16_t three = vdupq_n_u8(3);
    uint8x16_t w = vld1q_u8(row);
    sum = vmladavaq_s8(sum, FIRST(w, three), x[0]);
    sum = vmladavaq_s8(sum, FIELD(w, 2, three), x[1]);
    sum = vmladavaq_s8(sum, FIELD(w, 4, three), x[2]);
    return vmladavaq_s8(sum, LAST(w, 6), x[3]);
}

static void rows_2_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    const int8_t *a = activations;
    const uint8_t *r0 = row[0], *r1 = row[1], *r2 = row[2], *r3 = row[3];
    int32_t s0 = start, s1 = start, s2 = start, s3 = start;
    for (; blocks; blocks--, r0 += 16, r1 += 16, r2 += 16, r3 += 16, a += 64) {
        const int8x16_t x[] = {vld1q_s8(a), vld1q_s8(a + 16), vld1q_s8(a + 32), vld1q_s8(a + 48)};
        s0 = block_2_bits(s0, r0, x);
        s1 = block_2_bits(s1, r1, x);
        s2 = block_2_bits(s2, r2, x);
        s3 = block_2_bits(s3, r3, x);
    }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

static inline int32_t block_4_bits(int32_t sum, const uint8_t *row, int8x16_t low, int8x16_t high) {
    uint8x16_t w = vld1q_u8(row);
    sum = vmladavaq_s8(sum, FIRST(w, vdupq_n_u8(15)), low);
    return vmladavaq_s8(sum, LAST(w, 4), high);
}

static void rows_4_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    const int8_t *a = activations;
    const uint8_t *r0 = row[0], *r1 = row[1], *r2 = row[2], *r3 = row[3];
    int32_t s0 = start, s1 = start, s2 = start, s3 = start;
    for (; blocks; blocks--, r0 += 16, r1 += 16, r2 += 16, r3 += 16, a += 32) {
        int8x16_t low = vld1q_s8(a), high = vld1q_s8(a + 16);
        s0 = block_4_bits(s0, r0, low, high);
        s1 = block_4_bits(s1, r1, low, high);
        s2 = block_4_bits(s2, r2, low, high);
        s3 = block_4_bits(s3, r3, low, high);
    }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

static void rows_8_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    const int8_t *a = activations;
    const int8_t *r0 = (const int8_t *)row[0], *r1 = (const int8_t *)row[1], *r2 = (const int8_t *)row[2],
                 *r3 = (const int8_t *)row[3];
    int32_t s0 = start, s1 = start, s2 = start, s3 = start;
    for (; blocks; blocks--, r0 += 16, r1 += 16, r2 += 16, r3 += 16, a += 16) {
        int8x16_t x = vld1q_s8(a);
        s0 = vmladavaq_s8(s0, vld1q_s8(r0), x);
        s1 = vmladavaq_s8(s1, vld1q_s8(r1), x);
        s2 = vmladavaq_s8(s2, vld1q_s8(r2), x);
        s3 = vmladavaq_s8(s3, vld1q_s8(r3), x);
    }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

static void rows_16_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                         int32_t start) {
    const int8_t *a = activations;
    const int16_t *r0 = (const int16_t *)row[0], *r1 = (const int16_t *)row[1], *r2 = (const int16_t *)row[2],
                  *r3 = (const int16_t *)row[3];
    int32_t s0 = start, s1 = start, s2 = start, s3 = start;
    for (; blocks; blocks--, r0 += 8, r1 += 8, r2 += 8, r3 += 8, a += 8) {
        int16x8_t x = vldrbq_s16(a);
        s0 = vmladavaq_s16(s0, vld1q_s16(r0), x);
        s1 = vmladavaq_s16(s1, vld1q_s16(r1), x);
        s2 = vmladavaq_s16(s2, vld1q_s16(r2), x);
        s3 = vmladavaq_s16(s3, vld1q_s16(r3), x);
    }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

void cur_linear(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                struct cur_linear_work *work) {
    (void)work;
    switch (layer->bits) {
    case 1:
        cur_rows_run(acc, layer, rows_1_bit, codes, -sum_codes(codes, layer->inputs));
        break;
    case 2: /* ternary activations too: logic on words takes as many instructions here */
        cur_rows_run(acc, layer, rows_2_bits, codes, -2 * sum_codes(codes, layer->inputs));
        break;
    case 4:
        cur_rows_run(acc, layer, rows_4_bits, codes, -8 * sum_codes(codes, layer->inputs));
        break;
    case 8:
        cur_rows_run(acc, layer, rows_8_bits, codes, 0);
        break;
    default:
        cur_rows_run(acc, layer, rows_16_bits, codes, 0);
    }
}

#endif
