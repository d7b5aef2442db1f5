#include "image.h"
#include "encoder.h"
#include "fmath.h"
#include "../mem.h"
#include "../crypto/sha256.h"
#include "../link/utf8.h"

enum section_type {
    SECTION_LABELS = 1,
    SECTION_OFFSET = 2,
    SECTION_SCALE = 3,
    SECTION_LAYER = 10,
    SECTION_WEIGHTS = 11,
    SECTION_WEIGHT_SCALES = 12,
    SECTION_BIAS = 13,
    SECTION_NORM_GAIN = 14,
    SECTION_NORM_BIAS = 15,
};

enum { SECTION_ENTRY = 12, SECTIONS_MAX = 64, NAME_SIZE = 32, BAD = -1 };

struct section {
    const uint8_t *bytes;
    uint32_t len;
};

static int all_zero(const uint8_t *p, uint32_t n) {
    while (n--) {
        if (*p++) return 0;
    }
    return 1;
}

static int all_finite(const uint8_t *p, uint32_t count) {
    for (; count; count--, p += 4) {
        if (!cur_finite(cur_f32(p))) return 0;
    }
    return 1;
}

/* The one section of that type and layer; 0, or BAD when there is none. Duplicates are found by counting. */
static int find(const struct cur_image *image, uint16_t type, uint16_t layer, struct section *out) {
    uint16_t sections = cur_u16(image->bytes + 30);
    for (uint16_t i = 0; i < sections; i++) {
        const uint8_t *entry = image->bytes + CUR_IMAGE_HEADER + SECTION_ENTRY * i;
        if (cur_u16(entry) != type || cur_u16(entry + 2) != layer) continue;
        out->bytes = image->bytes + cur_u32(entry + 4);
        out->len = cur_u32(entry + 8);
        return 0;
    }
    return BAD;
}

static int find_floats(const struct cur_image *image, uint16_t type, uint16_t layer, uint32_t count,
                       const uint8_t **out) {
    struct section s;
    if (find(image, type, layer, &s) || s.len != 4 * count || !all_finite(s.bytes, count)) return BAD;
    *out = s.bytes;
    return 0;
}

static int check_header(struct cur_image *image) {
    const uint8_t *h = image->bytes;
    if (image->len < CUR_IMAGE_HEADER || image->len % 16) return BAD;
    if (memcmp(h, "CRLW", 4) || cur_u16(h + 4) != 1 || cur_u16(h + 6) != CUR_IMAGE_HEADER) return BAD;
    if (cur_u32(h + 8) != image->len || cur_u32(h + 12) != 1) return BAD;
    image->embedding = cur_u16(h + 20);
    image->classes = cur_u16(h + CUR_IMAGE_CLASS_COUNT);
    image->bits = h[CUR_IMAGE_BITS];
    image->layer_count = h[25];
    image->name = h + CUR_IMAGE_NAME;
    if (cur_u16(h + 26) != 1 || cur_u16(h + 28) != 1 || image->embedding != CUR_EMBEDDING) return BAD;
    if (image->classes < 2 || image->classes > CUR_IMAGE_CLASSES) return BAD;
    if (image->bits != 4 && image->bits != 32) return BAD;
    if (image->layer_count < 1 || image->layer_count > CUR_IMAGE_LAYERS) return BAD;
    uint32_t used = 0;
    while (used < NAME_SIZE && image->name[used])
        used++;
    if (used == NAME_SIZE || !all_zero(image->name + used, NAME_SIZE - used)) return BAD;
    return cur_utf8_valid(image->name, used) ? 0 : BAD;
}

static int check_seal(const struct cur_image *image) {
    static const uint8_t zeros[32];
    uint8_t digest[32];
    struct cur_sha256 sha;
    cur_sha256_start(&sha);
    cur_sha256_feed(&sha, image->bytes, 96);
    cur_sha256_feed(&sha, zeros, 32);
    cur_sha256_feed(&sha, image->bytes + CUR_IMAGE_HEADER, image->len - CUR_IMAGE_HEADER);
    cur_sha256_finish(&sha, digest);
    return memcmp(digest, image->bytes + 96, 32) ? BAD : 0;
}

/* Sections lie inside the image, in order, at multiples of 16, with zeros between. */
static int check_sections(const struct cur_image *image) {
    uint32_t sections = cur_u16(image->bytes + 30);
    uint32_t end = CUR_IMAGE_HEADER + SECTION_ENTRY * sections;
    if (sections > SECTIONS_MAX || end > image->len) return BAD;
    for (uint32_t i = 0; i < sections; i++) {
        const uint8_t *entry = image->bytes + CUR_IMAGE_HEADER + SECTION_ENTRY * i;
        uint32_t from = cur_u32(entry + 4), len = cur_u32(entry + 8);
        if (from % 16 || from < end || from > image->len || len > image->len - from) return BAD;
        if (!all_zero(image->bytes + end, from - end)) return BAD;
        end = from + len;
    }
    return all_zero(image->bytes + end, image->len - end) ? 0 : BAD;
}

static int check_labels(struct cur_image *image) {
    struct section s;
    if (find(image, SECTION_LABELS, 0, &s)) return BAD;
    image->labels = s.bytes;
    uint32_t at = 0;
    for (int i = 0; i < image->classes; i++) {
        uint32_t from = at;
        while (at < s.len && s.bytes[at])
            at++;
        if (at == s.len || at == from || !cur_utf8_valid(s.bytes + from, at - from)) return BAD;
        at++;
    }
    return at == s.len ? 0 : BAD;
}

/* Codes are -7 .. 7, and the padding of each row is zero. */
static int check_codes(const struct cur_layer *layer) {
    for (uint32_t row = 0; row < layer->outputs; row++) {
        const uint8_t *p = layer->weights + row * layer->row_bytes;
        for (uint32_t i = 0; i < 2 * layer->row_bytes; i++) {
            uint8_t code = i & 1 ? p[i / 2] >> 4 : p[i / 2] & 15;
            if (code == 8 || (i >= layer->inputs && code)) return BAD;
        }
    }
    return 0;
}

static int open_bitlinear(const struct cur_image *image, uint16_t number, struct cur_layer *layer) {
    struct section weights;
    layer->row_bytes = (layer->inputs + 7u) / 8u * 4u;
    if (layer->scale_count != 1 && layer->scale_count != layer->outputs) return BAD;
    if (find(image, SECTION_WEIGHTS, number, &weights)) return BAD;
    if (weights.len != layer->outputs * layer->row_bytes) return BAD;
    layer->weights = weights.bytes;
    if (check_codes(layer)) return BAD;
    if (find_floats(image, SECTION_WEIGHT_SCALES, number, layer->scale_count, &layer->scales)) return BAD;
    for (uint32_t i = 0; i < layer->scale_count; i++) {
        if (cur_f32(layer->scales + 4 * i) <= 0.0f) return BAD;
    }
    return 0;
}

static int open_float(const struct cur_image *image, uint16_t number, struct cur_layer *layer) {
    layer->row_bytes = 4u * layer->inputs;
    if (layer->scale_count != 0) return BAD;
    return find_floats(image, SECTION_WEIGHTS, number, (uint32_t)layer->outputs * layer->inputs,
                       &layer->weights);
}

/* Opens layer `number` (from 1), whose inputs must be as many as `inputs`; counts the sections it uses. */
static int open_layer(const struct cur_image *image, uint16_t number, uint16_t inputs,
                      struct cur_layer *layer, int *used) {
    struct section s;
    if (find(image, SECTION_LAYER, number, &s) || s.len != 16) return BAD;
    uint16_t bits = cur_u16(s.bytes + 2), activation_bits = cur_u16(s.bytes + 8);
    layer->kind = cur_u16(s.bytes);
    layer->inputs = cur_u16(s.bytes + 4);
    layer->outputs = cur_u16(s.bytes + 6);
    layer->flags = cur_u16(s.bytes + 10);
    layer->scale_count = cur_u32(s.bytes + 12);
    if (layer->inputs != inputs || layer->inputs > CUR_IMAGE_WIDTH) return BAD;
    if (layer->outputs < 1 || layer->outputs > CUR_IMAGE_WIDTH) return BAD;
    if (layer->flags & ~CUR_LAYER_NORM) return BAD;

    int bitlinear = layer->kind == CUR_LAYER_BITLINEAR;
    if (!bitlinear && layer->kind != CUR_LAYER_FLOAT) return BAD;
    if (bits != (bitlinear ? 4 : 32) || activation_bits != (bitlinear ? 8 : 32)) return BAD;
    if (bitlinear ? open_bitlinear(image, number, layer) : open_float(image, number, layer)) return BAD;

    if (find_floats(image, SECTION_BIAS, number, layer->outputs, &layer->bias)) return BAD;
    *used += bitlinear ? 4 : 3;
    if (!(layer->flags & CUR_LAYER_NORM)) return 0;
    *used += 2;
    if (find_floats(image, SECTION_NORM_GAIN, number, layer->outputs, &layer->norm_gain)) return BAD;
    return find_floats(image, SECTION_NORM_BIAS, number, layer->outputs, &layer->norm_bias);
}

int cur_image_open(struct cur_image *image, const uint8_t *bytes, uint32_t len) {
    image->bytes = bytes;
    image->len = len;
    if (check_header(image) || check_seal(image) || check_sections(image) || check_labels(image)) return BAD;
    if (find_floats(image, SECTION_OFFSET, 0, image->embedding, &image->embedding_offset)) return BAD;
    if (find_floats(image, SECTION_SCALE, 0, image->embedding, &image->embedding_scale)) return BAD;
    int used = 3;
    uint16_t width = image->embedding;
    for (uint16_t i = 0; i < image->layer_count; i++) {
        struct cur_layer *layer = &image->layers[i];
        if (open_layer(image, (uint16_t)(i + 1), width, layer, &used)) return BAD;
        if (layer->kind == CUR_LAYER_BITLINEAR && image->bits != 4) return BAD;
        width = layer->outputs;
    }
    if (width != image->classes) return BAD;
    /* Every section found once: any more are unknown or double. */
    return used == cur_u16(bytes + 30) ? 0 : BAD;
}
