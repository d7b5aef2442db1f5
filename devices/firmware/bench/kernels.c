/* Counts the instructions of each kernel but the integer layers (linear.c) and prints a line for each.
 * devices/boards/measure-kernels.ts runs it and writes the table of the modelled boards. */
#include "../core/curlew.h"
#include "../core/inference/level.h"
#include "../core/inference/router.h"
#include "../core/inference/statistics.h"
#include "../core/mem.h"
#include "bench.h"

enum { WIDE = 640, NARROW = 320, CLASSES = 10, EXPERTS = 5, PASSES = 10 };

static int16_t pcm[CUR_WINDOW_SAMPLES];
static float patch[CUR_FRAMES * CUR_BANDS], embedding[CUR_EMBEDDING];
static struct cur_expert_work work;
static struct cur_scores scores;
static uint8_t weights[NARROW * CLASSES * 4] __attribute__((aligned(16)));
static uint8_t floats[4 * CUR_IMAGE_WIDTH];

static const struct cur_hal quiet; /* wants to know nothing */
static uint32_t state = 1;

static uint32_t noise(void) {
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

/* Roughly normal, as a layer's values are: some kernels take the less the more values they clamp. */
static void fill_floats(float *to, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        to[i] = -2.0f;
        for (int k = 0; k < 4; k++)
            to[i] += (float)(noise() & 0xffff) / 65536.0f;
    }
}

static void fill(void) {
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
        pcm[i] = (int16_t)(noise() & 0xffff);
    for (uint32_t i = 0; i < sizeof floats; i += 4)
        cur_put_f32(floats + i, (float)(noise() & 0xff) / 256.0f + 0.1f);
    for (uint32_t i = 0; i < NARROW * CLASSES; i++)
        cur_put_f32(weights + 4 * i, (float)(noise() & 0xff) / 256.0f);
}

static void measure_encoder(void) {
    static int8_t codes[CUR_FRAMES * CUR_BANDS];
    enum { CELLS = 24, CHANNELS = 64 };
    bench_begin();
    cur_encoder_quantize(codes, patch, CUR_FRAMES * CUR_BANDS, -3.0f, 20.0f);
    bench_finish("input", CUR_FRAMES * CUR_BANDS);
    bench_begin();
    cur_encoder_mean(embedding, codes, CELLS, CHANNELS, 0.01f);
    bench_finish("mean", CELLS * CHANNELS);
}

static void measure_router(void) {
    static struct cur_image router = {.outputs = EXPERTS};
    static const struct cur_routing routing = {.alpha = 1, .unit = 0.1f, .dropout = 0.2f};
    static float passes[PASSES][CUR_IMAGE_EXPERTS], kept[WIDE];
    static struct cur_route route;
    router.prior = floats;
    for (int t = 0; t < PASSES; t++) {
        for (int e = 0; e < EXPERTS; e++)
            passes[t][e] = (float)(noise() & 0xff) / 256.0f / EXPERTS;
    }
    float *values = work.rows[0].values;
    bench_begin();
    memcpy(values, kept, sizeof kept);
    cur_drop(values, WIDE, routing.dropout, 1, 0, 1, 1);
    bench_finish("dropout", WIDE);
    bench_begin();
    cur_route(&route, &router, &routing, (const float(*)[CUR_IMAGE_EXPERTS])passes, PASSES);
    bench_finish("route", PASSES * EXPERTS);
}

void bench(void) {
    float *values = work.rows[0].values;
    fill();
    bench_begin();
    for (int t = 0; t < CUR_FRAMES; t++)
        cur_log_mel_frame(pcm + t * CUR_FRAME_HOP, patch + t * CUR_BANDS);
    bench_finish("frame", CUR_FRAMES);
    static struct cur_level level;
    bench_begin();
    cur_level(&level, pcm);
    bench_finish("level", 1);
    bench_begin();
    cur_statistics(patch, embedding);
    bench_finish("statistics", 1);
    bench_begin();
    cur_scale(values, embedding, floats, floats, CUR_STATISTICS);
    bench_finish("scale", CUR_STATISTICS);
    fill_floats(values, WIDE);
    bench_begin();
    cur_quantize(work.codes, values, WIDE);
    bench_finish("quant", WIDE);
    fill_floats(values, WIDE);
    bench_begin();
    cur_quantize_ternary(work.codes, values, WIDE);
    bench_finish("quant_ternary", WIDE);
    fill_floats(values, WIDE);
    bench_begin();
    cur_quantize_static(work.codes, values, WIDE, 0.015f);
    bench_finish("quant_static", WIDE);
    fill_floats(values, WIDE);
    bench_begin();
    cur_norm_relu(values, floats, floats, WIDE);
    bench_finish("norm", WIDE);
    bench_begin();
    cur_relu(values, WIDE);
    bench_finish("relu", WIDE);
    struct cur_layer last = {
        .linear = {.inputs = NARROW, .outputs = CLASSES, .row_bytes = 4 * NARROW, .weights = weights},
        .bias = floats};
    bench_begin();
    cur_float_linear(work.rows[1].values, &last, values, &quiet);
    bench_finish("float", NARROW * CLASSES);
    fill_floats(scores.logits, CLASSES);
    bench_begin();
    cur_softmax(&scores, CLASSES);
    bench_finish("softmax", CLASSES);
    measure_encoder();
    measure_router();
}
