#include "statistics.h"
#include "fmath.h"

/* Statistics of one band: `x` steps through the frames. */
static void band_statistics(const float *x, float *to) {
    float sum = x[0], max = x[0], min = x[0], before = x[0];
    float step_sum = 0.0f, step_max = 0.0f, squares = 0.0f;
    for (int t = 1; t < CUR_FRAMES; t++) {
        float now = x[t * CUR_BANDS], step = cur_absf(now - before);
        sum += now;
        max = now > max ? now : max;
        min = now < min ? now : min;
        step_sum += step;
        step_max = step > step_max ? step : step_max;
        before = now;
    }
    float mean = sum / (float)CUR_FRAMES;
    for (int t = 0; t < CUR_FRAMES; t++) {
        float d = x[t * CUR_BANDS] - mean;
        squares += d * d;
    }
    to[0 * CUR_BANDS] = mean;
    to[1 * CUR_BANDS] = cur_sqrtf(squares / (float)CUR_FRAMES);
    to[2 * CUR_BANDS] = max;
    to[3 * CUR_BANDS] = min;
    to[4 * CUR_BANDS] = step_sum / (float)(CUR_FRAMES - 1);
    to[5 * CUR_BANDS] = step_max;
}

void cur_statistics(const float *patch, float embedding[CUR_STATISTICS]) {
    for (int band = 0; band < CUR_BANDS; band++)
        band_statistics(patch + band, embedding + band);
}
