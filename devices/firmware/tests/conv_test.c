#include "test.h"
#include "../bench/conv_cases.h"

static struct conv_case c;
static struct cur_conv_work work;
static int8_t out[CONV_CASE_OUTPUT];

/* The code of input i, read from a packed row as IMAGE.md lays it down. */
static int64_t code_at(uint32_t row, uint32_t i) {
    const uint8_t *bytes = c.weights.weights + row * c.weights.row_bytes;
    if (c.weights.bits == 8) return (int8_t)bytes[i];
    return (bytes[i / 32 * 16 + i % 16] >> 4 * (i % 32 / 16) & 15) - 8;
}

/* Where output step `at` begins, as ONNX's SAME_UPPER, SAME_LOWER and VALID say. */
static int begin(int at, int size, int kernel) {
    if (!c.window.same) return at * c.window.stride;
    int steps = (size + c.window.stride - 1) / c.window.stride;
    int padding = (steps - 1) * c.window.stride + kernel - size;
    return at * c.window.stride - ((padding > 0 ? padding : 0) + c.window.same - 1) / 2;
}

static int steps(int size, int kernel) {
    return c.window.same ? (size + c.window.stride - 1) / c.window.stride
                         : (size - kernel) / c.window.stride + 1;
}

static int in_at(int y, int x, int channel) {
    if (y < 0 || x < 0 || y >= c.window.height || x >= c.window.width) return 0;
    return c.in[(y * c.window.width + x) * c.window.channels + channel];
}

static int8_t requantized(int64_t sum, uint32_t channel) {
    __int128 x = (__int128)(sum + c.by.bias[channel]) * c.by.multiplier[channel];
    __int128 half = (__int128)1 << (c.by.shift[channel] - 1), low = c.by.relu ? 0 : -127;
    x = x < 0 ? -((-x + half) >> c.by.shift[channel]) : (x + half) >> c.by.shift[channel];
    return (int8_t)(x < low ? low : x > 127 ? 127 : x);
}

static int8_t naive(int out_y, int out_x, int channel) {
    int64_t sum = 0;
    int y = begin(out_y, c.window.height, c.window.kernel_height);
    int x = begin(out_x, c.window.width, c.window.kernel_width);
    for (int i = 0; i < c.window.kernel_height * c.window.kernel_width; i++) {
        int row = y + i / c.window.kernel_width, column = x + i % c.window.kernel_width;
        if (c.depthwise) {
            sum += code_at((uint32_t)i, (uint32_t)channel) * in_at(row, column, channel);
            continue;
        }
        for (int k = 0; k < c.window.channels; k++)
            sum += code_at((uint32_t)channel, (uint32_t)(i * c.window.channels + k)) * in_at(row, column, k);
    }
    return requantized(sum, (uint32_t)channel);
}

typedef void convolution(int8_t *, const int8_t *, const struct cur_window *, struct cur_cells,
                         const struct cur_linear *, const struct cur_requantize *, struct cur_conv_work *);

static void compare_with_naive(convolution *conv, convolution *depthwise) {
    for (uint32_t number = 0; number < CONV_CASE_TOTAL; number++) {
        if (!conv_case_make(&c, number)) continue;
        int rows = steps(c.window.height, c.window.kernel_height);
        int columns = steps(c.window.width, c.window.kernel_width);
        int channels = c.depthwise ? c.window.channels : c.weights.outputs;
        CHECK_AT(number, cur_window_rows(&c.window) == (uint32_t)rows);
        CHECK_AT(number, cur_window_columns(&c.window) == (uint32_t)columns);
        memset(out, 0x5a, sizeof out);
        memset(&work, 0xa5, sizeof work);
        /* In two stretches, cut anywhere. */
        struct cur_cells all = cur_window_cells(&c.window);
        uint32_t cut = test_noise() % (all.to + 1);
        convolution *run = c.depthwise ? depthwise : conv;
        run(out, c.in, &c.window, (struct cur_cells){cut, all.to}, &c.weights, &c.by, &work);
        run(out, c.in, &c.window, (struct cur_cells){0, cut}, &c.weights, &c.by, &work);
        for (int i = 0; i < rows * columns * channels; i++) {
            int at = i / channels;
            CHECK_AT(number, out[i] == naive(at / columns, at % columns, i % channels));
        }
        CHECK_AT(number, out[rows * columns * channels] == 0x5a);
    }
}

/* Each row from those rows of the input alone that it needs. */
static void rows_are_those_of_the_whole(void) {
    static int8_t in[CONV_CASE_INPUT], whole[3][CONV_CASE_OUTPUT];
    for (uint32_t number = 0; number < CONV_CASE_TOTAL; number++) {
        if (!conv_case_make(&c, number)) continue;
        struct cur_cells all = cur_window_cells(&c.window), cells;
        uint32_t row_bytes = (uint32_t)c.window.width * c.window.channels, first;
        convolution *run = c.depthwise ? cur_depthwise : cur_conv;
        run(whole[0], c.in, &c.window, all, &c.weights, &c.by, &work);
        cur_average_pool(whole[1], c.in, &c.window, all);
        cur_max_pool(whole[2], c.in, &c.window, all);
        for (uint32_t y = 0; y < cur_window_rows(&c.window); y++) {
            struct cur_window row = cur_window_row(&c.window, y, &first);
            memset(in, 0x7f, sizeof in);
            memcpy(in, c.in + first * row_bytes, row.height * row_bytes);
            cells = cur_window_cells(&row);
            CHECK_AT(number, cells.from == 0 && cells.to == cur_window_columns(&c.window));
            uint32_t channels = c.depthwise ? c.window.channels : c.weights.outputs;
            run(out, in, &row, cells, &c.weights, &c.by, &work);
            CHECK_AT(number, memcmp(out, whole[0] + y * cells.to * channels, cells.to * channels) == 0);
            uint32_t pooled = cells.to * c.window.channels;
            cur_average_pool(out, in, &row, cells);
            CHECK_AT(number, memcmp(out, whole[1] + y * pooled, pooled) == 0);
            cur_max_pool(out, in, &row, cells);
            CHECK_AT(number, memcmp(out, whole[2] + y * pooled, pooled) == 0);
        }
    }
}

static void portable_is_exact(void) {
    compare_with_naive(cur_conv_portable, cur_depthwise_portable);
}

static void chosen_is_exact(void) {
    compare_with_naive(cur_conv, cur_depthwise);
}

static void requantizes_half_away_from_zero(void) {
    /* 2^30 / 2^33: an eighth. */
    static const int32_t bias[13] = {0};
    static int32_t multiplier[13];
    static uint8_t shift[13];
    static const int32_t sums[13] = {0, 4, -4, 8, -8, 12, -12, 1012, -1012, 1016, -1016, 4000, -4000};
    static const int8_t want[13] = {0, 1, -1, 1, -1, 2, -2, 127, -127, 127, -127, 127, -127};
    int8_t got[13];
    for (int i = 0; i < 13; i++)
        multiplier[i] = 1 << 30, shift[i] = 33;
    struct cur_requantize by = {bias, multiplier, shift, 0};
    cur_requantize(got, sums, 13, &by);
    for (int i = 0; i < 13; i++)
        CHECK_AT(i, got[i] == want[i]);
    by.relu = 1;
    cur_requantize(got, sums, 13, &by);
    for (int i = 0; i < 13; i++)
        CHECK_AT(i, got[i] == (want[i] > 0 ? want[i] : 0));
}

static void pools(void) {
    for (uint32_t number = 0; number < CONV_CASE_TOTAL; number++) {
        if (!conv_case_make(&c, number)) continue;
        static int8_t largest[CONV_CASE_OUTPUT];
        int rows = steps(c.window.height, c.window.kernel_height);
        int columns = steps(c.window.width, c.window.kernel_width), channels = c.window.channels;
        struct cur_cells all = cur_window_cells(&c.window);
        uint32_t cut = test_noise() % (all.to + 1);
        cur_average_pool(out, c.in, &c.window, (struct cur_cells){0, cut});
        cur_average_pool(out, c.in, &c.window, (struct cur_cells){cut, all.to});
        cur_max_pool(largest, c.in, &c.window, (struct cur_cells){cut, all.to});
        cur_max_pool(largest, c.in, &c.window, (struct cur_cells){0, cut});
        for (int i = 0; i < rows * columns * channels; i++) {
            int y = begin(i / channels / columns, c.window.height, c.window.kernel_height);
            int x = begin(i / channels % columns, c.window.width, c.window.kernel_width);
            int sum = 0, count = 0, most = -200;
            for (int k = 0; k < c.window.kernel_height * c.window.kernel_width; k++) {
                int row = y + k / c.window.kernel_width, column = x + k % c.window.kernel_width;
                if (row < 0 || column < 0 || row >= c.window.height || column >= c.window.width) continue;
                int value = in_at(row, column, i % channels);
                sum += value;
                count++;
                if (value > most) most = value;
            }
            int twice = 2 * sum / count; /* toward zero: half away is (twice + sign) / 2 */
            CHECK_AT(number, out[i] == (twice + (sum < 0 ? -1 : 1)) / 2);
            CHECK_AT(number, largest[i] == most);
        }
    }
}

TEST_LIST(conv_tests) = {
    {"portable convolutions equal the naive ones in every shape, stride, padding and extreme",
     portable_is_exact},
    {"this build's convolutions equal the naive ones in every shape, stride, padding and extreme",
     chosen_is_exact},
    {"requantization rounds half away from zero and clamps", requantizes_half_away_from_zero},
    {"pools average and take the largest of what lies inside the image", pools},
    {"a row of the output is the same from the rows that it needs as from the whole image",
     rows_are_those_of_the_whole},
    TEST_END,
};
