#include "conv.h"

/* One channel of one window: the sum or the largest. */
static int32_t fold(const int8_t *in, const struct cur_window *window, const struct cur_place *at,
                    int largest) {
    int32_t folded = largest ? -128 : 0;
    for (int32_t y = at->top; y < at->bottom; y++) {
        for (int32_t x = at->left; x < at->right; x++) {
            int32_t value = in[(uint32_t)(y * window->width + x) * window->channels];
            if (!largest)
                folded += value;
            else if (value > folded)
                folded = value;
        }
    }
    return folded;
}

static int32_t mean(int32_t sum, int32_t count) {
    return (sum < 0 ? sum - count / 2 : sum + count / 2) / count;
}

static inline void pool(int8_t *out, const int8_t *in, const struct cur_window *window,
                        struct cur_cells cells, int largest) {
    uint32_t columns = cur_window_columns(window);
    out += cells.from * window->channels;
    for (uint32_t i = cells.from; i < cells.to; i++) {
        struct cur_place at = cur_window_place(window, i / columns, i % columns);
        int32_t count = (at.bottom - at.top) * (at.right - at.left);
        for (uint32_t c = 0; c < window->channels; c++) {
            int32_t folded = fold(in + c, window, &at, largest);
            *out++ = (int8_t)(largest ? folded : mean(folded, count));
        }
    }
}

void cur_average_pool(int8_t *out, const int8_t *in, const struct cur_window *window,
                      struct cur_cells cells) {
    pool(out, in, window, cells, 0);
}

void cur_max_pool(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells) {
    pool(out, in, window, cells, 1);
}
