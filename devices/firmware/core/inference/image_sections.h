#ifndef CUR_IMAGE_SECTIONS_H
#define CUR_IMAGE_SECTIONS_H

#include "../../hal/hal.h"
#include "image.h"

/* What all images have in common: header, seal and section table. Functions return 0 or -1. */

enum cur_section_type {
    CUR_SECTION_LABELS = 1,
    CUR_SECTION_OFFSET = 2,
    CUR_SECTION_SCALE = 3,
    CUR_SECTION_EXPERTS = 4,
    CUR_SECTION_ROUTING = 5,
    CUR_SECTION_PRIOR = 6,
    CUR_SECTION_ENCODER = 7,
    CUR_SECTION_INPUT = 8,
    CUR_SECTION_LAYER = 10,
    CUR_SECTION_WEIGHTS = 11,
    CUR_SECTION_WEIGHT_SCALES = 12,
    CUR_SECTION_BIAS = 13,
    CUR_SECTION_NORM_GAIN = 14,
    CUR_SECTION_NORM_BIAS = 15,
    CUR_SECTION_SHAPE = 16,
    CUR_SECTION_SUM_BIAS = 17,
    CUR_SECTION_MULTIPLIER = 18,
    CUR_SECTION_SHIFT = 19,
    CUR_SECTION_ACTIVATION = 20,
    CUR_SECTION_CASCADE = 21,
};

struct cur_section {
    const uint8_t *bytes;
    uint32_t len;
};

int cur_all_zero(const uint8_t *p, uint32_t n);

/* The header as far as it is the same in every kind of image, the seal, and the section table: at most
 * `sections` of them, which fill the image in order, each at the next multiple of 16, with zeros between. */
int cur_image_check(const uint8_t *bytes, uint32_t len, uint32_t sections, const struct cur_hal *hal);

/* The first section of that type and layer (0: of no layer). That there is no second one follows from
 * counting: as many were found as the table has. */
int cur_section_find(const uint8_t *image, uint16_t type, uint16_t layer, struct cur_section *out);

/* The same, which must be `len` bytes. */
int cur_section_sized(const uint8_t *image, uint16_t type, uint16_t layer, uint32_t len, const uint8_t **out);

/* The same, which must hold exactly `count` finite float32. */
int cur_section_floats(const uint8_t *image, uint16_t type, uint16_t layer, uint32_t count,
                       const uint8_t **out);

/* Whether the padding of a row of weights of up to 8 bits is zero. */
int cur_padding_is_zero(const struct cur_linear *linear, const uint8_t *row);

/* Opens layer `number` (from 1), whose inputs must be as many as `inputs`: shape, flags, codes, and that no
 * sum can leave 32 bits. Adds the sections it uses to `*used`. */
int cur_layer_open(const struct cur_image *image, uint16_t number, uint16_t inputs, struct cur_layer *layer,
                   uint32_t *used, const struct cur_hal *hal);

#endif
