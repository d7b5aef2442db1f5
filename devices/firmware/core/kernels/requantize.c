#include "requantize.h"
#include "variant.h"

/* What `by` points to is read through pointers of its own: `out`, of bytes, could be any of it. */
static inline void requantize(int8_t *restrict out, const int32_t *restrict sums, uint32_t channels,
                              const struct cur_requantize *by, int relu) {
    const int32_t *restrict bias = by->bias, *restrict multiplier = by->multiplier;
    const uint8_t *restrict shift = by->shift;
    for (uint32_t c = 0; c < channels; c++)
        out[c] = (int8_t)cur_requantize_one(sums[c] + bias[c], multiplier[c],
                                            (uint32_t)shift[c] - CUR_SHIFT_MIN, relu);
}

void cur_requantize_portable(int8_t *out, const int32_t *sums, uint32_t channels,
                             const struct cur_requantize *by) {
    if (by->relu)
        requantize(out, sums, channels, by, 1);
    else
        requantize(out, sums, channels, by, 0);
}

#ifdef CUR_KERNELS_MVE
#include "requantize_mve.h"

/* Four channels at a time; the last ones by predicate, which costs as much again. */
static inline void requantize_vectors(int8_t *restrict out, const int32_t *restrict sums, uint32_t channels,
                                      const struct cur_requantize *by, int relu) {
    const int32_t *restrict bias = by->bias, *restrict multiplier = by->multiplier;
    const uint8_t *restrict shift = by->shift;
    for (; channels >= 4; channels -= 4, out += 4, sums += 4, bias += 4, multiplier += 4, shift += 4) {
        int32x4_t sum = vaddq_s32(vldrwq_s32(sums), vldrwq_s32(bias));
        int32x4_t left = cur_left_shifts(vldrbq_u32(shift));
        vstrbq_s32(out, cur_requantize_four(sum, vldrwq_s32(multiplier), left, relu));
    }
    if (!channels) return;
    mve_pred16_t there = vctp32q(channels);
    int32x4_t sum = vaddq_s32(vldrwq_z_s32(sums, there), vldrwq_z_s32(bias, there));
    int32x4_t left = cur_left_shifts(vldrbq_z_u32(shift, there));
    vstrbq_p_s32(out, cur_requantize_four(sum, vldrwq_z_s32(multiplier, there), left, relu), there);
}

void cur_requantize(int8_t *out, const int32_t *sums, uint32_t channels, const struct cur_requantize *by) {
    if (by->relu)
        requantize_vectors(out, sums, channels, by, 1);
    else
        requantize_vectors(out, sums, channels, by, 0);
}

#else

void cur_requantize(int8_t *out, const int32_t *sums, uint32_t channels, const struct cur_requantize *by) {
    cur_requantize_portable(out, sums, channels, by);
}

#endif
