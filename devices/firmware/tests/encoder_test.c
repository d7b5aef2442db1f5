#include <math.h>
#include <stdlib.h>

#include "images.h"
#include "test.h"
#include "../core/mem.h"

static uint8_t good[IMAGES_LARGEST] __attribute__((aligned(16)));
static uint8_t bytes[IMAGES_LARGEST] __attribute__((aligned(16)));
static uint32_t len;
static struct cur_encoder encoder;
static struct cur_encoder_work work;
static const struct cur_hal hal; /* that wants to know nothing */

static void start(void) {
    len = images_encoder(good, 1);
    memcpy(bytes, good, len);
}

static void start_with(const struct images_encoder_layer *layers, uint8_t count) {
    len = images_build_encoder(good, layers, count, 1);
    memcpy(bytes, good, len);
}

/* 1 if the altered bytes are refused though their seal is right; takes the alteration back. */
static int refused(void) {
    fake_seal(bytes, len);
    int bad = cur_encoder_open(&encoder, bytes, len, &hal) != 0;
    memcpy(bytes, good, len);
    return bad;
}

static uint8_t *section(uint16_t type, uint16_t layer) {
    return images_section(bytes, type, layer);
}

/* --- The naive encoder, from the image's bytes and IMAGE.md --- */

struct image {
    int height, width, channels;
    int codes[CUR_ENCODER_ARENA];
};

static int at(const struct image *in, int y, int x, int c) {
    if (y < 0 || x < 0 || y >= in->height || x >= in->width) return 0;
    return in->codes[(y * in->width + x) * in->channels + c];
}

static int steps(int size, int kernel, int stride, int same) {
    return same ? (size + stride - 1) / stride : (size - kernel) / stride + 1;
}

static int front(int size, int kernel, int stride, int same) {
    int padding = (steps(size, kernel, stride, same) - 1) * stride + kernel - size;
    if (same == 0 || padding <= 0) return 0;
    return same == 1 ? padding / 2 : padding - padding / 2;
}

/* value / 2^shift, half away from zero. */
static int64_t divided(int64_t value, int shift) {
    int64_t half = (int64_t)1 << (shift - 1);
    return value < 0 ? -((-value + half) >> shift) : (value + half) >> shift;
}

static int clamped(int64_t value, int least) {
    return (int)(value < least ? least : value > 127 ? 127 : value);
}

static int requantized(uint16_t number, int output, int64_t sum, int relu) {
    int32_t bias = (int32_t)cur_u32(section(17, number) + 4 * output);
    int64_t multiplier = cur_u32(section(18, number) + 4 * output);
    return clamped(divided((sum + bias) * multiplier, section(19, number)[output]), relu ? 0 : -127);
}

static int weight(uint16_t number, int row, int columns, int column) {
    return (int8_t)section(11, number)[row * ((columns + 15) / 16 * 16) + column];
}

static int pooled(const struct image *in, int kind, int top, int left, int rows, int columns, int c) {
    int sum = 0, count = 0, most = -127;
    for (int y = top; y < top + rows; y++) {
        for (int x = left; x < left + columns; x++) {
            if (y < 0 || x < 0 || y >= in->height || x >= in->width) continue;
            int code = at(in, y, x, c);
            sum += code;
            count++;
            most = code > most ? code : most;
        }
    }
    if (kind == CUR_ENCODER_MAX_POOL) return most;
    return (int)(sum < 0 ? -((-2 * sum + count) / (2 * count)) : (2 * sum + count) / (2 * count));
}

static void naive_layer(struct image *out, const struct image *in, uint16_t number) {
    int field[8];
    for (int i = 0; i < 8; i++)
        field[i] = cur_u16(section(16, number) + 2 * i);
    int kind = field[0], rows = field[1], columns = field[2], stride = field[3], same = field[4];
    out->height = steps(in->height, rows, stride, same);
    out->width = steps(in->width, columns, stride, same);
    out->channels = field[5];
    for (int i = 0; i < out->height * out->width * out->channels; i++) {
        int c = i % out->channels, cell = i / out->channels;
        int top = cell / out->width * stride - front(in->height, rows, stride, same);
        int left = cell % out->width * stride - front(in->width, columns, stride, same);
        if (kind >= CUR_ENCODER_AVERAGE_POOL) {
            out->codes[i] = pooled(in, kind, top, left, rows, columns, c);
            continue;
        }
        int64_t sum = 0;
        for (int k = 0; k < rows * columns; k++) {
            int y = top + k / columns, x = left + k % columns;
            if (kind == CUR_ENCODER_DEPTHWISE) {
                sum += weight(number, k, in->channels, c) * at(in, y, x, c);
                continue;
            }
            for (int j = 0; j < in->channels; j++)
                sum +=
                    weight(number, c, rows * columns * in->channels, k * in->channels + j) * at(in, y, x, j);
        }
        out->codes[i] = requantized(number, c, sum, field[6]);
    }
}

static float patch[CUR_FRAMES * CUR_BANDS];

/* Fills `embedding`; returns its length. */
static int naive(float *embedding) {
    static struct image images[2];
    const uint8_t *input = section(8, 0);
    images[0] = (struct image){.height = 96, .width = 64, .channels = 1};
    for (int i = 0; i < 96 * 64; i++) {
        float x = (patch[i] - cur_f32(input)) * cur_f32(input + 4);
        images[0].codes[i] = (int)rintf(fmaxf(-127, fminf(127, x)));
    }
    for (int l = 0; l < bytes[25]; l++)
        naive_layer(&images[(l + 1) % 2], &images[l % 2], (uint16_t)(l + 1));
    const struct image *last = &images[bytes[25] % 2];
    for (int c = 0; c < last->channels; c++) {
        int sum = 0;
        for (int i = 0; i < last->height * last->width; i++)
            sum += last->codes[i * last->channels + c];
        embedding[c] = (float)sum * cur_f32(input + 8);
    }
    return last->channels;
}

static void fill_patch(float scale) {
    for (int i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        patch[i] = scale * ((float)(test_noise() % 12000) / 1000 - 9);
}

/* 1 if the encoder in `bytes` gives what the naive one gives, to the bit. */
static int is_exact(void) {
    static float want[CUR_EMBEDDING], got[CUR_EMBEDDING + 1];
    if (cur_encoder_open(&encoder, bytes, len, &hal)) return 0;
    int n = naive(want);
    memset(&work, 0x5a, sizeof work);
    got[n] = 77;
    cur_encoder_run(&encoder, patch, got, &work, &hal);
    return encoder.embedding == n && memcmp(want, got, 4 * (size_t)n) == 0 && got[n] == 77;
}

static void opens(void) {
    start();
    CHECK(cur_encoder_open(&encoder, bytes, len, &hal) == 0);
    CHECK(encoder.embedding == 48 && encoder.layer_count == 8);
    CHECK(encoder.offset == -3.25f && encoder.scale == 21.5f && encoder.unit == 0.0125f);
    const struct cur_encoder_layer *last = &encoder.layers[7];
    CHECK(last->kind == CUR_ENCODER_CONV && last->rows == 5 && last->columns == 2 && last->outputs == 48);
    CHECK(last->window.height == 10 && last->window.width == 4 && last->window.channels == 20);
}

static void runs_exactly(void) {
    for (uint32_t seed = 1; seed <= 6; seed++) {
        len = images_encoder(bytes, seed);
        fill_patch(seed == 6 ? 1e30f : 1);
        CHECK_AT(seed, is_exact());
    }
}

/* Encoders that are extreme in some way; layers up to one of no outputs. */
static const struct images_encoder_layer extremes[][5] = {
    /* the arena full to its last byte, at either end */
    {{CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 7}},
    {{CUR_ENCODER_MAX_POOL, 1, 1, 1, 0, 0, 1}, {CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 7}},
    /* kernels larger than the image */
    {{CUR_ENCODER_CONV, 8, 255, 2, 1, 1, 3}, {CUR_ENCODER_AVERAGE_POOL, 255, 255, 2, 1, 0, 3}},
    {{CUR_ENCODER_CONV, 8, 255, 2, 2, 1, 3}, {CUR_ENCODER_AVERAGE_POOL, 254, 255, 2, 2, 0, 3}},
    /* the longest row of weights, and a whole image in one window */
    {{CUR_ENCODER_CONV, 32, 64, 1, 0, 0, 5}, {CUR_ENCODER_AVERAGE_POOL, 65, 1, 1, 0, 0, 5}},
    /* the most channels, in windows that are not copied */
    {{CUR_ENCODER_AVERAGE_POOL, 48, 32, 2, 0, 0, 1},
     {CUR_ENCODER_MAX_POOL, 12, 9, 2, 1, 0, 1},
     {CUR_ENCODER_MAX_POOL, 12, 9, 1, 0, 0, 1},
     {CUR_ENCODER_CONV, 1, 1, 2, 1, 0, 16},
     {CUR_ENCODER_CONV, 1, 1, 1, 1, 0, 512}},
    /* a depthwise kernel in one row; more outputs than inputs */
    {{CUR_ENCODER_CONV, 3, 3, 2, 1, 0, 9},
     {CUR_ENCODER_DEPTHWISE, 1, 9, 2, 1, 0, 9},
     {CUR_ENCODER_CONV, 1, 1, 2, 1, 0, 33}},
};

static void runs_extremes_exactly(void) {
    for (size_t e = 0; e < sizeof extremes / sizeof *extremes; e++) {
        uint8_t count = 0;
        while (count < 5 && extremes[e][count].outputs)
            count++;
        len = images_build_encoder(bytes, extremes[e], count, (uint32_t)e + 1);
        fill_patch(1);
        CHECK_AT(e, is_exact());
    }
}

static void refuses_any_flipped_byte(void) {
    start();
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] ^= (uint8_t)(1 << i % 8);
        CHECK_AT(i, cur_encoder_open(&encoder, bytes, len, &hal) != 0);
        bytes[i] = good[i];
    }
}

static void refuses_any_cut(void) {
    start();
    for (uint32_t cut = 0; cut < len; cut += cut < 400 ? 1 : 16) {
        uint8_t copy[cut + 1];
        memcpy(copy, good, cut);
        CHECK_AT(cut, cur_encoder_open(&encoder, copy, cut, &hal) != 0);
    }
}

static void refuses_wrong_headers(void) {
    static const uint16_t values[] = {0, 1, 2, 3, 7, 8, 9, 33, 47, 49, 128, 193, 512, 513, 0xffff};
    static const int offsets[] = {0, 4, 6, 8, 10, 12, 14, 20, 22, 28, 30};
    start();
    for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            if (cur_u16(good + offsets[o]) == values[v]) continue;
            if (offsets[o] == CUR_IMAGE_FUSED && values[v] <= 8) continue; /* as many as it has layers */
            cur_put_u16(bytes + offsets[o], values[v]);
            CHECK_AT(1000 * offsets[o] + values[v], refused());
        }
    }
    for (int byte = 24; byte < 28; byte++) {
        for (int i = 0; i < 256; i++) {
            bytes[byte] = (uint8_t)i;
            CHECK_AT(1000 * byte + i, refused() == (i != good[byte]));
        }
    }
    cur_put_u16(bytes + 20, 47);
    cur_put_u16(bytes + 22, 47);
    CHECK(refused());
    struct cur_image image;
    CHECK(cur_image_open(&image, bytes, len, &hal) != 0);
}

static void refuses_wrong_sections(void) {
    start();
    for (uint32_t i = 0; i < cur_u16(good + 30); i++) {
        static const uint32_t offsets[] = {0, 16, 128, 1, 0x7ffffff0u, 0xfffffff0u};
        uint8_t *entry = bytes + CUR_IMAGE_HEADER + 12 * i;
        for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
            cur_put_u32(entry + 4, offsets[o]);
            CHECK_AT(i, refused());
            uint32_t before = cur_u32(entry + 8);
            cur_put_u32(entry + 8, offsets[o]);
            CHECK_AT(i, refused() || before == offsets[o]);
        }
        cur_put_u32(entry + 8, cur_u32(entry + 8) - 1);
        CHECK_AT(i, refused());
        cur_put_u32(entry + 4, cur_u32(entry + 4) + 16);
        CHECK_AT(i, refused());
        for (uint16_t type = 0; type < 22; type++) {
            if (cur_u16(entry) == type) continue;
            cur_put_u16(entry, type);
            CHECK_AT(100 * i + type, refused());
        }
        cur_put_u16(entry + 2, (uint16_t)(cur_u16(entry + 2) + 9));
        CHECK_AT(i, refused());
    }
    section(8, 0)[12] = 1;
    CHECK(refused());
}

static void refuses_wrong_inputs(void) {
    static const uint32_t bad[] = {0x7f800000u, 0xff800000u, 0x7fc00000u};
    start();
    for (int number = 0; number < 3; number++) {
        for (size_t v = 0; v < sizeof bad / sizeof *bad; v++) {
            cur_put_u32(section(8, 0) + 4 * number, bad[v]);
            CHECK_AT(number, refused());
        }
        cur_put_f32(section(8, 0) + 4 * number, -0.5f);
        CHECK_AT(number, refused() == (number > 0));
        cur_put_f32(section(8, 0) + 4 * number, 0.0f);
        CHECK_AT(number, refused() == (number > 0));
    }
}

static void refuses_wrong_shapes(void) {
    /* Whatever a number of a layer's shape becomes, but for ReLU and the sizes of pools and strides, which
     * may be others. */
    static const uint16_t values[] = {0, 1, 2, 3, 4, 5, 10, 16, 20, 32, 48, 97, 255, 256, 257, 513, 0xffff};
    start();
    for (uint16_t layer = 1; layer <= 8; layer++) {
        int pool = cur_u16(section(16, layer)) >= CUR_ENCODER_AVERAGE_POOL;
        for (int field = 0; field < 8; field++) {
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                uint8_t *number = section(16, layer) + 2 * field;
                uint16_t value = values[v];
                if (cur_u16(number) == value) continue;
                if (field == 6 && !pool && value <= 1) continue;
                if (field == 3 && (value == 1 || value == 2)) continue;
                if (field == 4 && value <= 2) continue;
                if (pool && (field == 1 || field == 2) && value > 0 && value < 256) continue;
                /* In layer 1 a row of weights is one block with any kernel of so many cells. */
                if (layer == 1 && (field == 1 || field == 2) && (value == 4 || value == 5)) continue;
                if (pool && field == 0 && (value == 3 || value == 4)) continue;
                cur_put_u16(number, value);
                CHECK_AT(1000000 * layer + 100000 * field + value, refused());
            }
        }
    }
}

/* Whether an encoder of those layers is opened. */
static int opens_with(const struct images_encoder_layer *layers, uint8_t count) {
    start_with(layers, count);
    return !refused();
}

static int opens_one(struct images_encoder_layer layer) {
    return opens_with(&layer, 1);
}

/* Of a layer behind one of 8 channels. */
static int opens_second(struct images_encoder_layer second) {
    const struct images_encoder_layer layers[] = {{CUR_ENCODER_CONV, 3, 3, 2, 1, 0, 8}, second};
    return opens_with(layers, 2);
}

static void keeps_to_the_limits(void) {
    struct images_encoder_layer many[33];
    for (int i = 0; i < 33; i++)
        many[i] = (struct images_encoder_layer){CUR_ENCODER_DEPTHWISE, 1, 1, 1, 0, 0, 1};
    CHECK(opens_with(many, 32) && !opens_with(many, 33));

    CHECK(opens_one((struct images_encoder_layer){CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 7}));
    CHECK(!opens_one((struct images_encoder_layer){CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 8}));
    CHECK(!opens_one((struct images_encoder_layer){CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 513}));

    CHECK(opens_one((struct images_encoder_layer){CUR_ENCODER_CONV, 32, 64, 1, 0, 0, 2}));
    CHECK(!opens_one((struct images_encoder_layer){CUR_ENCODER_CONV, 41, 50, 1, 0, 0, 2}));

    CHECK(opens_second((struct images_encoder_layer){CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 0, 8}));
    CHECK(opens_second((struct images_encoder_layer){CUR_ENCODER_DEPTHWISE, 9, 1, 1, 0, 0, 8}));
    CHECK(!opens_second((struct images_encoder_layer){CUR_ENCODER_DEPTHWISE, 2, 5, 1, 1, 0, 8}));
    CHECK(!opens_second((struct images_encoder_layer){CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 0, 7}));
    CHECK(!opens_second((struct images_encoder_layer){CUR_ENCODER_MAX_POOL, 3, 3, 1, 1, 0, 7}));
    CHECK(!opens_second((struct images_encoder_layer){CUR_ENCODER_AVERAGE_POOL, 3, 3, 1, 1, 0, 9}));

    CHECK(opens_one((struct images_encoder_layer){CUR_ENCODER_MAX_POOL, 96, 64, 1, 0, 0, 1}));
    CHECK(!opens_one((struct images_encoder_layer){CUR_ENCODER_MAX_POOL, 97, 64, 1, 0, 0, 1}));
    CHECK(!opens_one((struct images_encoder_layer){CUR_ENCODER_MAX_POOL, 96, 65, 1, 0, 0, 1}));
    CHECK(opens_one((struct images_encoder_layer){CUR_ENCODER_MAX_POOL, 97, 65, 1, 1, 0, 1}));
    CHECK(!opens_one((struct images_encoder_layer){CUR_ENCODER_MAX_POOL, 2, 2, 1, 0, 1, 1}));

    const struct images_encoder_layer wide[] = {{CUR_ENCODER_MAX_POOL, 96, 64, 1, 0, 0, 1},
                                                {CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 512},
                                                {CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 513}};
    CHECK(opens_with(wide, 2));
    const struct images_encoder_layer too_wide[] = {wide[0], wide[2]};
    CHECK(!opens_with(too_wide, 2));
}

/* How large the sum of an output of layer 1 or 2 (depthwise) can get: 127 times its weights' magnitudes. */
static uint32_t reach(uint16_t layer, int output) {
    uint32_t sum = 0;
    for (int k = 0; k < 9; k++)
        sum += (uint32_t)abs(layer == 1 ? weight(1, output, 9, k) : weight(2, k, 16, output));
    return 127 * sum;
}

static void refuses_sums_that_reach_too_far(void) {
    start();
    for (uint16_t layer = 1; layer <= 2; layer++) {
        for (int o = 0; o < 16; o++) {
            uint32_t most = (1u << 30) - 1 - reach(layer, o);
            for (int sign = 0; sign < 2; sign++) {
                for (uint32_t more = 0; more < 2; more++) {
                    uint32_t bias = most + more;
                    cur_put_u32(section(17, layer) + 4 * o, sign ? 0u - bias : bias);
                    CHECK_AT(100 * layer + o, refused() == (more == 1));
                }
            }
            cur_put_u32(section(17, layer) + 4 * o, 0x80000000u);
            CHECK_AT(100 * layer + o, refused());
        }
    }
    /* The bound is within reach: the largest bias, every activation and weight at its end. */
    const struct images_encoder_layer layers[] = {{CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 1}};
    start_with(layers, 1);
    section(11, 1)[0] = (uint8_t)-128;
    cur_put_u32(section(17, 1), 0u - ((1u << 30) - 1 - 127 * 128));
    cur_put_u32(section(18, 1), 0x7fffffffu);
    section(19, 1)[0] = 62;
    fake_seal(bytes, len);
    fill_patch(1e30f);
    CHECK(is_exact());
}

static void refuses_wrong_scales(void) {
    start();
    for (int o = 0; o < 16; o++) {
        cur_put_u32(section(18, 2) + 4 * o, 0x80000000u);
        CHECK_AT(o, refused());
        cur_put_u32(section(18, 2) + 4 * o, 0xffffffffu);
        CHECK_AT(o, refused());
        cur_put_u32(section(18, 2) + 4 * o, 0x7fffffffu);
        CHECK_AT(o, !refused());
        cur_put_u32(section(18, 2) + 4 * o, 0);
        CHECK_AT(o, !refused());
        for (int shift = 0; shift < 256; shift++) {
            section(19, 2)[o] = (uint8_t)shift;
            CHECK_AT(1000 * o + shift, refused() == (shift < 33 || shift > 62));
        }
    }
}

static void refuses_padding(void) {
    start();
    /* 9 codes a row in layer 1, 20 in layer 6's four. */
    for (uint32_t i = 0; i < 16 * 16; i++) {
        section(11, 1)[i] ^= 1;
        CHECK_AT(i, refused() == (i % 16 >= 9));
    }
    for (uint32_t i = 0; i < 4 * 32; i++) {
        section(11, 6)[i] ^= 1;
        CHECK_AT(i, refused() == (i % 32 >= 20));
    }
}

TEST_LIST(encoder_tests) = {
    {"an encoder is opened", opens},
    {"an encoder gives what plain integers give, to the bit", runs_exactly},
    {"so do encoders at the limits of the arena, kernels, rows and channels", runs_extremes_exactly},
    {"an encoder with any byte altered is refused", refuses_any_flipped_byte},
    {"an encoder cut short is refused", refuses_any_cut},
    {"a sealed encoder with a wrong header is refused, and is no expert", refuses_wrong_headers},
    {"a sealed encoder with wrong sections is refused", refuses_wrong_sections},
    {"a sealed encoder whose input has a scale or unit that is not positive is refused",
     refuses_wrong_inputs},
    {"a sealed encoder with wrong shapes is refused", refuses_wrong_shapes},
    {"a sealed encoder beyond any limit is refused, and one at the limit opened", keeps_to_the_limits},
    {"a sealed encoder whose sums could leave 30 bits is refused", refuses_sums_that_reach_too_far},
    {"a sealed encoder with a multiplier or shift out of range is refused", refuses_wrong_scales},
    {"a sealed encoder with padding that is not zero is refused", refuses_padding},
    TEST_END,
};
