#ifndef CUR_IMAGE_H
#define CUR_IMAGE_H

#include <stdint.h>

#include "../kernels/linear.h"

/* The image of an expert or of a router, as models/packing/IMAGE.md lays it down. (An encoder's: encoder.h.)
 */

enum {
    CUR_IMAGE_LAYERS = 8,
    CUR_IMAGE_WIDTH = CUR_LINEAR_WIDTH, /* most inputs or outputs of a layer: 2048 */
    CUR_IMAGE_CLASSES = 64,             /* most outputs of an expert */
    CUR_IMAGE_EXPERTS = 8,              /* most outputs of a router */
    CUR_IMAGE_PASSES = 64,              /* most dropout passes of a router */
    CUR_IMAGE_ENCODERS = 4,             /* most encoders of a bank */
    CUR_IMAGE_HEADER = 128,
    CUR_IMAGE_HASH = 32, /* SHA-256 */
};

/* Longest image, bytes, without a signature. */
#define CUR_IMAGE_LONGEST (8u << 20)

/* Offsets in the header. */
enum {
    CUR_IMAGE_KIND = 12,        /* u32 */
    CUR_IMAGE_VERSION = 16,     /* u32 */
    CUR_IMAGE_EMBEDDING = 20,   /* u16 */
    CUR_IMAGE_OUTPUTS = 22,     /* u16 */
    CUR_IMAGE_BITS = 24,        /* u8 */
    CUR_IMAGE_LAYER_COUNT = 25, /* u8 */
    CUR_IMAGE_TERNARY = 27,     /* u8 */
    CUR_IMAGE_ENCODER_OF = 28,  /* u16, of experts and routers */
    CUR_IMAGE_FUSED = 28,       /* u16, of encoders */
    CUR_IMAGE_SECTIONS = 30,    /* u16 */
    CUR_IMAGE_NAME = 32,
    CUR_IMAGE_NAME_SIZE = 32, /* a zero at its end included */
    CUR_IMAGE_SEAL = 96,      /* 32 bytes */
};

enum cur_image_kind { CUR_IMAGE_EXPERT = 1, CUR_IMAGE_ROUTER = 2, CUR_IMAGE_ENCODER = 3 };

enum cur_layer_kind {
    CUR_LAYER_BITLINEAR = 1,
    CUR_LAYER_FLOAT = 2,
    CUR_LAYER_TERNARY = 3,
    CUR_LAYER_STATIC = 4,
};

/* Layer flags. */
enum {
    CUR_LAYER_NORM = 1,    /* LayerNorm with gain and bias, then ReLU, follow */
    CUR_LAYER_RELU = 2,    /* ReLU alone follows */
    CUR_LAYER_DROPOUT = 4, /* then dropout, in a router */
};

/* Pointers go into the image. Arrays of float32 unless said otherwise. */
struct cur_layer {
    struct cur_linear linear; /* shape and packed weights; 32 bits: float32[outputs][inputs] */
    uint16_t kind, flags;
    uint32_t scale_count;   /* 1, or one an output; 0 for float */
    float activation_scale; /* of a static layer: what one code is worth, > 0 */
    const uint8_t *scales, *bias, *norm_gain, *norm_bias;
};

/* How a router picks, by section 5 of IMAGE.md. */
struct cur_routing {
    float alpha;   /* 0 to 100 */
    float unit;    /* curiosity that counts as 1; > 0 */
    float dropout; /* 0 to 0.9 */
    uint32_t seed;
    uint16_t passes; /* 0 to 64 */
    uint16_t top_k;  /* 1 to experts */
};

/* What decides of a cascade how far a window goes. */
enum cur_decision {
    CUR_DECISION_NONE = 0,    /* no cascade */
    CUR_DECISION_TOP = 1,     /* the first expert's top probability */
    CUR_DECISION_ENTROPY = 2, /* the entropy of its probabilities */
    CUR_DECISION_CURIOSITY = 3,
    CUR_DECISION_GATE = 4, /* the router's probability of the first expert */
};

struct cur_cascade {
    uint16_t decision;         /* enum cur_decision */
    const uint8_t *thresholds; /* one less than experts, ascending */
};

struct cur_image {
    const uint8_t *bytes;
    uint32_t len;
    uint32_t version; /* of the model */
    uint16_t kind;    /* enum cur_image_kind */
    uint16_t embedding, outputs;
    uint8_t bits, ternary, layer_count;
    const uint8_t *name;   /* zero-terminated */
    const uint8_t *labels; /* zero-terminated strings, one an output */
    uint32_t labels_len;
    const uint8_t *embedding_offset, *embedding_scale;
    const uint8_t *encoder_hash; /* SHA-256 of the encoder's whole image; NULL: log-mel statistics */
    struct cur_layer layers[CUR_IMAGE_LAYERS];
    /* of a router only */
    const uint8_t *expert_hashes; /* 32 bytes an output: SHA-256 of that expert's whole image */
    const uint8_t *prior;         /* one an output, each 0 to 1 */
    struct cur_routing routing;
    struct cur_cascade cascade;
};

#endif
