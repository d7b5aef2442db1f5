#include "conv_8_bits.h"

#ifdef CUR_KERNELS_MVE
#include "conv.h"
#include "gather.h"
#include "requantize_mve.h"

/* Four outputs at a time: four rows of weights share each load of activations, and their sums become
 * activations as the lanes of one vector. */

enum { ROWS = 4 };

#define ALWAYS static inline __attribute__((always_inline))

#define ADD(row, sum)                                                                                        \
    "vldrb.u8 q1, [" row "], #16\n"                                                                          \
    "vmladava.s8 " sum ", q1, q0\n"

/* Sums of four rows, beginning with `bias`; returns where the fifth row is. Assembly for the sake of
 * addresses that count themselves up, and the loop's one instruction: gcc 12 takes twice as many. */
ALWAYS const int8_t *four_sums(int32x4_t *sums, const int8_t *row, uint32_t row_bytes, const int8_t *codes,
                               const int32_t *bias) {
    const int8_t *a = row, *b = a + row_bytes, *c = b + row_bytes, *d = c + row_bytes;
    int32_t sum_a = bias[0], sum_b = bias[1], sum_c = bias[2], sum_d = bias[3];
    __asm volatile(
        "dls lr, %[blocks]\n"
        "1:\n"
        "vldrb.u8 q0, [%[codes]], #16\n" ADD("%[a]", "%[sum_a]") ADD("%[b]", "%[sum_b]")
            ADD("%[c]", "%[sum_c]")
                ADD("%[d]", "%[sum_d]") "le lr, 1b\n"
                                        "vmov %q[sums][2], %q[sums][0], %[sum_a], %[sum_c]\n"
                                        "vmov %q[sums][3], %q[sums][1], %[sum_b], %[sum_d]\n"
        : [codes] "+r"(codes), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [sum_a] "+Te"(sum_a),
          [sum_b] "+Te"(sum_b), [sum_c] "+Te"(sum_c), [sum_d] "+Te"(sum_d), [sums] "=w"(*sums)
        : [blocks] "r"(row_bytes / 16)
        : "lr", "q0", "q1", "memory");
    return d;
}

/* The outputs that fill no four of them. */
static void last_outputs(int8_t *out, const int8_t *codes, const struct cur_linear *weights,
                         const struct cur_requantize *by, uint32_t output) {
    for (; output < weights->outputs; output++) {
        const int8_t *row = (const int8_t *)weights->weights + output * weights->row_bytes;
        int32_t sum = by->bias[output];
        for (uint32_t i = 0; i < weights->row_bytes; i += 16)
            sum = vmladavaq_s8(sum, vldrbq_s8(row + i), vldrbq_s8(codes + i));
        out[output] = (int8_t)cur_requantize_one(sum, by->multiplier[output],
                                                 (uint32_t)by->shift[output] - CUR_SHIFT_MIN, by->relu);
    }
}

ALWAYS void outputs(int8_t *restrict out, const int8_t *restrict codes, const struct cur_linear *weights,
                    const struct cur_requantize *by, int relu) {
    const int8_t *row = (const int8_t *)weights->weights;
    const int32_t *restrict bias = by->bias, *restrict multiplier = by->multiplier;
    const uint8_t *restrict shift = by->shift;
    uint32_t row_bytes = weights->row_bytes, full = weights->outputs / ROWS * ROWS;
    for (uint32_t o = 0; o < full; o += ROWS) {
        int32x4_t sums;
        row = four_sums(&sums, row, row_bytes, codes, bias + o);
        int32x4_t left = cur_left_shifts(vldrbq_u32(shift + o));
        vstrbq_s32(out + o, cur_requantize_four(sums, vldrwq_s32(multiplier + o), left, relu));
    }
    last_outputs(out, codes, weights, by, full);
}

void cur_conv_8_bits(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                     const struct cur_linear *weights, const struct cur_requantize *by,
                     struct cur_conv_work *work) {
    uint32_t columns = cur_window_columns(window), y = cells.from / columns, x = cells.from % columns;
    const struct cur_place first = cur_window_place(window, 0, 0);
    int gathers = cur_conv_gathers(window, weights);
    memset(work->codes + weights->inputs, 0, weights->row_bytes - weights->inputs);
    out += cells.from * weights->outputs;
    for (uint32_t i = cells.from; i < cells.to; i++, out += weights->outputs) {
        const int8_t *codes = cur_window_codes(work->codes, in, window, &first, y, x, gathers);
        if (by->relu)
            outputs(out, codes, weights, by, 1);
        else
            outputs(out, codes, weights, by, 0);
        if (++x < columns) continue;
        x = 0;
        y++;
    }
}

#endif
