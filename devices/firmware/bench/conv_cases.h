#ifndef CUR_CONV_CASES_H
#define CUR_CONV_CASES_H

#include "../core/kernels/conv.h"
#include "linear_cases.h"

/*
 * Convolutions that the kernels must get right, numbered: strides, paddings, images smaller than the kernel,
 * channels that are no multiple of four, 4- and 8-bit weights, everything at its extremes. Used as
 * linear_cases.h is.
 */

enum { CONV_CASE_INPUT = 4096, CONV_CASE_OUTPUT = 8192, CONV_CASE_WEIGHTS = 40960 };

struct conv_case {
    struct cur_window window;
    struct cur_linear weights;
    struct cur_requantize by;
    int depthwise;
    int8_t in[CONV_CASE_INPUT];
    _Alignas(16) uint8_t packed[CONV_CASE_WEIGHTS];
    int32_t bias[CUR_CONV_CHANNELS], multiplier[CUR_CONV_CHANNELS];
    uint8_t shift[CUR_CONV_CHANNELS];
};

/* Outputs 0: depthwise. */
static const struct conv_case_shape {
    uint8_t height, width, kernel_height, kernel_width;
    uint16_t channels, outputs;
} conv_case_shapes[] = {
    {5, 7, 3, 3, 1, 4},   {6, 6, 3, 3, 3, 5},   {1, 1, 3, 3, 2, 3},  {4, 9, 1, 1, 17, 6},
    {3, 3, 1, 1, 32, 33}, {2, 2, 1, 1, 512, 7}, {7, 4, 5, 2, 8, 4},  {3, 3, 3, 3, 227, 2},
    {6, 5, 3, 3, 1, 0},   {5, 5, 3, 3, 4, 0},   {4, 6, 3, 3, 19, 0}, {1, 2, 3, 3, 6, 0},
    {3, 2, 3, 3, 512, 0}, {8, 3, 2, 4, 33, 0},  {7, 6, 3, 3, 48, 0}, {6, 7, 3, 3, 40, 0},
    {9, 5, 3, 3, 16, 0},  {5, 5, 3, 3, 24, 0},  {7, 5, 5, 1, 20, 0}, {5, 3, 1, 1, 64, 40},
    {6, 5, 3, 3, 16, 12}, {5, 9, 3, 3, 1, 24},  {3, 5, 1, 1, 48, 9}, {4, 4, 3, 3, 5, 8},
};

#define CONV_CASE_TOTAL (CASE_COUNT(conv_case_shapes) * 2 * 2 * 3 * CASE_PATTERNS)

/* Makes case `number`; 0 where it makes no sense: a kernel larger than an image without padding. */
static inline int conv_case_make(struct conv_case *c, uint32_t number) {
    case_noise_state = number;
    enum case_pattern pattern = (enum case_pattern)(number % CASE_PATTERNS);
    number /= CASE_PATTERNS;
    uint8_t bits = number & 1 ? 4 : 8, stride = number & 2 ? 2 : 1, same = (uint8_t)(number / 4 % 3);
    const struct conv_case_shape *shape = &conv_case_shapes[number / 12];
    uint32_t cells = (uint32_t)shape->kernel_height * shape->kernel_width;
    if (!same && (shape->kernel_height > shape->height || shape->kernel_width > shape->width)) return 0;

    c->depthwise = shape->outputs == 0;
    c->window = (struct cur_window){shape->height,
                                    shape->width,
                                    shape->channels,
                                    shape->kernel_height,
                                    shape->kernel_width,
                                    stride,
                                    same,
                                    0,
                                    0};
    uint32_t inputs = c->depthwise ? shape->channels : cells * shape->channels;
    uint32_t rows = c->depthwise ? cells : shape->outputs;
    c->weights = (struct cur_linear){.weights = c->packed,
                                     .row_bytes = cur_row_bytes(bits, inputs),
                                     .inputs = (uint16_t)inputs,
                                     .outputs = (uint16_t)rows,
                                     .bits = bits};
    for (uint32_t i = 0; i < rows * c->weights.row_bytes; i++)
        c->packed[i] = 0;
    for (uint32_t o = 0; o < rows; o++) {
        for (uint32_t i = 0; i < inputs; i++)
            case_put(c->packed + o * c->weights.row_bytes, bits, i, case_code(pattern, bits, inputs));
    }
    for (uint32_t i = 0; i < (uint32_t)shape->height * shape->width * shape->channels; i++) {
        int32_t x = pattern == CASE_HIGH_LOW || pattern == CASE_LOW_LOW ? -127 : 127;
        c->in[i] = (int8_t)(pattern == CASE_RANDOM ? (int32_t)(case_noise() % 255) - 127 : x);
    }
    /* Results spread over and beyond int8; some sums are large biases alone, some scales as coarse as can be.
     */
    for (uint32_t o = 0; o < (c->depthwise ? shape->channels : shape->outputs); o++) {
        c->bias[o] = (int32_t)(case_noise() % 4001) - 2000;
        c->multiplier[o] = (int32_t)(0x40000000u | case_noise() << 6);
        c->shift[o] = (uint8_t)(36 + case_noise() % 10);
        if (o % 5 == 1) c->bias[o] = o % 2 ? 0x3fffffff - (1 << 26) : (1 << 26) - 0x3fffffff;
        if (o % 7 == 2) c->multiplier[o] = 1 << 30, c->shift[o] = 33; /* an eighth: many halves */
    }
    c->by = (struct cur_requantize){c->bias, c->multiplier, c->shift, (uint8_t)(number % 3 == 0)};
    return 1;
}

#endif
