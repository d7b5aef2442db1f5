/* Counts convolutions and pooling, preparation and requantization included: a line `NAME MACS INSTRUCTIONS`
 * for each (pooling: cells of the window instead of multiply-accumulates). First shapes of 24 x 16 images,
 * then, named by their shapes, the layers of the three encoders that ship, small, medium and large. */
#include "../core/kernels/conv.h"
#include "bench.h"

enum { HEIGHT = 24, WIDTH = 16, CHANNELS = 64, LARGEST = 48 * 32 * 64 };

static int8_t in[LARGEST], out[LARGEST];
static _Alignas(16) uint8_t packed[64 * 1024];
static struct cur_conv_work work;
static int32_t bias[CUR_CONV_CHANNELS], multiplier[CUR_CONV_CHANNELS];
static uint8_t shift[CUR_CONV_CHANNELS];
static const struct cur_requantize by = {bias, multiplier, shift, 1};

/* Of an image, with "same" padding. */
static struct cur_window window(uint16_t height, uint16_t width, uint16_t channels, uint8_t kernel,
                                uint8_t stride) {
    return (struct cur_window){.height = height,
                               .width = width,
                               .channels = channels,
                               .kernel_height = kernel,
                               .kernel_width = kernel,
                               .stride = stride,
                               .same = 1};
}

static struct cur_linear weights(uint8_t bits, uint16_t inputs, uint16_t rows) {
    return (struct cur_linear){.weights = packed,
                               .row_bytes = cur_row_bytes(bits, inputs),
                               .inputs = inputs,
                               .outputs = rows,
                               .bits = bits};
}

static uint32_t cells_of(const struct cur_window *w) {
    return cur_window_rows(w) * cur_window_columns(w);
}

static void count_conv(const char *name, uint8_t bits, struct cur_window w, uint16_t outputs) {
    struct cur_linear layer =
        weights(bits, (uint16_t)(w.kernel_height * w.kernel_width * w.channels), outputs);
    bench_begin();
    cur_conv(out, in, &w, cur_window_cells(&w), &layer, &by, &work);
    bench_finish(name, cells_of(&w) * layer.inputs * outputs);
}

static void count_depthwise(const char *name, uint8_t bits, struct cur_window w) {
    uint16_t cells = (uint16_t)(w.kernel_height * w.kernel_width);
    struct cur_linear layer = weights(bits, w.channels, cells);
    bench_begin();
    cur_depthwise(out, in, &w, cur_window_cells(&w), &layer, &by, &work);
    bench_finish(name, cells_of(&w) * cells * w.channels);
}

static void count_pools(void) {
    struct cur_window two = window(HEIGHT, WIDTH, CHANNELS, 2, 2), all = two;
    all.kernel_height = HEIGHT;
    all.kernel_width = WIDTH;
    all.same = 0;
    bench_begin();
    cur_max_pool(out, in, &two, cur_window_cells(&two));
    bench_finish("max_pool", HEIGHT * WIDTH * CHANNELS);
    bench_begin();
    cur_average_pool(out, in, &all, cur_window_cells(&all));
    bench_finish("average_pool", HEIGHT * WIDTH * CHANNELS);
}

/* What the three encoders have in common is counted once. */
static void count_encoders(void) {
    count_conv("conv_3x3_s2_96x64x1_16_int8", 8, window(96, 64, 1, 3, 2), 16);
    count_conv("conv_3x3_s2_96x64x1_24_int8", 8, window(96, 64, 1, 3, 2), 24);
    count_conv("conv_3x3_s2_96x64x1_32_int8", 8, window(96, 64, 1, 3, 2), 32);
    count_depthwise("depthwise_48x32x32_int8", 8, window(48, 32, 32, 3, 1));
    count_depthwise("depthwise_s2_48x32x16_int8", 8, window(48, 32, 16, 3, 2));
    count_depthwise("depthwise_s2_48x32x24_int8", 8, window(48, 32, 24, 3, 2));
    count_depthwise("depthwise_s2_48x32x64_int8", 8, window(48, 32, 64, 3, 2));
    count_depthwise("depthwise_24x16x128_int8", 8, window(24, 16, 128, 3, 1));
    count_depthwise("depthwise_s2_24x16x32_int8", 8, window(24, 16, 32, 3, 2));
    count_depthwise("depthwise_s2_24x16x64_int8", 8, window(24, 16, 64, 3, 2));
    count_depthwise("depthwise_s2_24x16x128_int8", 8, window(24, 16, 128, 3, 2));
    count_depthwise("depthwise_12x8x64_int8", 8, window(12, 8, 64, 3, 1));
    count_depthwise("depthwise_12x8x128_int8", 8, window(12, 8, 128, 3, 1));
    count_depthwise("depthwise_12x8x256_int8", 8, window(12, 8, 256, 3, 1));
    count_depthwise("depthwise_s2_12x8x64_int8", 8, window(12, 8, 64, 3, 2));
    count_depthwise("depthwise_s2_12x8x128_int8", 8, window(12, 8, 128, 3, 2));
    count_depthwise("depthwise_6x4x256_int8", 8, window(6, 4, 256, 3, 1));
    count_conv("pointwise_48x32x32_64_int8", 8, window(48, 32, 32, 1, 1), 64);
    count_conv("pointwise_24x16x16_32_int8", 8, window(24, 16, 16, 1, 1), 32);
    count_conv("pointwise_24x16x24_64_int8", 8, window(24, 16, 24, 1, 1), 64);
    count_conv("pointwise_24x16x64_128_int8", 8, window(24, 16, 64, 1, 1), 128);
    count_conv("pointwise_24x16x128_128_int8", 8, window(24, 16, 128, 1, 1), 128);
    count_conv("pointwise_12x8x32_64_int8", 8, window(12, 8, 32, 1, 1), 64);
    count_conv("pointwise_12x8x64_64_int8", 8, window(12, 8, 64, 1, 1), 64);
    count_conv("pointwise_12x8x64_128_int8", 8, window(12, 8, 64, 1, 1), 128);
    count_conv("pointwise_12x8x128_128_int8", 8, window(12, 8, 128, 1, 1), 128);
    count_conv("pointwise_12x8x128_256_int8", 8, window(12, 8, 128, 1, 1), 256);
    count_conv("pointwise_12x8x256_256_int8", 8, window(12, 8, 256, 1, 1), 256);
    count_conv("pointwise_6x4x64_160_int8", 8, window(6, 4, 64, 1, 1), 160);
    count_conv("pointwise_6x4x128_256_int8", 8, window(6, 4, 128, 1, 1), 256);
    count_conv("pointwise_6x4x256_256_int8", 8, window(6, 4, 256, 1, 1), 256);
}

void bench(void) {
    uint32_t noise = 1;
    for (uint32_t i = 0; i < sizeof in; i++) {
        noise = noise * 1664525 + 1013904223;
        in[i] = (int8_t)((int32_t)((noise >> 8) % 255) - 127);
        packed[i % sizeof packed] = (uint8_t)(noise >> 20);
    }
    for (uint32_t o = 0; o < CUR_CONV_CHANNELS; o++) {
        multiplier[o] = 0x50000000;
        shift[o] = 40;
    }
    count_conv("conv_3x3_int8", 8, window(HEIGHT, WIDTH, 1, 3, 2), 32);
    count_conv("conv_3x3_16_int8", 8, window(HEIGHT, WIDTH, 16, 3, 1), 32);
    count_conv("pointwise_int8", 8, window(HEIGHT, WIDTH, CHANNELS, 1, 1), CHANNELS);
    count_conv("pointwise_int4", 4, window(HEIGHT, WIDTH, CHANNELS, 1, 1), CHANNELS);
    count_depthwise("depthwise_int8", 8, window(HEIGHT, WIDTH, CHANNELS, 3, 1));
    count_depthwise("depthwise_int4", 4, window(HEIGHT, WIDTH, CHANNELS, 3, 1));
    count_pools();
    count_encoders();
}
