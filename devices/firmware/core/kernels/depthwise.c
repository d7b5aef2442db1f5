#include "depthwise_weights.h"
#include "conv.h"
#include "variant.h"

static int32_t sum_taps(const int8_t *const *x, const int8_t *const *w, uint32_t taps, uint32_t channel) {
    int32_t sum = 0;
    for (uint32_t t = 0; t < taps; t++)
        sum += x[t][channel] * w[t][channel];
    return sum;
}

void cur_depthwise_portable(int8_t *out, const int8_t *in, const struct cur_window *window,
                            struct cur_cells cells, const struct cur_linear *weights,
                            const struct cur_requantize *by, struct cur_conv_work *work) {
    const int8_t *all[CUR_DEPTHWISE_TAPS], *x[CUR_DEPTHWISE_TAPS], *w[CUR_DEPTHWISE_TAPS];
    uint32_t columns = cur_window_columns(window), channels = window->channels;
    const struct cur_place first = cur_window_place(window, 0, 0);
    for (uint32_t t = 0; t < weights->outputs; t++) {
        int8_t *unpacked = work->taps + t * channels;
        cur_depthwise_weights(unpacked, weights, t, 0, channels);
        all[t] = unpacked;
    }
    out += cells.from * channels;
    for (uint32_t i = cells.from; i < cells.to; i++, out += channels) {
        struct cur_place at = cur_window_from(window, &first, i / columns, i % columns);
        uint32_t taps = 0; /* those inside the image */
        for (int32_t y = at.top; y < at.bottom; y++) {
            for (int32_t z = at.left; z < at.right; z++, taps++) {
                x[taps] = in + (uint32_t)(y * window->width + z) * channels;
                w[taps] = all[(y - at.row) * window->kernel_width + z - at.column];
            }
        }
        for (uint32_t c = 0; c < channels; c++)
            work->sums[c] = sum_taps(x, w, taps, c);
        cur_requantize_portable(out, work->sums, channels, by);
    }
}

#ifdef CUR_KERNELS_PORTABLE

void cur_depthwise(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                   const struct cur_linear *weights, const struct cur_requantize *by,
                   struct cur_conv_work *work) {
    cur_depthwise_portable(out, in, window, cells, weights, by, work);
}

#endif
