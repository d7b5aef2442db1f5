#ifndef CUR_TAPS_H
#define CUR_TAPS_H

#include <stdint.h>

/* sums[c] = sum over t of x[t][c] * w[t][c]: the middle of a depthwise convolution, a tap a kernel cell. */
typedef void cur_taps_kernel(int32_t *sums, const int8_t *const *x, const int8_t *const *w, uint32_t taps,
                             uint32_t channels);

/* The variant of this build, and portable C. */
cur_taps_kernel cur_taps, cur_taps_portable;

#endif
