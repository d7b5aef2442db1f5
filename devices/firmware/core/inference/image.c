#include "encoder.h"
#include "fmath.h"
#include "image_sections.h"
#include "../mem.h"
#include "../crypto/sha256.h"
#include "../link/utf8.h"

enum { HASH_SIZE = 32, ROUTING_SIZE = 20, BAD = -1 };

static int check_name(const uint8_t *name) {
    uint32_t used = 0;
    while (used < CUR_IMAGE_NAME_SIZE && name[used])
        used++;
    if (used == CUR_IMAGE_NAME_SIZE || !cur_all_zero(name + used, CUR_IMAGE_NAME_SIZE - used)) return BAD;
    return cur_utf8_valid(name, used) ? 0 : BAD;
}

static int check_header(struct cur_image *image) {
    const uint8_t *h = image->bytes;
    if (image->len < CUR_IMAGE_HEADER || image->len % 16 || image->len > CUR_IMAGE_LONGEST) return BAD;
    if (memcmp(h, "CRLW", 4) || cur_u16(h + 4) != 2 || cur_u16(h + 6) != CUR_IMAGE_HEADER) return BAD;
    if (cur_u32(h + 8) != image->len) return BAD;
    uint32_t kind = cur_u32(h + CUR_IMAGE_KIND);
    if (kind != CUR_IMAGE_EXPERT && kind != CUR_IMAGE_ROUTER) return BAD;
    image->kind = (uint16_t)kind;
    image->version = cur_u32(h + CUR_IMAGE_VERSION);
    image->embedding = cur_u16(h + 20);
    image->outputs = cur_u16(h + CUR_IMAGE_OUTPUTS);
    image->bits = h[CUR_IMAGE_BITS];
    image->layer_count = h[25];
    image->ternary = h[CUR_IMAGE_TERNARY];
    image->name = h + CUR_IMAGE_NAME;
    if (h[26] != 1 || cur_u16(h + 28) != 1 || image->embedding != CUR_EMBEDDING) return BAD;
    if (image->outputs < 2) return BAD;
    if (image->outputs > (kind == CUR_IMAGE_EXPERT ? CUR_IMAGE_CLASSES : CUR_IMAGE_EXPERTS)) return BAD;
    if (image->bits != 1 && image->bits != 2 && image->bits != 4 && image->bits != 8 && image->bits != 16 &&
        image->bits != 32)
        return BAD;
    if (image->ternary > 2 || (image->ternary && image->bits != 2)) return BAD;
    if (image->layer_count < 1 || image->layer_count > CUR_IMAGE_LAYERS) return BAD;
    return check_name(image->name);
}

static int check_seal(const struct cur_image *image) {
    static const uint8_t zeros[HASH_SIZE];
    uint8_t digest[HASH_SIZE];
    struct cur_sha256 sha;
    cur_sha256_start(&sha);
    cur_sha256_feed(&sha, image->bytes, CUR_IMAGE_SEAL);
    cur_sha256_feed(&sha, zeros, sizeof zeros);
    cur_sha256_feed(&sha, image->bytes + CUR_IMAGE_HEADER, image->len - CUR_IMAGE_HEADER);
    cur_sha256_finish(&sha, digest);
    return memcmp(digest, image->bytes + CUR_IMAGE_SEAL, sizeof digest) ? BAD : 0;
}

static int open_labels(struct cur_image *image) {
    struct cur_section s;
    if (cur_section_find(image, CUR_SECTION_LABELS, 0, &s)) return BAD;
    image->labels = s.bytes;
    image->labels_len = s.len;
    uint32_t at = 0;
    for (int i = 0; i < image->outputs; i++) {
        uint32_t from = at;
        while (at < s.len && s.bytes[at])
            at++;
        if (at == s.len || at == from || !cur_utf8_valid(s.bytes + from, at - from)) return BAD;
        at++;
    }
    return at == s.len ? 0 : BAD;
}

/* The comparisons are false for what is not a number. */
static int within(float x, float low, float high) {
    return x >= low && x <= high;
}

static int open_routing(struct cur_image *image) {
    struct cur_section hashes, s;
    struct cur_routing *routing = &image->routing;
    if (cur_section_find(image, CUR_SECTION_EXPERTS, 0, &hashes)) return BAD;
    if (hashes.len != (uint32_t)HASH_SIZE * image->outputs) return BAD;
    image->expert_hashes = hashes.bytes;
    if (cur_section_find(image, CUR_SECTION_ROUTING, 0, &s) || s.len != ROUTING_SIZE) return BAD;
    routing->alpha = cur_f32(s.bytes);
    routing->unit = cur_f32(s.bytes + 4);
    routing->dropout = cur_f32(s.bytes + 8);
    routing->seed = cur_u32(s.bytes + 12);
    routing->passes = cur_u16(s.bytes + 16);
    routing->top_k = cur_u16(s.bytes + 18);
    if (!within(routing->alpha, 0.0f, 100.0f) || !within(routing->dropout, 0.0f, 0.9f)) return BAD;
    if (!(routing->unit > 0.0f) || !cur_finite(routing->unit)) return BAD;
    if (routing->passes > CUR_IMAGE_PASSES) return BAD;
    if (routing->top_k < 1 || routing->top_k > image->outputs) return BAD;
    if (cur_section_floats(image, CUR_SECTION_PRIOR, 0, image->outputs, &image->prior)) return BAD;
    for (int e = 0; e < image->outputs; e++) {
        if (!within(cur_f32(image->prior + 4 * e), 0.0f, 1.0f)) return BAD;
    }
    return 0;
}

int cur_image_open(struct cur_image *image, const uint8_t *bytes, uint32_t len) {
    memset(image, 0, sizeof *image);
    image->bytes = bytes;
    image->len = len;
    if (check_header(image) || check_seal(image) || cur_sections_check(image) || open_labels(image))
        return BAD;
    if (cur_section_floats(image, CUR_SECTION_OFFSET, 0, image->embedding, &image->embedding_offset))
        return BAD;
    if (cur_section_floats(image, CUR_SECTION_SCALE, 0, image->embedding, &image->embedding_scale))
        return BAD;
    uint32_t used = 3;
    if (image->kind == CUR_IMAGE_ROUTER) {
        if (open_routing(image)) return BAD;
        used += 3;
    }
    uint16_t width = image->embedding;
    int integer = 0;
    for (uint16_t i = 0; i < image->layer_count; i++) {
        struct cur_layer *layer = &image->layers[i];
        if (cur_layer_open(image, (uint16_t)(i + 1), width, layer, &used)) return BAD;
        integer |= layer->kind != CUR_LAYER_FLOAT;
        width = layer->linear.outputs;
    }
    if (width != image->outputs || integer != (image->bits != 32)) return BAD;
    /* Every section found once: any more are unknown or double. */
    return used == cur_u16(bytes + 30) ? 0 : BAD;
}
