#include "conv.h"
#include "conv_wasm.h"
#include "../mem.h"

typedef void linear(int32_t *, const struct cur_linear *, const int8_t *, struct cur_linear_work *);

/* The window's cells, one kernel row after the other, zeros where there is padding. */
static void gather(int8_t *codes, const int8_t *in, const struct cur_window *window,
                   const struct cur_place *place) {
    uint32_t channels = window->channels, row_bytes = window->kernel_width * channels;
    uint32_t inside = (uint32_t)(place->right - place->left) * channels;
    if (inside < row_bytes || place->bottom - place->top < window->kernel_height)
        memset(codes, 0, window->kernel_height * row_bytes);
    codes += (uint32_t)(place->top - place->row) * row_bytes;
    codes += (uint32_t)(place->left - place->column) * channels;
    in += ((uint32_t)place->top * window->width + (uint32_t)place->left) * channels;
    for (int32_t y = place->top; y < place->bottom; y++) {
        memcpy(codes, in, inside);
        codes += row_bytes;
        in += window->width * channels;
    }
}

static inline void conv(int8_t *out, const int8_t *in, const struct cur_window *window,
                        struct cur_cells cells, const struct cur_linear *weights,
                        const struct cur_requantize *by, struct cur_conv_work *work, linear *kernel,
                        cur_requantize_kernel *requantize) {
    uint32_t columns = cur_window_columns(window), y = cells.from / columns, x = cells.from % columns;
    int gathers = cur_conv_gathers(window, weights);
    memset(work->codes + weights->inputs, 0, -(uint32_t)weights->inputs % CUR_LINEAR_PADDING);
    out += cells.from * weights->outputs;
    for (uint32_t i = cells.from; i < cells.to; i++, out += weights->outputs) {
        const int8_t *codes = work->codes;
        if (gathers) {
            struct cur_place place = cur_window_place(window, y, x);
            gather(work->codes, in, window, &place);
        } else {
            codes = in + (y * window->width + x) * window->stride * window->channels;
        }
        kernel(work->sums, weights, codes, &work->linear);
        requantize(out, work->sums, weights->outputs, by);
        if (++x < columns) continue;
        x = 0;
        y++;
    }
}

void cur_conv(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
              const struct cur_linear *weights, const struct cur_requantize *by, struct cur_conv_work *work) {
#ifdef CUR_KERNELS_WASM
    if (weights->bits == 8) {
        cur_conv_wide(out, in, window, cells, weights, by);
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
