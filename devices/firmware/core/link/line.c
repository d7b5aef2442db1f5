#include "line.h"

void cur_line_start(struct cur_line *line, const struct cur_hal *hal) {
    *line = (struct cur_line){.baud = hal->baud};
}

int cur_line_want(struct cur_line *line, const struct cur_hal *hal, uint32_t baud) {
    if (!hal->uart_baud || !line->baud || !baud) return -1;
    /* Only the hardware knows its divisors: set and set back, while the lab is quiet for its answer. */
    if (baud != line->baud) {
        if (hal->uart_baud(hal->ctx, baud)) return -1;
        hal->uart_baud(hal->ctx, line->baud);
    }
    line->wanted = baud;
    return 0;
}

void cur_line_heard(struct cur_line *line, const struct cur_hal *hal) {
    if (line->baud == hal->baud && !line->fallback) return;
    line->fallback = 0;
    line->since_ns = hal->now_ns(hal->ctx);
}

void cur_line_answered(struct cur_line *line, const struct cur_hal *hal) {
    uint32_t baud = line->wanted;
    line->wanted = 0;
    if (!baud || baud == line->baud || hal->uart_baud(hal->ctx, baud)) return;
    line->fallback = line->baud;
    line->baud = baud;
    line->since_ns = hal->now_ns(hal->ctx);
}

void cur_line_poll(struct cur_line *line, const struct cur_hal *hal) {
    if (line->baud == hal->baud && !line->fallback) return;
    uint64_t quiet_ns = hal->now_ns(hal->ctx) - line->since_ns;
    uint32_t back = line->fallback ? line->fallback : hal->baud;
    if (quiet_ns < (line->fallback ? CUR_LINE_TRIAL_NS : CUR_LINE_IDLE_NS)) return;
    if (hal->uart_baud(hal->ctx, back)) return;
    line->baud = back;
    line->fallback = 0;
    line->since_ns += quiet_ns;
}
