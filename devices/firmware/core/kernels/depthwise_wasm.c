#include "variant.h"

#ifdef CUR_KERNELS_WASM
#include "depthwise.h"
#include "depthwise_weights.h"
#include "requantize_wasm.h"

/* Eight channels at a time, as 16 bits. One instruction multiplies eight pairs and adds two and two: two
 * kernel cells of a channel are put beside each other for it. */
enum { BLOCK = CUR_WAY_CHANNELS, PAIRS = (CUR_DEPTHWISE_TAPS + 1) / 2 };

struct cur_depthwise_block {
    _Alignas(16) int16_t taps[CUR_DEPTHWISE_TAPS][BLOCK];
    v128_t pairs[PAIRS][CUR_WAY_HALVES]; /* of a 3 x 3 kernel; the last one's other half is 0 */
    struct cur_way way;
};

static inline v128_t beside_low(v128_t a, v128_t b) {
    return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

static inline v128_t beside_high(v128_t a, v128_t b) {
    return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

static void cur_depthwise_prepare(struct cur_depthwise_block *block, const struct cur_linear *weights,
                                  const struct cur_requantize *by, uint32_t channel) {
    const v128_t none = wasm_i16x8_splat(0);
    for (uint32_t t = 0; t < weights->outputs; t++) {
        int8_t eight[BLOCK];
        cur_depthwise_weights(eight, weights, t, channel, BLOCK);
        wasm_v128_store(block->taps[t], wasm_i16x8_load8x8(eight));
    }
    for (uint32_t p = 0; weights->outputs == CUR_DEPTHWISE_TAPS && p < PAIRS; p++) {
        v128_t first = wasm_v128_load(block->taps[2 * p]);
        v128_t second = p + 1 < PAIRS ? wasm_v128_load(block->taps[2 * p + 1]) : none;
        block->pairs[p][0] = beside_low(first, second);
        block->pairs[p][1] = beside_high(first, second);
    }
    cur_make_way(&block->way, by, channel, channel + BLOCK);
}

static void cur_depthwise_part(int8_t *out, const int8_t *x, uint32_t rows, uint32_t columns, uint32_t tap,
                               const struct cur_depthwise_steps *steps,
                               const struct cur_depthwise_block *block) {
    v128_t sums[CUR_WAY_HALVES] = {block->way.bias[0], block->way.bias[1]};
    for (; rows; rows--, x += steps->row, tap += steps->kernel_width) {
        const int8_t *at = x;
        for (uint32_t i = 0; i < columns; i++, at += steps->cell) {
            v128_t codes = wasm_i16x8_load8x8(at), w = wasm_v128_load(block->taps[tap + i]);
            sums[0] = wasm_i32x4_add(sums[0], wasm_i32x4_extmul_low_i16x8(codes, w));
            sums[1] = wasm_i32x4_add(sums[1], wasm_i32x4_extmul_high_i16x8(codes, w));
        }
    }
    wasm_v128_store64_lane(out, cur_way_through(sums, &block->way), 0);
}

static inline void add(v128_t sums[CUR_WAY_HALVES], v128_t x, v128_t y, const v128_t pair[CUR_WAY_HALVES]) {
    sums[0] = wasm_i32x4_add(sums[0], wasm_i32x4_dot_i16x8(beside_low(x, y), pair[0]));
    sums[1] = wasm_i32x4_add(sums[1], wasm_i32x4_dot_i16x8(beside_high(x, y), pair[1]));
}

static void run_3x3(int8_t *out, const int8_t *x, uint32_t cells, const struct cur_depthwise_steps *steps,
                    const struct cur_depthwise_block *block) {
    uint32_t cell = steps->cell, row = steps->row;
    for (; cells; cells--, out += cell, x += steps->stride) {
        v128_t sums[CUR_WAY_HALVES] = {block->way.bias[0], block->way.bias[1]}, c[CUR_DEPTHWISE_TAPS];
        for (uint32_t t = 0; t < CUR_DEPTHWISE_TAPS; t++)
            c[t] = wasm_i16x8_load8x8(x + t / 3 * row + t % 3 * cell);
        for (uint32_t p = 0; p < PAIRS; p++)
            add(sums, c[2 * p], p + 1 < PAIRS ? c[2 * p + 1] : wasm_i16x8_splat(0), block->pairs[p]);
        wasm_v128_store64_lane(out, cur_way_through(sums, &block->way), 0);
    }
}

static void cur_depthwise_run(int8_t *out, const int8_t *x, uint32_t cells,
                              const struct cur_depthwise_steps *steps,
                              const struct cur_depthwise_block *block) {
    if (steps->kernel_height == 3 && steps->kernel_width == 3) {
        run_3x3(out, x, cells, steps, block);
        return;
    }
    for (; cells; cells--, out += steps->cell, x += steps->stride)
        cur_depthwise_part(out, x, steps->kernel_height, steps->kernel_width, 0, steps, block);
}

void cur_depthwise(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                   const struct cur_linear *weights, const struct cur_requantize *by,
                   struct cur_conv_work *work) {
    struct cur_depthwise_block block;
    cur_depthwise_blocks(out, in, window, cells, weights, by, work, &block, BLOCK);
}

#endif
