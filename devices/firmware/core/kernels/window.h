#ifndef CUR_WINDOW_H
#define CUR_WINDOW_H

#include "conv.h"

/* The part of a window that lies inside the image: rows from `top` to before `bottom`, columns likewise; the
 * window itself starts at (`row`, `column`), outside where there is padding. */
struct cur_place {
    int32_t row, column, top, bottom, left, right;
};

struct cur_place cur_window_place(const struct cur_window *window, uint32_t out_row, uint32_t out_column);

#endif
