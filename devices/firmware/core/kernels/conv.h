#ifndef CUR_CONV_H
#define CUR_CONV_H

#include "conv_work.h"
#include "requantize.h"
#include "window.h"

/*
 * Convolution and pooling of int8 images, for an encoder: height x width x channels, channels together.
 * Activations are symmetric (zero is 0, -127 to 127), so padding is zeros. Integers alone; every build gives
 * the same bytes. Nothing is checked here.
 */

/* `out` and `in` are the whole images; of `out` those cells are written. */

/* 2-D convolution; pointwise with a 1 x 1 kernel. `weights` is a linear layer from a window's cells (row,
 * column, channel: at most CUR_LINEAR_WIDTH of them) to the output channels. */
void cur_conv(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
              const struct cur_linear *weights, const struct cur_requantize *by, struct cur_conv_work *work);

/* Depthwise convolution. `weights` are packed as a linear layer of 4 or 8 bits with a row for each kernel
 * cell and an input for each channel. */
void cur_depthwise(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                   const struct cur_linear *weights, const struct cur_requantize *by,
                   struct cur_conv_work *work);

/* Whether a convolution copies its windows: those of one cell lie in the image as the linear layer wants
 * them, where whole blocks of 8-bit weights belong to a cell. */
static inline int cur_conv_gathers(const struct cur_window *window, const struct cur_linear *weights) {
    return window->kernel_height * window->kernel_width != 1 || weights->bits != 8 || window->channels % 16;
}

/* The same in portable C on every target, to compare with. */
void cur_conv_portable(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                       const struct cur_linear *weights, const struct cur_requantize *by,
                       struct cur_conv_work *work);
void cur_depthwise_portable(int8_t *out, const int8_t *in, const struct cur_window *window,
                            struct cur_cells cells, const struct cur_linear *weights,
                            const struct cur_requantize *by, struct cur_conv_work *work);

/* Mean (rounded half away from zero) and maximum of each channel over the window's cells inside the image;
 * the scale stays. Over a whole image where the window is as large. */
void cur_average_pool(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells);
void cur_max_pool(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells);

/* The same in portable C on every target, to compare with. */
void cur_average_pool_portable(int8_t *out, const int8_t *in, const struct cur_window *window,
                               struct cur_cells cells);
void cur_max_pool_portable(int8_t *out, const int8_t *in, const struct cur_window *window,
                           struct cur_cells cells);

#endif
