#ifndef CUR_LINEAR_CASES_H
#define CUR_LINEAR_CASES_H

#include "../core/kernels/linear.h"

/*
 * Layers that a linear kernel must get right, numbered: every precision, odd widths, few rows, codes at their
 * extremes with the largest sums of either sign. The unit tests compare them with a naive reference; on
 * emulated machines and as WebAssembly bench/check_kernels.c compares them with portable C.
 */

enum { CASE_OUTPUTS = 7 };

struct linear_case {
    struct cur_linear layer;
    _Alignas(16) uint8_t weights[CASE_OUTPUTS * CUR_LINEAR_WIDTH * 2];
    _Alignas(16) int8_t codes[CUR_LINEAR_WIDTH];
};

/* A precision of the layers: weight bits, and whether activations are ternary. */
static const struct case_precision {
    uint8_t bits, ternary_activations;
} case_precisions[] = {{1, 0}, {2, 0}, {2, 1}, {4, 0}, {8, 0}, {16, 0}};

static const uint16_t case_widths[] = {1,   2,   3,   15,  16,  17,  31,  33,   63,   65,
                                       100, 127, 128, 129, 320, 384, 640, 1000, 2047, 2048};

static const uint8_t case_outputs[] = {1, 3, 4, 7};

/* Random; or every weight and activation at an end of its range: high or low. */
enum case_pattern { CASE_RANDOM, CASE_HIGH_HIGH, CASE_HIGH_LOW, CASE_LOW_HIGH, CASE_LOW_LOW, CASE_PATTERNS };

#define CASE_COUNT(list) (sizeof(list) / sizeof(list)[0])
#define CASE_TOTAL                                                                                           \
    (CASE_COUNT(case_precisions) * CASE_COUNT(case_widths) * CASE_COUNT(case_outputs) * CASE_PATTERNS)

static uint32_t case_noise_state;

static inline uint32_t case_noise(void) {
    case_noise_state = case_noise_state * 1664525 + 1013904223;
    return case_noise_state >> 8;
}

/* Lays the code of input i into a row of packed weights that is all zero there. */
static inline void case_put(uint8_t *row, uint32_t bits, uint32_t i, int32_t code) {
    uint32_t stored = (uint32_t)(bits == 1 ? code > 0 : bits < 8 ? code + (1 << (bits - 1)) : code);
    if (bits >= 8) {
        for (uint32_t b = 0; b < bits / 8; b++)
            row[i * bits / 8 + b] = (uint8_t)(stored >> 8 * b);
        return;
    }
    uint32_t per_block = 128 / bits, in_block = i % per_block;
    row[i / per_block * 16 + in_block % 16] |= (uint8_t)(stored << in_block / 16 * bits);
}

/* A code at an end of its range, or between. With 16 bits a row's sum of magnitudes is bounded. */
static inline int32_t case_code(enum case_pattern pattern, uint32_t bits, uint32_t inputs) {
    int32_t low = -(1 << (bits - 1)), high = bits == 1 ? 1 : -low - 1;
    if (bits == 16 && inputs > 516) {
        high = 16909320 / (int32_t)inputs;
        low = -high;
    }
    if (pattern != CASE_RANDOM) return pattern == CASE_HIGH_HIGH || pattern == CASE_HIGH_LOW ? high : low;
    if (bits == 1) return case_noise() & 1 ? 1 : -1;
    return low + (int32_t)(case_noise() % (uint32_t)(high - low + 1));
}

/* Makes case `number`, 0 to CASE_TOTAL - 1. */
static inline void case_make(struct linear_case *c, uint32_t number) {
    case_noise_state = number;
    enum case_pattern pattern = (enum case_pattern)(number % CASE_PATTERNS);
    number /= CASE_PATTERNS;
    uint32_t outputs = case_outputs[number % CASE_COUNT(case_outputs)];
    number /= CASE_COUNT(case_outputs);
    uint32_t inputs = case_widths[number % CASE_COUNT(case_widths)];
    const struct case_precision *p = &case_precisions[number / CASE_COUNT(case_widths)];

    c->layer = (struct cur_linear){.weights = c->weights,
                                   .row_bytes = cur_row_bytes(p->bits, inputs),
                                   .inputs = (uint16_t)inputs,
                                   .outputs = (uint16_t)outputs,
                                   .bits = p->bits,
                                   .ternary_activations = p->ternary_activations};
    for (uint32_t i = 0; i < outputs * c->layer.row_bytes; i++)
        c->weights[i] = 0;
    for (uint32_t o = 0; o < outputs; o++) {
        for (uint32_t i = 0; i < inputs; i++)
            case_put(c->weights + o * c->layer.row_bytes, p->bits, i, case_code(pattern, p->bits, inputs));
    }
    int32_t largest = p->ternary_activations ? 1 : 127;
    for (uint32_t i = 0; i < CUR_LINEAR_WIDTH; i++) {
        int32_t x = largest;
        if (pattern == CASE_RANDOM) x = (int32_t)(case_noise() % (uint32_t)(2 * largest + 1)) - largest;
        if (pattern == CASE_HIGH_LOW || pattern == CASE_LOW_LOW) x = -largest;
        c->codes[i] = (int8_t)(i < inputs ? x : 0);
    }
}

#endif
