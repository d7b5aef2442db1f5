#ifndef CUR_CONV_WORK_H
#define CUR_CONV_WORK_H

#include "linear.h"

enum {
    CUR_CONV_CHANNELS = 512, /* most output channels of a convolution, and channels of a depthwise one */
    CUR_DEPTHWISE_TAPS = 9,  /* most kernel cells of a depthwise convolution: 3 x 3 */
};

/* Scratch, 12 KiB; the caller owns it. */
struct cur_conv_work {
    _Alignas(16) int8_t codes[CUR_LINEAR_WIDTH];
    int32_t sums[CUR_CONV_CHANNELS];
    union {
        struct cur_linear_work linear;
        int8_t taps[CUR_DEPTHWISE_TAPS * CUR_CONV_CHANNELS]; /* 4-bit weights unpacked */
    };
};

#endif
