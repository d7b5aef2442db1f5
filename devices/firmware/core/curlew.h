#ifndef CUR_CURLEW_H
#define CUR_CURLEW_H

#include "board.h"

/* Starts (or restarts) the board: RAM state is new, flash state is read. `hal` must outlive it. */
void cur_init(struct cur_board *b, const struct cur_hal *hal);

/* Does the next piece of work: bytes up to one whole request, or one inference. Returns 0 when there was
 * nothing to do. Never waits. */
int cur_poll(struct cur_board *b);

#endif
