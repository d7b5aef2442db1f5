#include "bank.h"
#include "image_open.h"
#include "fmath.h"
#include "operations.h"
#include "statistics.h"
#include "../crypto/hash.h"
#include "../mem.h"

enum { BAD = -1 };

static int open_image(struct cur_image *image, const struct cur_bank_image *from, uint16_t kind,
                      const struct cur_hal *hal) {
    if (!from->bytes || cur_image_open(image, from->bytes, from->len, hal)) return BAD;
    return image->kind == kind ? 0 : BAD;
}

static int is_announced(const struct cur_image *router, int place, const struct cur_image *expert,
                        const struct cur_hal *hal) {
    uint8_t digest[CUR_IMAGE_HASH];
    cur_hash(digest, expert->bytes, expert->len, hal);
    return memcmp(digest, router->expert_hashes + CUR_IMAGE_HASH * place, sizeof digest) == 0;
}

static int same_encoder(const struct cur_image *a, const struct cur_image *b) {
    if (a->embedding != b->embedding || !a->encoder_hash != !b->encoder_hash) return 0;
    return !a->encoder_hash || memcmp(a->encoder_hash, b->encoder_hash, CUR_IMAGE_HASH) == 0;
}

static int same_task(const struct cur_image *a, const struct cur_image *b) {
    return same_encoder(a, b) && a->labels_len == b->labels_len &&
           memcmp(a->labels, b->labels, a->labels_len) == 0;
}

static int take_routing(struct cur_routing *routing, const struct cur_bank_source *source) {
    if (!source->own_routing) return 0;
    if (!(source->alpha >= 0.0f && source->alpha <= 100.0f) || source->passes > CUR_IMAGE_PASSES) return BAD;
    if (source->top_k < 1 || source->top_k > source->count) return BAD;
    routing->alpha = source->alpha;
    routing->passes = source->passes;
    routing->top_k = source->top_k;
    return 0;
}

int cur_bank_open(struct cur_open_bank *bank, const struct cur_bank_source *source,
                  const struct cur_hal *hal) {
    struct cur_image *router = &bank->router;
    bank->count = source->count;
    bank->has_router = source->router.bytes != NULL;
    if (source->count < 1 || source->count > CUR_IMAGE_EXPERTS) return BAD;
    if (bank->has_router) {
        if (open_image(router, &source->router, CUR_IMAGE_ROUTER, hal)) return BAD;
        bank->routing = router->routing;
        if (router->outputs != source->count || take_routing(&bank->routing, source)) return BAD;
    } else if (source->count != 1) {
        return BAD;
    }
    for (int e = 0; e < source->count; e++) {
        struct cur_image *expert = &bank->expert[e];
        if (open_image(expert, &source->expert[e], CUR_IMAGE_EXPERT, hal)) return BAD;
        if (!same_task(&bank->expert[0], expert)) return BAD;
        if (bank->has_router && (!same_encoder(router, expert) || !is_announced(router, e, expert, hal)))
            return BAD;
    }
    bank->embedding = bank->expert[0].embedding;
    bank->encoder_hash = bank->expert[0].encoder_hash;
    return 0;
}

int cur_bank_open_encoder(struct cur_open_bank *bank, const struct cur_bank_image *encoder,
                          const struct cur_hal *hal) {
    if (cur_encoder_open(&bank->encoder, encoder->bytes, encoder->len, hal)) return BAD;
    return bank->encoder.embedding == bank->embedding ? 0 : BAD;
}

uint64_t cur_bank_operations(const struct cur_open_bank *bank) {
    uint64_t largest = 0, sum = bank->encoder_hash ? cur_encoder_operations(&bank->encoder) : 0;
    for (int e = 0; e < bank->count; e++) {
        uint64_t one = cur_image_operations(&bank->expert[e], 0);
        largest = one > largest ? one : largest;
    }
    if (!bank->has_router) return sum + largest;
    return sum + cur_image_operations(&bank->router, bank->routing.passes) + bank->routing.top_k * largest;
}

void cur_bank_encode(float embedding[CUR_EMBEDDING], const struct cur_open_bank *bank, const float *patch,
                     union cur_bank_work *work, const struct cur_hal *hal) {
    if (bank->encoder_hash) {
        cur_encoder_run(&bank->encoder, patch, embedding, &work->encoder, hal);
        return;
    }
    cur_statistics(patch, embedding);
    cur_report(hal, CUR_KERNEL_STATISTICS, 1);
}

int cur_bank_route(struct cur_route *route, const struct cur_open_bank *bank, const float *embedding,
                   uint32_t inference, union cur_bank_work *work, const struct cur_hal *hal) {
    if (!bank->has_router) {
        memset(route, 0, sizeof *route);
        return 0;
    }
    return cur_router_run(route, &bank->router, &bank->routing, embedding, inference, &work->bank.layers,
                          &work->bank.router, hal);
}

/* Adds the logits of the k best, each with its share of their gates. */
static int blend(float *logits, const struct cur_open_bank *bank, const struct cur_route *route,
                 const float *embedding, union cur_bank_work *work, const struct cur_hal *hal) {
    float one[CUR_IMAGE_CLASSES], sum = 0.0f;
    uint32_t classes = bank->expert[0].outputs, k = bank->routing.top_k;
    for (uint32_t i = 0; i < k; i++)
        sum += route->gate[route->ranked[i]];
    memset(logits, 0, 4 * classes);
    for (uint32_t i = 0; i < k; i++) {
        uint32_t e = route->ranked[i];
        float share = route->gate[e] / sum;
        if (cur_expert_run(&bank->expert[e], embedding, &work->bank.layers, one, hal)) return BAD;
        for (uint32_t c = 0; c < classes; c++)
            logits[c] += share * one[c];
    }
    return 0;
}

int cur_bank_answer(struct cur_scores *scores, const struct cur_open_bank *bank,
                    const struct cur_route *route, const float *embedding, union cur_bank_work *work,
                    const struct cur_hal *hal) {
    const struct cur_image *expert = &bank->expert[route->ranked[0]];
    if (bank->has_router && bank->routing.top_k > 1) {
        if (blend(scores->logits, bank, route, embedding, work, hal)) return BAD;
    } else if (cur_expert_run(expert, embedding, &work->bank.layers, scores->logits, hal)) {
        return BAD;
    }
    cur_softmax(scores, expert->outputs);
    cur_report(hal, CUR_KERNEL_SOFTMAX, expert->outputs);
    return 0;
}
