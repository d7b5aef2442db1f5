#include "images.h"
#include "test.h"
#include "../core/mem.h"

static uint8_t good[IMAGES_LARGEST] __attribute__((aligned(16)));
static uint8_t bytes[IMAGES_LARGEST] __attribute__((aligned(16)));
static uint32_t len;
static struct cur_image image;
static const struct cur_hal hal; /* that wants to know nothing */
static const float prior[3] = {0, 0.5f, 1};

static void start(const struct images_plan *plan) {
    len = images_build(good, plan, 1);
    memcpy(bytes, good, len);
}

static void start_expert(uint8_t bits, uint8_t ternary) {
    struct images_plan plan = images_expert(bits, ternary);
    start(&plan);
}

static void start_router(void) {
    struct images_plan plan = images_router(NULL, prior);
    start(&plan);
}

/* 1 if the altered bytes are refused though their seal is right; takes the alteration back. */
static int refused(void) {
    fake_seal(bytes, len);
    int bad = cur_image_open(&image, bytes, len, &hal) != 0;
    memcpy(bytes, good, len);
    return bad;
}

static uint8_t *section(uint16_t type, uint16_t layer) {
    return images_section(bytes, type, layer);
}

static void opens_experts(void) {
    static const uint8_t precisions[][2] = {{1, 0}, {2, 0}, {2, 1}, {2, 2}, {4, 0}, {8, 0}, {16, 0}, {32, 0}};
    for (size_t p = 0; p < sizeof precisions / sizeof *precisions; p++) {
        start_expert(precisions[p][0], precisions[p][1]);
        CHECK_AT(p, cur_image_open(&image, bytes, len, &hal) == 0);
        CHECK_AT(p, image.kind == CUR_IMAGE_EXPERT && image.version == 1 && image.embedding == 384);
        CHECK_AT(p, image.outputs == 3 && image.layer_count == 3);
        CHECK_AT(p, image.bits == precisions[p][0] && image.ternary == precisions[p][1]);
        CHECK_AT(p, strcmp((const char *)image.name, "fake") == 0 && memcmp(image.labels, "a\0b", 3) == 0);
        CHECK_AT(p, image.layers[0].linear.outputs == 20 && image.layers[1].linear.inputs == 20);
        CHECK_AT(p, image.layers[0].linear.ternary_activations == (precisions[p][1] == 2));
    }
}

static void opens_a_router(void) {
    start_router();
    CHECK(cur_image_open(&image, bytes, len, &hal) == 0);
    const struct cur_routing *r = &image.routing;
    CHECK(image.kind == CUR_IMAGE_ROUTER && image.outputs == 3);
    CHECK(r->alpha == 0.0f && r->unit == 0.05f && r->dropout == 0.2f && r->seed == 7);
    CHECK(r->passes == 10 && r->top_k == 1 && cur_f32(image.prior + 8) == 1.0f);
    CHECK(image.expert_hashes == section(4, 0));
    CHECK(image.layers[1].flags == (CUR_LAYER_NORM | CUR_LAYER_DROPOUT));
}

static void opens_static_layers(void) {
    struct images_plan plan = images_static_expert();
    start(&plan);
    CHECK(cur_image_open(&image, bytes, len, &hal) == 0);
    CHECK(image.layers[0].kind == CUR_LAYER_STATIC && image.layers[2].kind == CUR_LAYER_FLOAT);
    CHECK(image.layers[1].activation_scale == cur_f32(section(20, 2)) && image.encoder_hash == NULL);
}

static void opens_what_names_an_encoder(void) {
    static const uint8_t hash[32] = {1, 2, 3};
    struct images_plan plans[] = {images_expert(4, 0), images_router(NULL, prior)};
    for (int p = 0; p < 2; p++) {
        static const uint16_t sizes[] = {1, 48, 384, 512, 513};
        plans[p].encoder_hash = hash;
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            plans[p].embedding = sizes[s];
            start(&plans[p]);
            CHECK_AT(sizes[s], (cur_image_open(&image, bytes, len, &hal) == 0) == (sizes[s] <= 512));
            CHECK_AT(sizes[s], sizes[s] > 512 || memcmp(image.encoder_hash, hash, 32) == 0);
        }
    }
}

static void refuses_any_flipped_byte(void) {
    start_expert(4, 0);
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] ^= (uint8_t)(1 << i % 8);
        CHECK_AT(i, cur_image_open(&image, bytes, len, &hal) != 0);
        bytes[i] = good[i];
    }
}

static void refuses_any_cut(void) {
    start_router();
    /* Exactly as much memory as there are bytes: reading further would be seen. */
    for (uint32_t cut = 0; cut < len; cut += cut < 400 ? 1 : 16) {
        uint8_t copy[cut + 1];
        memcpy(copy, good, cut);
        CHECK_AT(cut, cur_image_open(&image, copy, cut, &hal) != 0);
    }
}

static void refuses_any_u16_of_the_header(void) {
    static const uint16_t values[] = {0,   1,   2,   3,   7,    8,    9,      65,
                                      127, 129, 383, 385, 2048, 2049, 0x7fff, 0xffff};
    static const int offsets[] = {0, 4, 6, 8, 10, 12, 14, 20, 22, 28, 30};
    start_expert(4, 0);
    for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            if (cur_u16(good + offsets[o]) == values[v]) continue;
            cur_put_u16(bytes + offsets[o], values[v]);
            CHECK_AT(offsets[o], refused());
        }
    }
    for (int at = 24; at < 28; at++) {
        for (int i = 0; i < 256; i++) {
            bytes[at] = (uint8_t)i;
            CHECK_AT(1000 * at + i, refused() == (i != good[at]));
        }
    }
    memset(bytes + 32, 'x', 32);
    CHECK(refused());
    bytes[33] = 0xff;
    CHECK(refused());
    bytes[40] = 'x';
    CHECK(refused());
}

static void refuses_ternary_in_disguise(void) {
    start_expert(2, 1);
    for (int i = 0; i < 4; i++) {
        bytes[27] = (uint8_t)i;
        CHECK_AT(i, refused() == (i != 1));
    }
    start_expert(2, 0);
    bytes[27] = 1;
    CHECK(refused());
}

static void refuses_wrong_sections(void) {
    for (int router = 0; router < 2; router++) {
        if (router)
            start_router();
        else
            start_expert(4, 0);
        for (uint32_t i = 0; i < cur_u16(good + 30); i++) {
            uint8_t *entry = bytes + CUR_IMAGE_HEADER + 12 * i;
            static const uint32_t offsets[] = {0, 16, 128, 1, 8, 0x7ffffff0u, 0xfffffff0u};
            for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
                cur_put_u32(entry + 4, offsets[o]);
                CHECK_AT(i, refused());
                uint32_t before = cur_u32(entry + 8);
                cur_put_u32(entry + 8, offsets[o]);
                CHECK_AT(i, refused() || before == offsets[o]);
            }
            cur_put_u32(entry + 8, cur_u32(entry + 8) - 1);
            CHECK_AT(i, refused());
            cur_put_u32(entry + 8, cur_u32(entry + 8) + 4);
            CHECK_AT(i, refused());
            cur_put_u32(entry + 4, cur_u32(entry + 4) + 16);
            CHECK_AT(i, refused());
            cur_put_u32(entry + 4, cur_u32(entry + 4) - 16);
            CHECK_AT(i, refused());
            cur_put_u16(entry, 99);
            CHECK_AT(i, refused());
            cur_put_u16(entry + 2, 9);
            CHECK_AT(i, refused());
        }
        /* The gain twice, the bias not at all. */
        cur_put_u16(fake_entry(bytes, 15, 1), 14);
        CHECK(refused());
        bytes[len - 1] = 1;
        CHECK(refused());
    }
}

static void refuses_what_only_routers_have(void) {
    start_router();
    cur_put_u32(bytes + 12, CUR_IMAGE_EXPERT);
    CHECK(refused());
    start_expert(8, 0);
    cur_put_u32(bytes + 12, CUR_IMAGE_ROUTER);
    CHECK(refused());
    section(10, 1)[10] |= CUR_LAYER_DROPOUT;
    CHECK(refused());
}

static void refuses_wrong_layers(void) {
    static const uint16_t values[] = {0,  1,  2,  3,  4,  5,   6,   7,    8,    9,
                                      16, 19, 20, 21, 32, 383, 385, 2049, 8192, 0xffff};
    static const uint8_t bits[] = {1, 4, 16, 32};
    for (size_t b = 0; b < sizeof bits; b++) {
        start_expert(bits[b], 0);
        for (uint16_t layer = 1; layer <= 3; layer++) {
            for (int field = 0; field < 16; field += 2) {
                for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                    uint8_t *at = section(10, layer) + field;
                    if (cur_u16(at) == values[v]) continue;
                    /* A float layer whose ReLU is left out is sound; so is one that gets it. */
                    if (field == 10 && layer == 3 && values[v] == CUR_LAYER_RELU) continue;
                    cur_put_u16(at, values[v]);
                    CHECK_AT(1000 * bits[b] + 100 * layer + field, refused());
                }
            }
        }
    }
}

static void refuses_wrong_static_layers(void) {
    static const uint32_t bad[] = {0x7f800000u, 0x7fc00000u, 0xbf800000u, 0};
    struct images_plan plan = images_static_expert();
    start(&plan);
    for (uint16_t layer = 1; layer <= 2; layer++) {
        for (size_t v = 0; v < sizeof bad / sizeof *bad; v++) {
            cur_put_u32(section(20, layer), bad[v]);
            CHECK_AT(layer, refused());
        }
        cur_put_u16(fake_entry(bytes, 20, layer), 99);
        CHECK_AT(layer, refused());
        /* One layer of another kind, which then has a section too many. */
        cur_put_u16(section(10, layer), CUR_LAYER_BITLINEAR);
        CHECK_AT(layer, refused());
        cur_put_u16(section(10, layer) + 8, 2);
        CHECK_AT(layer, refused());
    }
    /* All its sections right, but not of one kind. */
    plan.layer[1].kind = CUR_LAYER_BITLINEAR;
    start(&plan);
    CHECK(refused());
    plan.layer[1].kind = CUR_LAYER_STATIC;
    for (int bits = 1; bits <= 16; bits *= 2) {
        plan.bits = (uint8_t)bits;
        start(&plan);
        CHECK_AT(bits, refused() == (bits != 8));
    }
}

static void refuses_wrong_encoders(void) {
    static const uint8_t hash[32] = {1, 2, 3};
    struct images_plan plan = images_expert(4, 0);
    plan.encoder_hash = hash;
    plan.embedding = 48;
    start(&plan);
    for (uint16_t encoder = 0; encoder < 4; encoder++) {
        cur_put_u16(bytes + 28, encoder);
        CHECK_AT(encoder, refused() == (encoder != 2));
    }
    cur_put_u16(fake_entry(bytes, 7, 0), 8);
    CHECK(refused());
    /* Statistics have one size alone. */
    plan.encoder_hash = NULL;
    start(&plan);
    CHECK(refused());
}

static void refuses_layers_too_wide(void) {
    /* A right image but for its width: 1 bit, 384 -> 2049 -> 2. */
    static uint8_t wide[200000] __attribute__((aligned(16)));
    for (uint16_t width = 2047; width <= 2049; width++) {
        const struct images_plan plan = {
            .kind = CUR_IMAGE_EXPERT,
            .bits = 1,
            .layers = 2,
            .layer = {{CUR_LAYER_BITLINEAR, width, 0, 0}, {CUR_LAYER_BITLINEAR, 2, 0, 0}}};
        uint32_t n = images_build(wide, &plan, 1);
        CHECK_AT(width, (cur_image_open(&image, wide, n, &hal) == 0) == (width <= 2048));
    }
}

static void refuses_rows_that_could_overflow(void) {
    start_expert(16, 0);
    uint8_t *row = section(11, 1);
    /* 384 inputs cannot reach the bound of 16,909,320: widen the row's reach by the largest magnitudes. */
    for (uint32_t i = 0; i < 384; i++)
        images_put_code(row, 16, i, -32768);
    CHECK(!refused());

    static uint8_t wide[200000] __attribute__((aligned(16)));
    const struct images_plan plan = {.kind = CUR_IMAGE_EXPERT,
                                     .bits = 16,
                                     .layers = 3,
                                     .layer = {{CUR_LAYER_FLOAT, 2, 0, 0},
                                               {CUR_LAYER_BITLINEAR, 520, 0, 0},
                                               {CUR_LAYER_BITLINEAR, 2, 0, 0}}};
    uint32_t n = images_build(wide, &plan, 1);
    row = images_section(wide, 11, 3) + cur_row_bytes(16, 520);
    for (uint32_t i = 0; i < 520; i++)
        images_put_code(row, 16, i, i & 1 ? -32517 : 32518);
    /* 260 x 32517 + 260 x 32518 = 16,909,100; 220 more are the bound. */
    images_put_code(row, 16, 7, -32517 - 220);
    fake_seal(wide, n);
    CHECK(cur_image_open(&image, wide, n, &hal) == 0);
    images_put_code(row, 16, 7, -32517 - 221);
    fake_seal(wide, n);
    CHECK(cur_image_open(&image, wide, n, &hal) != 0);
}

static void refuses_wrong_codes(void) {
    static const uint8_t bits[] = {1, 2, 4, 8, 16};
    for (size_t b = 0; b < sizeof bits; b++) {
        start_expert(bits[b], 0);
        /* Layer 2 has 20 inputs: every bit behind them in its last row is padding. */
        uint32_t row = 11 * cur_row_bytes(bits[b], 20), width = cur_row_bytes(bits[b], 20) * 8;
        static uint8_t used[64];
        memset(used, 0, sizeof used);
        /* The codes that are stored as ones only. */
        for (uint32_t i = 0; i < 20; i++)
            images_put_code(used, bits[b], i,
                            bits[b] == 1   ? 1
                            : bits[b] <= 4 ? (1 << (bits[b] - 1)) - 1
                                           : -1);
        for (uint32_t bit = 0; bit < width; bit++) {
            if (used[bit / 8] >> bit % 8 & 1) continue;
            section(11, 2)[row + bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK_AT(1000 * bits[b] + bit, refused());
        }
    }
    start_expert(2, 1);
    for (uint32_t i = 0; i < 384; i++) {
        images_put_code(section(11, 1) + 19 * cur_row_bytes(2, 384), 2, i, -2);
        CHECK_AT(i, refused());
    }
    for (uint32_t i = 0; i < 20; i++) {
        images_put_code(section(11, 2), 2, i, -2);
        CHECK_AT(i, refused());
    }
}

static void refuses_wrong_numbers(void) {
    static const uint32_t bad[] = {0x7f800000u, 0xff800000u, 0x7fc00000u, 0x7f800001u};
    static const uint16_t floats[][2] = {{2, 0},  {3, 0},  {12, 1}, {12, 2}, {13, 1},
                                         {14, 1}, {15, 1}, {11, 3}, {13, 3}};
    start_expert(4, 0);
    for (size_t f = 0; f < sizeof floats / sizeof *floats; f++) {
        for (size_t v = 0; v < sizeof bad / sizeof *bad; v++) {
            uint8_t *entry = fake_entry(bytes, floats[f][0], floats[f][1]);
            cur_put_u32(bytes + cur_u32(entry + 4) + cur_u32(entry + 8) - 4, bad[v]);
            CHECK_AT(f, refused());
        }
    }
    cur_put_f32(section(12, 2) + 44, 0.0f);
    CHECK(refused());
    cur_put_f32(section(12, 1), -0.01f);
    CHECK(refused());
    section(1, 0)[0] = 0;
    CHECK(refused());
    section(1, 0)[3] = 'x';
    CHECK(refused());
    section(1, 0)[9] = 'x';
    CHECK(refused());
}

static void refuses_wrong_routing(void) {
    static const struct {
        int at;
        float value;
    } wrong[] = {{0, -0.1f}, {0, 100.1f}, {4, 0}, {4, -1}, {8, -0.01f}, {8, 0.91f}};
    start_router();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cur_put_f32(section(5, 0) + wrong[i].at, wrong[i].value);
        CHECK_AT(i, refused());
        cur_put_u32(section(5, 0) + wrong[i].at, 0x7fc00000u);
        CHECK_AT(i, refused());
        cur_put_u32(section(5, 0) + wrong[i].at, 0x7f800000u);
        CHECK_AT(i, refused());
    }
    cur_put_u16(section(5, 0) + 16, 65);
    CHECK(refused());
    cur_put_u16(section(5, 0) + 16, 64);
    CHECK(!refused());
    cur_put_u16(section(5, 0) + 18, 0);
    CHECK(refused());
    cur_put_u16(section(5, 0) + 18, 4);
    CHECK(refused());
    for (int e = 0; e < 3; e++) {
        cur_put_f32(section(6, 0) + 4 * e, 1.01f);
        CHECK_AT(e, refused());
        cur_put_f32(section(6, 0) + 4 * e, -0.01f);
        CHECK_AT(e, refused());
    }
    struct images_plan plan = images_router(NULL, prior);
    static const float nine[9] = {0};
    plan.prior = nine;
    for (uint16_t experts = 2; experts <= 9; experts++) {
        plan.layer[2].outputs = experts;
        start(&plan);
        CHECK_AT(experts, refused() == (experts > 8));
    }
}

TEST_LIST(image_tests) = {
    {"an expert of every precision is opened", opens_experts},
    {"a router is opened", opens_a_router},
    {"an expert with static layers is opened", opens_static_layers},
    {"images that name an encoder are opened, up to its largest embedding", opens_what_names_an_encoder},
    {"an image with any byte altered is refused", refuses_any_flipped_byte},
    {"an image cut short is refused", refuses_any_cut},
    {"a sealed image with a wrong header is refused", refuses_any_u16_of_the_header},
    {"a sealed image that is ternary in its header alone, or otherwise ternary, is refused",
     refuses_ternary_in_disguise},
    {"a sealed image with wrong sections is refused", refuses_wrong_sections},
    {"a sealed expert with what only routers have is refused, and the other way round",
     refuses_what_only_routers_have},
    {"a sealed image with wrong layers is refused", refuses_wrong_layers},
    {"a sealed image with wrong static layers, or with others beside, is refused",
     refuses_wrong_static_layers},
    {"a sealed image that names an encoder wrongly is refused", refuses_wrong_encoders},
    {"a sealed image with a layer wider than 2048 is refused", refuses_layers_too_wide},
    {"a sealed image with a row of 16-bit weights whose sum could overflow is refused",
     refuses_rows_that_could_overflow},
    {"a sealed image with padding that is not zero, or a ternary weight of -2, is refused",
     refuses_wrong_codes},
    {"a sealed image with wrong numbers or labels is refused", refuses_wrong_numbers},
    {"a sealed router with wrong routing is refused", refuses_wrong_routing},
    TEST_END,
};
