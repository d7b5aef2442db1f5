#include "test.h"
#include "../core/link/cbor.h"

/* {"a": 1, "data": h'010203', "t": "xy", "on": true, "x": [1, {"k": -5}], "f": 1.5} */
static const uint8_t sample[] = {0xa6, 0x61, 'a',  0x01, 0x64, 'd',  'a',  't',  'a',  0x43, 0x01, 0x02, 0x03,
                                 0x61, 't',  0x62, 'x',  'y',  0x62, 'o',  'n',  0xf5, 0x61, 'x',  0x82, 0x01,
                                 0xa1, 0x61, 'k',  0x24, 0x61, 'f',  0xfa, 0x3f, 0xc0, 0x00, 0x00};

/* The same with indefinite lengths everywhere. */
static const uint8_t open_sample[] = {0xbf, 0x61, 'a',  0x01, 0x7f, 0x62, 'd',  'a',  0x62, 't',  'a',
                                      0xff, 0x5f, 0x41, 0x01, 0x42, 0x02, 0x03, 0xff, 0x61, 't',  0x7f,
                                      0x61, 'x',  0x61, 'y',  0xff, 0x62, 'o',  'n',  0xf5, 0x61, 'x',
                                      0x9f, 0x01, 0xbf, 0x61, 'k',  0x24, 0xff, 0xff, 0xff};

static int read_sample(const uint8_t *bytes, size_t len) {
    struct cur_cbor_map map;
    uint8_t scratch[16];
    const uint8_t *data, *text;
    size_t data_len, text_len;
    uint32_t a;
    int on;
    return cur_cbor_map_check(&map, bytes, len) == 0 && cur_cbor_get_u32(&map, "a", &a) == 0 && a == 1 &&
           cur_cbor_get_string(&map, "data", CUR_CBOR_BYTES, scratch, 8, &data, &data_len) == 0 &&
           data_len == 3 && memcmp(data, "\1\2\3", 3) == 0 &&
           cur_cbor_get_string(&map, "t", CUR_CBOR_TEXT, scratch + 8, 8, &text, &text_len) == 0 &&
           text_len == 2 && memcmp(text, "xy", 2) == 0 && cur_cbor_get_bool(&map, "on", &on) == 0 &&
           on == 1 && cur_cbor_get_u32(&map, "missing", &a) == CUR_CBOR_ABSENT;
}

static void reads_definite(void) {
    CHECK(read_sample(sample, sizeof sample));
}

static void reads_indefinite(void) {
    CHECK(read_sample(open_sample, sizeof open_sample));
}

static void refuses_every_truncation(void) {
    struct cur_cbor_map map;
    uint8_t copy[64];
    for (size_t len = 0; len < sizeof sample; len++) {
        memcpy(copy, sample, len);
        CHECK_AT(len, cur_cbor_map_check(&map, copy, len) == CUR_CBOR_MALFORMED);
    }
    for (size_t len = 0; len < sizeof open_sample; len++) {
        memcpy(copy, open_sample, len);
        CHECK_AT(len, cur_cbor_map_check(&map, copy, len) == CUR_CBOR_MALFORMED);
    }
}

static void refuses_what_is_no_map(void) {
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"\x80", 1},                                           /* an array */
        {"\xa0\x00", 2},                                       /* something after the map */
        {"\xa1\x01\x02", 3},                                   /* a key that is no text */
        {"\xa1\x61k\x1c", 4},                                  /* a reserved length */
        {"\xa1\x61k\x1f", 4},                                  /* an integer of open length */
        {"\xa1\x61k\xf8\x10", 5},                              /* a short simple value in two bytes */
        {"\xa1\x61k\xff", 4},                                  /* a break where nothing is open */
        {"\xbf\x61k\xff", 4},                                  /* an open map that ends after a key */
        {"\xa1\x61k\x5f\x61x\xff", 7},                         /* a text piece in a byte string */
        {"\xa1\x61k\x5f\x5f\xff\xff", 7},                      /* pieces in pieces */
        {"\xa1\x61k\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 12}, /* a count beyond all memory */
        {"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 9},
        {"\xa1\x61k\x5b\xff\xff\xff\xff\xff\xff\xff\xff", 12},
    };
    struct cur_cbor_map map;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_AT(i,
                 cur_cbor_map_check(&map, (const uint8_t *)bad[i].bytes, bad[i].len) == CUR_CBOR_MALFORMED);
    }
}

static void limits_depth(void) {
    struct cur_cbor_map map;
    uint8_t bytes[2048];
    for (size_t deep = 1; deep < 1000; deep++) {
        size_t len = 0;
        bytes[len++] = 0xa1;
        bytes[len++] = 0x61;
        bytes[len++] = 'k';
        for (size_t i = 0; i < deep; i++)
            bytes[len++] = 0x81;
        bytes[len++] = 0x00;
        int want = deep + 1 <= CUR_CBOR_DEPTH ? 0 : CUR_CBOR_MALFORMED;
        CHECK_AT(deep, cur_cbor_map_check(&map, bytes, len) == want);
    }
}

static void refuses_wrong_values(void) {
    struct cur_cbor_map map;
    uint8_t scratch[2];
    const uint8_t *s;
    size_t n;
    uint32_t u;
    int on;
    static const uint8_t negative[] = {0xa1, 0x61, 'k', 0x20};
    static const uint8_t wide[] = {0xa1, 0x61, 'k', 0x1b, 0, 0, 0, 1, 0, 0, 0, 0};
    static const uint8_t twice[] = {0xa2, 0x61, 'k', 0x01, 0x61, 'k', 0x02};
    static const uint8_t pieces[] = {0xa1, 0x61, 'k', 0x5f, 0x42, 1, 2, 0x41, 3, 0xff};
    CHECK(cur_cbor_map_check(&map, negative, sizeof negative) == 0);
    CHECK(cur_cbor_get_u32(&map, "k", &u) == CUR_CBOR_MALFORMED);
    CHECK(cur_cbor_get_bool(&map, "k", &on) == CUR_CBOR_MALFORMED);
    CHECK(cur_cbor_get_string(&map, "k", CUR_CBOR_BYTES, scratch, 2, &s, &n) == CUR_CBOR_MALFORMED);
    CHECK(cur_cbor_map_check(&map, wide, sizeof wide) == 0);
    CHECK(cur_cbor_get_u32(&map, "k", &u) == CUR_CBOR_MALFORMED);
    CHECK(cur_cbor_map_check(&map, twice, sizeof twice) == 0);
    CHECK(cur_cbor_get_u32(&map, "k", &u) == CUR_CBOR_MALFORMED);
    CHECK(cur_cbor_map_check(&map, pieces, sizeof pieces) == 0);
    CHECK(cur_cbor_get_string(&map, "k", CUR_CBOR_BYTES, scratch, 2, &s, &n) == CUR_CBOR_MALFORMED);
}

static void survives_noise(void) {
    uint8_t bytes[64], scratch[8];
    for (int turn = 0; turn < 200000; turn++) {
        size_t len = test_noise() % sizeof bytes;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)test_noise();
        if (len) bytes[0] = (uint8_t)(0xa0 | (bytes[0] & 0x1f));
        /* Keys of text make it further. */
        if (len > 2) bytes[1] = 0x61;
        struct cur_cbor_map map;
        const uint8_t *s;
        size_t n;
        uint32_t u;
        if (cur_cbor_map_check(&map, bytes, len)) continue;
        (void)cur_cbor_get_u32(&map, "a", &u);
        (void)cur_cbor_get_string(&map, "b", CUR_CBOR_BYTES, scratch, sizeof scratch, &s, &n);
    }
}

/* {"k": a double}, read as float32. */
static int read_double(double from, float *to) {
    uint8_t bytes[12] = {0xa1, 0x61, 'k', 0xfb};
    uint64_t bits;
    struct cur_cbor_map map;
    memcpy(&bits, &from, 8);
    for (int i = 0; i < 8; i++)
        bytes[4 + i] = (uint8_t)(bits >> (56 - 8 * i));
    return cur_cbor_map_check(&map, bytes, sizeof bytes) || cur_cbor_get_f32(&map, "k", to);
}

static void reads_doubles(void) {
    float value;
    for (int turn = 0; turn < 200000; turn++) {
        uint64_t bits = (uint64_t)test_noise() << 32 | test_noise();
        /* Half of them about float32's range, subnormal ones too; a quarter on the edge between two float32
         * values. */
        if (turn % 2) bits = (bits & 0x800fffffffffffffu) | (uint64_t)(870 + test_noise() % 285) << 52;
        if (turn % 4 == 1) bits = (bits & ~(uint64_t)0x1fffffff) | 0x10000000;
        double from;
        memcpy(&from, &bits, 8);
        if (from != from) {
            CHECK_AT(turn, read_double(from, &value) == 0 && value != value);
        } else if (from > 3.4028234663852886e38 || from < -3.4028234663852886e38) {
            CHECK_AT(turn, read_double(from, &value) != 0);
        } else {
            CHECK_AT(turn, read_double(from, &value) == 0 && value == (float)from);
        }
    }
    CHECK(read_double(3.4028234663852886e38, &value) == 0 && value == 3.4028234663852886e38f);
    CHECK(read_double(0x1.ffffffp127, &value) != 0);
    CHECK(read_double(-1.0 / 0.0, &value) != 0);
}

static void reads_numbers_of_every_width(void) {
    static const struct {
        uint8_t bytes[8], len;
        float value;
    } cases[] = {
        {{0xa1, 0x61, 'k', 0x18, 200}, 5, 200.0f},
        {{0xa1, 0x61, 'k', 0x38, 199}, 5, -200.0f},
        {{0xa1, 0x61, 'k', 0xf9, 0x3e, 0x00}, 6, 1.5f},
        {{0xa1, 0x61, 'k', 0xf9, 0x80, 0x01}, 6, -0x1p-24f},
        {{0xa1, 0x61, 'k', 0xfa, 0xbf, 0xc0, 0, 0}, 8, -1.5f},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cur_cbor_map map;
        float value;
        CHECK_AT(i, cur_cbor_map_check(&map, cases[i].bytes, cases[i].len) == 0);
        CHECK_AT(i, cur_cbor_get_f32(&map, "k", &value) == 0 && value == cases[i].value);
    }
}

static void writes_within_bounds(void) {
    uint8_t whole[64], part[64];
    size_t len = 0;
    for (size_t cap = sizeof whole + 1; cap-- > 0;) {
        memset(part, 0xee, sizeof part);
        struct cur_cbor_writer w = {.bytes = part, .cap = cap};
        cur_cbor_write_map(&w, 3);
        cur_cbor_write_text(&w, "number");
        cur_cbor_write_int(&w, -70000);
        cur_cbor_write_text(&w, "p");
        cur_cbor_write_f32(&w, 1.5f);
        cur_cbor_write_text(&w, "bytes");
        cur_cbor_write_bytes(&w, (const uint8_t *)"0123456789012345678901234", 25);
        if (cap == sizeof whole) {
            len = w.len;
            memcpy(whole, part, len);
        }
        CHECK_AT(cap, w.overflow == (cap < len));
        for (size_t i = cap; i < sizeof part; i++)
            CHECK_AT(cap, part[i] == 0xee);
    }
    static const uint8_t want[] = {0xa3, 0x66, 'n',  'u', 'm',  'b',  'e',  'r',  0x3a, 0x00, 0x01,
                                   0x11, 0x6f, 0x61, 'p', 0xfa, 0x3f, 0xc0, 0x00, 0x00, 0x65};
    CHECK(memcmp(whole, want, sizeof want) == 0);
}

static void narrows_wide_floats(void) {
    uint8_t bytes[12] = {0xa1, 0x61, 'd', 0xfb};
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = (uint64_t)test_noise() << 32 | test_noise();
        /* Around the range of float32, its smallest numbers included, with many ties. */
        bits = (bits & ~(0x7ffull << 52)) | (uint64_t)(1023 - 160 + test_noise() % 300) << 52;
        if (i % 2) bits &= ~0xfffffffull;
        double wide;
        memcpy(&wide, &bits, 8);
        for (int b = 0; b < 8; b++)
            bytes[4 + b] = (uint8_t)(bits >> (56 - 8 * b));
        struct cur_cbor_map map;
        float value = 0;
        CHECK_AT(i, cur_cbor_map_check(&map, bytes, sizeof bytes) == 0);
        int e = cur_cbor_get_f32(&map, "d", &value);
        int fits = wide < 0x1.ffffffp127 && wide > -0x1.ffffffp127;
        CHECK_AT(i, e == (fits ? CUR_CBOR_OK : CUR_CBOR_MALFORMED));
        if (!fits) continue;
        float want = (float)wide;
        CHECK_AT(i, memcmp(&value, &want, 4) == 0);
    }
}

TEST_LIST(cbor_tests) = {
    {"a map of definite lengths is read by key", reads_definite},
    {"a map of indefinite lengths is read the same", reads_indefinite},
    {"a map cut short anywhere is malformed", refuses_every_truncation},
    {"what is no map, or no CBOR, is malformed", refuses_what_is_no_map},
    {"nesting is followed to a limit and no deeper", limits_depth},
    {"values of the wrong type, out of range or given twice are malformed", refuses_wrong_values},
    {"noise is read without harm", survives_noise},
    {"numbers of every width are read as float32", reads_numbers_of_every_width},
    {"a double is rounded to the nearest float32", reads_doubles},
    {"writing stops at the end of the buffer and remembers it", writes_within_bounds},
    {"float64 values become the nearest float32", narrows_wide_floats},
    TEST_END,
};
