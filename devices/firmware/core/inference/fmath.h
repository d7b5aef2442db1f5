#ifndef CUR_FMATH_H
#define CUR_FMATH_H

#include <stdint.h>

/* float32 functions of our own, so that every build gives the same bits. Each is within about 1 ulp. */

/* Natural logarithm. log(0) = -inf, log of a negative or NaN is NaN. */
float cur_logf(float x);

/* e to the x. Overflows to +inf, underflows to 0 (results below the smallest normal float are 0). */
float cur_expf(float x);

/* Square root in integers, correctly rounded: what the instruction gives, where there is none. */
float cur_soft_sqrtf(float x);

/* Square root: an instruction on every target with an FPU (compile with -fno-math-errno). */
static inline float cur_sqrtf(float x) {
#if defined __arm__ && !defined __ARM_FP
    return cur_soft_sqrtf(x);
#else
    return __builtin_sqrtf(x);
#endif
}

static inline float cur_absf(float x) {
    return __builtin_fabsf(x);
}

/* Rounds half to even, clamped to -largest .. largest (an integer, at most 127): adding 1.5 * 2^23 leaves an
 * integer. The comparisons also catch what is not a number, which becomes -largest, before the cast. */
static inline int8_t cur_round_to_code(float x, float largest) {
    x = x > -largest ? x : -largest;
    x = x < largest ? x : largest;
    return (int8_t)((x + 0x1.8p23f) - 0x1.8p23f);
}

static inline int cur_finite(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, 4);
    return (bits & 0x7f800000u) != 0x7f800000u;
}

#endif
