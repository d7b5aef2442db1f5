#include "conv.h"
#include "conv_8_bits.h"
#include "gather.h"
#include "../mem.h"

typedef void linear(int32_t *, const struct cur_linear *, const int8_t *, struct cur_linear_work *);

static inline void conv(int8_t *out, const int8_t *in, const struct cur_window *window,
                        struct cur_cells cells, const struct cur_linear *weights,
                        const struct cur_requantize *by, struct cur_conv_work *work, linear *kernel,
                        cur_requantize_kernel *requantize) {
    uint32_t columns = cur_window_columns(window), y = cells.from / columns, x = cells.from % columns;
    const struct cur_place first = cur_window_place(window, 0, 0);
    int gathers = cur_conv_gathers(window, weights);
    memset(work->codes + weights->inputs, 0, -(uint32_t)weights->inputs % CUR_LINEAR_PADDING);
    out += cells.from * weights->outputs;
    for (uint32_t i = cells.from; i < cells.to; i++, out += weights->outputs) {
        const int8_t *codes = cur_window_codes(work->codes, in, window, &first, y, x, gathers);
        kernel(work->sums, weights, codes, &work->linear);
        requantize(out, work->sums, weights->outputs, by);
        if (++x < columns) continue;
        x = 0;
        y++;
    }
}

void cur_conv(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
              const struct cur_linear *weights, const struct cur_requantize *by, struct cur_conv_work *work) {
#ifndef CUR_KERNELS_PORTABLE
    if (weights->bits == 8) {
        cur_conv_8_bits(out, in, window, cells, weights, by, work);
        return;
    }
#endif
    conv(out, in, window, cells, weights, by, work, cur_linear, cur_requantize);
}

void cur_conv_portable(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                       const struct cur_linear *weights, const struct cur_requantize *by,
                       struct cur_conv_work *work) {
    conv(out, in, window, cells, weights, by, work, cur_linear_portable, cur_requantize_portable);
}
