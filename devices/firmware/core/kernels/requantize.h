#ifndef CUR_REQUANTIZE_H
#define CUR_REQUANTIZE_H

#include <stdint.h>

/*
 * A sum becomes an int8 activation by a dyadic number, multiplier / 2^shift (HAWQ-V3, arXiv 2011.10680,
 * section 3.2): integers alone, so that every build gives the same. Rounding is half away from zero.
 *
 * Shifts are above 32, so the scale is below 1/4: only the product's upper word needs shifting. Sums of
 * products of two int8 are never scaled by more where the output's range is used.
 */
struct cur_requantize {
    const int32_t *bias;       /* one an output channel, in units of the sum; magnitude below 2^30 */
    const int32_t *multiplier; /* one an output channel, 0 to 2^31 - 1 */
    const uint8_t *shift;      /* one an output channel, 33 to 62 */
    uint8_t relu;              /* 1: results are 0 to 127; 0: -127 to 127 */
};

enum { CUR_SHIFT_MIN = 33 };

/* out[c] from sums[c], without bias and of magnitude below 2^30, for each of `channels`. */
typedef void cur_requantize_kernel(int8_t *out, const int32_t *sums, uint32_t channels,
                                   const struct cur_requantize *by);

/* The variant of this build, and portable C. */
cur_requantize_kernel cur_requantize, cur_requantize_portable;

/* One sum, bias included; `shift` less CUR_SHIFT_MIN. Half is added and the shift rounds down. A negative
 * half must go down too, so of a negative product one less is rounded; with relu it becomes 0 either way. */
static inline int32_t cur_requantize_one(int32_t sum, int32_t multiplier, uint32_t shift, int relu) {
    int64_t x = (int64_t)sum * multiplier;
    if (!relu) x += sum >> 31;
    int32_t y = (((int32_t)(x >> 32) >> shift) + 1) >> 1, low = relu ? 0 : -127;
    return y < low ? low : y > 127 ? 127 : y;
}

#endif
