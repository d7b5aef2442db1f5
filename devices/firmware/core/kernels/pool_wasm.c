#include "pool.h"
#include "variant.h"

#ifdef CUR_KERNELS_WASM
#include <wasm_simd128.h>

/* Eight channels at a time. */
enum { BLOCK = 8 };

static inline void largest(int8_t *out, const struct cur_area *area) {
    const int8_t *row = area->in;
    v128_t most = wasm_v128_load64_zero(row);
    for (uint32_t y = area->rows; y; y--, row += area->row) {
        const int8_t *at = row;
        for (uint32_t x = area->columns; x; x--, at += area->cell)
            most = wasm_i8x16_max(most, wasm_v128_load64_zero(at));
    }
    wasm_v128_store64_lane(out, most, 0);
}

/* Of up to CUR_POOL_CELLS cells. */
static inline v128_t add_cells(const int8_t *row, const struct cur_area *area, uint32_t rows) {
    v128_t sums = wasm_i16x8_splat(0);
    for (; rows; rows--, row += area->row) {
        const int8_t *at = row;
        for (uint32_t x = area->columns; x; x--, at += area->cell)
            sums = wasm_i16x8_add(sums, wasm_i16x8_load8x8(at));
    }
    return sums;
}

static inline void mean(int8_t *out, const struct cur_area *area) {
    const int8_t *row = area->in;
    uint32_t count = area->rows * area->columns;
    uint32_t at_once = count > CUR_POOL_CELLS ? CUR_POOL_CELLS / area->columns : area->rows;
    v128_t low = wasm_i32x4_splat(0), high = low;
    for (uint32_t left = area->rows; left;) {
        uint32_t rows = left < at_once ? left : at_once;
        v128_t some = add_cells(row, area, rows);
        low = wasm_i32x4_add(low, wasm_i32x4_extend_low_i16x8(some));
        high = wasm_i32x4_add(high, wasm_i32x4_extend_high_i16x8(some));
        row += rows * area->row;
        left -= rows;
    }
    int32_t sums[BLOCK];
    wasm_v128_store(sums, low);
    wasm_v128_store(sums + BLOCK / 2, high);
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = (int8_t)cur_mean(sums[i], (int32_t)count);
}

void cur_average_pool(int8_t *out, const int8_t *in, const struct cur_window *window,
                      struct cur_cells cells) {
    cur_pool_blocks(out, in, window, cells, mean, BLOCK, cur_average_pool_portable);
}

void cur_max_pool(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells) {
    cur_pool_blocks(out, in, window, cells, largest, BLOCK, cur_max_pool_portable);
}

#endif
