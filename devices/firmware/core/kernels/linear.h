#ifndef CUR_LINEAR_H
#define CUR_LINEAR_H

#include <stdint.h>

/*
 * Integer linear layers: acc[o] = sum over i of weight[o][i] * code[i], exact in 32 bits. Weights are packed
 * as models/packing/IMAGE.md says; its section "Accumulators" gives the bounds that make 32 bits enough, and
 * core/inference/image.c checks them when an image is opened. Nothing is checked here.
 *
 * Every build gives the same sums: the variant for the target (DSP, MVE, WebAssembly SIMD) is chosen at
 * compile time and only orders the additions differently, which does not matter to integers that cannot
 * overflow.
 */

enum {
    CUR_LINEAR_WIDTH = 2048,  /* most inputs or outputs */
    CUR_LINEAR_PADDING = 128, /* codes are padded with zeros to a multiple of this */
    CUR_LINEAR_TABLES = 16,   /* look-up tables at once, one for each byte of a block of weights */
};

struct cur_linear {
    const uint8_t *weights;      /* outputs rows of row_bytes, at a multiple of 16 */
    uint32_t row_bytes;          /* cur_row_bytes(bits, inputs) */
    uint16_t inputs;             /* 1 to CUR_LINEAR_WIDTH */
    uint16_t outputs;            /* 1 to CUR_LINEAR_WIDTH */
    uint8_t bits;                /* of a weight: 1, 2, 4, 8 or 16 */
    uint8_t ternary_activations; /* 1: all codes are -1, 0 or 1 (with 2-bit weights only); 0: -127 to 127 */
};

/* Scratch, 8 KiB: what is made of the activations once a layer, or once a block of inputs. */
struct cur_linear_work {
    _Alignas(16) union {
        uint16_t table[CUR_LINEAR_TABLES][256];
        uint32_t pairs[CUR_LINEAR_TABLES][128]; /* the table, two neighbours at once */
        int16_t wide[CUR_LINEAR_WIDTH];
        uint32_t pairs_of_codes[CUR_LINEAR_WIDTH / 2];
        uint32_t pairs_of_two[CUR_LINEAR_WIDTH]; /* of two cells of an image (conv_dsp.c) */
        struct cur_linear_fields {
            uint32_t flip, mask;
        } fields[CUR_LINEAR_WIDTH / 16]; /* of 16 ternary activations, in the order of a word of weights */
    };
};

/* Bytes of a packed row: whole 16-byte blocks. */
static inline uint32_t cur_row_bytes(uint32_t bits, uint32_t inputs) {
    return (inputs * bits + 127) / 128 * 16;
}

/* acc[layer->outputs] gets the sums of `codes`: layer->inputs of them, then zeros up to a multiple of
 * CUR_LINEAR_PADDING; at a multiple of 4. */
void cur_linear(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                struct cur_linear_work *work);

/* The same in portable C on every target, to compare with. */
void cur_linear_portable(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                         struct cur_linear_work *work);

#endif
