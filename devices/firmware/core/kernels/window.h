#ifndef CUR_WINDOW_H
#define CUR_WINDOW_H

#include <stdint.h>

/* An image and the window that slides over it. */
struct cur_window {
    uint16_t height, width, channels;    /* of the input, at least 1 each */
    uint8_t kernel_height, kernel_width; /* at least 1; no larger than the input unless `same` */
    uint8_t stride;                      /* 1 or 2, both ways */
    uint8_t same; /* 0: no padding; else so much that the output is ceil(input / stride), the odd cell of
                     padding behind (1) or in front (2) */
    /* Where the input is but some rows of an image: how many rows of output they are for, and how many rows
     * of padding are above them; what lies below them is padding. `same` is then of the columns alone. A
     * whole image has 0 and 0. */
    uint8_t rows, above;
};

/* Of a row of the input. */
static inline uint32_t cur_window_row_bytes(const struct cur_window *window) {
    return (uint32_t)window->width * window->channels;
}

/* Rows and columns of the output. */
uint32_t cur_window_rows(const struct cur_window *window);
uint32_t cur_window_columns(const struct cur_window *window);

/* A stretch of the output's cells, counted row by row: from `from` to before `to`. A layer may be run stretch
 * by stretch. */
struct cur_cells {
    uint32_t from, to;
};

/* All cells of the output. */
static inline struct cur_cells cur_window_cells(const struct cur_window *window) {
    return (struct cur_cells){0, cur_window_rows(window) * cur_window_columns(window)};
}

/* The part of a window that lies inside the image: rows from `top` to before `bottom`, columns likewise; the
 * window itself starts at (`row`, `column`), outside where there is padding. */
struct cur_place {
    int32_t row, column, top, bottom, left, right;
};

struct cur_place cur_window_place(const struct cur_window *window, uint32_t out_row, uint32_t out_column);

/* Of a whole image: the window for row `out_row` of the output alone, over those of the image's rows that it
 * needs, `height` of them from `*first` on. */
struct cur_window cur_window_row(const struct cur_window *window, uint32_t out_row, uint32_t *first);

/* The same as cur_window_place by way of where the first window, at (0, 0), lies: no divisions. */
static inline struct cur_place cur_window_from(const struct cur_window *window, const struct cur_place *first,
                                               uint32_t out_row, uint32_t out_column) {
    int32_t row = first->row + (int32_t)(out_row * window->stride);
    int32_t column = first->column + (int32_t)(out_column * window->stride);
    int32_t bottom = row + window->kernel_height, right = column + window->kernel_width;
    return (struct cur_place){.row = row,
                              .column = column,
                              .top = row > 0 ? row : 0,
                              .bottom = bottom < window->height ? bottom : window->height,
                              .left = column > 0 ? column : 0,
                              .right = right < window->width ? right : window->width};
}

/* Columns of the output, from `from` to before `to`; none where these are the same. */
struct cur_run {
    uint32_t from, to;
};

/* Those of a row of the output whose windows lie whole in the image. */
static inline struct cur_run cur_window_whole(const struct cur_window *window, const struct cur_place *first,
                                              uint32_t out_row) {
    int32_t row = first->row + (int32_t)(out_row * window->stride);
    int32_t last = window->width - window->kernel_width - first->column; /* of the first column's steps */
    if (row < 0 || row + window->kernel_height > window->height || last < 0) return (struct cur_run){0, 0};
    uint32_t stride = window->stride;
    return (struct cur_run){((uint32_t)-first->column + stride - 1) / stride, (uint32_t)last / stride + 1};
}

#endif
