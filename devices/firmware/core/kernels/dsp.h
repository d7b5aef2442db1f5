#ifndef CUR_DSP_H
#define CUR_DSP_H

#include <arm_acle.h>
#include <stdint.h>

/* Bytes 0 and 2 of a word as a pair of 16 bits, sign extended. */
static inline uint32_t cur_bytes_0_2(uint32_t x) {
    return (uint32_t)__sxtb16(x);
}

/* Bytes 1 and 3. The compiler does not fold the rotation by itself. */
static inline uint32_t cur_bytes_1_3(uint32_t x) {
    uint32_t pair;
    __asm("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(x));
    return pair;
}

#endif
