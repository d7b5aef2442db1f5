#ifndef CUR_DEPTHWISE_H
#define CUR_DEPTHWISE_H

#include "conv.h"

/*
 * How this build's depthwise convolution goes through an image: for each block of channels, whose weights and
 * scales are made ready once, over all cells. Windows that lie whole in the image are told in runs, so that
 * their kernel's loops can be unrolled and nothing need be placed; the others one by one, by what of them
 * lies inside. The last block overlaps the one before it where channels fill no whole number of blocks: what
 * both give is the same.
 */

/* Bytes between neighbours in the image. */
struct cur_depthwise_steps {
    uint32_t cell, row; /* of the image */
    uint32_t stride;    /* of the windows of neighbours in a row of the output */
    uint32_t kernel_height, kernel_width;
};

/* What a variant makes ready for a block; it alone knows. */
struct cur_depthwise_block;

/* What a variant is made of: it defines these three for itself, behind this header. `out` and `x` are at the
 * block's first channel. */
static void cur_depthwise_prepare(struct cur_depthwise_block *block, const struct cur_linear *weights,
                                  const struct cur_requantize *by, uint32_t channel);
/* `cells` neighbours, the first one's window at x. */
static void cur_depthwise_run(int8_t *out, const int8_t *x, uint32_t cells,
                              const struct cur_depthwise_steps *steps,
                              const struct cur_depthwise_block *block);
/* One cell whose window has `rows` x `columns` cells inside the image, at x, from kernel cell `tap` on. */
static void cur_depthwise_part(int8_t *out, const int8_t *x, uint32_t rows, uint32_t columns, uint32_t tap,
                               const struct cur_depthwise_steps *steps,
                               const struct cur_depthwise_block *block);

/* Cells `from` to before `to` of a row of the output. */
struct cur_depthwise_row {
    int8_t *out; /* the cell `from` */
    const int8_t *in;
    uint32_t y, from, to;
};

static inline __attribute__((always_inline)) void cur_depthwise_row(struct cur_depthwise_row row,
                                                                    const struct cur_window *window,
                                                                    const struct cur_place *first,
                                                                    const struct cur_depthwise_steps *steps,
                                                                    const struct cur_depthwise_block *block) {
    struct cur_run whole = cur_window_whole(window, first, row.y);
    for (uint32_t x = row.from; x < row.to;) {
        struct cur_place at = cur_window_from(window, first, row.y, x);
        const int8_t *in = row.in + (uint32_t)at.top * steps->row + (uint32_t)at.left * steps->cell;
        uint32_t cells = 1;
        if (x >= whole.from && x < whole.to) {
            cells = (whole.to < row.to ? whole.to : row.to) - x;
            cur_depthwise_run(row.out, in, cells, steps, block);
        } else {
            uint32_t tap =
                (uint32_t)(at.top - at.row) * steps->kernel_width + (uint32_t)(at.left - at.column);
            cur_depthwise_part(row.out, in, (uint32_t)(at.bottom - at.top), (uint32_t)(at.right - at.left),
                               tap, steps, block);
        }
        x += cells;
        row.out += cells * steps->cell;
    }
}

static inline __attribute__((always_inline)) void
cur_depthwise_walk(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                   const struct cur_linear *weights, const struct cur_requantize *by,
                   struct cur_depthwise_block *block, uint32_t block_channels) {
    uint32_t columns = cur_window_columns(window), channels = window->channels;
    const struct cur_place first = cur_window_place(window, 0, 0);
    const struct cur_depthwise_steps steps = {.cell = channels,
                                              .row = window->width * channels,
                                              .stride = window->stride * channels,
                                              .kernel_height = window->kernel_height,
                                              .kernel_width = window->kernel_width};
    for (uint32_t c = 0; c < channels; c += block_channels) {
        if (c + block_channels > channels && channels > block_channels) c = channels - block_channels;
        cur_depthwise_prepare(block, weights, by, c);
        struct cur_depthwise_row row = {out + cells.from * channels + c, in + c, cells.from / columns,
                                        cells.from % columns, columns};
        for (uint32_t left = cells.to - cells.from; left; row.y++, row.from = 0) {
            if (left < columns - row.from) row.to = row.from + left;
            cur_depthwise_row(row, window, &first, &steps, block);
            row.out += (row.to - row.from) * channels;
            left -= row.to - row.from;
        }
    }
}

/* The same where a cell has a whole block; else in portable C. */
static inline __attribute__((always_inline)) void
cur_depthwise_blocks(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                     const struct cur_linear *weights, const struct cur_requantize *by,
                     struct cur_conv_work *work, struct cur_depthwise_block *block, uint32_t block_channels) {
    if (window->channels < block_channels)
        cur_depthwise_portable(out, in, window, cells, weights, by, work);
    else
        cur_depthwise_walk(out, in, window, cells, weights, by, block, block_channels);
}

#endif
