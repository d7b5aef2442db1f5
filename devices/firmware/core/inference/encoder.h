#ifndef CUR_ENCODER_H
#define CUR_ENCODER_H

#include "features.h"

enum { CUR_EMBEDDING = 6 * CUR_BANDS };

/*
 * Encoder 1: statistics of a log-mel patch (96 frames x 64 bands, frame-major) over time. Six groups of 64:
 * mean, population standard deviation, maximum, minimum, mean and maximum of |x[t+1] - x[t]|.
 */
void cur_encode(const float *patch, float embedding[CUR_EMBEDDING]);

#endif
