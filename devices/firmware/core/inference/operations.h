#ifndef CUR_OPERATIONS_H
#define CUR_OPERATIONS_H

#include "encoder.h"
#include "image.h"

/* How much work an inference is, in operations as section "Work" of models/packing/IMAGE.md counts them. */

enum { CUR_OPERATIONS = 64000000 }; /* most of an image, and of a bank's inference */

/* For one cell of a layer's output. */
uint32_t cur_encoder_cell_operations(const struct cur_encoder_layer *layer);

uint64_t cur_encoder_operations(const struct cur_encoder *encoder);

/* Of an expert; of a router with that many dropout passes. */
uint64_t cur_image_operations(const struct cur_image *image, uint32_t passes);

#endif
