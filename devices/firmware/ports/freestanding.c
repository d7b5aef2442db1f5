/* The four memory functions that compilers call by themselves, for ports without a C library. */
#include "../core/mem.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    uint8_t *t = to;
    const uint8_t *f = from;
    for (; n >= 4; n -= 4, t += 4, f += 4)
        cur_put_u32(t, cur_u32(f));
    while (n--)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (t < f) {
        while (n--)
            *t++ = *f++;
    } else {
        while (n--)
            t[n] = f[n];
    }
    return to;
}

void *memset(void *to, int value, size_t n) {
    uint8_t *t = to;
    for (; n >= 4; n -= 4, t += 4)
        cur_put_u32(t, 0x01010101u * (uint8_t)value);
    while (n--)
        *t++ = (uint8_t)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t n) {
    const uint8_t *x = a, *y = b;
    for (size_t i = 0; i < n; i++) {
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    }
    return 0;
}
