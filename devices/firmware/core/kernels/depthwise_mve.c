#include "variant.h"

#ifdef CUR_KERNELS_MVE
#include "depthwise.h"
#include "depthwise_weights.h"
#include "requantize_mve.h"

/*
 * Sixteen channels at a time, even and odd ones apart, as VMULLB and VMULLT give them. Two products, of
 * magnitude up to 127 * 128 each, fit 16 bits; then they are widened into sums of every fourth channel, which
 * the narrowing moves at the end bring back into order.
 */
enum { BLOCK = 16, QUARTERS = 4 };

struct cur_depthwise_block {
    _Alignas(16) int8_t taps[CUR_DEPTHWISE_TAPS][BLOCK];
    /* Of channels q, q + 4, q + 8, q + 12. */
    int32_t bias[QUARTERS][4], multiplier[QUARTERS][4], left[QUARTERS][4];
    uint16_t channels; /* of the block: fewer where the image has no more */
    uint8_t relu;
};

/* Of a whole block: VLD4 takes vectors apart as they are wanted. */
static inline void prepare_scales(struct cur_depthwise_block *block, const struct cur_requantize *by,
                                  uint32_t channel) {
    const uint32x4_t fourths = vshlq_n_u32(vidupq_n_u32(0, 1), 2);
    int32x4x4_t bias = vld4q_s32(by->bias + channel), multiplier = vld4q_s32(by->multiplier + channel);
    for (int q = 0; q < QUARTERS; q++) {
        uint32x4_t shift = vldrbq_gather_offset_u32(by->shift + channel + q, fourths);
        vstrwq_s32(block->bias[q], bias.val[q]);
        vstrwq_s32(block->multiplier[q], multiplier.val[q]);
        vstrwq_s32(block->left[q], cur_left_shifts(shift));
    }
}

static void cur_depthwise_prepare(struct cur_depthwise_block *block, const struct cur_linear *weights,
                                  const struct cur_requantize *by, uint32_t channel) {
    uint32_t channels = weights->inputs < BLOCK ? weights->inputs : BLOCK;
    for (uint32_t t = 0; t < weights->outputs; t++)
        cur_depthwise_weights(block->taps[t], weights, t, channel, channels);
    if (channels == BLOCK) prepare_scales(block, by, channel);
    for (uint32_t i = 0; channels < BLOCK && i < channels; i++) {
        block->bias[i % 4][i / 4] = by->bias[channel + i];
        block->multiplier[i % 4][i / 4] = by->multiplier[channel + i];
        block->left[i % 4][i / 4] = 32 - (int32_t)by->shift[channel + i];
    }
    block->channels = (uint16_t)channels;
    block->relu = by->relu;
}

struct sums {
    int32x4_t q[QUARTERS];
};

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS struct sums start(const struct cur_depthwise_block *block) {
    return (struct sums){{vldrwq_s32(block->bias[0]), vldrwq_s32(block->bias[1]), vldrwq_s32(block->bias[2]),
                          vldrwq_s32(block->bias[3])}};
}

ALWAYS void widen(struct sums *sums, int16x8_t even, int16x8_t odd) {
    sums->q[0] = vaddq_s32(sums->q[0], vmovlbq_s16(even));
    sums->q[1] = vaddq_s32(sums->q[1], vmovlbq_s16(odd));
    sums->q[2] = vaddq_s32(sums->q[2], vmovltq_s16(even));
    sums->q[3] = vaddq_s32(sums->q[3], vmovltq_s16(odd));
}

ALWAYS void add_one(struct sums *sums, int8x16_t x, const int8_t tap[BLOCK]) {
    int8x16_t w = vldrbq_s8(tap);
    widen(sums, vmullbq_int_s8(x, w), vmulltq_int_s8(x, w));
}

ALWAYS int32x4_t scale(int32x4_t sum, const struct cur_depthwise_block *block, int quarter, int relu) {
    return cur_scale_four(sum, vldrwq_s32(block->multiplier[quarter]), vldrwq_s32(block->left[quarter]),
                          relu);
}

/* In order again, and clamped: the narrowing moves saturate. */
ALWAYS int8x16_t finish(const struct sums *sums, const struct cur_depthwise_block *block, int relu) {
    int16x8_t even = vqmovnbq_s32(vdupq_n_s16(0), scale(sums->q[0], block, 0, relu));
    even = vqmovntq_s32(even, scale(sums->q[2], block, 2, relu));
    int16x8_t odd = vqmovnbq_s32(vdupq_n_s16(0), scale(sums->q[1], block, 1, relu));
    odd = vqmovntq_s32(odd, scale(sums->q[3], block, 3, relu));
    int8x16_t all = vqmovntq_s16(vqmovnbq_s16(vdupq_n_s8(0), even), odd);
    return vmaxq_s8(all, vdupq_n_s8(relu ? 0 : -127));
}

static __attribute__((noinline)) void cur_depthwise_part(int8_t *out, const int8_t *x, uint32_t rows,
                                                         uint32_t columns, uint32_t tap,
                                                         const struct cur_depthwise_steps *steps,
                                                         const struct cur_depthwise_block *block) {
    mve_pred16_t there = vctp8q(block->channels);
    struct sums sums = start(block);
    for (; rows; rows--, x += steps->row, tap += steps->kernel_width) {
        const int8_t *at = x;
        for (uint32_t i = 0; i < columns; i++, at += steps->cell)
            add_one(&sums, vldrbq_z_s8(at, there), block->taps[tap + i]);
    }
    vstrbq_p_s8(out, block->relu ? finish(&sums, block, 1) : finish(&sums, block, 0), there);
}

/* Two kernel cells; `tap` is the first one's weights, in bytes from the block's beginning. All eight vectors
 * are in use, so that the second one's weights are loaded twice. */
#define ADD_TWO(tap, next_tap, to_next, to_last)                                                             \
    "vldrb.u8 q4, [%[x]]\n"                                                                                  \
    "vldrw.u32 q5, [%[block], #" tap "]\n"                                                                   \
    "add %[x], " to_next "\n"                                                                                \
    "vmullb.s8 q6, q4, q5\n"                                                                                 \
    "vmullt.s8 q7, q4, q5\n"                                                                                 \
    "vldrb.u8 q4, [%[x]]\n"                                                                                  \
    "vldrw.u32 q5, [%[block], #" next_tap "]\n"                                                              \
    "add %[x], " to_last "\n"                                                                                \
    "vmullb.s8 q5, q4, q5\n"                                                                                 \
    "vadd.i16 q6, q6, q5\n"                                                                                  \
    "vldrw.u32 q5, [%[block], #" next_tap "]\n"                                                              \
    "vmullt.s8 q4, q4, q5\n"                                                                                 \
    "vadd.i16 q7, q7, q4\n" WIDEN

#define ADD_ONE(tap)                                                                                         \
    "vldrb.u8 q4, [%[x]]\n"                                                                                  \
    "vldrw.u32 q5, [%[block], #" tap "]\n"                                                                   \
    "vmullb.s8 q6, q4, q5\n"                                                                                 \
    "vmullt.s8 q7, q4, q5\n" WIDEN

#define WIDEN                                                                                                \
    "vmovlb.s16 q4, q6\n"                                                                                    \
    "vmovlb.s16 q5, q7\n"                                                                                    \
    "vadd.i32 %q[s0], %q[s0], q4\n"                                                                          \
    "vadd.i32 %q[s1], %q[s1], q5\n"                                                                          \
    "vmovlt.s16 q6, q6\n"                                                                                    \
    "vmovlt.s16 q7, q7\n"                                                                                    \
    "vadd.i32 %q[s2], %q[s2], q6\n"                                                                          \
    "vadd.i32 %q[s3], %q[s3], q7\n"

/* Assembly for the registers' sake: gcc 12 takes twice as much, most of it to and from the stack. */
ALWAYS void run_3x3(int8_t *restrict out, const int8_t *restrict x, uint32_t cells,
                    const struct cur_depthwise_steps *steps, const struct cur_depthwise_block *restrict block,
                    int relu) {
    uint32_t cell = steps->cell, to_row = steps->row - 2 * cell;
    uint32_t to_next = steps->stride - 2 * steps->row - 2 * cell;
    for (; cells; cells--, out += cell, x += to_next) {
        struct sums sums = start(block);
        __asm volatile(ADD_TWO("0", "16", "%[cell]", "%[cell]")    //
                       ADD_TWO("32", "48", "%[to_row]", "%[cell]") //
                       ADD_TWO("64", "80", "%[cell]", "%[to_row]") //
                       ADD_TWO("96", "112", "%[cell]", "%[cell]")  //
                       ADD_ONE("128")                              //
                       : [x] "+r"(x), [s0] "+w"(sums.q[0]), [s1] "+w"(sums.q[1]), [s2] "+w"(sums.q[2]),
                         [s3] "+w"(sums.q[3])
                       : [block] "r"(block), [cell] "r"(cell), [to_row] "r"(to_row)
                       : "q4", "q5", "q6", "q7", "memory");
        vstrbq_s8(out, finish(&sums, block, relu));
    }
}

static __attribute__((noinline)) void cur_depthwise_run(int8_t *out, const int8_t *x, uint32_t cells,
                                                        const struct cur_depthwise_steps *steps,
                                                        const struct cur_depthwise_block *block) {
    if (steps->kernel_height != 3 || steps->kernel_width != 3 || block->channels < BLOCK) {
        for (; cells; cells--, out += steps->cell, x += steps->stride)
            cur_depthwise_part(out, x, steps->kernel_height, steps->kernel_width, 0, steps, block);
    } else if (block->relu) {
        run_3x3(out, x, cells, steps, block, 1);
    } else {
        run_3x3(out, x, cells, steps, block, 0);
    }
}

void cur_depthwise(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                   const struct cur_linear *weights, const struct cur_requantize *by,
                   struct cur_conv_work *work) {
    struct cur_depthwise_block block;
    (void)work;
    cur_depthwise_walk(out, in, window, cells, weights, by, &block, BLOCK);
}

#endif
