#ifndef CUR_EXPERT_H
#define CUR_EXPERT_H

#include "../../hal/hal.h"
#include "image.h"

/* Scratch of one inference; the caller owns it. */
struct cur_expert_work {
    float v[CUR_IMAGE_WIDTH], y[CUR_IMAGE_WIDTH];
    int8_t codes[CUR_IMAGE_WIDTH];
};

struct cur_scores {
    float logits[CUR_IMAGE_CLASSES];
    float p;       /* probability of the top class */
    float entropy; /* of the probabilities, nats */
    int top;       /* class with the largest logit; the first of equals */
};

/* The single kernels, as the instruction table counts them. All sizes are in elements. */

/* v = (e - offset) * scale */
void cur_scale(float *v, const float *e, const uint8_t *offset, const uint8_t *scale, uint32_t n);

/* LayerNorm of v, rounded to codes -127 .. 127 (half to even); returns the scale: one code's worth. Codes
 * beyond n, up to a multiple of 8, become 0. */
float cur_quantize(int8_t *codes, float *v, uint32_t n);

/* y[o] = sum of weight[o][i] * codes[i] * (activation_scale * weight scale) + bias[o] */
void cur_bitlinear(float *y, const struct cur_layer *layer, const int8_t *codes, float activation_scale);

/* y[o] = sum of weight[o][i] * v[i] + bias[o] */
void cur_float_linear(float *y, const struct cur_layer *layer, const float *v);

/* v = max(0, LayerNorm(v) * gain + bias) */
void cur_norm_relu(float *v, const uint8_t *gain, const uint8_t *bias, uint32_t n);

/* Probabilities by softmax of n logits, their top and their entropy. */
void cur_softmax(struct cur_scores *scores, uint32_t n);

/* Embedding to logits, p, entropy and top class. Returns 0, or -1 if a logit is not finite. */
int cur_expert_run(const struct cur_image *image, const float *embedding, struct cur_expert_work *work,
                   struct cur_scores *scores, const struct cur_hal *hal);

#endif
