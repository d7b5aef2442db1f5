#ifndef CUR_IMAGES_H
#define CUR_IMAGES_H

#include "fake.h"

/* Images for tests, built section by section as models/packing/IMAGE.md says, filled from test_noise. */

struct images_layer {
    uint16_t kind, outputs, flags;
    int scale_each_output;
};

struct images_plan {
    uint16_t kind;
    uint8_t bits, ternary, layers;
    struct images_layer layer[CUR_IMAGE_LAYERS]; /* the last one's outputs are the image's */
    /* of a router */
    const uint8_t *hashes; /* 32 bytes an output */
    float alpha, unit, dropout;
    uint32_t seed;
    uint16_t passes, top_k;
    const float *prior;
};

enum { IMAGES_LARGEST = 65536 };

/* Builds a right image in `bytes` (at most IMAGES_LARGEST of them, at a multiple of 16); returns its length.
 */
uint32_t images_build(uint8_t *bytes, const struct images_plan *plan, uint32_t seed);

/* An expert of 384 -> 20 -> 12 -> 3: two hidden layers of those weights with LayerNorm, the second with a
 * scale for each output, then a float one. */
struct images_plan images_expert(uint8_t bits, uint8_t ternary);

/* A router of 384 -> 20 -> 12 -> 3 experts of 8-bit weights, dropout after both hidden layers. */
struct images_plan images_router(const uint8_t *hashes, const float *prior);

/* Weight code of input i in a packed row, and putting one there. */
int images_code(const uint8_t *row, uint32_t bits, uint32_t i);
void images_put_code(uint8_t *row, uint32_t bits, uint32_t i, int code);

/* A section's content. */
uint8_t *images_section(uint8_t *bytes, uint16_t type, uint16_t layer);

#endif
