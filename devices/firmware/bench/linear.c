/* Counts integer layers in every precision, scale and bias of each row included: a line
 * `PRECISION_INPUTS_OUTPUTS MACS INSTRUCTIONS` for each. 384 to 640 and 640 to 320 are those of the bank's
 * experts. */
#include "../core/inference/expert.h"
#include "../core/mem.h"
#include "bench.h"

static _Alignas(16) uint8_t weights[640 * 384 * 2];
static uint8_t bias[4 * 640];
static struct cur_expert_work work;

static uint32_t state = 1;

static uint32_t noise(void) {
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

static void count(const char *name, uint8_t bits, uint8_t ternary_activations, uint16_t inputs,
                  uint16_t outputs) {
    static const uint8_t scale[4] = {0, 0, 0, 0x3f};
    struct cur_layer layer = {.linear = {.weights = weights,
                                         .row_bytes = cur_row_bytes(bits, inputs),
                                         .inputs = inputs,
                                         .outputs = outputs,
                                         .bits = bits,
                                         .ternary_activations = ternary_activations},
                              .scale_count = 1,
                              .scales = scale,
                              .bias = bias};
    uint32_t largest = ternary_activations ? 1 : 127;
    memset(work.codes, 0, sizeof work.codes);
    for (uint32_t i = 0; i < inputs; i++)
        work.codes[i] = (int8_t)(noise() % (2 * largest + 1) - largest);
    bench_begin();
    cur_linear(work.rows[0].sums, &layer.linear, work.codes, &work.linear);
    cur_scale_sums(&work.rows[0], &layer, 0.5f);
    bench_finish(name, (uint32_t)inputs * outputs);
}

#define COUNT(name, bits, ternary_activations)                                                               \
    count(name "_384_640", bits, ternary_activations, 384, 640);                                             \
    count(name "_640_320", bits, ternary_activations, 640, 320);                                             \
    count(name "_640_64", bits, ternary_activations, 640, 64)

void bench(void) {
    for (uint32_t i = 0; i < sizeof weights; i++)
        weights[i] = (uint8_t)noise();
    COUNT("1", 1, 0);
    COUNT("2", 2, 0);
    COUNT("t", 2, 1);
    COUNT("4", 4, 0);
    COUNT("8", 8, 0);
    COUNT("16", 16, 0);
}
