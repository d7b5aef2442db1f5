#include "fmath.h"

static uint32_t to_bits(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, 4);
    return bits;
}

static float from_bits(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, 4);
    return x;
}

/* ln 2 in two parts: the first has 12 significant bits, so that its product with an exponent is exact. */
static const float ln2_high = 0x1.62ep-1f;
static const float ln2_low = 0x1.0bfbe8p-15f;

/*
 * x = 2^k (1 + f) with 1 + f in [1/sqrt 2, sqrt 2). With s = f / (2 + f):
 *   ln(1 + f) = 2 artanh s = f - f^2/2 + s (f^2/2 + R),  R = 2 s^2/3 + 2 s^4/5 + 2 s^6/7 + 2 s^8/9 + ...
 * |s| < 0.172, so the first term left out is below 4e-9 of the result.
 */
float cur_logf(float x) {
    uint32_t bits = to_bits(x);
    int32_t k = 0;
    if ((bits & 0x7fffffffu) == 0) return from_bits(0xff800000u);
    if (bits > 0x7f800000u) return from_bits(0x7fc00000u);
    if (bits == 0x7f800000u) return x;
    if (bits < 0x00800000u) {
        bits = to_bits(x * 0x1p25f);
        k = -25;
    }
    /* 0x3f3504f3 is 1/sqrt 2: moving the exponent's border there picks the k wanted. */
    bits += 0x3f800000u - 0x3f3504f3u;
    k += (int32_t)(bits >> 23) - 127;
    float f = from_bits((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    float s = f / (2.0f + f);
    float z = s * s;
    float r = z * (0x1.555556p-1f + z * (0x1.99999ap-2f + z * (0x1.24924ap-2f + z * 0x1.c71c72p-3f)));
    float half = 0.5f * f * f;
    float scale = (float)k;
    return scale * ln2_high - ((half - (s * (half + r) + scale * ln2_low)) - f);
}

/* x = k ln 2 + r with |r| <= ln 2 / 2, then the Taylor series of e^r to r^7 / 7! (rest below 6e-9). */
float cur_expf(float x) {
    if (x != x) return x;
    if (x > 0x1.62e42ep6f) return from_bits(0x7f800000u);
    if (x < -0x1.5d589ep6f) return 0.0f;
    /* Adding 1.5 * 2^23 leaves the nearest integer in the low bits. */
    float shifted = x * 0x1.715476p0f + 0x1.8p23f;
    float k = shifted - 0x1.8p23f;
    float r = (x - k * ln2_high) - k * ln2_low;
    float tail = 0x1.6c16c2p-10f + r * 0x1.a01a02p-13f;
    tail = 0x1.555556p-3f + r * (0x1.555556p-5f + r * (0x1.111112p-7f + r * tail));
    float y = 1.0f + (r + r * r * (0.5f + r * tail));
    int32_t exponent = (int32_t)k;
    /* Two steps: 2^128 is no float, though e^x still may be one. */
    if (exponent > 127) return y * 2.0f * from_bits(254u << 23);
    return y * from_bits((uint32_t)(exponent + 127) << 23);
}

/* x = m 2^e with e odd and m in [2^23, 2^25): the root of m 2^25 has 25 bits, found one by one, of which the
 * last is for rounding. A tie cannot be: the square of an odd root has no 25 zeros at its end. */
float cur_soft_sqrtf(float x) {
    uint32_t m = to_bits(x);
    if ((m & 0x7fffffffu) == 0 || m == 0x7f800000u) return x;
    if (m > 0x7f800000u) return from_bits(0x7fc00000u);
    int32_t e = -150;
    if (m < 0x00800000u) {
        m = to_bits(x * 0x1p24f);
        e -= 24;
    }
    e += (int32_t)(m >> 23);
    m = (m & 0x007fffffu) | 0x00800000u;
    if (e % 2 == 0) {
        m <<= 1;
        e--;
    }
    uint64_t digits = (uint64_t)m << 39; /* pairs of bits, from the top */
    uint32_t root = 0, rest = 0;
    for (int i = 0; i < 25; i++) {
        rest = rest << 2 | (uint32_t)(digits >> 62);
        digits <<= 2;
        root <<= 1;
        if (rest > 2 * root) {
            rest -= 2 * root + 1;
            root++;
        }
    }
    /* root 2^((e - 25) / 2), its last bit rounded away; the leading one adds itself to the exponent. */
    return from_bits(((uint32_t)((e - 25) / 2 + 150) << 23) + ((root + 1) >> 1));
}
