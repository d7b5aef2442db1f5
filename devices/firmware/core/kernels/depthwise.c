#include "taps.h"
#include "conv.h"

/* Row t of the weights as int8, one a channel. */
static const int8_t *tap_weights(const struct cur_linear *weights, uint32_t t, struct cur_conv_work *work) {
    const uint8_t *row = weights->weights + t * weights->row_bytes;
    if (weights->bits == 8) return (const int8_t *)row;
    int8_t *unpacked = work->taps + t * weights->inputs;
    for (uint32_t c = 0; c < weights->inputs; c++)
        unpacked[c] = (int8_t)((row[c / 32 * 16 + c % 16] >> 4 * (c % 32 / 16) & 15) - 8);
    return unpacked;
}

static inline void depthwise(int8_t *out, const int8_t *in, const struct cur_window *window,
                             struct cur_cells cells, const struct cur_linear *weights,
                             const struct cur_requantize *by, struct cur_conv_work *work,
                             cur_taps_kernel *kernel, cur_requantize_kernel *requantize) {
    const int8_t *all[CUR_DEPTHWISE_TAPS], *x[CUR_DEPTHWISE_TAPS], *w[CUR_DEPTHWISE_TAPS];
    uint32_t columns = cur_window_columns(window), channels = window->channels;
    for (uint32_t t = 0; t < weights->outputs; t++)
        all[t] = tap_weights(weights, t, work);
    out += cells.from * channels;
    for (uint32_t i = cells.from; i < cells.to; i++, out += channels) {
        struct cur_place at = cur_window_place(window, i / columns, i % columns);
        uint32_t taps = 0; /* those inside the image */
        for (int32_t y = at.top; y < at.bottom; y++) {
            for (int32_t z = at.left; z < at.right; z++, taps++) {
                x[taps] = in + (uint32_t)(y * window->width + z) * channels;
                w[taps] = all[(y - at.row) * window->kernel_width + z - at.column];
            }
        }
        kernel(work->sums, x, w, taps, channels);
        requantize(out, work->sums, channels, by);
    }
}

void cur_depthwise(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                   const struct cur_linear *weights, const struct cur_requantize *by,
                   struct cur_conv_work *work) {
    depthwise(out, in, window, cells, weights, by, work, cur_taps, cur_requantize);
}

void cur_depthwise_portable(int8_t *out, const int8_t *in, const struct cur_window *window,
                            struct cur_cells cells, const struct cur_linear *weights,
                            const struct cur_requantize *by, struct cur_conv_work *work) {
    depthwise(out, in, window, cells, weights, by, work, cur_taps_portable, cur_requantize_portable);
}
