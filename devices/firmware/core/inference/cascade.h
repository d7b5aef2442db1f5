#ifndef CUR_CASCADE_H
#define CUR_CASCADE_H

#include "router.h"

/* Which stage of a cascade answers: section "Cascade" of models/packing/IMAGE.md. */

/* Whether the decision is the router's own, made before any expert runs; else it is made by what the first
 * expert answers. */
static inline int cur_cascade_asks_router(const struct cur_cascade *cascade) {
    return cascade->decision >= CUR_DECISION_CURIOSITY;
}

/* The score of what the first of `classes` answers gave. */
float cur_cascade_doubt(const struct cur_cascade *cascade, const struct cur_scores *first, uint32_t classes);

/* The score of a route. */
float cur_cascade_need(const struct cur_cascade *cascade, const struct cur_route *route,
                       const struct cur_routing *routing);

/* The place of the expert that answers: as many of `count` thresholds as the score exceeds. */
uint8_t cur_cascade_place(const struct cur_cascade *cascade, uint32_t count, float score);

#endif
