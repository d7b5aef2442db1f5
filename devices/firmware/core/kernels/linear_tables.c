#include "rows.h"
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
    for (uint32_t *end = pairs + n; pairs < end; pairs += 2) {
        uint32_t x = pairs[0], y = pairs[1];
        pairs[n] = x + add_1, pairs[n + 1] = y + add_1;
        pairs[2 * n] = x + add_2, pairs[2 * n + 1] = y + add_2;
        pairs[3 * n] = x + add_3, pairs[3 * n + 1] = y + add_3;
        /* Or the compiler keeps all words for the next step, on the stack. */
        __asm volatile("" ::: "memory");
    }
}

/* Bit k of a byte is the weight of a[16 k]: 1 for +1, 0 for -1. */
static void tabulate_1_bit(uint32_t *pairs, const int8_t *a) {
    int32_t none = BIAS;
    for (int k = 0; k < 8; k++)
        none -= a[BLOCK * k];
    pairs[0] = first(none, none + 2 * a[0]);
    pairs[1] = pairs[0] + both(2 * a[BLOCK]);
    extend(pairs, 2, 2 * a[2 * BLOCK], 2 * a[3 * BLOCK]);
    extend(pairs, 8, 2 * a[4 * BLOCK], 2 * a[5 * BLOCK]);
    extend(pairs, 32, 2 * a[6 * BLOCK], 2 * a[7 * BLOCK]);
}

/* Bits 2 k and 2 k + 1 of a byte are the weight of a[16 k], plus 2. */
static void tabulate_2_bits(uint32_t *pairs, const int8_t *a) {
    int32_t none = BIAS;
    for (int k = 0; k < 4; k++)
        none -= 2 * a[BLOCK * k];
    pairs[0] = first(none, none + a[0]);
    pairs[1] = pairs[0] + both(2 * a[0]);
    extend(pairs, 2, a[BLOCK], 2 * a[BLOCK]);
    extend(pairs, 8, a[2 * BLOCK], 2 * a[2 * BLOCK]);
    extend(pairs, 32, a[3 * BLOCK], 2 * a[3 * BLOCK]);
}

/*
 * One byte of four rows. The empty statement holds the compiler back: left alone it addresses every entry
 * from the first table, one instruction more for each look-up, and loads so many ahead that they overflow the
 * registers.
 */
static inline const uint16_t *look_up_byte(int32_t *sums, const uint8_t *const *row, int j,
                                           const uint16_t *table) {
    sums[0] += table[row[0][j]];
    sums[1] += table[row[1][j]];
    sums[2] += table[row[2][j]];
    sums[3] += table[row[3][j]];
    table += 256;
    __asm volatile("" : "+r"(table), "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3]));
    return table;
}

static void look_up_4(int32_t *acc, const uint8_t *row, uint32_t row_bytes, const uint16_t *table) {
    const uint8_t *const rows[] = {row, row + row_bytes, row + 2 * row_bytes, row + 3 * row_bytes};
    int32_t sums[] = {acc[0], acc[1], acc[2], acc[3]};
    /* Two loops: the compiler unrolls eight turns, not sixteen. */
    for (int j = 0; j < BLOCK / 2; j++)
        table = look_up_byte(sums, rows, j, table);
    for (int j = BLOCK / 2; j < BLOCK; j++)
        table = look_up_byte(sums, rows, j, table);
    for (int r = 0; r < CUR_ROWS; r++)
        acc[r] = sums[r];
}

static void look_up(int32_t *acc, const uint8_t *row, const uint16_t *table) {
    for (int j = 0; j < BLOCK; j++)
        *acc += table[256 * j + row[j]];
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
            look_up_4(acc + o, row, row_bytes, work->table[0]);
        for (; o < outputs; o++, row += row_bytes)
            look_up(acc + o, row, work->table[0]);
    }
}
