#ifndef CUR_STATISTICS_H
#define CUR_STATISTICS_H

#include "features.h"

enum { CUR_STATISTICS = 6 * CUR_BANDS };

/*
 * Encoder 1: statistics of a log-mel patch (96 frames x 64 bands, frame-major) over time. Six groups of 64:
 * mean, population standard deviation, maximum, minimum, mean and maximum of |x[t+1] - x[t]|.
 */
void cur_statistics(const float *patch, float embedding[CUR_STATISTICS]);

#endif
