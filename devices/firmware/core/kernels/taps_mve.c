#include "taps.h"
#include "variant.h"

#ifdef CUR_KERNELS_MVE
#include <arm_mve.h>

/* Four channels at a time, widened to 32 bits as they are loaded; the last ones by predicate. */
void cur_taps(int32_t *sums, const int8_t *const *x, const int8_t *const *w, uint32_t taps,
              uint32_t channels) {
    for (uint32_t c = 0; c < channels; c += 4) {
        mve_pred16_t there = vctp32q(channels - c);
        int32x4_t sum = vdupq_n_s32(0);
        for (uint32_t t = 0; t < taps; t++) {
            int32x4_t product = vmulq_s32(vldrbq_z_s32(x[t] + c, there), vldrbq_z_s32(w[t] + c, there));
            sum = vaddq_s32(sum, product);
        }
        vst1q_p_s32(sums + c, sum, there);
    }
}

#endif
