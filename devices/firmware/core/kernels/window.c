#include "window.h"

static uint32_t steps(const struct cur_window *window, uint32_t size, uint32_t kernel) {
    if (window->same) return (size + window->stride - 1) / window->stride;
    return (size - kernel) / window->stride + 1;
}

uint32_t cur_window_rows(const struct cur_window *window) {
    return steps(window, window->height, window->kernel_height);
}

uint32_t cur_window_columns(const struct cur_window *window) {
    return steps(window, window->width, window->kernel_width);
}

/* Where step `at` starts: before 0 by half of all padding. */
static int32_t start(const struct cur_window *window, uint32_t size, uint32_t kernel, uint32_t at) {
    int32_t padding = 0;
    if (window->same) {
        padding = (int32_t)((steps(window, size, kernel) - 1) * window->stride + kernel) - (int32_t)size;
        if (padding < 0) padding = 0;
    }
    return (int32_t)(at * window->stride) - (padding + (window->same == 2)) / 2;
}

static int32_t least(int32_t a, int32_t b) {
    return a < b ? a : b;
}

struct cur_place cur_window_place(const struct cur_window *window, uint32_t out_row, uint32_t out_column) {
    int32_t row = start(window, window->height, window->kernel_height, out_row);
    int32_t column = start(window, window->width, window->kernel_width, out_column);
    return (struct cur_place){.row = row,
                              .column = column,
                              .top = row > 0 ? row : 0,
                              .bottom = least(row + window->kernel_height, window->height),
                              .left = column > 0 ? column : 0,
                              .right = least(column + window->kernel_width, window->width)};
}
