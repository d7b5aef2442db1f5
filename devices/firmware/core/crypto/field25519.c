#include "field25519.h"
#include "../mem.h"

/* Adds carry * 2^256 as carry * 38. The carry is at most 38, so what overflows leaves less than 38 * 38: the
 * second time nothing is carried beyond the first limb. */
static void fold(struct cur_field *r, uint32_t carry) {
    uint64_t t = (uint64_t)carry * 38;
    for (int i = 0; i < 8; i++) {
        t += r->limb[i];
        r->limb[i] = (uint32_t)t;
        t >>= 32;
    }
    r->limb[0] += (uint32_t)t * 38;
}

void cur_field_add(struct cur_field *r, const struct cur_field *a, const struct cur_field *b) {
    uint64_t t = 0;
    for (int i = 0; i < 8; i++) {
        t += (uint64_t)a->limb[i] + b->limb[i];
        r->limb[i] = (uint32_t)t;
        t >>= 32;
    }
    fold(r, (uint32_t)t);
}

/* r = a - b modulo 2^256; 1 if it borrowed. */
static uint32_t subtract(struct cur_field *r, const struct cur_field *a, const struct cur_field *b) {
    uint32_t borrow = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t t = (uint64_t)a->limb[i] - b->limb[i] - borrow;
        r->limb[i] = (uint32_t)t;
        borrow = (uint32_t)(t >> 63);
    }
    return borrow;
}

void cur_field_sub(struct cur_field *r, const struct cur_field *a, const struct cur_field *b) {
    static const struct cur_field wrap = {{38}};
    if (subtract(r, a, b) && subtract(r, r, &wrap)) r->limb[0] -= 38;
}

void cur_field_mul(struct cur_field *r, const struct cur_field *a, const struct cur_field *b) {
    uint32_t t[16] = {0};
    for (int i = 0; i < 8; i++) {
        uint32_t carry = 0;
        for (int j = 0; j < 8; j++) {
            uint64_t v = (uint64_t)a->limb[i] * b->limb[j] + t[i + j] + carry;
            t[i + j] = (uint32_t)v;
            carry = (uint32_t)(v >> 32);
        }
        t[i + 8] = carry;
    }
    uint32_t carry = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t v = (uint64_t)t[i + 8] * 38 + t[i] + carry;
        r->limb[i] = (uint32_t)v;
        carry = (uint32_t)(v >> 32);
    }
    fold(r, carry);
}

/* r = a^(2^n) * b */
static void square_times(struct cur_field *r, const struct cur_field *a, int n, const struct cur_field *b) {
    struct cur_field t = *a;
    for (int i = 0; i < n; i++)
        cur_field_mul(&t, &t, &t);
    cur_field_mul(r, &t, b);
}

/* r = a^(2^250 - 1), by runs of ones that double: 249 squarings and 11 products. */
static void ones(struct cur_field *r, const struct cur_field *a) {
    struct cur_field x5, x10, x50;
    square_times(&x10, a, 1, a);
    square_times(&x5, &x10, 2, &x10);
    square_times(&x5, &x5, 1, a);
    square_times(&x10, &x5, 5, &x5);
    square_times(&x50, &x10, 10, &x10);
    square_times(&x50, &x50, 20, &x50);
    square_times(&x50, &x50, 10, &x10);
    square_times(r, &x50, 50, &x50);
    square_times(r, r, 100, r);
    square_times(r, r, 50, &x50);
}

/* p - 2 = (2^250 - 1) 2^5 + 11 */
void cur_field_invert(struct cur_field *r, const struct cur_field *a) {
    struct cur_field a11, t;
    square_times(&a11, a, 2, a);    /* a^5 */
    square_times(&a11, &a11, 1, a); /* a^11 */
    ones(&t, a);
    square_times(r, &t, 5, &a11);
}

/* (p - 5) / 8 = (2^250 - 1) 2^2 + 1 */
void cur_field_root_power(struct cur_field *r, const struct cur_field *a) {
    struct cur_field t;
    ones(&t, a);
    square_times(r, &t, 2, a);
}

static uint32_t add_small(struct cur_field *r, uint32_t small) {
    uint64_t t = small;
    for (int i = 0; i < 8; i++) {
        t += r->limb[i];
        r->limb[i] = (uint32_t)t;
        t >>= 32;
    }
    return r->limb[7] >> 31;
}

void cur_field_reduce(struct cur_field *a) {
    uint32_t top = a->limb[7] >> 31;
    a->limb[7] &= 0x7fffffff;
    add_small(a, 19 * top); /* below 2^255 + 19 now */
    struct cur_field above = *a;
    if (add_small(&above, 19)) { /* a + 19 reaches 2^255: a is at least p */
        *a = above;
        a->limb[7] &= 0x7fffffff;
    }
}

int cur_field_equal(const struct cur_field *a, const struct cur_field *b) {
    static const struct cur_field zero;
    struct cur_field difference;
    cur_field_sub(&difference, a, b);
    cur_field_reduce(&difference);
    return memcmp(&difference, &zero, sizeof zero) == 0;
}

void cur_field_load(struct cur_field *r, const uint8_t bytes[32]) {
    memcpy(r->limb, bytes, 32);
}

void cur_field_store(uint8_t bytes[32], const struct cur_field *a) {
    struct cur_field reduced = *a;
    cur_field_reduce(&reduced);
    memcpy(bytes, reduced.limb, 32);
}
