/* Counts convolutions and pooling, preparation and requantization included: a line `NAME MACS INSTRUCTIONS`
 * for each (pooling: cells of the window instead of multiply-accumulates). Shapes as in a small encoder of 48
 * x 32 images. */
#include "../core/kernels/conv.h"
#include "bench.h"

enum { HEIGHT = 24, WIDTH = 16, CHANNELS = 64 };

static int8_t in[HEIGHT * WIDTH * CHANNELS], out[HEIGHT * WIDTH * CHANNELS];
static _Alignas(16) uint8_t packed[64 * 1024];
static struct cur_conv_work work;
static int32_t bias[CUR_CONV_CHANNELS], multiplier[CUR_CONV_CHANNELS];
static uint8_t shift[CUR_CONV_CHANNELS];
static const struct cur_requantize by = {bias, multiplier, shift, 1};

static struct cur_window window(uint16_t channels, uint8_t kernel, uint8_t stride) {
    return (struct cur_window){HEIGHT, WIDTH, channels, kernel, kernel, stride, 1, 0, 0};
}

static struct cur_linear weights(uint8_t bits, uint16_t inputs, uint16_t rows) {
    return (struct cur_linear){.weights = packed,
                               .row_bytes = cur_row_bytes(bits, inputs),
                               .inputs = inputs,
                               .outputs = rows,
                               .bits = bits};
}

static void count_conv(const char *name, uint8_t bits, uint16_t channels, uint16_t outputs, uint8_t kernel,
                       uint8_t stride) {
    struct cur_window w = window(channels, kernel, stride);
    struct cur_linear layer = weights(bits, (uint16_t)(kernel * kernel * channels), outputs);
    bench_begin();
    cur_conv(out, in, &w, cur_window_cells(&w), &layer, &by, &work);
    bench_finish(name, cur_window_rows(&w) * cur_window_columns(&w) * layer.inputs * outputs);
}

static void count_depthwise(const char *name, uint8_t bits, uint8_t stride) {
    struct cur_window w = window(CHANNELS, 3, stride);
    struct cur_linear layer = weights(bits, CHANNELS, 9);
    bench_begin();
    cur_depthwise(out, in, &w, cur_window_cells(&w), &layer, &by, &work);
    bench_finish(name, cur_window_rows(&w) * cur_window_columns(&w) * 9 * CHANNELS);
}

void bench(void) {
    uint32_t noise = 1;
    for (uint32_t i = 0; i < sizeof in; i++) {
        noise = noise * 1664525 + 1013904223;
        in[i] = (int8_t)((int32_t)((noise >> 8) % 255) - 127);
        packed[i] = (uint8_t)(noise >> 20);
    }
    for (uint32_t o = 0; o < CUR_CONV_CHANNELS; o++) {
        multiplier[o] = 0x50000000;
        shift[o] = 40;
    }
    count_conv("conv_3x3_int8", 8, 1, 32, 3, 2);
    count_conv("conv_3x3_16_int8", 8, 16, 32, 3, 1);
    count_conv("pointwise_int8", 8, CHANNELS, CHANNELS, 1, 1);
    count_conv("pointwise_int4", 4, CHANNELS, CHANNELS, 1, 1);
    count_depthwise("depthwise_int8", 8, 1);
    count_depthwise("depthwise_int4", 4, 1);

    struct cur_window two = window(CHANNELS, 2, 2),
                      all = {HEIGHT, WIDTH, CHANNELS, HEIGHT, WIDTH, 1, 0, 0, 0};
    bench_begin();
    cur_max_pool(out, in, &two, cur_window_cells(&two));
    bench_finish("max_pool", sizeof in);
    bench_begin();
    cur_average_pool(out, in, &all, cur_window_cells(&all));
    bench_finish("average_pool", sizeof in);
}
