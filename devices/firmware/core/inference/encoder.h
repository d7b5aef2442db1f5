#ifndef CUR_ENCODER_H
#define CUR_ENCODER_H

#include "../../hal/hal.h"
#include "../kernels/conv.h"
#include "features.h"

/* An encoder's image: an int8 convolutional network from a log-mel patch to an embedding, section "An
 * encoder's layers" of models/packing/IMAGE.md. */

enum {
    CUR_EMBEDDING = CUR_CONV_CHANNELS, /* most numbers of an embedding: 512 */
    CUR_ENCODER_LAYERS = 32,
    CUR_ENCODER_ARENA = 49152, /* most bytes of what lies in memory together (encoder_rows.h) */
};

enum cur_encoder_kind {
    CUR_ENCODER_CONV = 1,
    CUR_ENCODER_DEPTHWISE = 2,
    CUR_ENCODER_AVERAGE_POOL = 3,
    CUR_ENCODER_MAX_POOL = 4,
};

/* Pointers go into the image. */
struct cur_encoder_layer {
    uint8_t kind;             /* enum cur_encoder_kind */
    uint16_t rows, columns;   /* of the output */
    uint16_t outputs;         /* its channels */
    struct cur_window window; /* the input's shape is in it */
    struct cur_linear weights;
    struct cur_requantize by;
};

struct cur_encoder {
    uint16_t embedding; /* numbers of it, 1 to CUR_EMBEDDING */
    uint8_t layer_count;
    uint8_t fused;       /* first layers that are computed row by row, 0 to layer_count */
    float offset, scale; /* of the input: code = (x - offset) * scale */
    float unit;          /* what 1 in the sum of a channel is worth in the embedding */
    struct cur_encoder_layer layers[CUR_ENCODER_LAYERS];
};

/* Scratch; the caller owns it. A layer's input, or what fused layers hold of theirs, lies at one end of the
 * arena and the output at the other. */
struct cur_encoder_work {
    struct cur_conv_work conv;
    _Alignas(16) int8_t arena[CUR_ENCODER_ARENA + 16]; /* 16: so that what lies at its end can be aligned */
};

/* Checks everything IMAGE.md asks of an encoder but how much work it is (operations.h), in `len` bytes
 * (without a signature) at a multiple of 16, and fills `encoder`. The time it takes grows with `len` alone,
 * whatever the bytes are. Feeds the watchdog. Returns 0, or -1 and leaves `encoder` unusable. */
int cur_encoder_open(struct cur_encoder *encoder, const uint8_t *bytes, uint32_t len,
                     const struct cur_hal *hal);

/* A patch (96 frames x 64 bands, frame-major, finite) to encoder->embedding numbers. Feeds the watchdog
 * within each layer, too. */
void cur_encoder_run(const struct cur_encoder *encoder, const float patch[CUR_FRAMES * CUR_BANDS],
                     float *embedding, struct cur_encoder_work *work, const struct cur_hal *hal);

/* The single steps, as the instruction table counts them. */

/* Codes of n numbers: (x - offset) * scale, rounded half to even and clamped to -127 .. 127. */
void cur_encoder_quantize(int8_t *codes, const float *x, uint32_t n, float offset, float scale);

/* embedding[c] = unit * sum over the cells of in[cell][c] */
void cur_encoder_mean(float *embedding, const int8_t *in, uint32_t cells, uint32_t channels, float unit);

/* Runs one layer for some cells of its output. */
void cur_encoder_layer_cells(int8_t *out, const int8_t *in, const struct cur_encoder_layer *layer,
                             struct cur_cells cells, struct cur_conv_work *work);

/* Runs one layer. */
void cur_encoder_layer_run(int8_t *out, const int8_t *in, const struct cur_encoder_layer *layer,
                           struct cur_conv_work *work, const struct cur_hal *hal);

/* Most bytes of an arena that running the encoder takes, as section "An encoder's layers" of IMAGE.md has it.
 */
uint32_t cur_encoder_arena(const struct cur_encoder *encoder);

/* What a fused layer holds of its input: as many rows as its kernel has, or as there are; a multiple of 16.
 */
uint32_t cur_encoder_held(const struct cur_encoder_layer *layer);

#endif
