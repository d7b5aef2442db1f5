#ifndef CUR_IMAGE_H
#define CUR_IMAGE_H

#include <stdint.h>

/* The expert image, as models/packing/IMAGE.md lays it down. */

enum {
    CUR_IMAGE_LAYERS = 8,
    CUR_IMAGE_WIDTH = 8192, /* most inputs or outputs of a layer: keeps int32 sums from overflowing */
    CUR_IMAGE_CLASSES = 64,
    CUR_IMAGE_HEADER = 128,
};

/* Offsets in the header of what is shown of an image without opening it. */
enum { CUR_IMAGE_CLASS_COUNT = 22, CUR_IMAGE_BITS = 24, CUR_IMAGE_NAME = 32 };

enum cur_layer_kind { CUR_LAYER_BITLINEAR = 1, CUR_LAYER_FLOAT = 2 };

enum { CUR_LAYER_NORM = 1 }; /* flag: LayerNorm with gain and bias, then ReLU, follow */

/* Pointers go into the image. Arrays of float32 unless said otherwise. */
struct cur_layer {
    uint16_t kind, inputs, outputs, flags;
    uint32_t scale_count;   /* 1, or one an output */
    uint32_t row_bytes;     /* of packed weights */
    const uint8_t *weights; /* packed 4-bit codes, or float32 */
    const uint8_t *scales, *bias, *norm_gain, *norm_bias;
};

struct cur_image {
    const uint8_t *bytes;
    uint32_t len;
    uint16_t embedding, classes;
    uint8_t bits, layer_count;
    const uint8_t *name;   /* zero-terminated */
    const uint8_t *labels; /* zero-terminated strings, one a class */
    const uint8_t *embedding_offset, *embedding_scale;
    struct cur_layer layers[CUR_IMAGE_LAYERS];
};

/* Checks everything IMAGE.md asks for, in `len` bytes at a multiple of 4, and fills `image`.
 * Returns 0, or -1 and leaves `image` unusable. */
int cur_image_open(struct cur_image *image, const uint8_t *bytes, uint32_t len);

#endif
