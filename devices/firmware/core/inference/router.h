#ifndef CUR_ROUTER_H
#define CUR_ROUTER_H

#include "expert.h"

/*
 * Which expert answers: section "Routing" of models/packing/IMAGE.md. Monte-Carlo dropout passes give each
 * expert's mean probability and, as curiosity, how much the passes disagree; curiosity shifts the choice
 * towards experts of higher precision.
 */

/* Scratch of routing; the caller owns it. */
struct cur_router_work {
    float kept[CUR_IMAGE_WIDTH]; /* what the passes share: the values before the first dropout */
    float passes[CUR_IMAGE_PASSES][CUR_IMAGE_EXPERTS];
};

struct cur_route {
    float mean[CUR_IMAGE_EXPERTS]; /* p of IMAGE.md, one an expert */
    float gate[CUR_IMAGE_EXPERTS]; /* g of IMAGE.md; they sum to 1 */
    float curiosity;               /* u of IMAGE.md; 0 with no passes */
    float score;                   /* of a cascade; else 0 */
    uint8_t
        ranked[CUR_IMAGE_EXPERTS]; /* experts by their gate, the highest first, the first of equals first */
};

/* u-hat of IMAGE.md: curiosity as a share of `unit`, at most 1. */
static inline float cur_curiosity_share(float curiosity, float unit) {
    float share = curiosity / unit;
    return share < 1.0f ? share : 1.0f;
}

/* Whether unit `unit` of layer `layer` (from 1) is kept in pass `pass` (from 0): a pure function of its
 * arguments, so that lab and board draw the same. Writes 0 or v / (1 - dropout) into each of n values. */
void cur_drop(float *v, uint32_t n, float dropout, uint32_t layer, uint32_t pass, uint32_t seed,
              uint32_t inference);

/* Runs the router on an embedding. `routing` may differ from the image's own in alpha, passes and top_k.
 * Returns 0, or -1 if a logit is not finite. */
int cur_router_run(struct cur_route *route, const struct cur_image *router, const struct cur_routing *routing,
                   const float *embedding, uint32_t inference, struct cur_expert_work *work,
                   struct cur_router_work *scratch, const struct cur_hal *hal);

/* Mean, curiosity, gates and ranking from each pass's probabilities (at least one pass). */
void cur_route(struct cur_route *route, const struct cur_image *router, const struct cur_routing *routing,
               const float passes[][CUR_IMAGE_EXPERTS], uint32_t count);

#endif
