#include "cascade.h"
#include "fmath.h"
#include "../mem.h"

float cur_cascade_doubt(const struct cur_cascade *cascade, const struct cur_scores *first, uint32_t classes) {
    if (cascade->decision == CUR_DECISION_TOP) return 1.0f - first->p;
    return first->entropy / cur_logf((float)classes);
}

float cur_cascade_need(const struct cur_cascade *cascade, const struct cur_route *route,
                       const struct cur_routing *routing) {
    if (cascade->decision == CUR_DECISION_GATE) return 1.0f - route->mean[0];
    return cur_curiosity_share(route->curiosity, routing->unit);
}

uint8_t cur_cascade_place(const struct cur_cascade *cascade, uint32_t count, float score) {
    uint8_t place = 0;
    while (place < count && score > cur_f32(cascade->thresholds + 4 * place))
        place++;
    return place;
}
