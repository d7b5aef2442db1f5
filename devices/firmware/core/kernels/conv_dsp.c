#include "conv_8_bits.h"

#ifdef CUR_KERNELS_DSP
#include "conv.h"
#include "dsp.h"
#include "gather.h"

/*
 * Two cells and two outputs at a time, so that each weight is widened once for two cells, and each load
 * serves two sums. The activations of both cells are widened once a window, a word's pairs of one beside
 * those of the other; sums begin with the bias and never leave the registers before they are activations.
 */

/* Of one cell of the two: of each word the pairs of bytes 0 and 2, and of 1 and 3. */
static void widen(uint32_t *restrict pairs, const int8_t *restrict codes, uint32_t n) {
    for (const int8_t *end = codes + n; codes < end; codes += 4, pairs += 4) {
        uint32_t four = cur_u32((const uint8_t *)codes);
        pairs[0] = cur_bytes_0_2(four);
        pairs[1] = cur_bytes_1_3(four);
    }
}

/* A word of one output's weights. */
#define ADD(row, sum_a, sum_b)                                                                               \
    "ldr r9, [" row "], #4\n"                                                                                \
    "sxtb16 r10, r9\n"                                                                                       \
    "sxtb16 r9, r9, ror #8\n"                                                                                \
    "smlad " sum_a ", r10, r4, " sum_a "\n"                                                                  \
    "smlad " sum_b ", r10, r6, " sum_b "\n"                                                                  \
    "smlad " sum_a ", r9, r5, " sum_a "\n"                                                                   \
    "smlad " sum_b ", r9, r8, " sum_b "\n"

#define ADD_WORDS                                                                                            \
    "ldmia %[pairs]!, {r4, r5, r6, r8}\n" ADD("%[first]", "%[first_a]", "%[first_b]")                        \
        ADD("%[second]", "%[second_a]", "%[second_b]")

static inline __attribute__((always_inline)) void requantize(int8_t *restrict a, int8_t *restrict b,
                                                             int32_t sum_a, int32_t sum_b,
                                                             const struct cur_requantize *by, uint32_t output,
                                                             int relu) {
    int32_t multiplier = by->multiplier[output];
    uint32_t shift = (uint32_t)by->shift[output] - CUR_SHIFT_MIN;
    a[output] = (int8_t)cur_requantize_one(sum_a, multiplier, shift, relu);
    b[output] = (int8_t)cur_requantize_one(sum_b, multiplier, shift, relu);
}

/* All outputs of two cells. */
static inline __attribute__((always_inline)) void two_cells(int8_t *restrict a, int8_t *restrict b,
                                                            const uint32_t *widened,
                                                            const struct cur_linear *weights,
                                                            const struct cur_requantize *by, int relu) {
    const uint8_t *row = weights->weights;
    uint32_t outputs = weights->outputs;
    for (uint32_t o = 0; o < outputs; o += 2, row += 2 * weights->row_bytes) {
        /* Of an odd number the last one is computed twice. */
        uint32_t next = o + 1 < outputs ? o + 1 : o;
        const uint8_t *first = row, *second = row + (next - o) * weights->row_bytes;
        const uint8_t *end = second + weights->row_bytes;
        const uint32_t *pairs = widened;
        int32_t first_a = by->bias[o], first_b = first_a, second_a = by->bias[next], second_b = second_a;
        __asm volatile(
            "1:\n" ADD_WORDS ADD_WORDS ADD_WORDS ADD_WORDS "ldr r9, %[end]\n"
            "cmp %[second], r9\n"
            "bne 1b\n"
            : [pairs] "+r"(pairs), [first] "+r"(first), [second] "+r"(second), [first_a] "+r"(first_a),
              [first_b] "+r"(first_b), [second_a] "+r"(second_a), [second_b] "+r"(second_b)
            : [end] "m"(end)
            : "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
        requantize(a, b, first_a, first_b, by, o, relu);
        requantize(a, b, second_a, second_b, by, next, relu);
    }
}

void cur_conv_8_bits(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                     const struct cur_linear *weights, const struct cur_requantize *by,
                     struct cur_conv_work *work) {
    uint32_t columns = cur_window_columns(window), y = cells.from / columns, x = cells.from % columns;
    const struct cur_place first = cur_window_place(window, 0, 0);
    int gathers = cur_conv_gathers(window, weights);
    uint32_t *pairs = work->linear.pairs_of_two;
    memset(work->codes + weights->inputs, 0, weights->row_bytes - weights->inputs);
    out += cells.from * weights->outputs;
    for (uint32_t left = cells.to - cells.from; left;) {
        uint32_t here = left > 1 ? 2 : 1;
        for (uint32_t i = 0; i < here; i++) {
            const int8_t *codes = cur_window_codes(work->codes, in, window, &first, y, x, gathers);
            widen(pairs + 2 * i, codes, weights->row_bytes);
            if (here == 1) widen(pairs + 2, codes, weights->row_bytes); /* is both of the two */
            if (++x < columns) continue;
            x = 0;
            y++;
        }
        int8_t *second = out + (here - 1) * weights->outputs;
        if (by->relu)
            two_cells(out, second, pairs, weights, by, 1);
        else
            two_cells(out, second, pairs, weights, by, 0);
        out += here * weights->outputs;
        left -= here;
    }
}

#endif
