#include "tables.h"

/*
 * One byte of packed weights stands for eight 1-bit or four 2-bit weights, so there are only 256 partial sums
 * it can give. They are tabulated for the 16 bytes of one block at a time, and every row then costs one
 * look-up a byte.
 *
 * Partial sums are within +-1024 and kept with BIAS added, so that no entry is negative: then two neighbours
 * in one 32-bit word can be added to at once without a carry between them.
 */
enum { BIAS = 1024, BLOCK = 16 };

/* x in both halves of a word; adding it adds x to both neighbours as long as neither gets negative. */
static inline uint32_t both(int32_t x) {
    return (uint32_t)x * 0x10001u;
}

/* The first word of a table: the entries of the bytes 0 and 1. */
static inline uint32_t first(int32_t of_0, int32_t of_1) {
    return (uint32_t)of_0 | (uint32_t)of_1 << 16;
}

/* Words n to 4 n - 1 of a table whose words before are there: the next two bits count `low` and `high`. */
static inline void extend(uint32_t *pairs, uint32_t n, int32_t low, int32_t high) {
    uint32_t add_1 = both(low), add_2 = both(high), add_3 = add_1 + add_2;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = pairs[i];
        pairs[n + i] = x + add_1;
        pairs[2 * n + i] = x + add_2;
        pairs[3 * n + i] = x + add_3;
    }
}

/* Bit k of a byte is the weight of a[16 k]: 1 for +1, 0 for -1. */
static void tabulate_1_bit(uint32_t *pairs, const int8_t *a) {
    int32_t none = BIAS;
    for (int k = 0; k < 8; k++)
        none -= a[BLOCK * k];
    pairs[0] = first(none, none + 2 * a[0]);
    pairs[1] = pairs[0] + both(2 * a[BLOCK]);
    for (uint32_t k = 2, n = 2; k < 8; k += 2, n *= 4)
        extend(pairs, n, 2 * a[BLOCK * k], 2 * a[BLOCK * k + BLOCK]);
}

/* Bits 2 k and 2 k + 1 of a byte are the weight of a[16 k], plus 2. */
static void tabulate_2_bits(uint32_t *pairs, const int8_t *a) {
    int32_t none = BIAS;
    for (int k = 0; k < 4; k++)
        none -= 2 * a[BLOCK * k];
    pairs[0] = first(none, none + a[0]);
    pairs[1] = pairs[0] + both(2 * a[0]);
    for (uint32_t k = 1, n = 2; k < 4; k++, n *= 4)
        extend(pairs, n, a[BLOCK * k], 2 * a[BLOCK * k]);
}

static void look_up_4(int32_t *acc, const uint8_t *row, uint32_t row_bytes, const uint16_t (*table)[256]) {
    const uint8_t *row_1 = row + row_bytes, *row_2 = row_1 + row_bytes, *row_3 = row_2 + row_bytes;
    int32_t sum_0 = acc[0], sum_1 = acc[1], sum_2 = acc[2], sum_3 = acc[3];
    for (int j = 0; j < BLOCK; j++) {
        sum_0 += table[j][row[j]];
        sum_1 += table[j][row_1[j]];
        sum_2 += table[j][row_2[j]];
        sum_3 += table[j][row_3[j]];
    }
    acc[0] = sum_0;
    acc[1] = sum_1;
    acc[2] = sum_2;
    acc[3] = sum_3;
}

static void look_up(int32_t *acc, const uint8_t *row, const uint16_t (*table)[256]) {
    for (int j = 0; j < BLOCK; j++)
        *acc += table[j][row[j]];
}

void cur_linear_tables(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                       struct cur_linear_work *work) {
    uint32_t outputs = layer->outputs, row_bytes = layer->row_bytes;
    for (uint32_t o = 0; o < outputs; o++)
        acc[o] = -(int32_t)row_bytes * BIAS;
    for (uint32_t at = 0; at < row_bytes; at += BLOCK, codes += BLOCK * 8 / layer->bits) {
        for (int j = 0; j < CUR_LINEAR_TABLES; j++) {
            if (layer->bits == 1)
                tabulate_1_bit(work->pairs[j], codes + j);
            else
                tabulate_2_bits(work->pairs[j], codes + j);
        }
        const uint8_t *row = layer->weights + at;
        uint32_t o = 0;
        for (; o + 4 <= outputs; o += 4, row += 4 * row_bytes)
            look_up_4(acc + o, row, row_bytes, work->table);
        for (; o < outputs; o++, row += row_bytes)
            look_up(acc + o, row, work->table);
    }
}
