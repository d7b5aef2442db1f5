#ifndef CUR_REQUANTIZE_MVE_H
#define CUR_REQUANTIZE_MVE_H

#include <arm_mve.h>

/* cur_requantize_one for four channels. */

/* Shifts as VRSHL takes them, to the left: of the product's upper word. */
static inline int32x4_t cur_left_shifts(uint32x4_t shift) {
    return vsubq_s32(vdupq_n_s32(32), vreinterpretq_s32_u32(shift));
}

/* Not yet clamped. VRSHL by a negative number rounds half up: that is away from zero of magnitudes, and all
 * the same where negative sums become 0. */
static inline int32x4_t cur_scale_four(int32x4_t sum, int32x4_t multiplier, int32x4_t left, int relu) {
    if (relu) return vrshlq_s32(vmulhq_s32(sum, multiplier), left);
    int32x4_t y = vrshlq_s32(vmulhq_s32(vabsq_s32(sum), multiplier), left);
    return vnegq_m_s32(y, y, vcmpltq_n_s32(sum, 0));
}

static inline int32x4_t cur_requantize_four(int32x4_t sum, int32x4_t multiplier, int32x4_t left, int relu) {
    int32x4_t y = cur_scale_four(sum, multiplier, left, relu);
    return vminq_s32(vmaxq_s32(y, vdupq_n_s32(relu ? 0 : -127)), vdupq_n_s32(127));
}

#endif
