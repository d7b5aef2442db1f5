#include "expert.h"
#include "fmath.h"
#include "../mem.h"

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

float cur_quantize(int8_t *codes, float *v, uint32_t n) {
    layer_norm(v, n);
    float largest = 0.0f;
    for (uint32_t i = 0; i < n; i++) {
        float a = cur_absf(v[i]);
        largest = a > largest ? a : largest;
    }
    float scale = largest / 127.0f;
    for (uint32_t i = 0; i < n; i++) {
        float x = scale > 0.0f ? v[i] / scale : 0.0f;
        /* The comparisons also catch what is not a number, before the cast. */
        x = x > -127.0f ? x : -127.0f;
        x = x < 127.0f ? x : 127.0f;
        /* Adding 1.5 * 2^23 rounds to an integer, half to even. */
        codes[i] = (int8_t)((x + 0x1.8p23f) - 0x1.8p23f);
    }
    for (uint32_t i = n; i % 8; i++)
        codes[i] = 0;
    return scale;
}

/* Eight 4-bit weights at a time: rows are padded to whole words with zero weights. */
static int32_t dot4(const uint8_t *row, const int8_t *q, uint32_t n) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < n; i += 8, row += 4, q += 8) {
        uint32_t w = cur_u32(row);
        sum += ((int32_t)(w << 28) >> 28) * q[0];
        sum += ((int32_t)(w << 24) >> 28) * q[1];
        sum += ((int32_t)(w << 20) >> 28) * q[2];
        sum += ((int32_t)(w << 16) >> 28) * q[3];
        sum += ((int32_t)(w << 12) >> 28) * q[4];
        sum += ((int32_t)(w << 8) >> 28) * q[5];
        sum += ((int32_t)(w << 4) >> 28) * q[6];
        sum += ((int32_t)w >> 28) * q[7];
    }
    return sum;
}

void cur_bitlinear(float *y, const struct cur_layer *layer, const int8_t *codes, float activation_scale) {
    for (uint32_t o = 0; o < layer->outputs; o++) {
        uint32_t which = layer->scale_count == 1 ? 0 : o;
        int32_t sum = dot4(layer->weights + o * layer->row_bytes, codes, layer->inputs);
        float scale = activation_scale * cur_f32(layer->scales + 4 * which);
        y[o] = (float)sum * scale + cur_f32(layer->bias + 4 * o);
    }
}

void cur_float_linear(float *y, const struct cur_layer *layer, const float *v) {
    for (uint32_t o = 0; o < layer->outputs; o++) {
        const uint8_t *row = layer->weights + o * layer->row_bytes;
        float sum = 0.0f;
        for (uint32_t i = 0; i < layer->inputs; i++)
            sum += cur_f32(row + 4 * i) * v[i];
        y[o] = sum + cur_f32(layer->bias + 4 * o);
    }
}

void cur_norm_relu(float *v, const uint8_t *gain, const uint8_t *bias, uint32_t n) {
    layer_norm(v, n);
    for (uint32_t i = 0; i < n; i++) {
        float x = v[i] * cur_f32(gain + 4 * i) + cur_f32(bias + 4 * i);
        v[i] = x > 0.0f ? x : 0.0f;
    }
}

void cur_softmax(struct cur_scores *scores, uint32_t n) {
    float probabilities[CUR_IMAGE_CLASSES], sum = 0.0f, entropy = 0.0f;
    int top = 0;
    for (uint32_t i = 1; i < n; i++) {
        if (scores->logits[i] > scores->logits[top]) top = (int)i;
    }
    for (uint32_t i = 0; i < n; i++) {
        probabilities[i] = cur_expf(scores->logits[i] - scores->logits[top]);
        sum += probabilities[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        float p = probabilities[i] / sum;
        if (p > 0.0f) entropy -= p * cur_logf(p);
    }
    scores->top = top;
    scores->p = probabilities[top] / sum;
    scores->entropy = entropy;
}

static void report(const struct cur_hal *hal, enum cur_kernel kernel, uint32_t units) {
    if (hal->work) hal->work(hal->ctx, kernel, units);
}

int cur_expert_run(const struct cur_image *image, const float *embedding, struct cur_expert_work *work,
                   struct cur_scores *scores, const struct cur_hal *hal) {
    float *v = work->v, *y = work->y;
    cur_scale(v, embedding, image->embedding_offset, image->embedding_scale, image->embedding);
    report(hal, CUR_KERNEL_SCALE, image->embedding);
    for (int l = 0; l < image->layer_count; l++) {
        const struct cur_layer *layer = &image->layers[l];
        uint32_t macs = (uint32_t)layer->inputs * layer->outputs;
        if (layer->kind == CUR_LAYER_BITLINEAR) {
            float scale = cur_quantize(work->codes, v, layer->inputs);
            cur_bitlinear(y, layer, work->codes, scale);
            report(hal, CUR_KERNEL_QUANT, layer->inputs);
            report(hal, CUR_KERNEL_INT4, macs);
            report(hal, CUR_KERNEL_ROW, layer->outputs);
        } else {
            cur_float_linear(y, layer, v);
            report(hal, CUR_KERNEL_FLOAT, macs);
        }
        if (layer->flags & CUR_LAYER_NORM) {
            cur_norm_relu(y, layer->norm_gain, layer->norm_bias, layer->outputs);
            report(hal, CUR_KERNEL_NORM, layer->outputs);
        }
        float *next = v;
        v = y;
        y = next;
    }
    for (int i = 0; i < image->classes; i++) {
        if (!cur_finite(v[i])) return -1;
        scores->logits[i] = v[i];
    }
    cur_softmax(scores, image->classes);
    report(hal, CUR_KERNEL_SOFTMAX, image->classes);
    return 0;
}
