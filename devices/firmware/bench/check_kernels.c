/* Compares this build's kernels with portable C over all cases of linear_cases.h and conv_cases.h and prints
 * the verdicts: `linear_same CASES`, `conv_same CASES`, `wide_pools_same CASES`, or which case differs. Runs
 * on every emulated machine and as WebAssembly. */
#include "../core/mem.h"
#include "bench.h"
#include "conv_cases.h"

static struct linear_case c;
static struct cur_linear_work work;
static int32_t sums[CASE_OUTPUTS + 1], portable_sums[CASE_OUTPUTS + 1];
static struct conv_case conv;
static struct cur_conv_work conv_work;
static int8_t out[CONV_CASE_OUTPUT], portable_out[CONV_CASE_OUTPUT];

/* What lies behind the results must stay untouched, so all of the memory is compared. */
static int same_sums(void) {
    memset(sums, 0x5a, sizeof sums);
    memset(portable_sums, 0x5a, sizeof portable_sums);
    memset(&work, 0xa5, sizeof work);
    cur_linear(sums, &c.layer, c.codes, &work);
    cur_linear_portable(portable_sums, &c.layer, c.codes, &work);
    return memcmp(sums, portable_sums, sizeof sums) == 0;
}

typedef void convolution(int8_t *, const int8_t *, const struct cur_window *, struct cur_cells,
                         const struct cur_linear *, const struct cur_requantize *, struct cur_conv_work *);

/* This build's in two stretches, cut anywhere. */
static int same_image(void) {
    convolution *portable = conv.depthwise ? cur_depthwise_portable : cur_conv_portable;
    convolution *chosen = conv.depthwise ? cur_depthwise : cur_conv;
    const struct cur_window *window = &conv.window;
    struct cur_cells all = cur_window_cells(window);
    uint32_t cut = case_noise() % (all.to + 1);
    memset(out, 0x5a, sizeof out);
    memset(portable_out, 0x5a, sizeof portable_out);
    memset(&conv_work, 0xa5, sizeof conv_work);
    portable(portable_out, conv.in, window, all, &conv.weights, &conv.by, &conv_work);
    chosen(out, conv.in, window, (struct cur_cells){cut, all.to}, &conv.weights, &conv.by, &conv_work);
    chosen(out, conv.in, window, (struct cur_cells){0, cut}, &conv.weights, &conv.by, &conv_work);
    return memcmp(out, portable_out, sizeof out) == 0;
}

/* The same image, each row from those rows of the input alone that it needs, with this build's kernels. */
static int same_rows(void) {
    const struct cur_window *window = &conv.window;
    uint32_t first, at = 0, row_bytes = (uint32_t)window->width * window->channels;
    uint32_t channels = conv.depthwise ? window->channels : conv.weights.outputs;
    memset(out, 0x5a, sizeof out);
    for (uint32_t y = 0; y < cur_window_rows(window); y++) {
        struct cur_window row = cur_window_row(window, y, &first);
        struct cur_cells cells = cur_window_cells(&row);
        const int8_t *in = conv.in + first * row_bytes;
        if (conv.depthwise)
            cur_depthwise(out + at, in, &row, cells, &conv.weights, &conv.by, &conv_work);
        else
            cur_conv(out + at, in, &row, cells, &conv.weights, &conv.by, &conv_work);
        at += cells.to * channels;
    }
    return memcmp(out, portable_out, sizeof out) == 0;
}

typedef void pool(int8_t *, const int8_t *, const struct cur_window *, struct cur_cells);

/* Pools with the case's window, in two stretches. */
static int same_pool(pool *chosen, pool *portable) {
    struct cur_cells all = cur_window_cells(&conv.window);
    uint32_t cut = case_noise() % (all.to + 1);
    memset(out, 0x5a, sizeof out);
    memset(portable_out, 0x5a, sizeof portable_out);
    portable(portable_out, conv.in, &conv.window, all);
    chosen(out, conv.in, &conv.window, (struct cur_cells){cut, all.to});
    chosen(out, conv.in, &conv.window, (struct cur_cells){0, cut});
    return memcmp(out, portable_out, sizeof out) == 0;
}

static int same_pools(void) {
    return same_pool(cur_average_pool, cur_average_pool_portable) &&
           same_pool(cur_max_pool, cur_max_pool_portable);
}

/* Windows of many cells: sums beyond 16 bits, counts up to the largest. */
static void check_wide_pools(void) {
    static const struct cur_window windows[] = {
        {.height = 40, .width = 21, .channels = 4, .kernel_height = 40, .kernel_width = 21, .stride = 1},
        {.height = 13, .width = 23, .channels = 13, .kernel_height = 12, .kernel_width = 22, .stride = 1},
        {.height = 1, .width = 255, .channels = 16, .kernel_height = 1, .kernel_width = 255, .stride = 1},
        {.height = 17, .width = 16, .channels = 15, .kernel_height = 17, .kernel_width = 15, .stride = 1},
        {.height = 96, .width = 42, .channels = 1, .kernel_height = 96, .kernel_width = 42, .stride = 1},
        {.height = 9,
         .width = 13,
         .channels = 35,
         .kernel_height = 9,
         .kernel_width = 13,
         .stride = 2,
         .same = 1},
    };
    for (uint32_t number = 0; number < 3 * CASE_COUNT(windows); number++) {
        uint32_t kind = number % 3;
        conv.window = windows[number / 3];
        for (uint32_t i = 0; i < CONV_CASE_INPUT; i++)
            conv.in[i] = (int8_t)(kind == 0 ? 127 : kind == 1 ? -127 : (int32_t)(case_noise() % 255) - 127);
        if (same_pools()) continue;
        bench_value("wide_pools_differ_at", number);
        return;
    }
    bench_value("wide_pools_same", 3 * CASE_COUNT(windows));
}

static void check_linear(void) {
    for (uint32_t number = 0; number < CASE_TOTAL; number++) {
        case_make(&c, number);
        if (same_sums()) continue;
        bench_value("linear_differs_at", number);
        return;
    }
    bench_value("linear_same", CASE_TOTAL);
}

static void check_conv(void) {
    uint32_t compared = 0;
    for (uint32_t number = 0; number < CONV_CASE_TOTAL; number++) {
        if (!conv_case_make(&conv, number)) continue;
        compared++;
        if (same_image() && same_rows() && same_pools()) continue;
        bench_value("conv_differs_at", number);
        return;
    }
    bench_value("conv_same", compared);
}

void bench(void) {
    check_linear();
    check_conv();
    check_wide_pools();
}
