#include "image_sections.h"
#include "../mem.h"
#include "../watchdog.h"

enum { BAD = -1 };

/* The bits stored for input i of a row of weights of up to 4 bits: whole 16-byte blocks, in which field k of
 * byte j belongs to input 16 k + j. */
static uint32_t field(const uint8_t *row, uint32_t bits, uint32_t i) {
    uint32_t inputs = 128 / bits, within = i % inputs;
    uint8_t byte = row[i / inputs * 16 + within % 16];
    return byte >> (bits * (within / 16)) & ((1u << bits) - 1);
}

int cur_padding_is_zero(const struct cur_linear *linear, const uint8_t *row) {
    if (linear->bits >= 8) {
        uint32_t used = linear->bits / 8u * linear->inputs;
        return cur_all_zero(row + used, linear->row_bytes - used);
    }
    for (uint32_t i = linear->inputs; i < linear->row_bytes * 8 / linear->bits; i++) {
        if (field(row, linear->bits, i)) return 0;
    }
    return 1;
}

/* Whether all codes are -1, 0 or 1: no field holds 0, which would be -2. */
static int is_ternary(const struct cur_linear *linear, const uint8_t *row) {
    uint32_t whole = linear->inputs / 64 * 16, i;
    for (i = 0; i < whole; i += 4) {
        uint32_t word = cur_u32(row + i);
        if (((word | word >> 1) & 0x55555555u) != 0x55555555u) return 0;
    }
    for (i = linear->inputs / 64 * 64; i < linear->inputs; i++) {
        if (!field(row, 2, i)) return 0;
    }
    return 1;
}

/* Whether 127 times the sum of the row's magnitudes fits 31 bits. Narrower weights always do, in a layer of
 * at most CUR_IMAGE_WIDTH inputs. */
static int cannot_overflow(const struct cur_linear *linear, const uint8_t *row) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < linear->inputs; i++) {
        int32_t code = (int16_t)cur_u16(row + 2 * i);
        sum += (uint32_t)(code < 0 ? -code : code);
    }
    return sum <= 0x7fffffffu / 127;
}

static int check_codes(const struct cur_layer *layer, const struct cur_hal *hal) {
    const struct cur_linear *linear = &layer->linear;
    for (uint32_t o = 0; o < linear->outputs; o++) {
        const uint8_t *row = linear->weights + o * linear->row_bytes;
        if (!cur_padding_is_zero(linear, row)) return BAD;
        if (layer->kind == CUR_LAYER_TERNARY && !is_ternary(linear, row)) return BAD;
        if (linear->bits == 16 && !cannot_overflow(linear, row)) return BAD;
        cur_watchdog_feed(hal);
    }
    return 0;
}

static int open_integer(const struct cur_image *image, uint16_t number, struct cur_layer *layer,
                        const struct cur_hal *hal) {
    struct cur_linear *linear = &layer->linear;
    const uint8_t *activation;
    if (layer->scale_count != 1 && layer->scale_count != linear->outputs) return BAD;
    linear->row_bytes = cur_row_bytes(linear->bits, linear->inputs);
    uint32_t len = linear->outputs * linear->row_bytes;
    if (cur_section_sized(image->bytes, CUR_SECTION_WEIGHTS, number, len, &linear->weights)) return BAD;
    if (check_codes(layer, hal)) return BAD;
    if (cur_section_floats(image->bytes, CUR_SECTION_WEIGHT_SCALES, number, layer->scale_count,
                           &layer->scales))
        return BAD;
    for (uint32_t i = 0; i < layer->scale_count; i++) {
        if (cur_f32(layer->scales + 4 * i) <= 0.0f) return BAD;
    }
    if (layer->kind != CUR_LAYER_STATIC) return 0;
    if (cur_section_floats(image->bytes, CUR_SECTION_ACTIVATION, number, 1, &activation)) return BAD;
    layer->activation_scale = cur_f32(activation);
    return layer->activation_scale > 0.0f ? 0 : BAD;
}

static int open_float(const struct cur_image *image, uint16_t number, struct cur_layer *layer) {
    struct cur_linear *linear = &layer->linear;
    linear->row_bytes = 4u * linear->inputs;
    if (layer->scale_count != 0) return BAD;
    return cur_section_floats(image->bytes, CUR_SECTION_WEIGHTS, number,
                              (uint32_t)linear->outputs * linear->inputs, &linear->weights);
}

/* Whether kind and bits are those that the header announces, or float. */
static int fits_header(const struct cur_image *image, uint16_t kind, uint16_t bits,
                       uint16_t activation_bits) {
    if (kind == CUR_LAYER_FLOAT) return bits == 32 && activation_bits == 32;
    if (kind == CUR_LAYER_STATIC) return image->bits == 8 && bits == 8 && activation_bits == 8;
    if (kind != (image->ternary ? CUR_LAYER_TERNARY : CUR_LAYER_BITLINEAR)) return 0;
    return bits == image->bits && activation_bits == (image->ternary == 2 ? 2 : 8);
}

static int flags_are_right(const struct cur_image *image, uint16_t flags) {
    uint16_t known = CUR_LAYER_NORM | CUR_LAYER_RELU;
    if (image->kind == CUR_IMAGE_ROUTER) known |= CUR_LAYER_DROPOUT;
    return !(flags & ~known) &&
           (flags & (CUR_LAYER_NORM | CUR_LAYER_RELU)) != (CUR_LAYER_NORM | CUR_LAYER_RELU);
}

int cur_layer_open(const struct cur_image *image, uint16_t number, uint16_t inputs, struct cur_layer *layer,
                   uint32_t *used, const struct cur_hal *hal) {
    struct cur_section s;
    if (cur_section_find(image->bytes, CUR_SECTION_LAYER, number, &s) || s.len != 16) return BAD;
    uint16_t bits = cur_u16(s.bytes + 2), activation_bits = cur_u16(s.bytes + 8);
    layer->kind = cur_u16(s.bytes);
    layer->flags = cur_u16(s.bytes + 10);
    layer->scale_count = cur_u32(s.bytes + 12);
    if (!fits_header(image, layer->kind, bits, activation_bits) || !flags_are_right(image, layer->flags))
        return BAD;
    layer->linear = (struct cur_linear){
        .inputs = cur_u16(s.bytes + 4),
        .outputs = cur_u16(s.bytes + 6),
        .bits = (uint8_t)bits,
        .ternary_activations = activation_bits == 2,
    };
    uint16_t outputs = layer->linear.outputs;
    if (layer->linear.inputs != inputs || outputs < 1 || outputs > CUR_IMAGE_WIDTH) return BAD;

    int is_float = layer->kind == CUR_LAYER_FLOAT;
    if (is_float ? open_float(image, number, layer) : open_integer(image, number, layer, hal)) return BAD;
    if (cur_section_floats(image->bytes, CUR_SECTION_BIAS, number, outputs, &layer->bias)) return BAD;
    *used += is_float ? 3 : layer->kind == CUR_LAYER_STATIC ? 5 : 4;
    if (!(layer->flags & CUR_LAYER_NORM)) return 0;
    *used += 2;
    if (cur_section_floats(image->bytes, CUR_SECTION_NORM_GAIN, number, outputs, &layer->norm_gain))
        return BAD;
    return cur_section_floats(image->bytes, CUR_SECTION_NORM_BIAS, number, outputs, &layer->norm_bias);
}
