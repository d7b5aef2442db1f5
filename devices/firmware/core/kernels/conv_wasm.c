#include "conv_8_bits.h"

#ifdef CUR_KERNELS_WASM
#include "requantize_wasm.h"
#include "../mem.h"

/*
 * Everything is widened to int16 once, so that one instruction multiplies eight pairs and adds two and two. A
 * vector of weights is two inputs of four outputs, a pair of activations is spread over a vector: the sums of
 * four outputs grow in the lanes of one vector, and nothing is added across.
 */

enum { CELLS = 4, OUTPUTS = CUR_WAY_CHANNELS, HALVES = CUR_WAY_HALVES, CODES = 65536 };

/* Scratch. Nobody need own it: an instance of WebAssembly is one thread, and boards of it do not lack memory.
 */
static struct {
    _Alignas(16) int16_t codes[CODES + 8]; /* windows of cells, each from an even place on */
    _Alignas(16) int16_t panel[OUTPUTS * (CUR_LINEAR_WIDTH + 8)]; /* weights of eight outputs */
} wide;

static inline void widen(int16_t *to, const int8_t *from, uint32_t n) {
    uint32_t i = 0;
    for (; i + 8 <= n; i += 8)
        wasm_v128_store(to + i, wasm_i16x8_load8x8(from + i));
    for (; i < n; i++)
        to[i] = from[i];
}

/* A window that lies wholly inside the image, as whole vectors where these end before `end`: what one writes
 * too much, up to seven codes, is written again, or lies behind the last. */
static inline void gather_whole(int16_t *codes, const int8_t *in, const int8_t *end,
                                const struct cur_window *window) {
    uint32_t row = window->kernel_width * window->channels, step = window->width * window->channels;
    for (uint32_t y = 0; y < window->kernel_height; y++, codes += row, in += step) {
        if ((uint32_t)(end - in) < row + 8) {
            widen(codes, in, row);
            continue;
        }
        for (uint32_t i = 0; i < row; i += 8)
            wasm_v128_store(codes + i, wasm_i16x8_load8x8(in + i));
    }
}

/* The window's cells, one kernel row after the other, zeros where there is padding; and one more zero, which
 * may be the last pair's other half. */
static inline void gather(int16_t *codes, const int8_t *in, const struct cur_window *window, uint32_t inputs,
                          const struct cur_place *at) {
    uint32_t channels = window->channels, row = window->kernel_width * channels;
    uint32_t inside = (uint32_t)(at->right - at->left) * channels;
    const int8_t *end = in + (uint32_t)window->height * window->width * channels;
    in += ((uint32_t)at->top * window->width + (uint32_t)at->left) * channels;
    if (inside == row && at->bottom - at->top == window->kernel_height) {
        gather_whole(codes, in, end, window);
        codes[inputs] = 0;
        return;
    }
    memset(codes, 0, 2 * inputs + 2);
    codes += (uint32_t)(at->top - at->row) * row + (uint32_t)(at->left - at->column) * channels;
    for (int32_t y = at->top; y < at->bottom; y++, codes += row, in += window->width * channels)
        widen(codes, in, inside);
}

/* Four rows' next eight weights, turned: vector j holds the j-th pair of each. */
static inline void turn(int16_t *to, const uint8_t *const row[4], uint32_t at) {
    v128_t a = wasm_i16x8_load8x8(row[0] + at), b = wasm_i16x8_load8x8(row[1] + at);
    v128_t c = wasm_i16x8_load8x8(row[2] + at), d = wasm_i16x8_load8x8(row[3] + at);
    v128_t low_ab = wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), high_ab = wasm_i32x4_shuffle(a, b, 2, 6, 3, 7);
    v128_t low_cd = wasm_i32x4_shuffle(c, d, 0, 4, 1, 5), high_cd = wasm_i32x4_shuffle(c, d, 2, 6, 3, 7);
    wasm_v128_store(to, wasm_i64x2_shuffle(low_ab, low_cd, 0, 2));
    wasm_v128_store(to + 2 * OUTPUTS, wasm_i64x2_shuffle(low_ab, low_cd, 1, 3));
    wasm_v128_store(to + 4 * OUTPUTS, wasm_i64x2_shuffle(high_ab, high_cd, 0, 2));
    wasm_v128_store(to + 6 * OUTPUTS, wasm_i64x2_shuffle(high_ab, high_cd, 1, 3));
}

/* Eight rows of weights from output `first` on, pair by pair; where there are fewer the last one again. */
static void make_panel(int16_t *panel, const struct cur_linear *weights, uint32_t first) {
    for (uint32_t half = 0; half < HALVES; half++) {
        const uint8_t *row[4];
        for (uint32_t r = 0; r < 4; r++) {
            uint32_t output = first + 4 * half + r, last = weights->outputs - 1u;
            row[r] = weights->weights + (output < last ? output : last) * weights->row_bytes;
        }
        for (uint32_t at = 0; at < weights->inputs; at += 8)
            turn(panel + at * OUTPUTS + 8 * half, row, at);
    }
}

/* The next pair of one cell with eight outputs' weights. */
static inline void add(v128_t sums[HALVES], const int16_t *pair, v128_t first, v128_t second) {
    v128_t x = wasm_v128_load32_splat(pair);
    sums[0] = wasm_i32x4_add(sums[0], wasm_i32x4_dot_i16x8(first, x));
    sums[1] = wasm_i32x4_add(sums[1], wasm_i32x4_dot_i16x8(second, x));
}

static inline void finish(int8_t *out, const v128_t sums[HALVES], const struct cur_way *way, uint32_t count) {
    v128_t codes = cur_way_through(sums, way);
    if (count >= OUTPUTS) {
        wasm_v128_store64_lane(out, codes, 0);
        return;
    }
    int8_t all[16];
    wasm_v128_store(all, codes);
    memcpy(out, all, count);
}

/* Four cells, whose activations begin `stride` apart, of eight outputs, of which `count` are wanted. */
static void four_cells(int8_t *const out[CELLS], const int16_t *const x[CELLS], const int16_t *panel,
                       uint32_t pairs, const struct cur_way *way, uint32_t count) {
    v128_t a[HALVES] = {way->bias[0], way->bias[1]}, b[HALVES] = {a[0], a[1]};
    v128_t c[HALVES] = {a[0], a[1]}, d[HALVES] = {a[0], a[1]};
    const int16_t *xa = x[0], *xb = x[1], *xc = x[2], *xd = x[3];
    for (uint32_t i = 0; i < pairs; i++, panel += 2 * OUTPUTS) {
        v128_t first = wasm_v128_load(panel), second = wasm_v128_load(panel + 8);
        add(a, xa + 2 * i, first, second);
        add(b, xb + 2 * i, first, second);
        add(c, xc + 2 * i, first, second);
        add(d, xd + 2 * i, first, second);
    }
    finish(out[0], a, way, count);
    finish(out[1], b, way, count);
    finish(out[2], c, way, count);
    finish(out[3], d, way, count);
}

/* A block of gathered cells; the last group of four repeats the last cell. */
static void run_block(int8_t *out, uint32_t cells, uint32_t stride, const struct cur_linear *weights,
                      const struct cur_requantize *by) {
    uint32_t outputs = weights->outputs, pairs = (weights->inputs + 1u) / 2;
    for (uint32_t first = 0; first < outputs; first += OUTPUTS) {
        struct cur_way way;
        make_panel(wide.panel, weights, first);
        cur_make_way(&way, by, first, outputs);
        for (uint32_t cell = 0; cell < cells; cell += CELLS) {
            const int16_t *x[CELLS];
            int8_t *to[CELLS];
            for (uint32_t i = 0; i < CELLS; i++) {
                uint32_t one = cell + i < cells ? cell + i : cells - 1;
                x[i] = wide.codes + one * stride;
                to[i] = out + one * outputs + first;
            }
            four_cells(to, x, wide.panel, pairs, &way, outputs - first);
        }
    }
}

void cur_conv_8_bits(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                     const struct cur_linear *weights, const struct cur_requantize *by,
                     struct cur_conv_work *work) {
    (void)work;
    uint32_t columns = cur_window_columns(window), y = cells.from / columns, x = cells.from % columns;
    struct cur_place first = cur_window_place(window, 0, 0);
    uint32_t stride = (weights->inputs + 1u) & ~1u, at_once = CODES / stride;
    for (uint32_t from = cells.from; from < cells.to; from += at_once) {
        uint32_t count = cells.to - from < at_once ? cells.to - from : at_once;
        for (uint32_t i = 0; i < count; i++) {
            struct cur_place at = cur_window_from(window, &first, y, x);
            gather(wide.codes + i * stride, in, window, weights->inputs, &at);
            if (++x < columns) continue;
            x = 0;
            y++;
        }
        run_block(out + from * weights->outputs, count, stride, weights, by);
    }
}

#endif
