#include "expert.h"
#include "fmath.h"
#include "../mem.h"
#include "../watchdog.h"

/* Sums of floats run in index order on every target, so that every build gives the same bits. */

/* LN(v) without gain and bias, in place. */
static void layer_norm(float *v, uint32_t n) {
    float sum = 0.0f, squares = 0.0f;
    for (uint32_t i = 0; i < n; i++)
        sum += v[i];
    float mean = sum / (float)n;
    for (uint32_t i = 0; i < n; i++) {
        v[i] -= mean;
        squares += v[i] * v[i];
    }
    float deviation = cur_sqrtf(squares / (float)n + 1e-5f);
    for (uint32_t i = 0; i < n; i++)
        v[i] /= deviation;
}

void cur_scale(float *v, const float *e, const uint8_t *offset, const uint8_t *scale, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        v[i] = (e[i] - cur_f32(offset + 4 * i)) * cur_f32(scale + 4 * i);
}

/* Codes of n values, one code being worth `scale`, then the padding. */
static void encode(int8_t *codes, const float *v, uint32_t n, float scale, float largest) {
    for (uint32_t i = 0; i < n; i++)
        codes[i] = cur_round_to_code(scale > 0.0f ? v[i] / scale : 0.0f, largest);
    for (uint32_t i = n; i % CUR_LINEAR_PADDING; i++)
        codes[i] = 0;
}

float cur_quantize(int8_t *codes, float *v, uint32_t n) {
    layer_norm(v, n);
    float largest = 0.0f;
    for (uint32_t i = 0; i < n; i++) {
        float a = cur_absf(v[i]);
        largest = a > largest ? a : largest;
    }
    float scale = largest / 127.0f;
    encode(codes, v, n, scale, 127.0f);
    return scale;
}

float cur_quantize_ternary(int8_t *codes, float *v, uint32_t n) {
    layer_norm(v, n);
    float sum = 0.0f;
    for (uint32_t i = 0; i < n; i++)
        sum += cur_absf(v[i]);
    float scale = sum / (float)n;
    encode(codes, v, n, scale, 1.0f);
    return scale;
}

void cur_quantize_static(int8_t *codes, const float *v, uint32_t n, float scale) {
    encode(codes, v, n, scale, 127.0f);
}

void cur_scale_sums(union cur_row *y, const struct cur_layer *layer, float activation_scale) {
    for (uint32_t o = 0; o < layer->linear.outputs; o++) {
        uint32_t which = layer->scale_count == 1 ? 0 : o;
        float scale = activation_scale * cur_f32(layer->scales + 4 * which);
        y->values[o] = (float)y->sums[o] * scale + cur_f32(layer->bias + 4 * o);
    }
}

void cur_float_linear(float *y, const struct cur_layer *layer, const float *v, const struct cur_hal *hal) {
    const struct cur_linear *linear = &layer->linear;
    for (uint32_t o = 0; o < linear->outputs; o++) {
        const uint8_t *row = linear->weights + o * linear->row_bytes;
        float sum = 0.0f;
        for (uint32_t i = 0; i < linear->inputs; i++)
            sum += cur_f32(row + 4 * i) * v[i];
        y[o] = sum + cur_f32(layer->bias + 4 * o);
        cur_watchdog_feed(hal);
    }
}

void cur_norm_relu(float *v, const uint8_t *gain, const uint8_t *bias, uint32_t n) {
    layer_norm(v, n);
    for (uint32_t i = 0; i < n; i++) {
        float x = v[i] * cur_f32(gain + 4 * i) + cur_f32(bias + 4 * i);
        v[i] = x > 0.0f ? x : 0.0f;
    }
}

int cur_probabilities(float *probabilities, const float *logits, uint32_t n) {
    float sum = 0.0f;
    int top = 0;
    for (uint32_t i = 1; i < n; i++) {
        if (logits[i] > logits[top]) top = (int)i;
    }
    for (uint32_t i = 0; i < n; i++) {
        probabilities[i] = cur_expf(logits[i] - logits[top]);
        sum += probabilities[i];
    }
    for (uint32_t i = 0; i < n; i++)
        probabilities[i] /= sum;
    return top;
}

void cur_softmax(struct cur_scores *scores, uint32_t n) {
    float probabilities[CUR_IMAGE_CLASSES], entropy = 0.0f;
    scores->top = cur_probabilities(probabilities, scores->logits, n);
    for (uint32_t i = 0; i < n; i++) {
        float p = probabilities[i];
        if (p > 0.0f) entropy -= p * cur_logf(p);
    }
    scores->p = probabilities[scores->top];
    scores->entropy = entropy;
}

void cur_relu(float *v, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        v[i] = v[i] > 0.0f ? v[i] : 0.0f;
}

void cur_layers_start(const struct cur_image *image, const float *embedding, struct cur_expert_work *work,
                      const struct cur_hal *hal) {
    work->now = 0;
    cur_scale(cur_layers_values(work), embedding, image->embedding_offset, image->embedding_scale,
              image->embedding);
    cur_report(hal, CUR_KERNEL_SCALE, image->embedding);
}

static void report_linear(const struct cur_hal *hal, const struct cur_linear *linear) {
    static const struct {
        uint8_t prepare, block, row;
    } kernels[] = {
        {CUR_KERNEL_PREPARE_1, CUR_KERNEL_BLOCK_1, CUR_KERNEL_ROW_1},
        {CUR_KERNEL_PREPARE_2, CUR_KERNEL_BLOCK_2, CUR_KERNEL_ROW_2},
        {CUR_KERNEL_PREPARE_4, CUR_KERNEL_BLOCK_4, CUR_KERNEL_ROW_4},
        {CUR_KERNEL_PREPARE_8, CUR_KERNEL_BLOCK_8, CUR_KERNEL_ROW_8},
        {CUR_KERNEL_PREPARE_16, CUR_KERNEL_BLOCK_16, CUR_KERNEL_ROW_16},
        {CUR_KERNEL_PREPARE_T, CUR_KERNEL_BLOCK_T, CUR_KERNEL_ROW_T},
    };
    uint32_t at = 0, blocks = linear->row_bytes / 16;
    while (1u << at < linear->bits)
        at++;
    if (linear->ternary_activations) at = 5;
    cur_report(hal, kernels[at].prepare, blocks);
    cur_report(hal, kernels[at].block, blocks * linear->outputs);
    cur_report(hal, kernels[at].row, linear->outputs);
}

/* Codes of the layer's inputs; returns what one is worth. */
static float quantize(const struct cur_layer *layer, int8_t *codes, float *v, const struct cur_hal *hal) {
    uint32_t inputs = layer->linear.inputs;
    if (layer->kind == CUR_LAYER_STATIC) {
        cur_quantize_static(codes, v, inputs, layer->activation_scale);
        cur_report(hal, CUR_KERNEL_QUANT_STATIC, inputs);
        return layer->activation_scale;
    }
    int ternary = layer->linear.ternary_activations;
    float scale = ternary ? cur_quantize_ternary(codes, v, inputs) : cur_quantize(codes, v, inputs);
    cur_report(hal, ternary ? CUR_KERNEL_QUANT_TERNARY : CUR_KERNEL_QUANT, inputs);
    return scale;
}

void cur_layer_run(const struct cur_layer *layer, struct cur_expert_work *work, const struct cur_hal *hal) {
    const struct cur_linear *linear = &layer->linear;
    float *v = cur_layers_values(work);
    work->now ^= 1;
    union cur_row *y = &work->rows[work->now];
    if (layer->kind == CUR_LAYER_FLOAT) {
        cur_float_linear(y->values, layer, v, hal);
        cur_report(hal, CUR_KERNEL_FLOAT, (uint32_t)linear->inputs * linear->outputs);
    } else {
        float scale = quantize(layer, work->codes, v, hal);
        cur_linear(y->sums, linear, work->codes, &work->linear);
        cur_scale_sums(y, layer, scale);
        report_linear(hal, linear);
    }
    if (layer->flags & CUR_LAYER_NORM) {
        cur_norm_relu(y->values, layer->norm_gain, layer->norm_bias, linear->outputs);
        cur_report(hal, CUR_KERNEL_NORM, linear->outputs);
    } else if (layer->flags & CUR_LAYER_RELU) {
        cur_relu(y->values, linear->outputs);
        cur_report(hal, CUR_KERNEL_RELU, linear->outputs);
    }
    cur_watchdog_feed(hal);
}

int cur_expert_run(const struct cur_image *image, const float *embedding, struct cur_expert_work *work,
                   float *logits, const struct cur_hal *hal) {
    cur_layers_start(image, embedding, work, hal);
    for (int l = 0; l < image->layer_count; l++)
        cur_layer_run(&image->layers[l], work, hal);
    const float *values = cur_layers_values(work);
    for (int i = 0; i < image->outputs; i++) {
        if (!cur_finite(values[i])) return -1;
        logits[i] = values[i];
    }
    return 0;
}
