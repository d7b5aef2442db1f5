#include <math.h>
#include <stdlib.h>

#include "images.h"
#include "test.h"
#include "../core/mem.h"

static struct cur_expert_work work;
static uint8_t bytes[IMAGES_LARGEST] __attribute__((aligned(16)));
static struct cur_image image;
static const struct cur_hal hal; /* that wants to know nothing */

static void quantizes_half_to_even(void) {
    /* Values whose LayerNorm is themselves up to a factor: mean 0, largest 127 units. */
    static float v[8];
    static const float units[8] = {127, -127, 0.5f, -0.5f, 1.5f, -1.5f, 2.5f, -2.5f};
    static const int8_t want[8] = {127, -127, 0, 0, 2, -2, 2, -2};
    int8_t codes[CUR_LINEAR_PADDING];
    memcpy(v, units, sizeof v);
    float scale = cur_quantize(codes, v, 8);
    CHECK(scale > 0);
    /* Division by the deviation may move a half by an ulp, so ties are checked on what was rounded. */
    for (int i = 0; i < 8; i++) {
        float x = v[i] / scale;
        CHECK_AT(i, codes[i] == (int8_t)rintf(x) && abs(codes[i] - want[i]) <= 1);
    }
}

static void quantizes_constants_to_zero(void) {
    for (int ternary = 0; ternary < 2; ternary++) {
        float v[9];
        int8_t codes[CUR_LINEAR_PADDING];
        memset(codes, 0x55, sizeof codes);
        for (int i = 0; i < 9; i++)
            v[i] = 3.25f;
        CHECK((ternary ? cur_quantize_ternary : cur_quantize)(codes, v, 9) == 0.0f);
        for (int i = 0; i < CUR_LINEAR_PADDING; i++)
            CHECK_AT(i, codes[i] == 0);
    }
}

static void quantizes_to_three_codes(void) {
    /* Mean 0 and mean magnitude 2: the border between codes lies at 1. */
    float v[8] = {4, -4, 3, -3, 0.9f, -0.9f, 0.1f, -0.1f};
    static const int8_t want[8] = {1, -1, 1, -1, 0, 0, 0, 0};
    int8_t codes[CUR_LINEAR_PADDING];
    float scale = cur_quantize_ternary(codes, v, 8), mean = 0;
    for (int i = 0; i < 8; i++)
        mean += fabsf(v[i]) / 8;
    CHECK(fabsf(scale - mean) < 1e-6f && memcmp(codes, want, 8) == 0);
}

static void softmax(void) {
    struct cur_scores s = {.logits = {1.0f, 3.0f, -2.0f, 3.0f}};
    cur_softmax(&s, 4);
    double e[4] = {exp(-2), 1, exp(-5), 1}, sum = e[0] + e[1] + e[2] + e[3], entropy = 0;
    for (int i = 0; i < 4; i++)
        entropy -= e[i] / sum * log(e[i] / sum);
    CHECK(s.top == 1 && fabs(s.p - 1 / sum) < 1e-6 && fabs(s.entropy - entropy) < 1e-6);
    s.logits[0] = 3e38f;
    cur_softmax(&s, 4);
    CHECK(s.top == 0 && s.p == 1.0f && s.entropy == 0.0f);
}

static void normalise(double *v, int n) {
    double mean = 0, variance = 0;
    for (int i = 0; i < n; i++)
        mean += v[i] / n;
    for (int i = 0; i < n; i++)
        variance += (v[i] - mean) * (v[i] - mean) / n;
    for (int i = 0; i < n; i++)
        v[i] = (v[i] - mean) / sqrt(variance + 1e-5);
}

/* Rounds v to codes; returns what one is worth. */
static double round_to_codes(double *v, int n, int ternary) {
    double largest = 0, sum = 0;
    for (int i = 0; i < n; i++) {
        largest = fmax(largest, fabs(v[i]));
        sum += fabs(v[i]);
    }
    double scale = ternary ? sum / n : largest / 127, most = ternary ? 1 : 127;
    for (int i = 0; i < n; i++)
        v[i] = fmax(-most, fmin(most, rint(v[i] / scale)));
    return scale;
}

/* One layer in float64 and plain integers, from the image's bytes: v to y. */
static void naive_layer(const struct cur_layer *layer, double *v, double *y) {
    int inputs = layer->linear.inputs, outputs = layer->linear.outputs, bits = layer->linear.bits;
    double worth = 1;
    if (layer->kind == CUR_LAYER_STATIC) {
        worth = layer->activation_scale;
        for (int i = 0; i < inputs; i++)
            v[i] = fmax(-127, fmin(127, rint(v[i] / worth)));
    } else if (layer->kind != CUR_LAYER_FLOAT) {
        normalise(v, inputs);
        worth = round_to_codes(v, inputs, layer->linear.ternary_activations);
    }
    for (int o = 0; o < outputs; o++) {
        const uint8_t *row = layer->linear.weights + (uint32_t)o * layer->linear.row_bytes;
        double sum = 0, scale = worth;
        for (int i = 0; i < inputs; i++)
            sum += v[i] * (bits == 32 ? cur_f32(row + 4 * i) : images_code(row, (uint32_t)bits, (uint32_t)i));
        if (layer->scale_count) scale *= cur_f32(layer->scales + (layer->scale_count == 1 ? 0 : 4 * o));
        y[o] = sum * scale + cur_f32(layer->bias + 4 * o);
    }
    if (layer->flags & CUR_LAYER_NORM) normalise(y, outputs);
    for (int o = 0; o < outputs; o++) {
        if (layer->flags & CUR_LAYER_NORM)
            y[o] = y[o] * cur_f32(layer->norm_gain + 4 * o) + cur_f32(layer->norm_bias + 4 * o);
        if (layer->flags & (CUR_LAYER_NORM | CUR_LAYER_RELU)) y[o] = fmax(0, y[o]);
    }
}

static const uint8_t precisions[][2] = {{1, 0}, {2, 0}, {2, 1}, {2, 2}, {4, 0}, {8, 0}, {16, 0}, {32, 0}};
enum { PRECISIONS = sizeof precisions / sizeof *precisions };

/* How far the expert in `image` is from the naive one on some embedding, against the largest logit; 1 if it
 * reports an error. */
static double distance(void) {
    static double v[CUR_IMAGE_WIDTH], y[CUR_IMAGE_WIDTH];
    float embedding[CUR_EMBEDDING], logits[CUR_IMAGE_CLASSES];
    for (int i = 0; i < CUR_EMBEDDING; i++) {
        embedding[i] = (float)(test_noise() % 8000) / 1000 - 6;
        v[i] = ((double)embedding[i] - cur_f32(image.embedding_offset + 4 * i)) *
               cur_f32(image.embedding_scale + 4 * i);
    }
    for (int l = 0; l < image.layer_count; l++) {
        naive_layer(&image.layers[l], v, y);
        memcpy(v, y, sizeof v);
    }
    if (cur_expert_run(&image, embedding, &work, logits, &hal)) return 1;
    double largest = 0, furthest = 0;
    for (int c = 0; c < image.outputs; c++) {
        largest = fmax(largest, fabs(v[c]));
        furthest = fmax(furthest, fabs(v[c] - logits[c]));
    }
    return furthest / largest;
}

static void matches_naive(void) {
    for (int p = 0; p < PRECISIONS; p++) {
        struct images_plan plan = images_expert(precisions[p][0], precisions[p][1]);
        /* Seeds at which no activation lies so near the border of two codes that float64 takes the other. */
        for (uint32_t seed = 2; seed <= 11; seed++) {
            uint32_t len = images_build(bytes, &plan, seed);
            CHECK_AT(100 * p + seed, cur_image_open(&image, bytes, len, &hal) == 0);
            CHECK_AT(100 * p + seed, distance() < 1e-5);
        }
    }
}

static void matches_naive_without_norm(void) {
    for (int p = 0; p < PRECISIONS; p++) {
        struct images_plan plan = images_expert(precisions[p][0], precisions[p][1]);
        plan.layer[0].flags = CUR_LAYER_RELU;
        plan.layer[1].flags = 0;
        plan.layer[2].kind = plan.layer[1].kind; /* the logits from integers, too */
        uint32_t len = images_build(bytes, &plan, 3);
        CHECK_AT(p, cur_image_open(&image, bytes, len, &hal) == 0);
        CHECK_AT(p, distance() < 1e-5);
    }
}

static void static_layers_match_naive(void) {
    for (uint32_t seed = 2; seed <= 11; seed++) {
        struct images_plan plan = images_static_expert();
        if (seed % 3 == 0) plan.layer[0].flags = CUR_LAYER_RELU;
        if (seed % 3 == 1) plan.layer[2].kind = CUR_LAYER_STATIC;
        uint32_t len = images_build(bytes, &plan, seed);
        CHECK_AT(seed, cur_image_open(&image, bytes, len, &hal) == 0);
        CHECK_AT(seed, distance() < 1e-5);
    }
}

static void quantizes_by_a_known_scale(void) {
    static const float v[8] = {0.25f, -0.25f, 0.75f, -0.75f, 63.5f, -63.75f, 1e30f, -1e30f};
    static const int8_t want[8] = {0, 0, 2, -2, 127, -127, 127, -127};
    int8_t codes[CUR_LINEAR_PADDING];
    memset(codes, 0x55, sizeof codes);
    cur_quantize_static(codes, v, 8, 0.5f);
    CHECK(memcmp(codes, want, 8) == 0);
    for (int i = 8; i < CUR_LINEAR_PADDING; i++)
        CHECK_AT(i, codes[i] == 0);
}

static void reports_overflow(void) {
    float embedding[CUR_EMBEDDING], logits[CUR_IMAGE_CLASSES];
    uint32_t len = fake_image(bytes, 3);
    uint8_t *weights = images_section(bytes, 11, 2);
    for (int i = 0; i < 30; i++)
        cur_put_f32(weights + 4 * i, 3e38f);
    fake_seal(bytes, len);
    for (int i = 0; i < CUR_EMBEDDING; i++)
        embedding[i] = (float)(i % 7);
    CHECK(cur_image_open(&image, bytes, len, &hal) == 0);
    CHECK(cur_expert_run(&image, embedding, &work, logits, &hal) != 0);
}

TEST_LIST(expert_tests) = {
    {"activations are rounded half to even", quantizes_half_to_even},
    {"ternary activations are rounded at half their mean magnitude", quantizes_to_three_codes},
    {"a constant vector becomes zeros", quantizes_constants_to_zero},
    {"softmax gives probability, entropy and the first of equal tops", softmax},
    {"an expert of any precision is what plain integers and float64 give", matches_naive},
    {"so is one with ReLU alone or nothing behind its layers", matches_naive_without_norm},
    {"a static layer's activations are rounded by its own scale, half to even", quantizes_by_a_known_scale},
    {"an expert with static layers is what plain integers and float64 give", static_layers_match_naive},
    {"an expert whose numbers overflow is reported", reports_overflow},
    TEST_END,
};
