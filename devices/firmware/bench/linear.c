/* Counts what the linear layers of an expert of the bank, 384 to 640 and 640 to 320, take in every precision:
 * `PRECISION_INPUTS MACS INSTRUCTIONS`, with the scale and bias of each row. */
#include "../core/kernels/linear.h"
#include "../core/mem.h"
#include "bench.h"

static _Alignas(16) uint8_t weights[640 * 384 * 2];
static _Alignas(16) int8_t codes[CUR_LINEAR_WIDTH];
static struct cur_linear_work work;
static int32_t acc[CUR_LINEAR_WIDTH];
static float y[CUR_LINEAR_WIDTH];
static uint8_t bias[4 * CUR_LINEAR_WIDTH];

static uint32_t state = 1;

static uint32_t noise(void) {
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

static void count(const char *name, uint32_t bits, int ternary_activations, uint32_t inputs, uint32_t outputs) {
    struct cur_linear layer = {.weights = weights,
                               .row_bytes = cur_row_bytes(bits, inputs),
                               .inputs = (uint16_t)inputs,
                               .outputs = (uint16_t)outputs,
                               .bits = (uint8_t)bits,
                               .ternary_activations = (uint8_t)ternary_activations};
    for (uint32_t i = 0; i < CUR_LINEAR_WIDTH; i++) {
        int32_t x = ternary_activations ? (int32_t)(noise() % 3) - 1 : (int32_t)(noise() % 255) - 127;
        codes[i] = (int8_t)(i < inputs ? x : 0);
    }
    bench_begin();
    cur_linear(acc, &layer, codes, &work);
    for (uint32_t o = 0; o < outputs; o++)
        y[o] = (float)acc[o] * 0.5f + cur_f32(bias + 4 * o);
    bench_finish(name, inputs * outputs);
}

void bench(void) {
    for (uint32_t i = 0; i < sizeof weights; i++)
        weights[i] = (uint8_t)noise();
    count("bit1_384", 1, 0, 384, 640);
    count("bit1_640", 1, 0, 640, 320);
    count("bit2_384", 2, 0, 384, 640);
    count("bit2_640", 2, 0, 640, 320);
    count("ternary_ternary_384", 2, 1, 384, 640);
    count("ternary_ternary_640", 2, 1, 640, 320);
    count("int4_384", 4, 0, 384, 640);
    count("int4_640", 4, 0, 640, 320);
    count("int8_384", 8, 0, 384, 640);
    count("int8_640", 8, 0, 640, 320);
    count("int16_384", 16, 0, 384, 640);
    count("int16_640", 16, 0, 640, 320);
}
