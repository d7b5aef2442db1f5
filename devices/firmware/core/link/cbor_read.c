#include "cbor.h"
#include "../mem.h"

enum { BREAK = 1, OPEN_LENGTH = 31 };

struct reader {
    const uint8_t *at, *end;
};

struct head {
    uint8_t major, info;
    uint64_t value; /* length, count, number or bits; meaningless for an open length */
};

/* One level of nesting while skipping. */
struct level {
    uint64_t left; /* items still to come, when counted */
    uint8_t open;  /* ends with a break instead */
    uint8_t major;
    uint8_t odd; /* of an open map: a key without its value so far */
};

/* 0, BREAK (of an open length), or CUR_CBOR_MALFORMED. */
static int read_head(struct reader *r, struct head *h) {
    if (r->at == r->end) return CUR_CBOR_MALFORMED;
    uint8_t first = *r->at++;
    if (first == 0xff) return BREAK;
    h->major = first >> 5;
    h->info = first & 31;
    h->value = h->info;
    if (h->info < 24) return 0;
    if (h->info == OPEN_LENGTH) return h->major >= 2 && h->major <= 5 ? 0 : CUR_CBOR_MALFORMED;
    if (h->info > 27) return CUR_CBOR_MALFORMED;
    size_t n = (size_t)1 << (h->info - 24);
    if ((size_t)(r->end - r->at) < n) return CUR_CBOR_MALFORMED;
    h->value = 0;
    while (n--)
        h->value = h->value << 8 | *r->at++;
    /* A simple value below 32 may not be written in two bytes. */
    if (h->major == 7 && h->info == 24 && h->value < 32) return CUR_CBOR_MALFORMED;
    return 0;
}

/* Steps over one item of any kind. */
static int skip(struct reader *r) {
    struct level levels[CUR_CBOR_DEPTH + 1] = {{.left = 1}};
    int depth = 1;
    while (depth) {
        struct level *top = &levels[depth - 1];
        if (!top->open && top->left == 0) {
            depth--;
            continue;
        }
        struct head h;
        int e = read_head(r, &h);
        if (e == BREAK) {
            if (!top->open || top->odd) return CUR_CBOR_MALFORMED;
            depth--;
            continue;
        }
        if (e) return e;
        if (!top->open) top->left--;
        if (top->open && top->major == 5) top->odd ^= 1;
        int piece = top->open && (top->major == CUR_CBOR_BYTES || top->major == CUR_CBOR_TEXT);
        if (piece && (h.major != top->major || h.info == OPEN_LENGTH)) return CUR_CBOR_MALFORMED;

        size_t rest = (size_t)(r->end - r->at);
        struct level next = {.open = h.info == OPEN_LENGTH, .major = h.major};
        switch (h.major) {
        case CUR_CBOR_BYTES:
        case CUR_CBOR_TEXT:
            if (next.open) break;
            if (h.value > rest) return CUR_CBOR_MALFORMED;
            r->at += (size_t)h.value;
            continue;
        case 4:
        case 5:
            if (next.open) break;
            /* Every item takes a byte at least: a larger count cannot be true. */
            if (h.value > rest) return CUR_CBOR_MALFORMED;
            next.left = h.major == 5 ? 2 * h.value : h.value;
            break;
        case 6:
            next.left = 1;
            break;
        default:
            continue;
        }
        if (depth == CUR_CBOR_DEPTH + 1) return CUR_CBOR_MALFORMED;
        levels[depth++] = next;
    }
    return CUR_CBOR_OK;
}

int cur_cbor_map_check(struct cur_cbor_map *map, const uint8_t *bytes, size_t len) {
    struct reader r = {bytes, bytes + len};
    if (len == 0 || bytes[0] >> 5 != 5) return CUR_CBOR_MALFORMED;
    if (skip(&r) || r.at != r.end) return CUR_CBOR_MALFORMED;
    r.at = bytes;
    struct head h;
    (void)read_head(&r, &h);
    for (uint64_t i = 0; h.info == OPEN_LENGTH ? *r.at != 0xff : i < h.value; i++) {
        if (*r.at >> 5 != CUR_CBOR_TEXT) return CUR_CBOR_MALFORMED;
        (void)skip(&r);
        (void)skip(&r);
    }
    map->bytes = bytes;
    map->len = len;
    return CUR_CBOR_OK;
}

/* Reads the string at r: pointed at, or its pieces joined in scratch. The bytes are known well-formed. */
static int read_string(struct reader *r, uint8_t *scratch, size_t cap, const uint8_t **value, size_t *len) {
    struct head h;
    (void)read_head(r, &h);
    if (h.info != OPEN_LENGTH) {
        *value = r->at;
        *len = (size_t)h.value;
        r->at += *len;
        return CUR_CBOR_OK;
    }
    *value = scratch;
    *len = 0;
    int fits = 1;
    while (read_head(r, &h) != BREAK) {
        size_t n = (size_t)h.value;
        fits = fits && n <= cap - *len;
        if (fits) {
            memcpy(scratch + *len, r->at, n);
            *len += n;
        }
        r->at += n;
    }
    return fits ? CUR_CBOR_OK : CUR_CBOR_MALFORMED;
}

static int same_text(const uint8_t *text, size_t len, const char *key) {
    size_t i = 0;
    while (i < len && key[i] && (uint8_t)key[i] == text[i])
        i++;
    return i == len && key[i] == 0;
}

/* Leaves r at the value of `key`. */
static int find(const struct cur_cbor_map *map, const char *key, struct reader *value) {
    struct reader r = {map->bytes, map->bytes + map->len};
    struct head h;
    int found = 0;
    (void)read_head(&r, &h);
    for (uint64_t i = 0; h.info == OPEN_LENGTH ? *r.at != 0xff : i < h.value; i++) {
        uint8_t scratch[16];
        const uint8_t *text;
        size_t len;
        /* A key in pieces that does not fit is longer than any of ours. */
        int ours = !read_string(&r, scratch, sizeof scratch, &text, &len) && same_text(text, len, key);
        if (ours && found) return CUR_CBOR_MALFORMED;
        if (ours) {
            *value = r;
            found = 1;
        }
        (void)skip(&r);
    }
    return found ? CUR_CBOR_OK : CUR_CBOR_ABSENT;
}

int cur_cbor_get_u32(const struct cur_cbor_map *map, const char *key, uint32_t *value) {
    struct reader r;
    struct head h;
    int e = find(map, key, &r);
    if (e) return e;
    if (read_head(&r, &h) || h.major != 0 || h.value > 0xffffffffu) return CUR_CBOR_MALFORMED;
    *value = (uint32_t)h.value;
    return CUR_CBOR_OK;
}

int cur_cbor_get_bool(const struct cur_cbor_map *map, const char *key, int *value) {
    struct reader r;
    int e = find(map, key, &r);
    if (e) return e;
    if (*r.at != 0xf4 && *r.at != 0xf5) return CUR_CBOR_MALFORMED;
    *value = *r.at == 0xf5;
    return CUR_CBOR_OK;
}

static float half_to_float(uint32_t bits) {
    uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023;
    float value;
    if (exponent == 0) {
        value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    uint32_t wide = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    memcpy(&value, &wide, 4);
    return value;
}

/* The float32 nearest to a float64's bits, half to even; in integers, as no target computes with float64. */
static int narrow(uint64_t wide, float *value) {
    uint32_t exponent = (uint32_t)(wide >> 52) & 0x7ff, shift = 29, bits;
    uint64_t mantissa = wide & 0xfffffffffffffu;
    if (exponent == 0x7ff && mantissa) {
        bits = 0x7fc00000u;
    } else {
        int32_t e = (int32_t)exponent - 1023 + 127;
        if (e >= 255) return CUR_CBOR_MALFORMED;
        if (e <= 0) { /* below the smallest normal float32: the leading one becomes visible */
            mantissa |= exponent ? 1ull << 52 : 0;
            shift = e > -24 ? (uint32_t)(30 - e) : 54;
            e = 0;
        }
        uint64_t rest = mantissa & ((1ull << shift) - 1), half = 1ull << (shift - 1);
        bits = ((uint32_t)e << 23) + (uint32_t)(mantissa >> shift);
        if (rest > half || (rest == half && (bits & 1))) bits++;
        if (bits >= 0x7f800000u) return CUR_CBOR_MALFORMED;
    }
    bits |= (uint32_t)(wide >> 63) << 31;
    memcpy(value, &bits, 4);
    return CUR_CBOR_OK;
}

int cur_cbor_get_f32(const struct cur_cbor_map *map, const char *key, float *value) {
    struct reader r;
    struct head h;
    int e = find(map, key, &r);
    if (e) return e;
    if (read_head(&r, &h)) return CUR_CBOR_MALFORMED;
    if (h.major == 0 || h.major == 1) {
        *value = h.major == 0 ? (float)h.value : -1.0f - (float)h.value;
        return CUR_CBOR_OK;
    }
    if (h.major != 7 || h.info < 25 || h.info > 27) return CUR_CBOR_MALFORMED;
    if (h.info == 25) {
        *value = half_to_float((uint32_t)h.value);
    } else if (h.info == 26) {
        uint32_t bits = (uint32_t)h.value;
        memcpy(value, &bits, 4);
    } else {
        return narrow(h.value, value);
    }
    return CUR_CBOR_OK;
}

int cur_cbor_get_u32s(const struct cur_cbor_map *map, const char *key, uint32_t *values, size_t cap,
                      size_t *count) {
    struct reader r;
    struct head h, item;
    int e = find(map, key, &r);
    if (e) return e;
    if (read_head(&r, &h) || h.major != 4) return CUR_CBOR_MALFORMED;
    int open = h.info == OPEN_LENGTH;
    for (*count = 0; open || *count < h.value; values[(*count)++] = (uint32_t)item.value) {
        e = read_head(&r, &item);
        if (open && e == BREAK) break;
        if (e || item.major != 0 || item.value > 0xffffffffu || *count == cap) return CUR_CBOR_MALFORMED;
    }
    return CUR_CBOR_OK;
}

int cur_cbor_get_string(const struct cur_cbor_map *map, const char *key, int major, uint8_t *scratch,
                        size_t cap, const uint8_t **value, size_t *len) {
    struct reader r;
    int e = find(map, key, &r);
    if (e) return e;
    if (*r.at >> 5 != major) return CUR_CBOR_MALFORMED;
    return read_string(&r, scratch, cap, value, len);
}
