#ifndef CUR_EXPERT_H
#define CUR_EXPERT_H

#include "image.h"
#include "report.h"

/* One layer's values; a layer's integer sums turn into its values where they lie. */
union cur_row {
    int32_t sums[CUR_IMAGE_WIDTH];
    float values[CUR_IMAGE_WIDTH];
};

/* Scratch of the layers of an expert or a router; the caller owns it. */
struct cur_expert_work {
    union cur_row rows[2];
    uint8_t now; /* which of the rows holds the values of the layer that ran last */
    _Alignas(16) int8_t codes[CUR_IMAGE_WIDTH];
    struct cur_linear_work linear;
};

/* An expert's answer. */
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
 * beyond n, up to a multiple of CUR_LINEAR_PADDING, become 0. */
float cur_quantize(int8_t *codes, float *v, uint32_t n);

/* The same to codes -1, 0, 1; one code's worth is the mean magnitude. */
float cur_quantize_ternary(int8_t *codes, float *v, uint32_t n);

/* Codes of n values as they are, rounded half to even, one code being worth `scale`; padding as above. */
void cur_quantize_static(int8_t *codes, const float *v, uint32_t n, float scale);

/* What an integer layer's sums are worth: y[o] = sums[o] * (activation_scale * weight scale) + bias[o]. */
void cur_scale_sums(union cur_row *y, const struct cur_layer *layer, float activation_scale);

/* y[o] = sum of weight[o][i] * v[i] + bias[o]. Feeds the watchdog: without an FPU this takes long. */
void cur_float_linear(float *y, const struct cur_layer *layer, const float *v, const struct cur_hal *hal);

/* v = max(0, LayerNorm(v) * gain + bias) */
void cur_norm_relu(float *v, const uint8_t *gain, const uint8_t *bias, uint32_t n);

/* v = max(0, v) */
void cur_relu(float *v, uint32_t n);

/* Probabilities of n logits (1 to CUR_IMAGE_CLASSES). Returns the largest logit's index, the first of equals.
 */
int cur_probabilities(float *probabilities, const float *logits, uint32_t n);

/* Top class of n logits, its probability, and the entropy. */
void cur_softmax(struct cur_scores *scores, uint32_t n);

/* Puts the standardized embedding into work's rows, as the first layer's input. */
void cur_layers_start(const struct cur_image *image, const float *embedding, struct cur_expert_work *work,
                      const struct cur_hal *hal);

/* Runs one layer on the values in work's rows; what it gives replaces them. Dropout is left to the caller. */
void cur_layer_run(const struct cur_layer *layer, struct cur_expert_work *work, const struct cur_hal *hal);

/* The values that the last layer, or the start, left. */
static inline float *cur_layers_values(struct cur_expert_work *work) {
    return work->rows[work->now].values;
}

/* Embedding to logits (image->outputs of them). Returns 0, or -1 if one is not finite. */
int cur_expert_run(const struct cur_image *image, const float *embedding, struct cur_expert_work *work,
                   float *logits, const struct cur_hal *hal);

#endif
