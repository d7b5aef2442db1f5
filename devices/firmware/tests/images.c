#include "images.h"

#include <math.h>
#include <string.h>

#include "../core/mem.h"
#include "test.h"

uint8_t *images_section(uint8_t *bytes, uint16_t type, uint16_t layer) {
    return bytes + cur_u32(fake_entry(bytes, type, layer) + 4);
}

/* What is added to a code before it is stored. */
static int offset_of(uint32_t bits) {
    return bits == 2 ? 2 : bits == 4 ? 8 : 0;
}

int images_code(const uint8_t *row, uint32_t bits, uint32_t i) {
    if (bits == 16) return (int16_t)cur_u16(row + 2 * i);
    if (bits == 8) return (int8_t)row[i];
    uint32_t block = i / (128 / bits), within = i % (128 / bits);
    int stored = row[16 * block + within % 16] >> (within / 16 * bits) & ((1 << bits) - 1);
    return bits == 1 ? 2 * stored - 1 : stored - offset_of(bits);
}

void images_put_code(uint8_t *row, uint32_t bits, uint32_t i, int code) {
    if (bits == 16) {
        cur_put_u16(row + 2 * i, (uint16_t)code);
    } else if (bits == 8) {
        row[i] = (uint8_t)code;
    } else {
        uint32_t block = i / (128 / bits), within = i % (128 / bits), shift = within / 16 * bits;
        int stored = bits == 1 ? code > 0 : code + offset_of(bits);
        uint8_t *byte = &row[16 * block + within % 16];
        *byte = (uint8_t)((*byte & ~(((1 << bits) - 1) << shift)) | stored << shift);
    }
}

static float uniform(float low, float high) {
    return low + (high - low) * (float)(test_noise() >> 8) / 16777216.0f;
}

static int random_code(uint32_t bits, int ternary) {
    if (ternary) return (int)(test_noise() % 3) - 1;
    if (bits == 1) return test_noise() & 1 ? 1 : -1;
    int code = (int)(test_noise() % (1u << bits)) - (1 << (bits - 1));
    return bits == 16 ? code / 2 : code; /* so that no row's sum of magnitudes is too large */
}

struct writer {
    uint8_t *bytes;
    uint32_t at;
    uint32_t sections;
};

/* Adds a section at the next multiple of 16; its content is zero. */
static uint8_t *add(struct writer *w, uint16_t type, uint16_t layer, uint32_t len) {
    uint8_t *entry = w->bytes + 128 + 12 * w->sections++;
    uint32_t from = (w->at + 15) & ~15u;
    memset(w->bytes + w->at, 0, from + len - w->at);
    w->at = from;
    cur_put_u16(entry, type);
    cur_put_u16(entry + 2, layer);
    cur_put_u32(entry + 4, w->at);
    cur_put_u32(entry + 8, len);
    w->at += len;
    return w->bytes + w->at - len;
}

static void add_floats(struct writer *w, uint16_t type, uint16_t layer, uint32_t count, float low,
                       float high) {
    uint8_t *to = add(w, type, layer, 4 * count);
    for (uint32_t i = 0; i < count; i++)
        cur_put_f32(to + 4 * i, uniform(low, high));
}

static void add_labels(struct writer *w, uint16_t outputs) {
    static const char first[] = "a\0b\xc3\xa9s\0cc";
    uint32_t len = outputs < 3 ? 2 * outputs : sizeof first + 2 * (outputs - 3u);
    uint8_t *to = add(w, 1, 0, len);
    for (uint32_t i = 0; i < len; i += 2)
        to[i] = (uint8_t)('a' + i / 2);
    if (outputs < 3) return;
    memset(to, 0, len);
    memcpy(to, first, sizeof first);
    for (uint32_t i = sizeof first; i < len; i += 2)
        to[i] = (uint8_t)('A' + i % 26);
}

static void add_weights(struct writer *w, uint16_t number, uint32_t bits, int ternary, uint32_t inputs,
                        uint32_t outputs) {
    uint32_t row_bytes = (inputs * bits + 127) / 128 * 16;
    uint8_t *to = add(w, 11, number, outputs * row_bytes);
    for (uint32_t o = 0; o < outputs; o++) {
        for (uint32_t i = 0; i < inputs; i++)
            images_put_code(to + o * row_bytes, bits, i, random_code(bits, ternary));
    }
}

static void add_layer(struct writer *w, const struct images_plan *plan, uint16_t number, uint32_t inputs) {
    const struct images_layer *layer = &plan->layer[number - 1];
    int is_float = layer->kind == CUR_LAYER_FLOAT;
    uint32_t scales = is_float ? 0 : layer->scale_each_output ? layer->outputs : 1;
    const uint32_t fields[6] = {layer->kind,
                                is_float ? 32 : plan->bits,
                                inputs,
                                layer->outputs,
                                is_float ? 32 : plan->ternary == 2 ? 2 : 8,
                                layer->flags};
    uint8_t *to = add(w, 10, number, 16);
    for (int i = 0; i < 6; i++)
        cur_put_u16(to + 2 * i, (uint16_t)fields[i]);
    cur_put_u32(to + 12, scales);
    if (layer->kind == CUR_LAYER_STATIC) cur_put_f32(add(w, 20, number, 4), uniform(0.01f, 0.03f));
    if (is_float) {
        add_floats(w, 11, number, inputs * layer->outputs, -1, 1);
    } else {
        float most = 1.0f / (float)(1 << (plan->bits - 1));
        add_weights(w, number, plan->bits, plan->ternary, inputs, layer->outputs);
        add_floats(w, 12, number, scales, 0.1f * most, 0.2f * most);
    }
    add_floats(w, 13, number, layer->outputs, -0.5f, 0.5f);
    if (!(layer->flags & CUR_LAYER_NORM)) return;
    add_floats(w, 14, number, layer->outputs, 0.5f, 1.5f);
    add_floats(w, 15, number, layer->outputs, -0.3f, 0.3f);
}

static void add_routing(struct writer *w, const struct images_plan *plan, uint16_t experts) {
    uint8_t *to = add(w, 4, 0, 32u * experts);
    if (plan->hashes) memcpy(to, plan->hashes, 32u * experts);
    to = add(w, 5, 0, 20);
    cur_put_f32(to, plan->alpha);
    cur_put_f32(to + 4, plan->unit);
    cur_put_f32(to + 8, plan->dropout);
    cur_put_u32(to + 12, plan->seed);
    cur_put_u16(to + 16, plan->passes);
    cur_put_u16(to + 18, plan->top_k);
    to = add(w, 6, 0, 4u * experts);
    for (int e = 0; e < experts; e++)
        cur_put_f32(to + 4 * e, plan->prior[e]);
    if (!plan->decision) return;
    to = add(w, 21, 0, 4u * experts);
    cur_put_u16(to, plan->decision);
    for (int i = 0; i < experts - 1; i++)
        cur_put_f32(to + 4 + 4 * i, plan->thresholds[i]);
}

static uint32_t section_count(const struct images_plan *plan) {
    uint32_t count = (plan->kind == CUR_IMAGE_ROUTER ? 6u : 3u) + (plan->encoder_hash != NULL);
    count += plan->decision != 0;
    for (int l = 0; l < plan->layers; l++) {
        count += plan->layer[l].kind == CUR_LAYER_FLOAT ? 3 : plan->layer[l].kind == CUR_LAYER_STATIC ? 5 : 4;
        if (plan->layer[l].flags & CUR_LAYER_NORM) count += 2;
    }
    return count;
}

/* Fills in the header but for what is the caller's, and the seal; returns the length. */
static uint32_t finish(struct writer *w, uint16_t kind, uint16_t embedding, uint16_t outputs) {
    uint8_t *bytes = w->bytes;
    uint32_t len = (w->at + 15) & ~15u;
    memset(bytes + w->at, 0, len - w->at);
    memcpy(bytes, "CRLW", 4);
    cur_put_u16(bytes + 4, 2);
    cur_put_u16(bytes + 6, 128);
    cur_put_u32(bytes + 8, len);
    cur_put_u32(bytes + 12, kind);
    cur_put_u32(bytes + 16, 1);
    cur_put_u16(bytes + 20, embedding);
    cur_put_u16(bytes + 22, outputs);
    bytes[26] = 1;
    cur_put_u16(bytes + 30, (uint16_t)w->sections);
    memcpy(bytes + 32, "fake", 4);
    fake_seal(bytes, len);
    return len;
}

uint32_t images_build(uint8_t *bytes, const struct images_plan *plan, uint32_t seed) {
    uint16_t outputs = plan->layers ? plan->layer[plan->layers - 1].outputs : plan->outputs;
    uint16_t embedding = plan->embedding ? plan->embedding : CUR_STATISTICS;
    uint32_t inputs = embedding, sections = section_count(plan);
    struct writer w = {.bytes = bytes, .at = 128 + 12 * sections};
    memset(bytes, 0, w.at);
    test_seed(seed);
    add_labels(&w, outputs);
    add_floats(&w, 2, 0, embedding, -4, 0);
    add_floats(&w, 3, 0, embedding, 0.3f, 1);
    if (plan->encoder_hash) memcpy(add(&w, 7, 0, 32), plan->encoder_hash, 32);
    if (plan->kind == CUR_IMAGE_ROUTER) add_routing(&w, plan, outputs);
    for (uint16_t number = 1; number <= plan->layers; number++) {
        add_layer(&w, plan, number, inputs);
        inputs = plan->layer[number - 1].outputs;
    }
    bytes[24] = plan->bits;
    bytes[25] = plan->layers;
    bytes[27] = plan->ternary;
    cur_put_u16(bytes + 28, plan->encoder_hash ? 2 : 1);
    return finish(&w, plan->kind, embedding, outputs);
}

static void add_encoder_weights(struct writer *w, uint16_t number, const struct images_encoder_layer *layer,
                                uint32_t channels) {
    int depthwise = layer->kind == CUR_ENCODER_DEPTHWISE;
    uint32_t cells = (uint32_t)layer->kernel_rows * layer->kernel_columns;
    uint32_t inputs = depthwise ? cells : cells * channels;
    if (depthwise)
        add_weights(w, number, 8, 0, channels, cells);
    else
        add_weights(w, number, 8, 0, inputs, layer->outputs);
    uint8_t *bias = add(w, 17, number, 4u * layer->outputs);
    uint8_t *multiplier = add(w, 18, number, 4u * layer->outputs);
    uint8_t *shift = add(w, 19, number, layer->outputs);
    for (uint32_t o = 0; o < layer->outputs; o++) {
        cur_put_u32(bias + 4 * o, test_noise() % 20001 - 10000);
        /* Codes and weights are some 74 each, in the mean square: the sums, 74 * 74 * sqrt(inputs), become
         * codes of the same size. */
        cur_put_u32(multiplier + 4 * o, (uint32_t)(uniform(0.7f, 1.3f) / sqrtf((float)inputs) * 0x1.8p29f));
        shift[o] = 36;
    }
}

uint32_t images_build_encoder(uint8_t *bytes, const struct images_encoder_layer *layers, uint8_t count,
                              uint32_t seed) {
    uint32_t sections = 1, channels = 1;
    for (int l = 0; l < count; l++)
        sections += layers[l].kind < CUR_ENCODER_AVERAGE_POOL ? 5 : 1;
    struct writer w = {.bytes = bytes, .at = 128 + 12 * sections};
    memset(bytes, 0, w.at);
    test_seed(seed);
    uint8_t *input = add(&w, 8, 0, 12);
    cur_put_f32(input, -3.25f);
    cur_put_f32(input + 4, 21.5f);
    cur_put_f32(input + 8, 0.0125f);
    for (uint16_t number = 1; number <= count; number++) {
        const struct images_encoder_layer *layer = &layers[number - 1];
        const uint16_t fields[8] = {layer->kind, layer->kernel_rows, layer->kernel_columns, layer->stride,
                                    layer->same, layer->outputs,     layer->relu,           0};
        uint8_t *to = add(&w, 16, number, 16);
        for (int i = 0; i < 8; i++)
            cur_put_u16(to + 2 * i, fields[i]);
        if (layer->kind < CUR_ENCODER_AVERAGE_POOL) add_encoder_weights(&w, number, layer, channels);
        channels = layer->outputs;
    }
    bytes[24] = 8;
    bytes[25] = count;
    return finish(&w, CUR_IMAGE_ENCODER, (uint16_t)channels, (uint16_t)channels);
}

uint32_t images_encoder(uint8_t *bytes, uint32_t seed) {
    static const struct images_encoder_layer layers[] = {
        {CUR_ENCODER_CONV, 3, 3, 2, 1, 1, 16},         {CUR_ENCODER_DEPTHWISE, 3, 3, 2, 2, 0, 16},
        {CUR_ENCODER_CONV, 1, 1, 1, 0, 1, 32},         {CUR_ENCODER_MAX_POOL, 2, 3, 2, 0, 0, 32},
        {CUR_ENCODER_CONV, 2, 3, 1, 0, 0, 20},         {CUR_ENCODER_DEPTHWISE, 2, 2, 1, 0, 1, 20},
        {CUR_ENCODER_AVERAGE_POOL, 3, 2, 1, 2, 0, 20}, {CUR_ENCODER_CONV, 1, 1, 2, 1, 0, 48},
    };
    return images_build_encoder(bytes, layers, sizeof layers / sizeof *layers, seed);
}

uint32_t fake_image(uint8_t *bytes, uint32_t seed) {
    const struct images_plan plan = {
        .kind = CUR_IMAGE_EXPERT,
        .bits = 4,
        .layers = 2,
        .layer = {{CUR_LAYER_BITLINEAR, 10, CUR_LAYER_NORM, 0}, {CUR_LAYER_FLOAT, 3, 0, 0}},
    };
    return images_build(bytes, &plan, seed);
}

struct images_plan images_expert(uint8_t bits, uint8_t ternary) {
    uint16_t kind = bits == 32 ? CUR_LAYER_FLOAT : ternary ? CUR_LAYER_TERNARY : CUR_LAYER_BITLINEAR;
    return (struct images_plan){
        .kind = CUR_IMAGE_EXPERT,
        .bits = bits,
        .ternary = ternary,
        .layers = 3,
        .layer = {{kind, 20, CUR_LAYER_NORM, 0}, {kind, 12, CUR_LAYER_NORM, 1}, {CUR_LAYER_FLOAT, 3, 0, 0}},
    };
}

struct images_plan images_static_expert(void) {
    struct images_plan plan = images_expert(8, 0);
    plan.layer[0].kind = plan.layer[1].kind = CUR_LAYER_STATIC;
    return plan;
}

struct images_plan images_router(const uint8_t *hashes, const float *prior) {
    struct images_plan plan = images_expert(8, 0);
    plan.kind = CUR_IMAGE_ROUTER;
    plan.layer[0].flags |= CUR_LAYER_DROPOUT;
    plan.layer[1].flags |= CUR_LAYER_DROPOUT;
    plan.hashes = hashes;
    plan.prior = prior;
    plan.unit = 0.05f;
    plan.dropout = 0.2f;
    plan.seed = 7;
    plan.passes = 10;
    plan.top_k = 1;
    return plan;
}

struct images_plan images_cascade(const uint8_t *hashes, const float *prior, uint16_t decision,
                                  const float *thresholds) {
    struct images_plan plan = images_router(hashes, prior);
    plan.decision = decision;
    plan.thresholds = thresholds;
    plan.unit = 1; /* no score is cut at 1 */
    if (decision != CUR_DECISION_CURIOSITY) plan.passes = 0;
    if (decision == CUR_DECISION_TOP || decision == CUR_DECISION_ENTROPY) {
        plan.outputs = plan.layer[plan.layers - 1].outputs;
        plan.layers = 0;
        plan.bits = 32;
    }
    return plan;
}
