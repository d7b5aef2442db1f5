#ifndef CUR_POOL_H
#define CUR_POOL_H

#include "conv.h"

/*
 * How this build's pools go through an image: cell by cell, and in each by blocks of channels, which lie
 * together. The last block overlaps the one before it where channels fill no whole number of blocks: what
 * both give is the same.
 */

/* The part of a window that lies inside the image. */
struct cur_area {
    const int8_t *in;       /* its first cell, at a block's first channel */
    uint32_t rows, columns; /* at least 1 each */
    uint32_t cell, row;     /* bytes from one to the next */
};

/* A block of one cell of the output, whose window is `area`. */
typedef void cur_pool_block(int8_t *out, const struct cur_area *area);

/* A pool as conv.h has it. */
typedef void cur_pool_kernel(int8_t *out, const int8_t *in, const struct cur_window *window,
                             struct cur_cells cells);

/* Most cells whose sum of one channel fits 16 bits: 258 * 127 < 2^15. */
enum { CUR_POOL_CELLS = 258 };

static inline struct cur_area cur_pool_area(const int8_t *in, const struct cur_window *window,
                                            const struct cur_place *at) {
    uint32_t cell = window->channels, row = window->width * cell;
    return (struct cur_area){.in = in + (uint32_t)at->top * row + (uint32_t)at->left * cell,
                             .rows = (uint32_t)(at->bottom - at->top),
                             .columns = (uint32_t)(at->right - at->left),
                             .cell = cell,
                             .row = row};
}

static inline __attribute__((always_inline)) void cur_pool_walk(int8_t *out, const int8_t *in,
                                                                const struct cur_window *window,
                                                                struct cur_cells cells, cur_pool_block *block,
                                                                uint32_t block_channels) {
    uint32_t columns = cur_window_columns(window), channels = window->channels;
    uint32_t y = cells.from / columns, x = cells.from % columns;
    const struct cur_place first = cur_window_place(window, 0, 0);
    uint32_t last = channels % block_channels, back = channels < block_channels ? 0 : block_channels - last;
    out += cells.from * channels;
    for (uint32_t i = cells.from; i < cells.to; i++, out += channels) {
        struct cur_place at = cur_window_from(window, &first, y, x);
        struct cur_area area = cur_pool_area(in, window, &at);
        int8_t *to = out;
        for (uint32_t left = channels; left >= block_channels; left -= block_channels) {
            block(to, &area);
            area.in += block_channels;
            to += block_channels;
        }
        if (last) {
            area.in -= back;
            block(to - back, &area);
        }
        if (++x < columns) continue;
        x = 0;
        y++;
    }
}

/* The same where a cell has a whole block; else as `portable` does. */
static inline __attribute__((always_inline)) void
cur_pool_blocks(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                cur_pool_block *block, uint32_t block_channels, cur_pool_kernel *portable) {
    if (window->channels < block_channels)
        portable(out, in, window, cells);
    else
        cur_pool_walk(out, in, window, cells, block, block_channels);
}

/* Rounded half away from zero. */
static inline int32_t cur_mean(int32_t sum, int32_t count) {
    return (sum < 0 ? sum - count / 2 : sum + count / 2) / count;
}

#endif
