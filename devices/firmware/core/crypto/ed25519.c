#include "ed25519.h"
#include "../mem.h"
#include "field25519.h"
#include "sha512.h"

/* A point of -x^2 + y^2 = 1 + d x^2 y^2 in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. */
struct point {
    struct cur_field x, y, z, t;
};

static const struct cur_field zero, one = {{1}};

/* d = -121665/121666 */
static const struct cur_field d = {{0x135978a3, 0x75eb4dca, 0x4141d8ab, 0x00700a4d, //
                                    0x7779e898, 0x8cc74079, 0x2b6ffe73, 0x52036cee}};

/* A square root of -1: 2^((p - 1) / 4). */
static const struct cur_field root_of_minus_one = {{0x4a0ea0b0, 0xc4ee1b27, 0xad2fe478, 0x2f431806, //
                                                    0x3dfbd7a7, 0x2b4d0099, 0x4fc1df0b, 0x2b832480}};

/* B: y = 4/5, x even. */
static const struct point base = {{{0x8f25d51a, 0xc9562d60, 0x9525a7b2, 0x692cc760, //
                                    0xfdd6dc5c, 0xc0a4e231, 0xcd6e53fe, 0x216936d3}},
                                  {{0x66666658, 0x66666666, 0x66666666, 0x66666666, //
                                    0x66666666, 0x66666666, 0x66666666, 0x66666666}},
                                  {{1}},
                                  {{0xa5b7dda3, 0x6dde8ab3, 0x775152f5, 0x20f09f80, //
                                    0x64abe37d, 0x66ea4e8e, 0xd78b7665, 0x67875f0f}}};

/* L, the order of B: 2^252 + 27742317777372353535851937790883648493. */
static const uint32_t order[8] = {0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000};

/* r = a + b, whatever the points: RFC 8032, section 5.1.4. r may be a. */
static void add(struct point *r, const struct point *a, const struct point *b) {
    struct cur_field p, q, s;
    cur_field_sub(&p, &a->y, &a->x);
    cur_field_sub(&s, &b->y, &b->x);
    cur_field_mul(&p, &p, &s); /* A */
    cur_field_add(&q, &a->y, &a->x);
    cur_field_add(&s, &b->y, &b->x);
    cur_field_mul(&q, &q, &s); /* B */
    cur_field_sub(&s, &q, &p); /* E = B - A */
    cur_field_add(&q, &q, &p); /* H = B + A */
    struct cur_field c, f;
    cur_field_mul(&c, &a->t, &b->t);
    cur_field_mul(&c, &c, &d);
    cur_field_add(&c, &c, &c); /* C = 2 d T1 T2 */
    cur_field_mul(&f, &a->z, &b->z);
    cur_field_add(&f, &f, &f); /* D = 2 Z1 Z2 */
    cur_field_add(&p, &f, &c); /* G = D + C */
    cur_field_sub(&f, &f, &c); /* F = D - C */
    cur_field_mul(&r->x, &s, &f);
    cur_field_mul(&r->y, &p, &q);
    cur_field_mul(&r->z, &f, &p);
    cur_field_mul(&r->t, &s, &q);
}

/* r = r + r, with four products fewer. */
static void twice(struct point *r) {
    struct cur_field a, b, e, f;
    cur_field_add(&e, &r->x, &r->y);
    cur_field_mul(&e, &e, &e);
    cur_field_mul(&a, &r->x, &r->x);
    cur_field_mul(&b, &r->y, &r->y);
    cur_field_mul(&f, &r->z, &r->z);
    cur_field_add(&f, &f, &f);    /* C = 2 Z1^2 */
    cur_field_add(&r->t, &a, &b); /* H = A + B, in the place of T */
    cur_field_sub(&e, &r->t, &e); /* E = H - (X1 + Y1)^2 */
    cur_field_sub(&b, &a, &b);    /* G = A - B */
    cur_field_add(&f, &f, &b);    /* F = C + G */
    cur_field_mul(&r->x, &e, &f);
    cur_field_mul(&r->y, &b, &r->t);
    cur_field_mul(&r->z, &f, &b);
    cur_field_mul(&r->t, &e, &r->t);
}

/* The point that 32 bytes stand for: RFC 8032, section 5.1.3. -1 where they are not the canonical writing of
 * a point of the curve. */
static int read_point(struct point *r, const uint8_t bytes[32]) {
    uint8_t written[32];
    struct cur_field u, v, w;
    uint32_t sign = bytes[31] >> 7;
    cur_field_load(&r->y, bytes);
    r->y.limb[7] &= 0x7fffffff;
    cur_field_store(written, &r->y);
    if (memcmp(written, bytes, 31) != 0 || written[31] != (bytes[31] & 0x7f)) return -1;

    cur_field_mul(&v, &r->y, &r->y);
    cur_field_sub(&u, &v, &one);
    cur_field_mul(&v, &v, &d);
    cur_field_add(&v, &v, &one);
    /* x = u v^3 (u v^7)^((p - 5) / 8) is a root of u / v, or of -u / v */
    cur_field_mul(&w, &v, &v);
    cur_field_mul(&w, &w, &v);    /* v^3 */
    cur_field_mul(&r->x, &w, &u); /* u v^3 */
    cur_field_mul(&w, &w, &r->x);
    cur_field_mul(&w, &w, &v); /* u v^7 */
    cur_field_root_power(&w, &w);
    cur_field_mul(&r->x, &r->x, &w);
    cur_field_mul(&w, &r->x, &r->x);
    cur_field_mul(&w, &w, &v); /* v x^2 */
    if (!cur_field_equal(&w, &u)) {
        cur_field_mul(&r->x, &r->x, &root_of_minus_one);
        cur_field_add(&w, &w, &u);
        if (!cur_field_equal(&w, &zero)) return -1;
    }
    cur_field_reduce(&r->x);
    if ((r->x.limb[0] & 1) != sign) {
        if (cur_field_equal(&r->x, &zero)) return -1; /* there is no -0 */
        cur_field_sub(&r->x, &zero, &r->x);
    }
    r->z = one;
    cur_field_mul(&r->t, &r->x, &r->y);
    return 0;
}

static void write_point(uint8_t bytes[32], const struct point *a) {
    struct cur_field x, y;
    cur_field_invert(&y, &a->z);
    cur_field_mul(&x, &a->x, &y);
    cur_field_mul(&y, &a->y, &y);
    cur_field_reduce(&x);
    cur_field_store(bytes, &y);
    bytes[31] |= (uint8_t)(x.limb[0] << 7);
}

/* Whether 8 a is the neutral element (0, 1). */
static int has_small_order(const struct point *a) {
    struct point r = *a;
    for (int i = 0; i < 3; i++)
        twice(&r);
    return cur_field_equal(&r.x, &zero) && cur_field_equal(&r.y, &r.z);
}

static int below_order(const uint32_t s[8]) {
    for (int i = 7; i >= 0; i--) {
        if (s[i] != order[i]) return s[i] < order[i];
    }
    return 0;
}

/* r = the 512-bit little-endian number modulo L, a bit at a time: r stays below 2 L, which fits. */
static void reduce_by_order(uint32_t r[8], const uint8_t digest[64]) {
    memset(r, 0, 32);
    for (int bit = 511; bit >= 0; bit--) {
        uint32_t carry = digest[bit / 8] >> (bit % 8) & 1;
        for (int i = 0; i < 8; i++) {
            uint32_t up = r[i] >> 31;
            r[i] = r[i] << 1 | carry;
            carry = up;
        }
        if (below_order(r)) continue;
        uint64_t t = 0;
        for (int i = 0; i < 8; i++) {
            t = (uint64_t)r[i] - order[i] - t;
            r[i] = (uint32_t)t;
            t >>= 63;
        }
    }
}

static unsigned bit_of(const uint32_t s[8], int bit) {
    return s[bit / 32] >> (bit % 32) & 1;
}

/* r = [s] B + [k] a: one run over the bits of both (the trick of Strauss and Shamir). */
static void multiply_both(struct point *r, const uint32_t s[8], const uint32_t k[8], const struct point *a) {
    struct point sum;
    const struct point *const choice[4] = {NULL, &base, a, &sum};
    add(&sum, a, &base);
    *r = (struct point){.y = one, .z = one};
    for (int bit = 252; bit >= 0; bit--) {
        twice(r);
        unsigned which = bit_of(s, bit) | bit_of(k, bit) << 1;
        if (which) add(r, r, choice[which]);
    }
}

int cur_ed25519_verify(const uint8_t signature[64], const uint8_t key[32], const uint8_t *message,
                       size_t len) {
    struct point a, r;
    uint32_t s[8], k[8];
    memcpy(s, signature + 32, 32);
    if (!below_order(s)) return -1;
    if (read_point(&a, key) != 0 || has_small_order(&a)) return -1;

    struct cur_sha512 hash;
    uint8_t digest[64];
    cur_sha512_start(&hash);
    cur_sha512_feed(&hash, signature, 32);
    cur_sha512_feed(&hash, key, 32);
    cur_sha512_feed(&hash, message, len);
    cur_sha512_finish(&hash, digest);
    reduce_by_order(k, digest);

    /* R = [S] B - [k] A, compared as it is written: an R in any other writing is refused by this */
    cur_field_sub(&a.x, &zero, &a.x);
    cur_field_sub(&a.t, &zero, &a.t);
    multiply_both(&r, s, k, &a);
    write_point(digest, &r);
    return memcmp(digest, signature, 32) == 0 ? 0 : -1;
}
