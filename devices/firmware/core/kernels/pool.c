#include "pool.h"
#include "variant.h"

/* One channel of one window. */
static void largest(int8_t *out, const struct cur_area *area) {
    const int8_t *row = area->in;
    int8_t most = *row;
    for (uint32_t y = 0; y < area->rows; y++, row += area->row) {
        const int8_t *at = row;
        for (uint32_t x = 0; x < area->columns; x++, at += area->cell)
            most = *at > most ? *at : most;
    }
    *out = most;
}

static void mean(int8_t *out, const struct cur_area *area) {
    const int8_t *row = area->in;
    int32_t sum = 0;
    for (uint32_t y = 0; y < area->rows; y++, row += area->row) {
        const int8_t *at = row;
        for (uint32_t x = 0; x < area->columns; x++, at += area->cell)
            sum += *at;
    }
    *out = (int8_t)cur_mean(sum, (int32_t)(area->rows * area->columns));
}

void cur_average_pool_portable(int8_t *out, const int8_t *in, const struct cur_window *window,
                               struct cur_cells cells) {
    cur_pool_walk(out, in, window, cells, mean, 1);
}

void cur_max_pool_portable(int8_t *out, const int8_t *in, const struct cur_window *window,
                           struct cur_cells cells) {
    cur_pool_walk(out, in, window, cells, largest, 1);
}

#ifdef CUR_KERNELS_PORTABLE

void cur_average_pool(int8_t *out, const int8_t *in, const struct cur_window *window,
                      struct cur_cells cells) {
    cur_average_pool_portable(out, in, window, cells);
}

void cur_max_pool(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells) {
    cur_max_pool_portable(out, in, window, cells);
}

#endif
