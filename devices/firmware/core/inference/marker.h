#ifndef CUR_MARKER_H
#define CUR_MARKER_H

#include "../../hal/hal.h"

/* An inference runs, and in it the part of that line (enum cur_marker); 0: none runs. */
static inline void cur_mark(const struct cur_hal *hal, uint32_t part) {
    if (hal->mark) hal->mark(hal->ctx, part ? CUR_MARK_INFERENCE | part : 0);
}

#endif
