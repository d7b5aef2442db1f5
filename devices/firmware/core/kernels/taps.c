#include "taps.h"
#include "variant.h"

void cur_taps_portable(int32_t *sums, const int8_t *const *x, const int8_t *const *w, uint32_t taps,
                       uint32_t channels) {
    for (uint32_t c = 0; c < channels; c++) {
        int32_t sum = 0;
        for (uint32_t t = 0; t < taps; t++)
            sum += x[t][c] * w[t][c];
        sums[c] = sum;
    }
}

#if defined(CUR_KERNELS_PORTABLE) || defined(CUR_KERNELS_WASM)

void cur_taps(int32_t *sums, const int8_t *const *x, const int8_t *const *w, uint32_t taps,
              uint32_t channels) {
    cur_taps_portable(sums, x, w, taps, channels);
}

#endif
