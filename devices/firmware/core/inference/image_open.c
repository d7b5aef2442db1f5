#include "image_open.h"
#include "encoder.h"
#include "fmath.h"
#include "image_sections.h"
#include "statistics.h"
#include "../link/utf8.h"
#include "../mem.h"

enum { SECTIONS_MAX = 64, ROUTING_SIZE = 20, BAD = -1 };

/* Where an image's embedding comes from (header). */
enum { ENCODER_STATISTICS = 1, ENCODER_IMAGE = 2 };

static int check_header(struct cur_image *image) {
    const uint8_t *h = image->bytes;
    uint32_t kind = cur_u32(h + CUR_IMAGE_KIND);
    if (kind != CUR_IMAGE_EXPERT && kind != CUR_IMAGE_ROUTER) return BAD;
    image->kind = (uint16_t)kind;
    image->version = cur_u32(h + CUR_IMAGE_VERSION);
    image->embedding = cur_u16(h + CUR_IMAGE_EMBEDDING);
    image->outputs = cur_u16(h + CUR_IMAGE_OUTPUTS);
    image->bits = h[CUR_IMAGE_BITS];
    image->layer_count = h[CUR_IMAGE_LAYER_COUNT];
    image->ternary = h[CUR_IMAGE_TERNARY];
    image->name = h + CUR_IMAGE_NAME;
    if (image->outputs < 2) return BAD;
    if (image->outputs > (kind == CUR_IMAGE_EXPERT ? CUR_IMAGE_CLASSES : CUR_IMAGE_EXPERTS)) return BAD;
    if (image->bits != 1 && image->bits != 2 && image->bits != 4 && image->bits != 8 && image->bits != 16 &&
        image->bits != 32)
        return BAD;
    if (image->ternary > 2 || (image->ternary && image->bits != 2)) return BAD;
    if (kind == CUR_IMAGE_EXPERT && image->layer_count < 1) return BAD;
    return image->layer_count > CUR_IMAGE_LAYERS ? BAD : 0;
}

static int open_encoder(struct cur_image *image, uint32_t *used) {
    uint16_t encoder = cur_u16(image->bytes + CUR_IMAGE_ENCODER_OF);
    if (encoder == ENCODER_STATISTICS) return image->embedding == CUR_STATISTICS ? 0 : BAD;
    if (encoder != ENCODER_IMAGE || image->embedding < 1 || image->embedding > CUR_EMBEDDING) return BAD;
    *used += 1;
    return cur_section_sized(image->bytes, CUR_SECTION_ENCODER, 0, CUR_IMAGE_HASH, &image->encoder_hash);
}

static int open_labels(struct cur_image *image) {
    struct cur_section s;
    if (cur_section_find(image->bytes, CUR_SECTION_LABELS, 0, &s)) return BAD;
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
    const uint8_t *s;
    struct cur_routing *routing = &image->routing;
    uint32_t hashes = (uint32_t)CUR_IMAGE_HASH * image->outputs;
    if (cur_section_sized(image->bytes, CUR_SECTION_EXPERTS, 0, hashes, &image->expert_hashes)) return BAD;
    if (cur_section_sized(image->bytes, CUR_SECTION_ROUTING, 0, ROUTING_SIZE, &s)) return BAD;
    routing->alpha = cur_f32(s);
    routing->unit = cur_f32(s + 4);
    routing->dropout = cur_f32(s + 8);
    routing->seed = cur_u32(s + 12);
    routing->passes = cur_u16(s + 16);
    routing->top_k = cur_u16(s + 18);
    if (!within(routing->alpha, 0.0f, 100.0f) || !within(routing->dropout, 0.0f, 0.9f)) return BAD;
    if (!(routing->unit > 0.0f) || !cur_finite(routing->unit)) return BAD;
    if (routing->passes > CUR_IMAGE_PASSES) return BAD;
    if (routing->top_k < 1 || routing->top_k > image->outputs) return BAD;
    if (cur_section_floats(image->bytes, CUR_SECTION_PRIOR, 0, image->outputs, &image->prior)) return BAD;
    for (int e = 0; e < image->outputs; e++) {
        if (!within(cur_f32(image->prior + 4 * e), 0.0f, 1.0f)) return BAD;
    }
    return 0;
}

/* Whether the layers and the rest of the routing are those that the decision asks for. */
static int fits_decision(const struct cur_image *image, uint16_t decision) {
    const struct cur_routing *routing = &image->routing;
    int first_decides = decision == CUR_DECISION_TOP || decision == CUR_DECISION_ENTROPY;
    if (first_decides != (image->layer_count == 0)) return 0;
    if (decision == CUR_DECISION_NONE) return 1;
    return routing->top_k == 1 && (decision == CUR_DECISION_CURIOSITY) == (routing->passes > 0);
}

static int open_cascade(struct cur_image *image, uint32_t *used) {
    struct cur_cascade *cascade = &image->cascade;
    struct cur_section s;
    if (cur_section_find(image->bytes, CUR_SECTION_CASCADE, 0, &s)) return fits_decision(image, 0) ? 0 : BAD;
    uint32_t count = image->outputs - 1u;
    if (s.len != 4 + 4 * count || cur_u16(s.bytes + 2) != 0) return BAD;
    cascade->decision = cur_u16(s.bytes);
    cascade->thresholds = s.bytes + 4;
    if (cascade->decision < CUR_DECISION_TOP || cascade->decision > CUR_DECISION_GATE) return BAD;
    for (uint32_t i = 0; i < count; i++) {
        float threshold = cur_f32(cascade->thresholds + 4 * i);
        if (!cur_finite(threshold)) return BAD;
        if (i && threshold < cur_f32(cascade->thresholds + 4 * (i - 1))) return BAD;
    }
    *used += 1;
    return fits_decision(image, cascade->decision) ? 0 : BAD;
}

int cur_image_open(struct cur_image *image, const uint8_t *bytes, uint32_t len, const struct cur_hal *hal) {
    memset(image, 0, sizeof *image);
    image->bytes = bytes;
    image->len = len;
    if (cur_image_check(bytes, len, SECTIONS_MAX, hal) || check_header(image) || open_labels(image))
        return BAD;
    if (cur_section_floats(image->bytes, CUR_SECTION_OFFSET, 0, image->embedding, &image->embedding_offset))
        return BAD;
    if (cur_section_floats(image->bytes, CUR_SECTION_SCALE, 0, image->embedding, &image->embedding_scale))
        return BAD;
    uint32_t used = 3;
    if (open_encoder(image, &used)) return BAD;
    if (image->kind == CUR_IMAGE_ROUTER) {
        used += 3;
        if (open_routing(image) || open_cascade(image, &used)) return BAD;
    }
    uint16_t width = image->embedding;
    uint16_t integer = 0; /* the kind of the integer layers */
    for (uint16_t i = 0; i < image->layer_count; i++) {
        struct cur_layer *layer = &image->layers[i];
        if (cur_layer_open(image, (uint16_t)(i + 1), width, layer, &used, hal)) return BAD;
        width = layer->linear.outputs;
        if (layer->kind == CUR_LAYER_FLOAT) continue;
        if (integer && layer->kind != integer) return BAD;
        integer = layer->kind;
    }
    if (image->layer_count && width != image->outputs) return BAD;
    if ((integer != 0) != (image->bits != 32)) return BAD;
    /* Every section found once: any more are unknown or double. */
    return used == cur_u16(bytes + CUR_IMAGE_SECTIONS) ? 0 : BAD;
}
