#include "fake.h"
#include "test.h"
#include "../core/mem.h"

static uint8_t good[8192] __attribute__((aligned(16))), bytes[8192] __attribute__((aligned(16)));
static uint32_t len;
static struct cur_image image;

static void start(void) {
    len = fake_image(good, 1);
    memcpy(bytes, good, len);
}

/* 1 if the altered bytes are refused though their seal is right; takes the alteration back. */
static int refused(void) {
    fake_seal(bytes, len);
    int bad = cur_image_open(&image, bytes, len) != 0;
    memcpy(bytes, good, len);
    return bad;
}

static uint8_t *section(uint16_t type, uint16_t layer) {
    return bytes + cur_u32(fake_entry(bytes, type, layer) + 4);
}

static void opens_a_right_one(void) {
    start();
    CHECK(cur_image_open(&image, bytes, len) == 0);
    CHECK(image.classes == 3 && image.embedding == 384 && image.layer_count == 2 && image.bits == 4);
    CHECK(strcmp((const char *)image.name, "fake") == 0 && memcmp(image.labels, "a\0b", 3) == 0);
    CHECK(image.layers[0].outputs == 10 && image.layers[1].inputs == 10);
}

static void refuses_any_flipped_byte(void) {
    start();
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] ^= (uint8_t)(1 << i % 8);
        CHECK_AT(i, cur_image_open(&image, bytes, len) != 0);
        bytes[i] = good[i];
    }
}

static void refuses_any_cut(void) {
    start();
    /* Exactly as much memory as there are bytes: reading further would be seen. */
    for (uint32_t cut = 0; cut < len; cut += cut < 400 ? 1 : 16) {
        uint8_t copy[cut + 1];
        memcpy(copy, good, cut);
        CHECK_AT(cut, cur_image_open(&image, copy, cut) != 0);
    }
}

static void refuses_any_u16_of_the_header(void) {
    start();
    static const uint16_t values[] = {0,   1,   2,   3,   7,    8,    9,      65,
                                      127, 129, 383, 385, 8192, 8193, 0x7fff, 0xffff};
    static const int offsets[] = {0, 4, 6, 8, 12, 20, 22, 26, 28, 30};
    for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            if (cur_u16(good + offsets[o]) == values[v]) continue;
            cur_put_u16(bytes + offsets[o], values[v]);
            CHECK_AT(offsets[o], refused());
        }
    }
    for (int i = 0; i < 256; i++) {
        bytes[24] = (uint8_t)i;
        CHECK_AT(i, refused() == (i != 4));
        bytes[25] = (uint8_t)i;
        CHECK_AT(i, refused() == (i != 2));
    }
    memset(bytes + 32, 'x', 32);
    CHECK(refused());
    bytes[33] = 0xff;
    CHECK(refused());
    bytes[40] = 'x';
    CHECK(refused());
}

static void refuses_wrong_sections(void) {
    start();
    for (uint32_t i = 0; i < 12; i++) {
        uint8_t *entry = bytes + CUR_IMAGE_HEADER + 12 * i;
        static const uint32_t offsets[] = {0, 16, 128, 1, 8, 0x7ffffff0u, 0xfffffff0u};
        for (size_t o = 0; o < sizeof offsets / sizeof *offsets; o++) {
            cur_put_u32(entry + 4, offsets[o]);
            CHECK_AT(i, refused());
            cur_put_u32(entry + 8, offsets[o]);
            CHECK_AT(i, refused() || cur_u32(entry + 8) == offsets[o]);
        }
        cur_put_u32(entry + 8, cur_u32(entry + 8) - 1);
        CHECK_AT(i, refused());
        cur_put_u32(entry + 8, cur_u32(entry + 8) + 4);
        CHECK_AT(i, refused());
        cur_put_u32(entry + 4, cur_u32(entry + 4) + 16);
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

static void refuses_wrong_layers(void) {
    start();
    static const uint16_t values[] = {0, 1, 2, 3, 8, 9, 10, 11, 31, 383, 385, 8193, 0xffff};
    for (uint16_t layer = 1; layer <= 2; layer++) {
        for (int field = 0; field < 16; field += 2) {
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                uint8_t *at = section(10, layer) + field;
                if (cur_u16(at) == values[v]) continue;
                /* As many scales as outputs would be right, if they were there. */
                cur_put_u16(at, values[v]);
                CHECK_AT(100 * layer + field, refused());
            }
        }
    }
}

static void refuses_wrong_numbers(void) {
    start();
    static const uint32_t bad[] = {0x7f800000u, 0xff800000u, 0x7fc00000u, 0x7f800001u};
    static const uint16_t floats[][2] = {{2, 0},  {3, 0},  {12, 1}, {13, 1},
                                         {14, 1}, {15, 1}, {11, 2}, {13, 2}};
    for (size_t f = 0; f < sizeof floats / sizeof *floats; f++) {
        for (size_t v = 0; v < sizeof bad / sizeof *bad; v++) {
            uint8_t *entry = fake_entry(bytes, floats[f][0], floats[f][1]);
            cur_put_u32(bytes + cur_u32(entry + 4) + cur_u32(entry + 8) - 4, bad[v]);
            CHECK_AT(f, refused());
        }
    }
    cur_put_f32(section(12, 1), 0.0f);
    CHECK(refused());
    cur_put_f32(section(12, 1), -0.01f);
    CHECK(refused());
    section(11, 1)[7] = 0x81;
    CHECK(refused());
    section(11, 1)[7] = 0x18;
    CHECK(refused());
    section(1, 0)[0] = 0;
    CHECK(refused());
    section(1, 0)[3] = 'x';
    CHECK(refused());
    section(1, 0)[9] = 'x';
    CHECK(refused());
}

TEST_LIST(image_tests) = {
    {"a right image is opened", opens_a_right_one},
    {"an image with any byte altered is refused", refuses_any_flipped_byte},
    {"an image cut short is refused", refuses_any_cut},
    {"a sealed image with a wrong header is refused", refuses_any_u16_of_the_header},
    {"a sealed image with wrong sections is refused", refuses_wrong_sections},
    {"a sealed image with wrong layers is refused", refuses_wrong_layers},
    {"a sealed image with wrong numbers, codes or labels is refused", refuses_wrong_numbers},
    TEST_END,
};
