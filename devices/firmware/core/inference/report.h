#ifndef CUR_REPORT_H
#define CUR_REPORT_H

#include "../../hal/hal.h"
#include "../kernels/linear.h"

/* Tells the port of work done. */
static inline void cur_report(const struct cur_hal *hal, enum cur_kernel kernel, uint32_t units) {
    if (hal->work) hal->work(hal->ctx, kernel, units);
}

#endif
