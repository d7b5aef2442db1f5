#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

enum { RING = 32768, PATIENCE_MS = 1000 };

static int line = -1;
static uint8_t ring[RING];
static size_t ring_start, ring_len;

const char *pty_open(void) {
    line = posix_openpt(O_RDWR | O_NOCTTY);
    if (line < 0 || grantpt(line) || unlockpt(line)) return NULL;
    const char *path = ptsname(line);
    if (!path) return NULL;
    /* Kept open here: otherwise reading fails whenever no one else has it open, and the settings are lost. */
    int far = open(path, O_RDWR | O_NOCTTY);
    struct termios settings;
    if (far < 0 || tcgetattr(far, &settings)) return NULL;
    cfmakeraw(&settings);
    if (tcsetattr(far, TCSANOW, &settings)) return NULL;
    if (fcntl(line, F_SETFL, O_NONBLOCK)) return NULL;
    return path;
}

/* Moves what the terminal holds into the ring, as far as there is room. */
static void absorb(void) {
    while (ring_len < RING) {
        size_t at = (ring_start + ring_len) % RING;
        size_t room = at < ring_start ? ring_start - at : RING - at;
        if (room > RING - ring_len) room = RING - ring_len;
        ssize_t got = read(line, ring + at, room);
        if (got <= 0) return;
        ring_len += (size_t)got;
    }
}

size_t pty_read(uint8_t *bytes, size_t n) {
    if (ring_len == 0) absorb();
    size_t taken = 0;
    while (taken < n && ring_len) {
        bytes[taken++] = ring[ring_start];
        ring_start = (ring_start + 1) % RING;
        ring_len--;
    }
    return taken;
}

void pty_write(const uint8_t *bytes, size_t n) {
    while (n) {
        ssize_t put = write(line, bytes, n);
        if (put > 0) {
            bytes += put;
            n -= (size_t)put;
            continue;
        }
        if (put < 0 && errno != EAGAIN && errno != EINTR) return;
        short interest = ring_len < RING ? POLLIN | POLLOUT : POLLOUT;
        struct pollfd wait = {.fd = line, .events = interest};
        if (poll(&wait, 1, PATIENCE_MS) == 0) return;
        absorb();
    }
}

void pty_wait(int ms) {
    struct pollfd wait = {.fd = line, .events = POLLIN};
    poll(&wait, 1, ms);
}
