#include "rows.h"
#include "tables.h"
#include "../mem.h"

/*
 * Ternary activations against 2-bit weights w, stored as w + 2 in two bits. For an activation of +1 those two
 * bits are w + 2; for -1 their complement is 1 - w; for 0 they are masked out. So the sum of (stored ^ flip)
 * & mask over all fields is the layer's sum plus 2 for each +1 and 1 for each -1.
 */

/* Sum of the sixteen 2-bit fields of x and of y, in the eight nibbles: at most 12 each. */
static inline uint32_t nibbles(uint32_t x, uint32_t y) {
    const uint32_t m = 0x33333333;
    return (x & m) + (x >> 2 & m) + (y & m) + (y >> 2 & m);
}

/* Sum of the nibbles of x and of y: at most 192. */
static inline int32_t sum_nibbles(uint32_t x, uint32_t y) {
    const uint32_t m = 0x0f0f0f0f;
    uint32_t bytes = (x & m) + (x >> 4 & m) + (y & m) + (y >> 4 & m);
    return (int32_t)(bytes * 0x01010101u >> 24);
}

static inline int32_t block_sum(const uint8_t *row, const struct cur_linear_fields *f) {
    uint32_t x[4];
    for (int i = 0; i < 4; i++)
        x[i] = (cur_u32(row + 4 * i) ^ f[i].flip) & f[i].mask;
    return sum_nibbles(nibbles(x[0], x[1]), nibbles(x[2], x[3]));
}

static void rows_bitwise(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                         int32_t start) {
    const struct cur_linear_fields *f = activations;
    int32_t s[CUR_ROWS] = {start, start, start, start};
    for (uint32_t b = 0; b < blocks; b++, f += 4) {
        for (int r = 0; r < CUR_ROWS; r++)
            s[r] += block_sum(row[r] + 16 * b, f);
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = s[r];
}

void cur_linear_bitwise(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                        struct cur_linear_work *work) {
    struct cur_linear_fields *f = work->fields;
    uint32_t blocks = layer->row_bytes / 16;
    int32_t start = 0;
    for (uint32_t word = 0; word < 4 * blocks; word++) {
        const int8_t *a = codes + word / 4 * 64 + word % 4 * 4;
        uint32_t flip = 0, mask = 0;
        /* Byte j of the word, bits 2 k and 2 k + 1: the weight of a[16 k + j]. */
        for (uint32_t j = 0; j < 4; j++) {
            for (uint32_t k = 0; k < 4; k++) {
                int32_t x = a[16 * k + j];
                /* Without branches, so that the time does not depend on the sound. */
                uint32_t there = (uint32_t)x & 1, negative = (uint32_t)x >> 31, field = 8 * j + 2 * k;
                mask |= 3 * there << field;
                flip |= 3 * negative << field;
                start -= (int32_t)(2 * there - negative);
            }
        }
        f[word] = (struct cur_linear_fields){flip, mask};
    }
    cur_rows_run(acc, layer, rows_bitwise, f, start);
}
