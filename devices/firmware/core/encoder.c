#include "encoder.h"
#include "fmath.h"

void cur_encode(const float *patch, float embedding[CUR_EMBEDDING]) {
    float *mean = embedding, *deviation = mean + CUR_BANDS, *max = deviation + CUR_BANDS;
    float *min = max + CUR_BANDS, *step_mean = min + CUR_BANDS, *step_max = step_mean + CUR_BANDS;
    for (int b = 0; b < CUR_BANDS; b++) {
        mean[b] = max[b] = min[b] = patch[b];
        deviation[b] = step_mean[b] = step_max[b] = 0.0f;
    }
    for (int t = 1; t < CUR_FRAMES; t++) {
        const float *x = patch + t * CUR_BANDS, *before = x - CUR_BANDS;
        for (int b = 0; b < CUR_BANDS; b++) {
            float step = cur_absf(x[b] - before[b]);
            mean[b] += x[b];
            max[b] = x[b] > max[b] ? x[b] : max[b];
            min[b] = x[b] < min[b] ? x[b] : min[b];
            step_mean[b] += step;
            step_max[b] = step > step_max[b] ? step : step_max[b];
        }
    }
    for (int b = 0; b < CUR_BANDS; b++) {
        mean[b] /= (float)CUR_FRAMES;
        step_mean[b] /= (float)(CUR_FRAMES - 1);
    }
    for (int t = 0; t < CUR_FRAMES; t++) {
        const float *x = patch + t * CUR_BANDS;
        for (int b = 0; b < CUR_BANDS; b++)
            deviation[b] += (x[b] - mean[b]) * (x[b] - mean[b]);
    }
    for (int b = 0; b < CUR_BANDS; b++)
        deviation[b] = cur_sqrtf(deviation[b] / (float)CUR_FRAMES);
}
