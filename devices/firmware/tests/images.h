#ifndef CUR_IMAGES_H
#define CUR_IMAGES_H

#include "fake.h"
#include "../core/inference/encoder.h"
#include "../core/inference/image_open.h"
#include "../core/inference/statistics.h"

/* Images for tests, built section by section as models/packing/IMAGE.md says, filled from test_noise. */

struct images_layer {
    uint16_t kind, outputs, flags;
    int scale_each_output;
};

struct images_plan {
    uint16_t kind;
    uint8_t bits, ternary, layers;
    uint16_t embedding;                          /* 0: that of the log-mel statistics */
    const uint8_t *encoder_hash;                 /* 32 bytes; NULL: log-mel statistics */
    struct images_layer layer[CUR_IMAGE_LAYERS]; /* the last one's outputs are the image's */
    /* of a router */
    const uint8_t *hashes; /* 32 bytes an output */
    float alpha, unit, dropout;
    uint32_t seed;
    uint16_t passes, top_k;
    const float *prior;
    uint16_t decision;       /* of a cascade; 0: none */
    const float *thresholds; /* of a cascade, ascending */
    uint16_t outputs;        /* of a router without layers */
};

enum { IMAGES_LARGEST = 65536 };

/* Builds a right image in `bytes` (at most IMAGES_LARGEST of them, at a multiple of 16); returns its length.
 */
uint32_t images_build(uint8_t *bytes, const struct images_plan *plan, uint32_t seed);

/* An expert of 384 -> 20 -> 12 -> 3: two hidden layers of those weights with LayerNorm, the second with a
 * scale for each output, then a float one. */
struct images_plan images_expert(uint8_t bits, uint8_t ternary);

/* The same with static layers. */
struct images_plan images_static_expert(void);

/* A router of 384 -> 20 -> 12 -> 3 experts of 8-bit weights, dropout after both hidden layers. */
struct images_plan images_router(const uint8_t *hashes, const float *prior);

/* The same as a cascade; with the first two decisions without layers. */
struct images_plan images_cascade(const uint8_t *hashes, const float *prior, uint16_t decision,
                                  const float *thresholds);

struct images_encoder_layer {
    uint8_t kind, kernel_rows, kernel_columns, stride, same, relu; /* kind as cur_encoder_kind */
    uint16_t outputs;
};

/* Builds a right encoder image of those layers (the last one's outputs are the embedding), whose sums reach
 * over most of the codes; returns its length. */
uint32_t images_build_encoder(uint8_t *bytes, const struct images_encoder_layer *layers, uint8_t count,
                              uint32_t seed);

/* An encoder with every kind of layer, stride and padding, 48 numbers. */
uint32_t images_encoder(uint8_t *bytes, uint32_t seed);

/* Weight code of input i in a packed row, and putting one there. */
int images_code(const uint8_t *row, uint32_t bits, uint32_t i);
void images_put_code(uint8_t *row, uint32_t bits, uint32_t i, int code);

/* A section's content. */
uint8_t *images_section(uint8_t *bytes, uint16_t type, uint16_t layer);

#endif
