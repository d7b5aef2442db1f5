#ifndef CUR_ROWS_H
#define CUR_ROWS_H

#include "linear.h"

/* Four rows at a time: each activation is loaded once for four weights. */
enum { CUR_ROWS = 4 };

/* sums[r] = start + what `blocks` blocks of 16 bytes of row[r] give with the prepared activations. */
typedef void cur_rows_kernel(int32_t *sums, const uint8_t *const *row, uint32_t blocks,
                             const void *activations, int32_t start);

/* Runs `kernel` over all rows. The last group repeats the last row until there are four. */
static inline void cur_rows_run(int32_t *acc, const struct cur_linear *layer, cur_rows_kernel *kernel,
                                const void *activations, int32_t start) {
    const uint8_t *row[CUR_ROWS], *next = layer->weights;
    uint32_t blocks = layer->row_bytes / 16, full = layer->outputs / CUR_ROWS * CUR_ROWS;
    for (uint32_t o = 0; o < full; o += CUR_ROWS) {
        for (uint32_t r = 0; r < CUR_ROWS; r++, next += layer->row_bytes)
            row[r] = next;
        kernel(acc + o, row, blocks, activations, start);
    }
    uint32_t left = layer->outputs - full;
    if (!left) return;
    int32_t sums[CUR_ROWS];
    for (uint32_t r = 0; r < CUR_ROWS; r++)
        row[r] = next + (r < left ? r : left - 1) * layer->row_bytes;
    kernel(sums, row, blocks, activations, start);
    for (uint32_t r = 0; r < left; r++)
        acc[full + r] = sums[r];
}

/* Stored codes of 1, 2 and 4 bits are offset-binary: the offset times this sum is taken off once a layer. */
static inline int32_t cur_sum_codes(const int8_t *codes, uint32_t inputs) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < inputs; i++)
        sum += codes[i];
    return sum;
}

#endif
