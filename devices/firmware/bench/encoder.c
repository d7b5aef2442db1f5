/* Counts layers of an encoder: a line `NAME 1 INSTRUCTIONS` for each, and before it, for each kernel that the
 * layer reports, a line `NAME/KERNEL UNITS`, the kernel by its number. devices/boards/measure-kernels.ts
 * works out from them what a unit of each kernel takes. */
#include "../core/inference/encoder_report.h"
#include "bench.h"

enum { LARGEST = 49152 };

static _Alignas(16) int8_t in[LARGEST];
static int8_t out[LARGEST];
static _Alignas(16) uint8_t packed[64 * 1024];
static struct cur_conv_work work;
static int32_t bias[CUR_CONV_CHANNELS], multiplier[CUR_CONV_CHANNELS];
static uint8_t shift[CUR_CONV_CHANNELS];
static const char *name;

static void print_units(void *ctx, enum cur_kernel kernel, uint32_t units) {
    const char number[] = {(char)('0' + kernel / 10), (char)('0' + kernel % 10), 0};
    (void)ctx;
    bench_print(name);
    bench_print("/");
    bench_value(number, units);
}

static struct cur_window image(uint16_t height, uint16_t width, uint16_t channels, uint8_t kernel_height,
                               uint8_t kernel_width, uint8_t stride, uint8_t same) {
    return (struct cur_window){.height = height,
                               .width = width,
                               .channels = channels,
                               .kernel_height = kernel_height,
                               .kernel_width = kernel_width,
                               .stride = stride,
                               .same = same};
}

/* Counts a layer on an input of that shape. */
static void count(const char *called, uint8_t kind, struct cur_window window, uint16_t outputs) {
    static const struct cur_hal hal = {.work = print_units};
    uint32_t cells = (uint32_t)window.kernel_height * window.kernel_width;
    int depthwise = kind == CUR_ENCODER_DEPTHWISE;
    uint16_t inputs = (uint16_t)(depthwise ? window.channels : cells * window.channels);
    struct cur_encoder_layer layer = {.kind = kind,
                                      .rows = (uint16_t)cur_window_rows(&window),
                                      .columns = (uint16_t)cur_window_columns(&window),
                                      .outputs = outputs,
                                      .window = window,
                                      .weights = {.weights = packed,
                                                  .row_bytes = cur_row_bytes(8, inputs),
                                                  .inputs = inputs,
                                                  .outputs = depthwise ? (uint16_t)cells : outputs,
                                                  .bits = 8},
                                      .by = {bias, multiplier, shift, 1}};
    name = called;
    cur_encoder_report(&hal, &layer);
    bench_begin();
    cur_encoder_layer_run(out, in, &layer, &work, &hal);
    bench_finish(called, 1);
}

void bench(void) {
    uint32_t noise = 1;
    for (uint32_t i = 0; i < sizeof packed; i++) {
        noise = noise * 1664525 + 1013904223;
        packed[i] = (uint8_t)(noise >> 20);
        in[i % sizeof in] = (int8_t)((int32_t)((noise >> 8) % 255) - 127);
    }
    for (uint32_t o = 0; o < CUR_CONV_CHANNELS; o++) {
        multiplier[o] = 0x50000000;
        shift[o] = 40;
    }
    count("conv_1", CUR_ENCODER_CONV, image(96, 64, 1, 3, 3, 2, 1), 16);
    count("conv_2", CUR_ENCODER_CONV, image(96, 64, 1, 5, 5, 2, 1), 8);
    count("conv_3", CUR_ENCODER_CONV, image(24, 16, 16, 3, 3, 1, 1), 32);
    count("conv_4", CUR_ENCODER_CONV, image(24, 16, 48, 3, 3, 2, 1), 48);
    count("conv_5", CUR_ENCODER_CONV, image(24, 16, 20, 3, 1, 1, 0), 64);
    count("conv_6", CUR_ENCODER_CONV, image(24, 16, 64, 1, 1, 1, 1), 64);
    count("conv_7", CUR_ENCODER_CONV, image(24, 16, 32, 1, 1, 1, 1), 64);
    count("conv_8", CUR_ENCODER_CONV, image(12, 8, 128, 1, 1, 1, 1), 256);
    count("conv_9", CUR_ENCODER_CONV, image(96, 64, 1, 3, 3, 2, 1), 8);
    count("conv_10", CUR_ENCODER_CONV, image(24, 16, 8, 1, 1, 1, 1), 20);
    count("conv_11", CUR_ENCODER_CONV, image(6, 4, 20, 2, 2, 1, 0), 24);
    count("conv_12", CUR_ENCODER_CONV, image(5, 3, 24, 1, 1, 1, 1), 384);
    count("depthwise_1", CUR_ENCODER_DEPTHWISE, image(48, 32, 16, 3, 3, 1, 1), 16);
    count("depthwise_2", CUR_ENCODER_DEPTHWISE, image(24, 16, 64, 3, 3, 2, 1), 64);
    count("depthwise_3", CUR_ENCODER_DEPTHWISE, image(12, 8, 128, 3, 3, 1, 1), 128);
    count("depthwise_4", CUR_ENCODER_DEPTHWISE, image(12, 8, 128, 1, 3, 1, 0), 128);
    count("depthwise_5", CUR_ENCODER_DEPTHWISE, image(24, 16, 48, 5, 1, 1, 0), 48);
    count("depthwise_6", CUR_ENCODER_DEPTHWISE, image(48, 32, 8, 3, 3, 2, 2), 8);
    count("depthwise_7", CUR_ENCODER_DEPTHWISE, image(12, 8, 20, 3, 3, 1, 1), 20);
    count("depthwise_8", CUR_ENCODER_DEPTHWISE, image(48, 32, 8, 3, 3, 1, 1), 8);
    count("depthwise_9", CUR_ENCODER_DEPTHWISE, image(48, 32, 16, 3, 3, 2, 1), 16);
    count("depthwise_10", CUR_ENCODER_DEPTHWISE, image(24, 16, 48, 3, 3, 2, 1), 48);
    count("depthwise_11", CUR_ENCODER_DEPTHWISE, image(12, 8, 96, 3, 3, 2, 1), 96);
    count("conv_13", CUR_ENCODER_CONV, image(48, 32, 8, 1, 1, 1, 1), 16);
    count("conv_14", CUR_ENCODER_CONV, image(24, 16, 16, 1, 1, 1, 1), 48);
    count("conv_15", CUR_ENCODER_CONV, image(12, 8, 48, 1, 1, 1, 1), 96);
    count("conv_16", CUR_ENCODER_CONV, image(6, 4, 96, 1, 1, 1, 1), 192);
    count("conv_17", CUR_ENCODER_CONV, image(6, 4, 192, 1, 1, 1, 1), 384);
    count("average_1", CUR_ENCODER_AVERAGE_POOL, image(48, 32, 16, 2, 2, 2, 0), 16);
    count("average_2", CUR_ENCODER_AVERAGE_POOL, image(24, 16, 64, 3, 3, 2, 1), 64);
    count("average_3", CUR_ENCODER_AVERAGE_POOL, image(6, 4, 256, 6, 4, 1, 0), 256);
    count("average_4", CUR_ENCODER_AVERAGE_POOL, image(12, 8, 20, 3, 3, 2, 1), 20);
    count("max_1", CUR_ENCODER_MAX_POOL, image(48, 32, 16, 2, 2, 2, 0), 16);
    count("max_2", CUR_ENCODER_MAX_POOL, image(24, 16, 64, 3, 3, 2, 1), 64);
    count("max_4", CUR_ENCODER_MAX_POOL, image(24, 16, 20, 2, 2, 2, 0), 20);
    count("max_3", CUR_ENCODER_MAX_POOL, image(6, 4, 256, 6, 4, 1, 0), 256);
}
