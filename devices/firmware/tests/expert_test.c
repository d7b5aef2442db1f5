#include <math.h>
#include <stdlib.h>

#include "fake.h"
#include "test.h"
#include "../core/mem.h"

static struct cur_expert_work work;

static void quantizes_half_to_even(void) {
    /* Values whose LayerNorm is themselves up to a factor: mean 0, largest 127 units. */
    static float v[8];
    static const float units[8] = {127, -127, 0.5f, -0.5f, 1.5f, -1.5f, 2.5f, -2.5f};
    static const int8_t want[8] = {127, -127, 0, 0, 2, -2, 2, -2};
    int8_t codes[8];
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
    float v[9];
    int8_t codes[16];
    memset(codes, 0x55, sizeof codes);
    for (int i = 0; i < 9; i++)
        v[i] = 3.25f;
    CHECK(cur_quantize(codes, v, 9) == 0.0f);
    for (int i = 0; i < 16; i++)
        CHECK_AT(i, codes[i] == 0);
}

static void multiplies_exactly(void) {
    for (uint32_t n = 1; n <= 50; n++) {
        uint8_t weights[200] = {0}, scale[4], bias[4];
        int8_t codes[56] = {0};
        struct cur_layer layer = {
            .inputs = (uint16_t)n, .outputs = 1, .scale_count = 1, .row_bytes = (n + 7) / 8 * 4};
        int32_t want = 0;
        for (uint32_t i = 0; i < n; i++) {
            int w = (int)(test_noise() % 15) - 7, q = (int)(test_noise() % 255) - 127;
            weights[i / 2] |= (uint8_t)((w & 15) << (i & 1 ? 4 : 0));
            codes[i] = (int8_t)q;
            want += w * q;
        }
        cur_put_f32(scale, 2.0f);
        cur_put_f32(bias, 0.5f);
        layer.weights = weights, layer.scales = scale, layer.bias = bias;
        float y;
        cur_bitlinear(&y, &layer, codes, 0.25f);
        CHECK_AT(n, y == (float)want * 0.5f + 0.5f);
    }
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

/* The whole expert in float64, from the image's bytes. */
static void matches_float64(void) {
    static uint8_t bytes[8192] __attribute__((aligned(16)));
    static struct cur_image image;
    static float embedding[CUR_EMBEDDING];
    struct cur_scores scores;
    struct fake *none = NULL;
    struct cur_hal hal = {.ctx = none};
    for (uint32_t seed = 1; seed <= 20; seed++) {
        uint32_t len = fake_image(bytes, seed);
        CHECK_AT(seed, cur_image_open(&image, bytes, len) == 0);
        double v[CUR_EMBEDDING], mean = 0, var = 0, largest = 0;
        for (int i = 0; i < CUR_EMBEDDING; i++) {
            embedding[i] = (float)(test_noise() % 8000) / 1000 - 6;
            v[i] = ((double)embedding[i] - cur_f32(image.embedding_offset + 4 * i)) *
                   cur_f32(image.embedding_scale + 4 * i);
            mean += v[i] / CUR_EMBEDDING;
        }
        for (int i = 0; i < CUR_EMBEDDING; i++)
            var += (v[i] - mean) * (v[i] - mean) / CUR_EMBEDDING;
        for (int i = 0; i < CUR_EMBEDDING; i++) {
            v[i] = (v[i] - mean) / sqrt(var + 1e-5);
            largest = fmax(largest, fabs(v[i]));
        }
        double step = largest / 127, hidden[10], hidden_mean = 0, hidden_var = 0;
        const struct cur_layer *l = &image.layers[0], *last = &image.layers[1];
        for (int o = 0; o < 10; o++) {
            double sum = 0;
            for (int i = 0; i < CUR_EMBEDDING; i++) {
                uint8_t byte = l->weights[o * 192 + i / 2];
                int w = i & 1 ? byte >> 4 : byte & 15;
                sum += (w > 7 ? w - 16 : w) * rint(v[i] / step);
            }
            hidden[o] = sum * step * cur_f32(l->scales) + cur_f32(l->bias + 4 * o);
            hidden_mean += hidden[o] / 10;
        }
        for (int o = 0; o < 10; o++)
            hidden_var += pow(hidden[o] - hidden_mean, 2) / 10;
        CHECK_AT(seed, cur_expert_run(&image, embedding, &work, &scores, &hal) == 0);
        for (int c = 0; c < 3; c++) {
            double want = cur_f32(last->bias + 4 * c);
            for (int o = 0; o < 10; o++) {
                double y =
                    (hidden[o] - hidden_mean) / sqrt(hidden_var + 1e-5) * cur_f32(l->norm_gain + 4 * o) +
                    cur_f32(l->norm_bias + 4 * o);
                want += fmax(0, y) * cur_f32(last->weights + 4 * (10 * c + o));
            }
            CHECK_AT(seed, fabs(scores.logits[c] - want) < 1e-4);
        }
    }
}

static void reports_overflow(void) {
    static uint8_t bytes[8192] __attribute__((aligned(16)));
    static struct cur_image image;
    static float embedding[CUR_EMBEDDING];
    struct cur_scores scores;
    struct cur_hal hal = {0};
    uint32_t len = fake_image(bytes, 3);
    uint8_t *weights = bytes + cur_u32(fake_entry(bytes, 11, 2) + 4);
    for (int i = 0; i < 30; i++)
        cur_put_f32(weights + 4 * i, 3e38f);
    fake_seal(bytes, len);
    for (int i = 0; i < CUR_EMBEDDING; i++)
        embedding[i] = (float)(i % 7);
    CHECK(cur_image_open(&image, bytes, len) == 0);
    CHECK(cur_expert_run(&image, embedding, &work, &scores, &hal) != 0);
}

TEST_LIST(expert_tests) = {
    {"activations are rounded half to even", quantizes_half_to_even},
    {"a constant vector becomes zeros", quantizes_constants_to_zero},
    {"a BitLinear row of any length is an exact sum", multiplies_exactly},
    {"softmax gives probability, entropy and the first of equal tops", softmax},
    {"a whole expert is what float64 gives", matches_float64},
    {"an expert whose numbers overflow is reported", reports_overflow},
    TEST_END,
};
