#include "pool.h"
#include "variant.h"
#include "../mem.h"

#ifdef CUR_KERNELS_DSP

/* Four channels at a time, a word. */
enum { BLOCK = 4 };

/* The larger of each byte: SSUB8 leaves in the flags which are, SEL takes them. */
static inline uint32_t larger(uint32_t a, uint32_t b) {
    uint32_t most;
    __asm("ssub8 %0, %1, %2\n"
          "sel %0, %1, %2"
          : "=&r"(most)
          : "r"(a), "r"(b)
          : "cc");
    return most;
}

static inline void largest(int8_t *out, const struct cur_area *area) {
    const uint8_t *row = (const uint8_t *)area->in;
    uint32_t most = cur_u32(row);
    for (uint32_t y = area->rows; y; y--, row += area->row) {
        const uint8_t *at = row;
        for (uint32_t x = area->columns; x; x--, at += area->cell)
            most = larger(most, cur_u32(at));
    }
    cur_put_u32((uint8_t *)out, most);
}

/* Adds bytes 0 and 2 of a word to the two halves, sign extended; with `ror #8` bytes 1 and 3. */
#define ADD(halves, word, rotated) __asm("sxtab16 %0, %0, %1" rotated : "+r"(halves) : "r"(word))

/* Of up to CUR_POOL_CELLS cells. */
static inline void add_cells(int32_t sums[BLOCK], const uint8_t *row, const struct cur_area *area,
                             uint32_t rows) {
    uint32_t even = 0, odd = 0;
    for (; rows; rows--, row += area->row) {
        const uint8_t *at = row;
        for (uint32_t x = area->columns; x; x--, at += area->cell) {
            uint32_t four = cur_u32(at);
            ADD(even, four, "");
            ADD(odd, four, ", ror #8");
        }
    }
    sums[0] += (int16_t)even;
    sums[1] += (int16_t)odd;
    sums[2] += (int32_t)even >> 16;
    sums[3] += (int32_t)odd >> 16;
}

static inline void mean(int8_t *out, const struct cur_area *area) {
    const uint8_t *row = (const uint8_t *)area->in;
    int32_t sums[BLOCK] = {0}, count = (int32_t)(area->rows * area->columns);
    uint32_t at_once = count > CUR_POOL_CELLS ? CUR_POOL_CELLS / area->columns : area->rows;
    for (uint32_t left = area->rows; left;) {
        uint32_t rows = left < at_once ? left : at_once;
        add_cells(sums, row, area, rows);
        row += rows * area->row;
        left -= rows;
    }
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = (int8_t)cur_mean(sums[i], count);
}

void cur_average_pool(int8_t *out, const int8_t *in, const struct cur_window *window,
                      struct cur_cells cells) {
    cur_pool_blocks(out, in, window, cells, mean, BLOCK, cur_average_pool_portable);
}

void cur_max_pool(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells) {
    cur_pool_blocks(out, in, window, cells, largest, BLOCK, cur_max_pool_portable);
}

#endif
