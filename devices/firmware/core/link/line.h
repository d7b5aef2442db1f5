#ifndef CUR_LINE_H
#define CUR_LINE_H

#include <stdint.h>

#include "../../hal/hal.h"

/*
 * The rate of the serial line (PROTOCOL.md, group 67, `line`). A new rate must prove itself: a request that
 * arrives whole at it within CUR_LINE_TRIAL_NS keeps it, else the board goes back. A rate that is not the
 * one after a start is also left when no request arrives whole for CUR_LINE_IDLE_NS, so that a board whose
 * lab has gone is found again where it was found first.
 */

#define CUR_LINE_TRIAL_NS 2000000000u
#define CUR_LINE_IDLE_NS  60000000000u

struct cur_line {
    uint32_t baud;     /* now, bits a second; 0: the line has none */
    uint32_t wanted;   /* to switch to once the answer has left; 0 none */
    uint32_t fallback; /* on trial: the rate to go back to; 0 not on trial */
    uint64_t since_ns; /* of the switch, or of the last whole request */
};

/* The line after a start. */
void cur_line_start(struct cur_line *line, const struct cur_hal *hal);

/* Asks for a rate; it is set by the next cur_line_answered. 0, or -1 where it is not to be had. */
int cur_line_want(struct cur_line *line, const struct cur_hal *hal, uint32_t baud);

/* A request has arrived whole. */
void cur_line_heard(struct cur_line *line, const struct cur_hal *hal);

/* Its answer has been handed over. */
void cur_line_answered(struct cur_line *line, const struct cur_hal *hal);

/* Goes back where it is time to. Called in every pass of the main loop. */
void cur_line_poll(struct cur_line *line, const struct cur_hal *hal);

#endif
