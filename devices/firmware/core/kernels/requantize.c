#include "requantize.h"
#include "variant.h"

void cur_requantize_portable(int8_t *out, const int32_t *sums, uint32_t channels,
                             const struct cur_requantize *by) {
    int32_t low = by->relu ? 0 : -127;
    for (uint32_t c = 0; c < channels; c++) {
        int32_t sum = sums[c] + by->bias[c];
        /* Half is added and the shift rounds down; a negative half must go down too, so it gets one less. */
        int64_t x = (int64_t)sum * by->multiplier[c] - (sum < 0);
        uint32_t shift = by->shift[c] - 32u;
        int32_t y = ((int32_t)(x >> 32) + (1 << (shift - 1))) >> shift;
        out[c] = (int8_t)(y < low ? low : y > 127 ? 127 : y);
    }
}

#ifdef CUR_KERNELS_MVE
#include <arm_mve.h>

/* Four channels at a time; the last ones by predicate. */
void cur_requantize(int8_t *out, const int32_t *sums, uint32_t channels, const struct cur_requantize *by) {
    const int32x4_t low = vdupq_n_s32(by->relu ? 0 : -127), high = vdupq_n_s32(127), one = vdupq_n_s32(1),
                    zero = vdupq_n_s32(0), word = vdupq_n_s32(32);
    for (uint32_t c = 0; c < channels; c += 4) {
        mve_pred16_t there = vctp32q(channels - c);
        int32x4_t sum = vaddq_s32(vldrwq_z_s32(sums + c, there), vldrwq_z_s32(by->bias + c, there));
        int32x4_t multiplier = vldrwq_z_s32(by->multiplier + c, there);
        int32x4_t x = vmulhq_s32(sum, multiplier);
        /* One less of a negative product changes its upper word where the lower one is 0. */
        mve_pred16_t borrow = vcmpltq_s32(sum, zero) & vcmpeqq_s32(vmulq_s32(sum, multiplier), zero);
        x = vsubq_m_s32(x, x, one, borrow);
        int32x4_t shift = vsubq_s32(vreinterpretq_s32_u32(vldrbq_z_u32(by->shift + c, there)), word);
        x = vaddq_s32(x, vshlq_s32(one, vsubq_s32(shift, one)));
        x = vshlq_s32(x, vnegq_s32(shift)); /* to the right */
        vstrbq_p_s32(out + c, vminq_s32(vmaxq_s32(x, low), high), there);
    }
}

#else

void cur_requantize(int8_t *out, const int32_t *sums, uint32_t channels, const struct cur_requantize *by) {
    cur_requantize_portable(out, sums, channels, by);
}

#endif
