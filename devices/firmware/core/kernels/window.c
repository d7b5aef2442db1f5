#include "window.h"

static uint32_t steps(const struct cur_window *window, uint32_t size, uint32_t kernel) {
    if (window->same) return (size + window->stride - 1) / window->stride;
    return (size - kernel) / window->stride + 1;
}

uint32_t cur_window_rows(const struct cur_window *window) {
    if (window->rows) return window->rows;
    return steps(window, window->height, window->kernel_height);
}

uint32_t cur_window_columns(const struct cur_window *window) {
    return steps(window, window->width, window->kernel_width);
}

/* Cells of padding in front: half of all. */
static int32_t front(const struct cur_window *window, uint32_t size, uint32_t kernel) {
    if (!window->same) return 0;
    int32_t padding = (int32_t)((steps(window, size, kernel) - 1) * window->stride + kernel) - (int32_t)size;
    return ((padding > 0 ? padding : 0) + (window->same == 2)) / 2;
}

static int32_t above(const struct cur_window *window) {
    return window->rows ? window->above : front(window, window->height, window->kernel_height);
}

static int32_t least(int32_t a, int32_t b) {
    return a < b ? a : b;
}

struct cur_place cur_window_place(const struct cur_window *window, uint32_t out_row, uint32_t out_column) {
    int32_t row = (int32_t)(out_row * window->stride) - above(window);
    int32_t column =
        (int32_t)(out_column * window->stride) - front(window, window->width, window->kernel_width);
    return (struct cur_place){.row = row,
                              .column = column,
                              .top = row > 0 ? row : 0,
                              .bottom = least(row + window->kernel_height, window->height),
                              .left = column > 0 ? column : 0,
                              .right = least(column + window->kernel_width, window->width)};
}

struct cur_window cur_window_row(const struct cur_window *window, uint32_t out_row, uint32_t *first) {
    struct cur_place place = cur_window_place(window, out_row, 0);
    struct cur_window part = *window;
    *first = (uint32_t)place.top;
    part.height = (uint16_t)(place.bottom - place.top);
    part.rows = 1;
    part.above = (uint8_t)(place.top - place.row);
    return part;
}
