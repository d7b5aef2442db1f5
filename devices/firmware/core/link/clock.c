#include "clock.h"

static const uint32_t minute_ms = 60000, day_ms = 86400000;

uint64_t cur_clock_at(const struct cur_clock *clock, uint64_t uptime_ms) {
    return clock->sets ? (uint64_t)(clock->from_ms + (int64_t)uptime_ms) : 0;
}

void cur_clock_set(struct cur_clock *clock, uint64_t wall_ms, uint64_t uptime_ms) {
    clock->from_ms = (int64_t)wall_ms - (int64_t)uptime_ms;
    clock->set_ms = wall_ms;
    clock->sets++;
}

/* Days before the first of March of a year, since that of year 0: leap days end the years that begin there.
 */
static uint32_t days_before(uint32_t year) {
    return 365 * year + year / 4 - year / 100 + year / 400;
}

/* Days from the first of March to the first of the month that many months later. */
static uint32_t days_to_month(uint32_t month) {
    return (153 * month + 2) / 5;
}

enum { DAYS_TO_1970 = 719468 }; /* from the first of March of year 0 to the first of January 1970 */

static uint32_t days_in_month(uint32_t year, uint32_t month) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static uint32_t days_since_1970(uint32_t year, uint32_t month, uint32_t day) {
    uint32_t from_march = (month + 9) % 12;
    return days_before(year - (month < 3)) + days_to_month(from_march) + day - 1 - DAYS_TO_1970;
}

static void put_digits(uint8_t *to, uint32_t digits, uint32_t value) {
    while (digits--) {
        to[digits] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
}

void cur_clock_write(uint8_t text[CUR_CLOCK_TEXT], uint64_t wall_ms) {
    uint32_t days = (uint32_t)(wall_ms / day_ms) + DAYS_TO_1970, ms = (uint32_t)(wall_ms % day_ms);
    uint32_t year = days / 365, month = 11;
    while (days_before(year) > days)
        year--;
    days -= days_before(year);
    while (days_to_month(month) > days)
        month--;
    for (int i = 0; i < CUR_CLOCK_TEXT; i++)
        text[i] = (uint8_t) "0000-00-00T00:00:00.000"[i];
    put_digits(text, 4, year + (month >= 10));
    put_digits(text + 5, 2, (month + 2) % 12 + 1);
    put_digits(text + 8, 2, days - days_to_month(month) + 1);
    put_digits(text + 11, 2, ms / 3600000);
    put_digits(text + 14, 2, ms / minute_ms % 60);
    put_digits(text + 17, 2, ms / 1000 % 60);
    put_digits(text + 20, 3, ms % 1000);
}

/* What is left of a text. */
struct rest {
    const uint8_t *at, *end;
};

static int is_digit(const struct rest *r) {
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* A number of so many digits in a range, behind `before` (0: nothing). 0 or -1. */
static int take(struct rest *r, char before, int digits, uint32_t least, uint32_t most, uint32_t *value) {
    if (before && (r->at == r->end || *r->at++ != (uint8_t)before)) return -1;
    *value = 0;
    for (; digits > 0 && is_digit(r); digits--)
        *value = 10 * *value + (*r->at++ - (uint32_t)'0');
    return digits == 0 && *value >= least && *value <= most ? 0 : -1;
}

/* The fraction of a second, in whole milliseconds. 0 or -1. */
static int take_fraction(struct rest *r, uint32_t *ms) {
    uint32_t worth = 100, digits = 0;
    *ms = 0;
    if (r->at == r->end || *r->at != '.') return 0;
    for (r->at++; is_digit(r); digits++, worth /= 10)
        *ms += worth * (*r->at++ - (uint32_t)'0');
    return digits >= 1 && digits <= 9 ? 0 : -1;
}

/* Minutes that the zone is ahead of UTC. 0 or -1. */
static int take_zone(struct rest *r, int32_t *ahead) {
    uint32_t hours, minutes;
    *ahead = 0;
    if (r->at == r->end) return 0;
    char sign = (char)*r->at;
    if (sign == 'Z' || sign == 'z') {
        r->at++;
    } else {
        if (sign != '+' && sign != '-') return -1;
        if (take(r, sign, 2, 0, 23, &hours) || take(r, ':', 2, 0, 59, &minutes)) return -1;
        *ahead = (sign == '-' ? -1 : 1) * (int32_t)(60 * hours + minutes);
    }
    return r->at == r->end ? 0 : -1;
}

int cur_clock_read(uint64_t *wall_ms, const uint8_t *text, size_t n) {
    struct rest r = {text, text + n};
    uint32_t year, month, day, hour, minute, second, ms;
    int32_t ahead;
    if (take(&r, 0, 4, 2000, 2199, &year) || take(&r, '-', 2, 1, 12, &month) ||
        take(&r, '-', 2, 1, days_in_month(year, month), &day) || take(&r, 'T', 2, 0, 23, &hour) ||
        take(&r, ':', 2, 0, 59, &minute) || take(&r, ':', 2, 0, 59, &second) || take_fraction(&r, &ms) ||
        take_zone(&r, &ahead)) {
        return -1;
    }
    uint64_t local = (uint64_t)days_since_1970(year, month, day) * day_ms +
                     ((60 * hour + minute) * 60 + second) * 1000 + ms;
    *wall_ms = (uint64_t)((int64_t)local - (int64_t)ahead * minute_ms);
    return 0;
}
