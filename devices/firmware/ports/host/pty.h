#ifndef CUR_HOST_PTY_H
#define CUR_HOST_PTY_H

#include <stddef.h>
#include <stdint.h>

/* A pseudo-terminal whose far end is the board's serial line. */

/* Opens it in raw mode; returns the path of the far end, or NULL with errno set. */
const char *pty_open(void);

/* Takes up to n bytes of what has arrived. */
size_t pty_read(uint8_t *bytes, size_t n);

/* Sends n bytes. Goes on receiving meanwhile; drops the rest when nobody takes them for a second, as a UART
 * would have done at once. */
void pty_write(const uint8_t *bytes, size_t n);

/* Waits for bytes, at most `ms` milliseconds. */
void pty_wait(int ms);

#endif
