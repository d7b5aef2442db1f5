#ifndef CUR_BANK_H
#define CUR_BANK_H

#include "encoder.h"
#include "router.h"

/* A bank ready to answer: one expert, or a router and the experts it picks from. */

struct cur_bank_image {
    const uint8_t *bytes; /* at a multiple of 16; NULL none */
    uint32_t len;         /* without a signature */
};

/* What a bank is made of. */
struct cur_bank_source {
    struct cur_bank_image router; /* none where one expert answers alone */
    struct cur_bank_image expert[CUR_IMAGE_EXPERTS];
    uint8_t count;       /* experts, 1 to CUR_IMAGE_EXPERTS; in the router's order */
    uint8_t own_routing; /* 1: the three below replace the router image's */
    uint8_t top_k;       /* 1 to count */
    uint16_t passes;     /* 0 to CUR_IMAGE_PASSES */
    float alpha;         /* 0 to 100 */
};

struct cur_open_bank {
    struct cur_image router;
    struct cur_image expert[CUR_IMAGE_EXPERTS];
    struct cur_routing routing;
    uint8_t count, has_router;
    uint16_t embedding; /* numbers that router and experts take, at most CUR_EMBEDDING */
    /* Of the encoder they take them from, SHA-256 of its whole image; NULL: log-mel statistics. */
    const uint8_t *encoder_hash;
    struct cur_encoder encoder; /* once cur_bank_open_encoder did; not with log-mel statistics */
};

struct cur_bank_layers_work {
    struct cur_expert_work layers;
    struct cur_router_work router;
};

/* Scratch; the caller owns it. The encoder is done before the layers begin. */
union cur_bank_work {
    struct cur_encoder_work encoder;
    struct cur_bank_layers_work bank;
};

/* Checks every image, that they belong together (each expert is the one whose hash the router holds, all have
 * the same labels and take the same embedding of the same encoder), and that the routing is in range. The
 * images must stay where they are. Returns 0, or -1 and leaves `bank` unusable. With an encoder_hash the
 * encoder must be opened, too. */
int cur_bank_open(struct cur_open_bank *bank, const struct cur_bank_source *source,
                  const struct cur_hal *hal);

/* Checks the encoder whose hash the open bank names, and that its embedding is the one that the bank takes.
 * Returns 0, or -1 and leaves `bank` unusable. */
int cur_bank_open_encoder(struct cur_open_bank *bank, const struct cur_bank_image *encoder,
                          const struct cur_hal *hal);

/* Most operations of an inference (operations.h): that of the experts that answer taken for the costliest. */
uint64_t cur_bank_operations(const struct cur_open_bank *bank);

/* A patch (96 frames x 64 bands, frame-major, finite) to bank->embedding numbers. */
void cur_bank_encode(float embedding[CUR_EMBEDDING], const struct cur_open_bank *bank, const float *patch,
                     union cur_bank_work *work, const struct cur_hal *hal);

/* Picks: the route of an embedding, for the inference of that number. Without a router the one expert is
 * ranked first, and gate and curiosity are 0. Returns 0, or -1 if the router's numbers overflow. */
int cur_bank_route(struct cur_route *route, const struct cur_open_bank *bank, const float *embedding,
                   uint32_t inference, union cur_bank_work *work, const struct cur_hal *hal);

/* Answers: the best experts' logits, weighted by their gates, and the scores of the sum. Returns 0, or -1 if
 * an expert's numbers overflow. */
int cur_bank_answer(struct cur_scores *scores, const struct cur_open_bank *bank,
                    const struct cur_route *route, const float *embedding, union cur_bank_work *work,
                    const struct cur_hal *hal);

#endif
