#include "taps.h"
#include "variant.h"
#include "../mem.h"

#ifdef CUR_KERNELS_DSP
#include "dsp.h"

/* Four channels at a time: two pairs of each word, multiplied half by half. */
void cur_taps(int32_t *sums, const int8_t *const *x, const int8_t *const *w, uint32_t taps,
              uint32_t channels) {
    uint32_t c = 0;
    for (; c + 4 <= channels; c += 4) {
        int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (uint32_t t = 0; t < taps; t++) {
            uint32_t four_x = cur_u32((const uint8_t *)x[t] + c), four_w = cur_u32((const uint8_t *)w[t] + c);
            int32_t even_x = (int32_t)cur_bytes_0_2(four_x), odd_x = (int32_t)cur_bytes_1_3(four_x);
            int32_t even_w = (int32_t)cur_bytes_0_2(four_w), odd_w = (int32_t)cur_bytes_1_3(four_w);
            s0 = __smlabb(even_x, even_w, s0);
            s1 = __smlabb(odd_x, odd_w, s1);
            s2 = __smlatt(even_x, even_w, s2);
            s3 = __smlatt(odd_x, odd_w, s3);
        }
        sums[c] = s0, sums[c + 1] = s1, sums[c + 2] = s2, sums[c + 3] = s3;
    }
    for (; c < channels; c++) {
        sums[c] = 0;
        for (uint32_t t = 0; t < taps; t++)
            sums[c] += x[t][c] * w[t][c];
    }
}

#endif
