#include "test.h"
#include "../bench/linear_cases.h"
#include "../core/mem.h"

static struct linear_case c;
static struct cur_linear_work work;
static int32_t acc[CUR_LINEAR_WIDTH];

/* The code of input i, read from a packed row as IMAGE.md lays it down. */
static int32_t code_at(const uint8_t *row, uint32_t bits, uint32_t i) {
    switch (bits) {
    case 1:
        return row[i / 128 * 16 + i % 16] >> i % 128 / 16 & 1 ? 1 : -1;
    case 2:
        return (row[i / 64 * 16 + i % 16] >> 2 * (i % 64 / 16) & 3) - 2;
    case 4:
        return (row[i / 32 * 16 + i % 16] >> 4 * (i % 32 / 16) & 15) - 8;
    case 8:
        return (int8_t)row[i];
    default:
        return (int16_t)cur_u16(row + 2 * i);
    }
}

static int64_t naive(const struct linear_case *from, uint32_t o) {
    const uint8_t *row = from->layer.weights + o * from->layer.row_bytes;
    int64_t sum = 0;
    for (uint32_t i = 0; i < from->layer.inputs; i++)
        sum += (int64_t)code_at(row, from->layer.bits, i) * from->codes[i];
    return sum;
}

typedef void linear(int32_t *, const struct cur_linear *, const int8_t *, struct cur_linear_work *);

static void compare_with_naive(linear *kernel) {
    for (uint32_t number = 0; number < CASE_TOTAL; number++) {
        case_make(&c, number);
        for (uint32_t o = 0; o <= c.layer.outputs; o++)
            acc[o] = 0x5a5a5a5a;
        memset(&work, 0xa5, sizeof work);
        kernel(acc, &c.layer, c.codes, &work);
        for (uint32_t o = 0; o < c.layer.outputs; o++)
            CHECK_AT(number, acc[o] == naive(&c, o));
        CHECK_AT(number, acc[c.layer.outputs] == 0x5a5a5a5a);
    }
}

static void portable_is_exact(void) {
    compare_with_naive(cur_linear_portable);
}

static void chosen_is_exact(void) {
    compare_with_naive(cur_linear);
}

static void wide_layers_are_exact(void) {
    /* As many rows as there can be: 2-bit weights, all 2048 outputs from 70 inputs. */
    static uint8_t weights[CUR_LINEAR_WIDTH * 32];
    case_make(&c, 0);
    for (uint32_t i = 0; i < sizeof weights; i++)
        weights[i] = (uint8_t)test_noise();
    for (int i = 0; i < 70; i++)
        c.codes[i] = (int8_t)((int)(test_noise() % 255) - 127);
    c.layer = (struct cur_linear){
        .weights = weights, .row_bytes = 32, .inputs = 70, .outputs = CUR_LINEAR_WIDTH, .bits = 2};
    cur_linear(acc, &c.layer, c.codes, &work);
    for (uint32_t o = 0; o < CUR_LINEAR_WIDTH; o++)
        CHECK_AT(o, acc[o] == naive(&c, o));
}

static void rows_are_whole_blocks(void) {
    CHECK(cur_row_bytes(1, 1) == 16 && cur_row_bytes(1, 128) == 16 && cur_row_bytes(1, 129) == 32);
    CHECK(cur_row_bytes(2, 64) == 16 && cur_row_bytes(2, 65) == 32);
    CHECK(cur_row_bytes(4, 384) == 192 && cur_row_bytes(8, 17) == 32 && cur_row_bytes(16, 2048) == 4096);
}

TEST_LIST(linear_tests) = {
    {"portable linear layers equal the naive sums in every precision, shape and extreme", portable_is_exact},
    {"this build's linear layers equal the naive sums in every precision, shape and extreme",
     chosen_is_exact},
    {"a layer of 2048 outputs is exact", wide_layers_are_exact},
    {"packed rows are whole blocks of 16 bytes", rows_are_whole_blocks},
    TEST_END,
};
