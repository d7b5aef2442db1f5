#ifndef CUR_WATCHDOG_H
#define CUR_WATCHDOG_H

#include "../hal/hal.h"

/* Tells the watchdog that all is well. */
static inline void cur_watchdog_feed(const struct cur_hal *hal) {
    if (hal->watchdog_feed) hal->watchdog_feed(hal->ctx);
}

#endif
