#include "variant.h"
#include "../mem.h"

#ifdef CUR_KERNELS_DSP
#include "depthwise.h"
#include "depthwise_weights.h"
#include "dsp.h"

/* Four channels at a time: two pairs of a word, multiplied half by half. */
enum { BLOCK = 4 };

struct cur_depthwise_block {
    struct {
        uint32_t even, odd; /* weights of channels 0 and 2, 1 and 3 */
    } taps[CUR_DEPTHWISE_TAPS];
    int32_t bias[BLOCK];
    struct {
        int32_t multiplier;
        uint32_t shift;
    } scale[BLOCK];
    int relu;
};

static void cur_depthwise_prepare(struct cur_depthwise_block *block, const struct cur_linear *weights,
                                  const struct cur_requantize *by, uint32_t channel) {
    for (uint32_t t = 0; t < weights->outputs; t++) {
        int8_t four[BLOCK];
        cur_depthwise_weights(four, weights, t, channel, BLOCK);
        uint32_t word = cur_u32((const uint8_t *)four);
        block->taps[t].even = cur_bytes_0_2(word);
        block->taps[t].odd = cur_bytes_1_3(word);
    }
    for (uint32_t i = 0; i < BLOCK; i++) {
        block->bias[i] = by->bias[channel + i];
        block->scale[i].multiplier = by->multiplier[channel + i];
        block->scale[i].shift = (uint32_t)by->shift[channel + i] - CUR_SHIFT_MIN;
    }
    block->relu = by->relu;
}

static inline __attribute__((always_inline)) void finish(int8_t *restrict out, const int32_t sums[BLOCK],
                                                         const struct cur_depthwise_block *restrict block,
                                                         int relu) {
    for (int i = 0; i < BLOCK; i++)
        out[i] = (int8_t)cur_requantize_one(sums[i], block->scale[i].multiplier, block->scale[i].shift, relu);
}

/* The kernel cell whose activations are at `x` and whose weights `tap` bytes behind the block's beginning. */
#define ADD(x, tap)                                                                                          \
    "ldr r9, [" x "]\n"                                                                                      \
    "ldrd r10, r11, [%[block], #" tap "]\n"                                                                  \
    "sxtb16 r12, r9\n"                                                                                       \
    "sxtb16 r9, r9, ror #8\n"                                                                                \
    "smlabb %[s0], r12, r10, %[s0]\n"                                                                        \
    "smlabb %[s1], r9, r11, %[s1]\n"                                                                         \
    "smlatt %[s2], r12, r10, %[s2]\n"                                                                        \
    "smlatt %[s3], r9, r11, %[s3]\n"

/* The loops are assembly for the registers' sake, as in linear_dsp.c: gcc 12 keeps weights and sums on the
 * stack. */

static __attribute__((noinline)) void cur_depthwise_part(int8_t *out, const int8_t *x, uint32_t rows,
                                                         uint32_t columns, uint32_t tap,
                                                         const struct cur_depthwise_steps *steps,
                                                         const struct cur_depthwise_block *block) {
    int32_t a = block->bias[0], b = block->bias[1], c = block->bias[2], d = block->bias[3];
    uint32_t cell = steps->cell, to_row = steps->row - columns * cell;
    uint32_t wide = columns * sizeof block->taps[0],
             skipped = (steps->kernel_width - columns) * sizeof block->taps[0];
    const uint8_t *weights = (const uint8_t *)&block->taps[tap];
    for (; rows; rows--, x += to_row, weights += skipped) {
        const uint8_t *end = weights + wide;
        __asm volatile(
            "1:\n" ADD("%[at]", "0") "add %[at], %[cell]\n"
                                     "add %[block], #8\n"
                                     "cmp %[block], %[end]\n"
                                     "bne 1b\n"
            : [at] "+r"(x), [block] "+r"(weights), [s0] "+r"(a), [s1] "+r"(b), [s2] "+r"(c), [s3] "+r"(d)
            : [cell] "r"(cell), [end] "r"(end)
            : "r9", "r10", "r11", "r12", "cc", "memory");
    }
    const int32_t sums[BLOCK] = {a, b, c, d};
    finish(out, sums, block, block->relu);
}

#define ADD_ROW(tap_0, tap_1, tap_2)                                                                         \
    ADD("%[at]", tap_0) ADD("%[at], %[cell]", tap_1) ADD("%[at], %[cell], lsl #1", tap_2)

static inline __attribute__((always_inline)) void
run_3x3(int8_t *restrict out, const int8_t *restrict x, uint32_t cells,
        const struct cur_depthwise_steps *steps, const struct cur_depthwise_block *restrict block, int relu) {
    uint32_t cell = steps->cell, row = steps->row, to_next = steps->stride - 2 * row;
    for (; cells; cells--, out += cell, x += to_next) {
        int32_t sums[BLOCK] = {block->bias[0], block->bias[1], block->bias[2], block->bias[3]};
        __asm volatile(
            ADD_ROW("0", "8", "16") "add %[at], %[row]\n"   //
            ADD_ROW("24", "32", "40") "add %[at], %[row]\n" //
            ADD_ROW("48", "56", "64")                       //
            : [at] "+r"(x), [s0] "+r"(sums[0]), [s1] "+r"(sums[1]), [s2] "+r"(sums[2]), [s3] "+r"(sums[3])
            : [block] "r"(block), [cell] "r"(cell), [row] "r"(row)
            : "r9", "r10", "r11", "r12", "memory");
        finish(out, sums, block, relu);
    }
}

static __attribute__((noinline)) void cur_depthwise_run(int8_t *out, const int8_t *x, uint32_t cells,
                                                        const struct cur_depthwise_steps *steps,
                                                        const struct cur_depthwise_block *block) {
    if (steps->kernel_height != 3 || steps->kernel_width != 3) {
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
    cur_depthwise_blocks(out, in, window, cells, weights, by, work, &block, BLOCK);
}

#endif
