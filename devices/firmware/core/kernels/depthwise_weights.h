#ifndef CUR_DEPTHWISE_WEIGHTS_H
#define CUR_DEPTHWISE_WEIGHTS_H

#include "linear.h"

/* The weights of kernel cell `tap` for `n` channels from `channel` on, as int8. */
static inline void cur_depthwise_weights(int8_t *to, const struct cur_linear *weights, uint32_t tap,
                                         uint32_t channel, uint32_t n) {
    const uint8_t *row = weights->weights + tap * weights->row_bytes;
    if (weights->bits == 8) {
        __builtin_memcpy(to, row + channel, n);
        return;
    }
    for (uint32_t end = channel + n; channel < end; channel++)
        *to++ = (int8_t)((row[channel / 32 * 16 + channel % 16] >> 4 * (channel % 32 / 16) & 15) - 8);
}

#endif
