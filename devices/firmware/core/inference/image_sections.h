#ifndef CUR_IMAGE_SECTIONS_H
#define CUR_IMAGE_SECTIONS_H

#include "image.h"

/* The section table of an image. Functions return 0 or -1. */

enum cur_section_type {
    CUR_SECTION_LABELS = 1,
    CUR_SECTION_OFFSET = 2,
    CUR_SECTION_SCALE = 3,
    CUR_SECTION_EXPERTS = 4,
    CUR_SECTION_ROUTING = 5,
    CUR_SECTION_PRIOR = 6,
    CUR_SECTION_LAYER = 10,
    CUR_SECTION_WEIGHTS = 11,
    CUR_SECTION_WEIGHT_SCALES = 12,
    CUR_SECTION_BIAS = 13,
    CUR_SECTION_NORM_GAIN = 14,
    CUR_SECTION_NORM_BIAS = 15,
};

struct cur_section {
    const uint8_t *bytes;
    uint32_t len;
};

int cur_all_zero(const uint8_t *p, uint32_t n);

/* Sections fill the image in order, each at the next multiple of 16, with zeros between. */
int cur_sections_check(const struct cur_image *image);

/* The first section of that type and layer (0: of no layer). That there is no second one follows from
 * counting: as many were found as the table has. */
int cur_section_find(const struct cur_image *image, uint16_t type, uint16_t layer, struct cur_section *out);

/* The same, which must hold exactly `count` finite float32. */
int cur_section_floats(const struct cur_image *image, uint16_t type, uint16_t layer, uint32_t count,
                       const uint8_t **out);

/* Opens layer `number` (from 1), whose inputs must be as many as `inputs`: shape, flags, codes, and that no
 * sum can leave 32 bits. Adds the sections it uses to `*used`. */
int cur_layer_open(const struct cur_image *image, uint16_t number, uint16_t inputs, struct cur_layer *layer,
                   uint32_t *used);

#endif
