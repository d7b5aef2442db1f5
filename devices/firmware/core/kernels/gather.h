#ifndef CUR_GATHER_H
#define CUR_GATHER_H

#include "window.h"
#include "../mem.h"

/* By words: rows of windows are so short that calls would cost more than they copy. */
static inline __attribute__((always_inline)) void cur_gather_row(int8_t *to, const int8_t *from, uint32_t n) {
    for (; n >= 4; n -= 4, to += 4, from += 4)
        cur_put_u32((uint8_t *)to, cur_u32((const uint8_t *)from));
    for (; n; n--)
        *to++ = *from++;
}

/* The window's cells, one kernel row after the other, zeros where there is padding. */
static inline void cur_gather(int8_t *codes, const int8_t *in, const struct cur_window *window,
                              const struct cur_place *place) {
    uint32_t channels = window->channels, row_bytes = window->kernel_width * channels;
    uint32_t inside = (uint32_t)(place->right - place->left) * channels;
    if (inside < row_bytes || place->bottom - place->top < window->kernel_height)
        memset(codes, 0, window->kernel_height * row_bytes);
    codes += (uint32_t)(place->top - place->row) * row_bytes;
    codes += (uint32_t)(place->left - place->column) * channels;
    in += ((uint32_t)place->top * window->width + (uint32_t)place->left) * channels;
    for (int32_t y = place->top; y < place->bottom; y++) {
        cur_gather_row(codes, in, inside);
        codes += row_bytes;
        in += window->width * channels;
    }
}

/* Where the activations of cell (y, x) of the output lie in order; they are copied to `codes` if they do not
 * in the image (cur_conv_gathers). */
static inline const int8_t *cur_window_codes(int8_t *codes, const int8_t *in, const struct cur_window *window,
                                             const struct cur_place *first, uint32_t y, uint32_t x,
                                             int gathers) {
    if (!gathers) return in + (y * window->width + x) * window->stride * window->channels;
    struct cur_place place = cur_window_from(window, first, y, x);
    cur_gather(codes, in, window, &place);
    return codes;
}

#endif
