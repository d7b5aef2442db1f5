#include "bank.h"
#include "image_open.h"
#include "fmath.h"
#include "operations.h"
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

static int same_encoder(const struct cur_bank_encoder *encoder, const struct cur_image *image) {
    const uint8_t *hash = image->encoder_hash;
    if (encoder->embedding != image->embedding || !encoder->hash != !hash) return 0;
    return !hash || memcmp(encoder->hash, hash, CUR_IMAGE_HASH) == 0;
}

static int same_labels(const struct cur_image *a, const struct cur_image *b) {
    return a->labels_len == b->labels_len && memcmp(a->labels, b->labels, a->labels_len) == 0;
}

/* Which of the bank's encoders the image takes, which becomes one of them; -1 where there are too many. */
static int encoder_of(struct cur_open_bank *bank, const struct cur_image *image) {
    int which = 0;
    while (which < bank->encoder_count && !same_encoder(&bank->encoder[which], image))
        which++;
    if (which == CUR_IMAGE_ENCODERS) return BAD;
    if (which == bank->encoder_count) {
        bank->encoder[which].hash = image->encoder_hash;
        bank->encoder[which].embedding = image->embedding;
        bank->encoder_count++;
    }
    return which;
}

static int take_routing(struct cur_open_bank *bank, const struct cur_bank_source *source) {
    struct cur_routing *routing = &bank->routing;
    *routing = bank->router.routing;
    if (!source->own_routing) return 0;
    if (bank->router.cascade.decision) return BAD;
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
    bank->encoder_count = 0;
    if (source->count < 1 || source->count > CUR_IMAGE_EXPERTS) return BAD;
    if (bank->has_router) {
        if (open_image(router, &source->router, CUR_IMAGE_ROUTER, hal)) return BAD;
        if (router->outputs != source->count || take_routing(bank, source)) return BAD;
        (void)encoder_of(bank, router);
    } else if (source->count != 1) {
        return BAD;
    }
    for (int e = 0; e < source->count; e++) {
        struct cur_image *expert = &bank->expert[e];
        if (open_image(expert, &source->expert[e], CUR_IMAGE_EXPERT, hal)) return BAD;
        if (!same_labels(&bank->expert[0], expert)) return BAD;
        if (bank->has_router && !is_announced(router, e, expert, hal)) return BAD;
        int which = encoder_of(bank, expert);
        if (which < 0) return BAD;
        bank->encoder_of[e] = (uint8_t)which;
    }
    return bank->has_router && router->cascade.decision && bank->encoder_of[0] ? BAD : 0;
}

int cur_bank_open_encoder(struct cur_open_bank *bank, uint32_t which, const struct cur_bank_image *image,
                          const struct cur_hal *hal) {
    struct cur_bank_encoder *encoder = &bank->encoder[which];
    if (cur_encoder_open(&encoder->opened, image->bytes, image->len, hal)) return BAD;
    return encoder->opened.embedding == encoder->embedding ? 0 : BAD;
}

static uint64_t encoder_operations(const struct cur_bank_encoder *encoder) {
    return encoder->hash ? cur_encoder_operations(&encoder->opened) : 0;
}

/* Of an expert, with the encoder that it brings. */
static uint64_t expert_operations(const struct cur_open_bank *bank, int e) {
    uint32_t which = bank->encoder_of[e];
    uint64_t own = which ? encoder_operations(&bank->encoder[which]) : 0;
    return own + cur_image_operations(&bank->expert[e], 0);
}

uint64_t cur_bank_operations(const struct cur_open_bank *bank) {
    uint64_t largest = 0, sum = encoder_operations(&bank->encoder[0]);
    int cascade = bank->has_router && bank->router.cascade.decision;
    if (bank->has_router) sum += cur_image_operations(&bank->router, bank->routing.passes);
    if (cascade) sum += expert_operations(bank, 0);
    for (int e = cascade; e < bank->count; e++) {
        uint64_t one = expert_operations(bank, e);
        largest = one > largest ? one : largest;
    }
    return sum + (bank->has_router ? bank->routing.top_k : 1) * largest;
}
