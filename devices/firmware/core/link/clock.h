#ifndef CUR_CLOCK_H
#define CUR_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* The time of day, which a client sets and the uptime counts on from; a start forgets it. */
struct cur_clock {
    int64_t from_ms; /* since 1970, of uptime 0 */
    uint64_t set_ms; /* since 1970: what it was last set to */
    uint32_t sets;   /* since the start; 0: the time is not known */
};

/* Milliseconds since 1970 at an uptime; 0: not known. */
uint64_t cur_clock_at(const struct cur_clock *clock, uint64_t uptime_ms);

/* It is `wall_ms` now, at `uptime_ms`. */
void cur_clock_set(struct cur_clock *clock, uint64_t wall_ms, uint64_t uptime_ms);

enum { CUR_CLOCK_TEXT = 23 }; /* bytes of `2026-11-28T03:25:23.123` */

/* A time as RFC 3339 writes it, in UTC and without its Z, as Zephyr's boards do; of the years 1970 to 9999.
 */
void cur_clock_write(uint8_t text[CUR_CLOCK_TEXT], uint64_t wall_ms);

/* Reads a time of RFC 3339: a fraction of up to nine digits and a zone (`Z`, `+01:00`) may be left out, and
 * the time is UTC then. Of 2000 to 2199; 0, or -1 for anything else. */
int cur_clock_read(uint64_t *wall_ms, const uint8_t *text, size_t n);

#endif
