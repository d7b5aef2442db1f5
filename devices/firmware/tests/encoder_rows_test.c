#include <stdlib.h>

#include "images.h"
#include "test.h"
#include "../core/inference/encoder_rows.h"
#include "../core/inference/operations.h"
#include "../core/mem.h"

enum { LARGEST_IMAGE = 300000, LARGEST_MAP = 96 * 64 * 32, MOST_LAYERS = 11 };

static uint8_t bytes[LARGEST_IMAGE] __attribute__((aligned(16)));
static uint32_t len;
static struct cur_encoder encoder;
static struct cur_encoder_work work;
static float patch[CUR_FRAMES * CUR_BANDS];
static const struct cur_hal hal; /* that wants to know nothing */

/* Its largest layer's input and output are 147,456 bytes. */
static const struct images_encoder_layer large[] = {
    {CUR_ENCODER_CONV, 3, 3, 2, 1, 1, 32},  {CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 1, 32},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 1, 64},  {CUR_ENCODER_DEPTHWISE, 3, 3, 2, 1, 1, 64},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 1, 128}, {CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 1, 128},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 1, 128}, {CUR_ENCODER_DEPTHWISE, 3, 3, 2, 1, 1, 128},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 1, 256}, {CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 1, 256},
    {CUR_ENCODER_CONV, 1, 1, 1, 1, 1, 256},
};

static void build(const struct images_encoder_layer *layers, uint8_t count, uint32_t seed) {
    len = images_build_encoder(bytes, layers, count, seed);
}

/* Opens the image with so many layers fused. */
static int open_fused(uint32_t fused) {
    cur_put_u16(bytes + CUR_IMAGE_FUSED, (uint16_t)fused);
    fake_seal(bytes, len);
    return cur_encoder_open(&encoder, bytes, len, &hal);
}

static void fill_patch(void) {
    for (int i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        patch[i] = (float)(test_noise() % 12000) / 1000 - 9;
}

static int8_t maps[MOST_LAYERS + 1][LARGEST_MAP] __attribute__((aligned(16)));

/* Every layer whole, in memory without end. */
static void layer_by_layer(float *embedding) {
    const struct cur_encoder_layer *layer = encoder.layers;
    cur_encoder_quantize(maps[0], patch, CUR_FRAMES * CUR_BANDS, encoder.offset, encoder.scale);
    for (int l = 0; l < encoder.layer_count; l++, layer++)
        cur_encoder_layer_run(maps[l + 1], maps[l], layer, &work.conv, &hal);
    layer--;
    cur_encoder_mean(embedding, maps[encoder.layer_count], (uint32_t)layer->rows * layer->columns,
                     layer->outputs, encoder.unit);
}

static uint32_t align_up(uint32_t at) {
    return (at + 15) / 16 * 16;
}

/* What IMAGE.md says. */
static uint32_t arena_of(uint32_t fused) {
    uint32_t most = 0, sum = 0;
    for (uint32_t l = 0; l < encoder.layer_count; l++) {
        const struct cur_encoder_layer *layer = &encoder.layers[l];
        const struct cur_window *in = &layer->window;
        uint32_t row = (uint32_t)in->width * in->channels,
                 out_row = (uint32_t)layer->columns * layer->outputs;
        uint32_t held = in->kernel_height < in->height ? in->kernel_height : in->height;
        uint32_t here = row * in->height + out_row * layer->rows;
        if (l < fused) {
            sum += align_up(held * row);
            here = 0;
            if (l + 1 == fused)
                here = sum + (fused == encoder.layer_count ? align_up(out_row) : out_row * layer->rows);
        }
        if (here > most) most = here;
    }
    return most;
}

/* Whether each layer's output has a place in `maps`. */
static int maps_fit(void) {
    for (int l = 0; l < encoder.layer_count; l++) {
        const struct cur_encoder_layer *layer = &encoder.layers[l];
        if ((uint32_t)layer->rows * layer->columns * layer->outputs > LARGEST_MAP) return 0;
    }
    return 1;
}

/* Runs the fused layers alone, in memory just as large as is told, and holds the last one's map, or the sums,
 * against those of layer by layer. */
static int is_exact_in_no_more(void) {
    const struct cur_encoder_layer *last = &encoder.layers[encoder.fused - 1];
    uint32_t map = (uint32_t)last->rows * last->columns * last->outputs;
    int all = encoder.fused == encoder.layer_count, same;
    struct cur_encoder alone = encoder;
    uint32_t held;
    float sums[CUR_EMBEDDING], want[CUR_EMBEDDING];
    alone.layer_count = encoder.fused;
    held = cur_encoder_arena(&alone);
    alone.layer_count = encoder.layer_count;
    int8_t *rows = aligned_alloc(16, held), *out = all ? NULL : aligned_alloc(16, align_up(map));
    memset(rows, 0x5a, held);
    cur_encoder_rows_run(&alone, patch, rows, out, sums, &work.conv, &hal);
    if (all) {
        cur_encoder_mean(want, maps[encoder.fused], (uint32_t)last->rows * last->columns, last->outputs,
                         1.0f);
        same = memcmp(want, sums, 4u * last->outputs) == 0;
    } else {
        same = memcmp(out, maps[encoder.fused], map) == 0;
    }
    free(rows);
    free(out);
    return same;
}

static int failed_fused; /* at which number of fused layers */

/* 1 if the image gives the same with any number of fused layers that fits, and is refused with any other. */
static int is_exact(uint8_t count) {
    static float want[CUR_EMBEDDING], got[CUR_EMBEDDING + 1];
    int compared = 0;
    for (int fused = 0; fused <= count; fused++) {
        failed_fused = fused;
        int refused = open_fused((uint32_t)fused) != 0;
        if (encoder.fused != fused || refused != (arena_of((uint32_t)fused) > CUR_ENCODER_ARENA)) return 0;
        if (refused) continue;
        if (cur_encoder_arena(&encoder) != arena_of((uint32_t)fused) || !maps_fit()) return 0;
        if (!compared++) layer_by_layer(want);
        memset(&work, 0x5a, sizeof work);
        got[encoder.embedding] = 77;
        cur_encoder_run(&encoder, patch, got, &work, &hal);
        if (memcmp(want, got, 4u * encoder.embedding) || got[encoder.embedding] != 77) return 0;
        if (fused && !is_exact_in_no_more()) return 0;
    }
    return compared > 0;
}

static void every_kind_is_exact(void) {
    for (uint32_t seed = 1; seed <= 3; seed++) {
        len = images_encoder(bytes, seed);
        fill_patch();
        CHECK_AT(10 * seed + (uint32_t)failed_fused, is_exact(8));
    }
}

static uint32_t below(uint32_t n) {
    return test_noise() / 7 % n;
}

/* A layer that fits behind one of that shape, which becomes its own. */
static struct images_encoder_layer random_layer(uint32_t *rows, uint32_t *columns, uint32_t *channels) {
    static const uint16_t wide[] = {1, 3, 8, 16, 17, 20, 32};
    struct images_encoder_layer layer = {.kind = (uint8_t)(1 + below(4)),
                                         .kernel_rows = (uint8_t)(1 + below(3)),
                                         .kernel_columns = (uint8_t)(1 + below(3)),
                                         .stride = (uint8_t)(1 + (below(3) == 0)),
                                         .same = (uint8_t)below(3),
                                         .outputs = (uint16_t)*channels};
    if (layer.kind == CUR_ENCODER_CONV) layer.outputs = wide[below(sizeof wide / sizeof *wide)];
    layer.relu = layer.kind < CUR_ENCODER_AVERAGE_POOL && below(2);
    if (layer.kind != CUR_ENCODER_DEPTHWISE && below(6) == 0) layer.kernel_rows = (uint8_t)(1 + below(9));
    if (layer.kind >= CUR_ENCODER_AVERAGE_POOL && *rows * *columns * *channels < 20000 && below(4) == 0)
        layer.kernel_rows = (uint8_t)(1 + below(255));
    if (layer.kernel_rows > *rows || layer.kernel_columns > *columns) layer.same = (uint8_t)(1 + below(2));
    *rows = layer.same ? (*rows + layer.stride - 1) / layer.stride
                       : (*rows - layer.kernel_rows) / layer.stride + 1;
    *columns = layer.same ? (*columns + layer.stride - 1) / layer.stride
                          : (*columns - layer.kernel_columns) / layer.stride + 1;
    *channels = layer.outputs;
    return layer;
}

static void random_ones_are_exact(void) {
    uint32_t refused = 0;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        struct images_encoder_layer layers[8];
        test_seed(seed);
        uint32_t rows = 96, columns = 64, channels = 1;
        uint8_t count = (uint8_t)(1 + below(8));
        /* The first one with a stride, so that most fit. */
        layers[0] = random_layer(&rows, &columns, &channels);
        for (uint8_t l = 1; l < count; l++)
            layers[l] = random_layer(&rows, &columns, &channels);
        build(layers, count, seed);
        fill_patch();
        /* Whatever is too large with any number of fused layers is passed over, and counted. */
        int opened = 0;
        for (uint32_t fused = 0; fused <= count; fused++)
            opened |= open_fused(fused) == 0;
        if (!opened)
            refused++;
        else
            CHECK_AT(100 * seed + (uint32_t)failed_fused, is_exact(count));
    }
    CHECK(refused < 20);
}

static void the_large_one_is_exact(void) {
    build(large, MOST_LAYERS, 1);
    fill_patch();
    CHECK_AT(failed_fused, is_exact(MOST_LAYERS));
    CHECK(open_fused(7) != 0);
    CHECK(open_fused(8) == 0 && cur_encoder_arena(&encoder) == 49152);
    CHECK(open_fused(11) == 0 && cur_encoder_arena(&encoder) == 37056);
}

static void keeps_to_the_arena(void) {
    /* Two layers of which the first is fused: 96 x 64 numbers, of which one row of 64 is held, and a map of
     * 96 x 64 x 7 or 8, which goes into one number a channel. */
    struct images_encoder_layer layers[] = {{CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 7},
                                            {CUR_ENCODER_MAX_POOL, 96, 64, 1, 0, 0, 7}};
    build(layers, 2, 1);
    CHECK(open_fused(0) == 0 && open_fused(1) == 0 && open_fused(2) == 0 && open_fused(3) != 0);
    layers[0].outputs = layers[1].outputs = 8;
    build(layers, 2, 1);
    CHECK(open_fused(0) != 0 && open_fused(1) != 0 && open_fused(2) != 0);
    /* With a kernel of a row less not all of the map is held. */
    layers[1].kernel_rows = 95;
    build(layers, 2, 1);
    CHECK(open_fused(2) == 0 && cur_encoder_arena(&encoder) == 64 + 95 * 64 * 8 + 16);
    static const uint16_t wrong[] = {3, 4, 256, 257, 0x8000, 0xffff};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_AT(i, open_fused(wrong[i]) != 0);
}

TEST_LIST(encoder_rows_tests) = {
    {"an encoder of every kind of layer gives the same with any number of fused layers", every_kind_is_exact},
    {"so do sixty of random shapes, kernels, strides and paddings", random_ones_are_exact},
    {"so does the large encoder, whose maps no board could hold", the_large_one_is_exact},
    {"a sealed encoder whose fused layers need more than the arena, or are more than it has, is refused",
     keeps_to_the_arena},
    TEST_END,
};
