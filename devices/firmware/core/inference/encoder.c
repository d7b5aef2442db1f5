#include "encoder.h"
#include "fmath.h"
#include "image_sections.h"
#include "../mem.h"
#include "../watchdog.h"

enum { SECTIONS_MAX = 192, INPUT_SIZE = 12, SHAPE_SIZE = 16, BITS = 8, KERNEL_MAX = 255, BAD = -1 };

/* |sum + bias| stays below this (cur_requantize). */
static const uint32_t reach_max = 1u << 30;

enum { SHIFT_MIN = 33, SHIFT_MAX = 62 };

static int check_header(const uint8_t *h) {
    uint16_t embedding = cur_u16(h + CUR_IMAGE_EMBEDDING);
    if (cur_u32(h + CUR_IMAGE_KIND) != CUR_IMAGE_ENCODER || h[CUR_IMAGE_BITS] != BITS) return BAD;
    if (h[CUR_IMAGE_TERNARY] != 0 || cur_u16(h + CUR_IMAGE_FUSED) > h[CUR_IMAGE_LAYER_COUNT]) return BAD;
    if (embedding < 1 || embedding > CUR_EMBEDDING || cur_u16(h + CUR_IMAGE_OUTPUTS) != embedding) return BAD;
    return h[CUR_IMAGE_LAYER_COUNT] < 1 || h[CUR_IMAGE_LAYER_COUNT] > CUR_ENCODER_LAYERS ? BAD : 0;
}

static int open_input(struct cur_encoder *encoder, const uint8_t *image) {
    const uint8_t *s;
    if (cur_section_floats(image, CUR_SECTION_INPUT, 0, INPUT_SIZE / 4, &s)) return BAD;
    encoder->offset = cur_f32(s);
    encoder->scale = cur_f32(s + 4);
    encoder->unit = cur_f32(s + 8);
    return encoder->scale > 0.0f && encoder->unit > 0.0f ? 0 : BAD;
}

static int is_pool(const struct cur_encoder_layer *layer) {
    return layer->kind == CUR_ENCODER_AVERAGE_POOL || layer->kind == CUR_ENCODER_MAX_POOL;
}

/* The window, from the section's numbers; its input's shape is there already. */
static int check_window(struct cur_window *window, uint32_t height, uint32_t width, uint32_t stride,
                        uint32_t same) {
    if (height < 1 || height > KERNEL_MAX || width < 1 || width > KERNEL_MAX) return BAD;
    if (stride < 1 || stride > 2 || same > 2) return BAD;
    if (!same && (height > window->height || width > window->width)) return BAD;
    window->kernel_height = (uint8_t)height;
    window->kernel_width = (uint8_t)width;
    window->stride = (uint8_t)stride;
    window->same = (uint8_t)same;
    return 0;
}

static int open_shape(struct cur_encoder_layer *layer, const uint8_t *image, uint16_t number) {
    struct cur_window *window = &layer->window;
    const uint8_t *s;
    if (cur_section_sized(image, CUR_SECTION_SHAPE, number, SHAPE_SIZE, &s)) return BAD;
    uint16_t kind = cur_u16(s), relu = cur_u16(s + 12);
    if (kind < CUR_ENCODER_CONV || kind > CUR_ENCODER_MAX_POOL) return BAD;
    layer->kind = (uint8_t)kind;
    layer->outputs = cur_u16(s + 10);
    if (check_window(window, cur_u16(s + 2), cur_u16(s + 4), cur_u16(s + 6), cur_u16(s + 8))) return BAD;
    if (layer->outputs < 1 || layer->outputs > CUR_CONV_CHANNELS) return BAD;
    if (kind != CUR_ENCODER_CONV && layer->outputs != window->channels) return BAD;
    if (relu > 1 || (relu && is_pool(layer)) || cur_u16(s + 14) != 0) return BAD;
    layer->by.relu = (uint8_t)relu;
    layer->rows = (uint16_t)cur_window_rows(window);
    layer->columns = (uint16_t)cur_window_columns(window);
    return 0;
}

static uint32_t magnitude(int32_t x) {
    return x < 0 ? 0u - (uint32_t)x : (uint32_t)x;
}

/* How large the sum of an output can get, without its bias: the rows of a convolution are its outputs, those
 * of a depthwise one its kernel's cells. */
static uint32_t reach(const struct cur_encoder_layer *layer, uint32_t output) {
    const struct cur_linear *weights = &layer->weights;
    int depthwise = layer->kind == CUR_ENCODER_DEPTHWISE;
    uint32_t count = depthwise ? weights->outputs : weights->inputs, sum = 0;
    const uint8_t *code = weights->weights + (depthwise ? output : output * weights->row_bytes);
    for (uint32_t i = 0; i < count; i++, code += depthwise ? weights->row_bytes : 1)
        sum += magnitude((int8_t)*code);
    return 127 * sum;
}

static int check_numbers(const struct cur_encoder_layer *layer, const struct cur_hal *hal) {
    const struct cur_linear *weights = &layer->weights;
    const struct cur_requantize *by = &layer->by;
    for (uint32_t row = 0; row < weights->outputs; row++) {
        if (!cur_padding_is_zero(weights, weights->weights + row * weights->row_bytes)) return BAD;
    }
    for (uint32_t o = 0; o < layer->outputs; o++) {
        uint32_t bias = magnitude(by->bias[o]);
        if (bias >= reach_max || reach(layer, o) >= reach_max - bias) return BAD;
        if (by->multiplier[o] < 0 || by->shift[o] < SHIFT_MIN || by->shift[o] > SHIFT_MAX) return BAD;
        cur_watchdog_feed(hal);
    }
    return 0;
}

static int open_weights(struct cur_encoder_layer *layer, const uint8_t *image, uint16_t number,
                        const struct cur_hal *hal) {
    const struct cur_window *window = &layer->window;
    const uint8_t *bias, *multiplier;
    uint32_t cells = (uint32_t)window->kernel_height * window->kernel_width;
    int depthwise = layer->kind == CUR_ENCODER_DEPTHWISE;
    if (depthwise ? cells > CUR_DEPTHWISE_TAPS : cells * window->channels > CUR_LINEAR_WIDTH) return BAD;
    uint32_t inputs = depthwise ? window->channels : cells * window->channels;
    uint32_t rows = depthwise ? cells : layer->outputs, row_bytes = cur_row_bytes(BITS, inputs);
    layer->weights = (struct cur_linear){
        .row_bytes = row_bytes, .inputs = (uint16_t)inputs, .outputs = (uint16_t)rows, .bits = BITS};
    uint32_t each = 4u * layer->outputs;
    if (cur_section_sized(image, CUR_SECTION_WEIGHTS, number, rows * row_bytes, &layer->weights.weights) ||
        cur_section_sized(image, CUR_SECTION_SUM_BIAS, number, each, &bias) ||
        cur_section_sized(image, CUR_SECTION_MULTIPLIER, number, each, &multiplier) ||
        cur_section_sized(image, CUR_SECTION_SHIFT, number, layer->outputs, &layer->by.shift)) {
        return BAD;
    }
    /* Sections lie at multiples of 16. */
    layer->by.bias = (const int32_t *)(const void *)bias;
    layer->by.multiplier = (const int32_t *)(const void *)multiplier;
    return check_numbers(layer, hal);
}

static uint32_t align_up(uint32_t at) {
    return (at + 15) & ~15u;
}

uint32_t cur_encoder_held(const struct cur_encoder_layer *layer) {
    uint32_t rows = layer->window.kernel_height;
    if (rows > layer->window.height) rows = layer->window.height;
    return align_up(rows * cur_window_row_bytes(&layer->window));
}

static uint32_t fused_bytes(const struct cur_encoder *encoder) {
    const struct cur_encoder_layer *last = &encoder->layers[encoder->fused - 1];
    uint32_t row = (uint32_t)last->columns * last->outputs, bytes = 0;
    for (int l = 0; l < encoder->fused; l++)
        bytes += cur_encoder_held(&encoder->layers[l]);
    return bytes + (encoder->fused < encoder->layer_count ? row * last->rows : align_up(row));
}

uint32_t cur_encoder_arena(const struct cur_encoder *encoder) {
    uint32_t most = encoder->fused ? fused_bytes(encoder) : 0;
    for (int l = encoder->fused; l < encoder->layer_count; l++) {
        const struct cur_encoder_layer *layer = &encoder->layers[l];
        uint32_t in = layer->window.height * cur_window_row_bytes(&layer->window);
        uint32_t both = in + (uint32_t)layer->rows * layer->columns * layer->outputs;
        if (both > most) most = both;
    }
    return most;
}

int cur_encoder_open(struct cur_encoder *encoder, const uint8_t *bytes, uint32_t len,
                     const struct cur_hal *hal) {
    memset(encoder, 0, sizeof *encoder);
    if (cur_image_check(bytes, len, SECTIONS_MAX, hal) || check_header(bytes) || open_input(encoder, bytes))
        return BAD;
    encoder->embedding = cur_u16(bytes + CUR_IMAGE_EMBEDDING);
    encoder->layer_count = bytes[CUR_IMAGE_LAYER_COUNT];
    encoder->fused = (uint8_t)cur_u16(bytes + CUR_IMAGE_FUSED);
    uint16_t height = CUR_FRAMES, width = CUR_BANDS, channels = 1;
    uint32_t used = 1;
    for (uint16_t i = 0; i < encoder->layer_count; i++) {
        struct cur_encoder_layer *layer = &encoder->layers[i];
        layer->window = (struct cur_window){.height = height, .width = width, .channels = channels};
        if (open_shape(layer, bytes, (uint16_t)(i + 1))) return BAD;
        used += is_pool(layer) ? 1 : 5;
        if (!is_pool(layer) && open_weights(layer, bytes, (uint16_t)(i + 1), hal)) return BAD;
        height = layer->rows;
        width = layer->columns;
        channels = layer->outputs;
    }
    if (cur_encoder_arena(encoder) > CUR_ENCODER_ARENA) return BAD;
    /* Every section found once: any more are unknown or double. */
    return channels == encoder->embedding && used == cur_u16(bytes + CUR_IMAGE_SECTIONS) ? 0 : BAD;
}
