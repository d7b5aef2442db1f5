#include "router.h"
#include "fmath.h"
#include "philox.h"
#include "../mem.h"

void cur_drop(float *v, uint32_t n, float dropout, uint32_t layer, uint32_t pass, uint32_t seed,
              uint32_t inference) {
    const uint32_t key[2] = {seed, inference};
    uint32_t threshold = (uint32_t)(dropout * 0x1p32f), words[4];
    float kept = 1.0f - dropout;
    for (uint32_t j = 0; j < n; j++) {
        if (j % 4 == 0) cur_philox(words, (const uint32_t[4]){j / 4, layer, pass, 0}, key);
        v[j] = words[j % 4] >= threshold ? v[j] / kept : 0.0f;
    }
}

/* Mean over the passes, and the sum of the population variances. */
static float summarise(float *mean, const float passes[][CUR_IMAGE_EXPERTS], uint32_t count,
                       uint32_t experts) {
    float curiosity = 0.0f;
    for (uint32_t e = 0; e < experts; e++) {
        float sum = 0.0f, squares = 0.0f;
        for (uint32_t t = 0; t < count; t++)
            sum += passes[t][e];
        mean[e] = sum / (float)count;
        for (uint32_t t = 0; t < count; t++) {
            float d = passes[t][e] - mean[e];
            squares += d * d;
        }
        curiosity += squares / (float)count;
    }
    return curiosity;
}

/* gate[e] = mean[e] * exp(x[e]), normalised. The largest x of an expert that is possible at all is taken off
 * first: nothing overflows, and the sum is not 0. */
static void weigh(float *gate, const float *mean, const float *x, uint32_t experts) {
    float largest = 0.0f, sum = 0.0f;
    for (uint32_t e = 0; e < experts; e++) {
        if (mean[e] > 0.0f && x[e] > largest) largest = x[e];
    }
    for (uint32_t e = 0; e < experts; e++) {
        gate[e] = mean[e] > 0.0f ? mean[e] * cur_expf(x[e] - largest) : 0.0f;
        sum += gate[e];
    }
    for (uint32_t e = 0; e < experts; e++)
        gate[e] /= sum;
}

/* By insertion, which keeps equals in order. */
static void rank(uint8_t *ranked, const float *gate, uint32_t experts) {
    for (uint32_t e = 0; e < experts; e++) {
        uint32_t at = e;
        for (; at > 0 && gate[ranked[at - 1]] < gate[e]; at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = (uint8_t)e;
    }
}

void cur_route(struct cur_route *route, const struct cur_image *router, const struct cur_routing *routing,
               const float passes[][CUR_IMAGE_EXPERTS], uint32_t count) {
    float x[CUR_IMAGE_EXPERTS] = {0};
    uint32_t experts = router->outputs;
    memset(route, 0, sizeof *route);
    route->curiosity = summarise(route->mean, passes, count, experts);
    float scaled = cur_curiosity_share(route->curiosity, routing->unit);
    for (uint32_t e = 0; e < experts; e++)
        x[e] = routing->alpha * scaled * cur_f32(router->prior + 4 * e);
    weigh(route->gate, route->mean, x, experts);
    rank(route->ranked, route->gate, experts);
}

/* The layers of one run behind the first `from`; 0, or -1 if a logit is not finite. */
static int finish(float *probabilities, const struct cur_image *router, const struct cur_routing *routing,
                  int from, int dropping, uint32_t pass, uint32_t inference, struct cur_expert_work *work,
                  const struct cur_hal *hal) {
    for (int l = from; l < router->layer_count; l++) {
        const struct cur_layer *layer = &router->layers[l];
        cur_layer_run(layer, work, hal);
        if (dropping && layer->flags & CUR_LAYER_DROPOUT) {
            cur_drop(cur_layers_values(work), layer->linear.outputs, routing->dropout, (uint32_t)l + 1, pass,
                     routing->seed, inference);
            cur_report(hal, CUR_KERNEL_DROPOUT, layer->linear.outputs);
        }
    }
    const float *logits = cur_layers_values(work);
    for (uint32_t e = 0; e < router->outputs; e++) {
        if (!cur_finite(logits[e])) return -1;
    }
    cur_probabilities(probabilities, logits, router->outputs);
    cur_report(hal, CUR_KERNEL_SOFTMAX, router->outputs);
    return 0;
}

int cur_router_run(struct cur_route *route, const struct cur_image *router, const struct cur_routing *routing,
                   const float *embedding, uint32_t inference, struct cur_expert_work *work,
                   struct cur_router_work *scratch, const struct cur_hal *hal) {
    cur_layers_start(router, embedding, work, hal);
    if (routing->passes == 0) {
        if (finish(scratch->passes[0], router, routing, 0, 0, 0, inference, work, hal)) return -1;
        cur_route(route, router, routing, (const float(*)[CUR_IMAGE_EXPERTS])scratch->passes, 1);
        return 0;
    }
    /* No pass differs from another before the first dropout. */
    int shared = 0, drops = 0;
    while (shared < router->layer_count && !drops) {
        const struct cur_layer *layer = &router->layers[shared++];
        cur_layer_run(layer, work, hal);
        drops = layer->flags & CUR_LAYER_DROPOUT;
    }
    uint32_t width = router->layers[shared - 1].linear.outputs;
    memcpy(scratch->kept, cur_layers_values(work), 4 * width);
    for (uint32_t t = 0; t < routing->passes; t++) {
        float *v = cur_layers_values(work);
        memcpy(v, scratch->kept, 4 * width);
        if (drops) {
            cur_drop(v, width, routing->dropout, (uint32_t)shared, t, routing->seed, inference);
            cur_report(hal, CUR_KERNEL_DROPOUT, width);
        }
        if (finish(scratch->passes[t], router, routing, shared, 1, t, inference, work, hal)) return -1;
    }
    cur_route(route, router, routing, (const float(*)[CUR_IMAGE_EXPERTS])scratch->passes, routing->passes);
    cur_report(hal, CUR_KERNEL_ROUTE, routing->passes * router->outputs);
    return 0;
}
