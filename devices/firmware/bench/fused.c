/* Runs encoders layer by layer and row by row: whether they give the same, and what rows add. For each
 * encoder a line `NAME_same 1` (0 where they differ), a line `NAME_whole 1 INSTRUCTIONS` of all its layers
 * whole, in more memory than a board has; and for numbers of fused layers `NAME_FUSED 1 INSTRUCTIONS`, each
 * after lines `NAME_FUSED/KERNEL UNITS` of the kernels that are fused layers' alone.
 * devices/boards/measure-kernels.ts works out from them what a unit takes. */
#include "../core/inference/encoder_rows.h"
#include "../core/mem.h"
#include "bench.h"

enum { LARGEST = 48 * 32 * 64, LAYERS = 11, NAME = 32 };

struct shape {
    uint8_t kind, height, width, stride, same;
    uint16_t outputs;
};

static _Alignas(16) int8_t maps[2][LARGEST];
static _Alignas(16) uint8_t packed[256 * 256 + 16];
static struct cur_encoder encoder;
static struct cur_encoder_work work;
static float patch[CUR_FRAMES * CUR_BANDS], whole[CUR_EMBEDDING], rows[CUR_EMBEDDING];
static int32_t bias[CUR_CONV_CHANNELS], multiplier[CUR_CONV_CHANNELS];
static uint8_t shift[CUR_CONV_CHANNELS];
static char name[NAME];

static void name_it(const char *first, const char *second) {
    uint32_t at = 0;
    while (*first)
        name[at++] = *first++;
    while (*second)
        name[at++] = *second++;
    name[at] = 0;
}

static void print_units(void *ctx, enum cur_kernel kernel, uint32_t units) {
    const char number[] = {'/', (char)('0' + kernel / 10), (char)('0' + kernel % 10), 0};
    (void)ctx;
    if (kernel != CUR_KERNEL_FUSED_ROW && kernel != CUR_KERNEL_FUSED_MOVE) return;
    bench_print(name);
    bench_value(number, units);
}

static void make(const struct shape *shapes, uint8_t count) {
    struct cur_window window = {.height = CUR_FRAMES, .width = CUR_BANDS, .channels = 1};
    encoder = (struct cur_encoder){.layer_count = count, .offset = -3.25f, .scale = 21.5f, .unit = 0.0125f};
    for (uint8_t l = 0; l < count; l++) {
        const struct shape *shape = &shapes[l];
        struct cur_encoder_layer *layer = &encoder.layers[l];
        uint32_t cells = (uint32_t)shape->height * shape->width;
        int depthwise = shape->kind == CUR_ENCODER_DEPTHWISE;
        uint16_t inputs = (uint16_t)(depthwise ? window.channels : cells * window.channels);
        window.kernel_height = shape->height;
        window.kernel_width = shape->width;
        window.stride = shape->stride;
        window.same = shape->same;
        *layer = (struct cur_encoder_layer){.kind = shape->kind,
                                            .rows = (uint16_t)cur_window_rows(&window),
                                            .columns = (uint16_t)cur_window_columns(&window),
                                            .outputs = shape->outputs,
                                            .window = window,
                                            .by = {bias, multiplier, shift, 0}};
        layer->weights = (struct cur_linear){.weights = packed,
                                             .row_bytes = cur_row_bytes(8, inputs),
                                             .inputs = inputs,
                                             .outputs = depthwise ? (uint16_t)cells : shape->outputs,
                                             .bits = 8};
        window.height = layer->rows;
        window.width = layer->columns;
        window.channels = layer->outputs;
        encoder.embedding = layer->outputs;
    }
}

static void run_whole(const struct cur_hal *hal) {
    const struct cur_encoder_layer *layer = encoder.layers;
    uint32_t l = 0;
    cur_encoder_quantize(maps[0], patch, CUR_FRAMES * CUR_BANDS, encoder.offset, encoder.scale);
    for (; l < encoder.layer_count; l++, layer++)
        cur_encoder_layer_run(maps[1 - l % 2], maps[l % 2], layer, &work.conv, hal);
    layer--;
    cur_encoder_mean(whole, maps[l % 2], (uint32_t)layer->rows * layer->columns, layer->outputs,
                     encoder.unit);
}

/* Counts with so many fused layers; 1 if it is the same as whole layers give. */
static int count_fused(const char *called, const char *number, uint8_t fused) {
    static const struct cur_hal quiet, reporting = {.work = print_units};
    encoder.fused = fused;
    name_it(called, number);
    cur_encoder_run(&encoder, patch, rows, &work, &reporting);
    bench_begin();
    cur_encoder_run(&encoder, patch, rows, &work, &quiet);
    bench_finish(name, 1);
    return memcmp(whole, rows, 4u * encoder.embedding) == 0;
}

/* All layers fused, and, unless it is 0, so many. */
static void count(const char *called, const struct shape *shapes, uint8_t layers, const char *number,
                  uint8_t fused) {
    static const struct cur_hal quiet;
    make(shapes, layers);
    name_it(called, "_whole");
    bench_begin();
    run_whole(&quiet);
    bench_finish(name, 1);
    int same = count_fused(called, "_all", layers);
    if (fused) same &= count_fused(called, number, fused);
    name_it(called, "_same");
    bench_value(name, (uint32_t)same);
}

/* The shape of a large encoder, of which a board without rows could not hold a layer. */
static const struct shape large[LAYERS] = {
    {CUR_ENCODER_CONV, 3, 3, 2, 1, 32},  {CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 32},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 64},  {CUR_ENCODER_DEPTHWISE, 3, 3, 2, 1, 64},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 128}, {CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 128},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 128}, {CUR_ENCODER_DEPTHWISE, 3, 3, 2, 1, 128},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 256}, {CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 256},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 256},
};
/* A cell or two a row: what a row adds shows. */
static const struct shape narrow[5] = {
    {CUR_ENCODER_CONV, 3, 3, 2, 1, 4},      {CUR_ENCODER_MAX_POOL, 2, 31, 2, 0, 4},
    {CUR_ENCODER_DEPTHWISE, 3, 1, 1, 2, 4}, {CUR_ENCODER_CONV, 3, 1, 1, 0, 4},
    {CUR_ENCODER_DEPTHWISE, 2, 1, 1, 0, 4},
};
/* Many rows that are held: what moving them adds shows. */
static const struct shape tall[4] = {
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 8},
    {CUR_ENCODER_AVERAGE_POOL, 20, 1, 1, 1, 8},
    {CUR_ENCODER_MAX_POOL, 9, 1, 1, 2, 8},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 16},
};

void bench(void) {
    uint32_t noise = 1;
    for (uint32_t i = 0; i < sizeof packed; i++) {
        noise = noise * 1664525 + 1013904223;
        packed[i] = (uint8_t)(noise >> 20);
    }
    for (uint32_t i = 0; i < CUR_FRAMES * CUR_BANDS; i++) {
        noise = noise * 1664525 + 1013904223;
        patch[i] = (float)(noise >> 8 & 1023) / 100 - 8;
    }
    for (uint32_t o = 0; o < CUR_CONV_CHANNELS; o++) {
        multiplier[o] = 0x50000000;
        shift[o] = 40;
    }
    count("large", large, LAYERS, "_8", 8);
    count("narrow", narrow, 5, "", 0);
    count("tall", tall, 4, "", 0);
}
