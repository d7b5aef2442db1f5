#include "pool.h"
#include "variant.h"

#ifdef CUR_KERNELS_MVE
#include <arm_mve.h>

/* Sixteen channels at a time; fewer by predicate, where the image has fewer. */
enum { BLOCK = 16 };

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS int8x16_t load(const int8_t *at, mve_pred16_t there, int whole) {
    return whole ? vldrbq_s8(at) : vldrbq_z_s8(at, there);
}

ALWAYS int16x8_t load_wide(const int8_t *at, mve_pred16_t there, int whole) {
    return whole ? vldrbq_s16(at) : vldrbq_z_s16(at, there);
}

ALWAYS void largest(int8_t *out, const struct cur_area *area, int whole) {
    const int8_t *row = area->in;
    uint32_t cell = area->cell, to_row = area->row;
    mve_pred16_t there = vctp8q(cell);
    int8x16_t most = load(row, there, whole);
    if (area->columns == 2) { /* as most windows are */
        most = vmaxq_s8(most, load(row + cell, there, whole));
        for (uint32_t y = area->rows - 1; y; y--) {
            row += to_row;
            most = vmaxq_s8(most, load(row, there, whole));
            most = vmaxq_s8(most, load(row + cell, there, whole));
        }
    } else {
        for (uint32_t y = area->rows; y; y--, row += to_row) {
            const int8_t *at = row;
            for (uint32_t x = area->columns; x; x--, at += cell)
                most = vmaxq_s8(most, load(at, there, whole));
        }
    }
    if (whole)
        vstrbq_s8(out, most);
    else
        vstrbq_p_s8(out, most, there);
}

static inline void largest_whole(int8_t *out, const struct cur_area *area) {
    largest(out, area, 1);
}

static inline void largest_part(int8_t *out, const struct cur_area *area) {
    largest(out, area, 0);
}

/* Sums of even and of odd channels. */
struct sums {
    int32x4_t even, odd;
};

/* Of eight channels. */
ALWAYS struct sums sum(const int8_t *row, const struct cur_area *area, mve_pred16_t there, int whole) {
    struct sums sums = {vdupq_n_s32(0), vdupq_n_s32(0)};
    uint32_t cell = area->cell, columns = area->columns, to_row = area->row, left = area->rows;
    uint32_t at_once = left * columns > CUR_POOL_CELLS ? CUR_POOL_CELLS / columns : left;
    while (left) {
        int16x8_t some = vdupq_n_s16(0);
        uint32_t rows = left < at_once ? left : at_once;
        left -= rows;
        for (; rows; rows--, row += to_row) {
            const int8_t *at = row;
            for (uint32_t x = columns; x; x--, at += cell)
                some = vaddq_s16(some, load_wide(at, there, whole));
        }
        sums.even = vaddq_s32(sums.even, vmovlbq_s16(some));
        sums.odd = vaddq_s32(sums.odd, vmovltq_s16(some));
    }
    return sums;
}

/* A count's reciprocal: x / count is the upper word of x times that, exactly, where x < 128 * count and
 * count < 5793 (x times what the reciprocal is too large by is less than 2^32 then). Of 1 it does not fit. */
enum { MOST_CELLS = 5792 };

static inline uint32_t reciprocal(uint32_t count) {
    return UINT32_MAX / count + 1;
}

/* cur_mean by magnitudes. */
ALWAYS int32x4_t mean_of_four(int32x4_t sum, uint32_t count) {
    uint32x4_t x = vaddq_n_u32(vreinterpretq_u32_s32(vabsq_s32(sum)), count / 2);
    if (count > 1) x = vmulhq_u32(x, vdupq_n_u32(reciprocal(count)));
    int32x4_t mean = vreinterpretq_s32_u32(x);
    return vnegq_m_s32(mean, mean, vcmpltq_n_s32(sum, 0));
}

ALWAYS void mean(int8_t *out, const struct cur_area *area, int whole) {
    const int8_t *at = area->in;
    uint32_t count = area->rows * area->columns;
    for (uint32_t c = 0; c < BLOCK && c < area->cell; c += BLOCK / 2) {
        mve_pred16_t there = vctp16q(area->cell - c);
        struct sums sums = sum(at + c, area, there, whole);
        int16x8_t mean = vmovnbq_s32(vdupq_n_s16(0), mean_of_four(sums.even, count));
        mean = vmovntq_s32(mean, mean_of_four(sums.odd, count));
        if (whole)
            vstrbq_s16(out + c, mean);
        else
            vstrbq_p_s16(out + c, mean, there);
    }
}

static inline void mean_whole(int8_t *out, const struct cur_area *area) {
    mean(out, area, 1);
}

static inline void mean_part(int8_t *out, const struct cur_area *area) {
    mean(out, area, 0);
}

void cur_average_pool(int8_t *out, const int8_t *in, const struct cur_window *window,
                      struct cur_cells cells) {
    if (window->kernel_height * window->kernel_width > MOST_CELLS)
        cur_average_pool_portable(out, in, window, cells);
    else if (window->channels < BLOCK)
        cur_pool_walk(out, in, window, cells, mean_part, BLOCK);
    else
        cur_pool_walk(out, in, window, cells, mean_whole, BLOCK);
}

void cur_max_pool(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells) {
    if (window->channels < BLOCK)
        cur_pool_walk(out, in, window, cells, largest_part, BLOCK);
    else
        cur_pool_walk(out, in, window, cells, largest_whole, BLOCK);
}

#endif
