/* The image loader on any bytes, with length and seal made right; what it opens must also run. */
#include "fuzz.h"
#include "../core/crypto/sha256.h"
#include "../core/inference/encoder_rows.h"
#include "../core/inference/image_open.h"
#include "../core/inference/fmath.h"
#include "../core/inference/operations.h"
#include "../core/inference/router.h"
#include "../core/mem.h"

enum { LONGEST = 16384, PASSES = 2, OPERATIONS = 4000000 };

static uint8_t bytes[LONGEST] __attribute__((aligned(16)));
static float embedding[CUR_IMAGE_WIDTH];
static struct cur_expert_work work;
static struct cur_router_work scratch;
static struct cur_encoder encoder;
static struct cur_encoder_work encoder_work;

static void seal(uint32_t len) {
    struct cur_sha256 sha;
    cur_put_u32(bytes + 8, len);
    memset(bytes + CUR_IMAGE_SEAL, 0, 32);
    cur_sha256_start(&sha);
    cur_sha256_feed(&sha, bytes, len);
    cur_sha256_finish(&sha, bytes + CUR_IMAGE_SEAL);
}

static void run_expert(const struct cur_image *image) {
    struct cur_scores scores;
    if (cur_expert_run(image, embedding, &work, scores.logits, &fuzz_hal)) return;
    cur_softmax(&scores, image->outputs);
    FUZZ_CHECK(scores.top >= 0 && scores.top < image->outputs && cur_finite(scores.p));
}

static void run_router(const struct cur_image *image) {
    struct cur_routing routing = image->routing;
    struct cur_route route;
    if (routing.passes > PASSES) routing.passes = PASSES;
    if (cur_router_run(&route, image, &routing, embedding, 1, &work, &scratch, &fuzz_hal)) return;
    FUZZ_CHECK(cur_finite(route.curiosity));
    for (int e = 0; e < image->outputs; e++)
        FUZZ_CHECK(cur_finite(route.gate[e]) && route.ranked[e] < image->outputs);
}

/* With another number of fused layers, too, where that fits: it is the same. */
static void run_encoder(void) {
    static float patch[CUR_FRAMES * CUR_BANDS], other[CUR_EMBEDDING];
    if (cur_encoder_operations(&encoder) > OPERATIONS) return;
    for (int i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        patch[i] = (float)(i % 17) - 10.0f;
    cur_encoder_run(&encoder, patch, embedding, &encoder_work, &fuzz_hal);
    encoder.fused = (uint8_t)(encoder.fused ? 0 : encoder.layer_count);
    if (cur_encoder_arena(&encoder) > CUR_ENCODER_ARENA) return;
    cur_encoder_run(&encoder, patch, other, &encoder_work, &fuzz_hal);
    FUZZ_CHECK(memcmp(embedding, other, 4u * encoder.embedding) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len) {
    struct cur_image image;
    uint32_t n = len > LONGEST ? LONGEST : (uint32_t)len / 16 * 16;
    if (n < CUR_IMAGE_HEADER) return 0;
    memcpy(bytes, input, n);
    seal(n);
    if (cur_u32(bytes + CUR_IMAGE_KIND) == CUR_IMAGE_ENCODER) {
        if (cur_encoder_open(&encoder, bytes, n, &fuzz_hal) == 0) run_encoder();
        return 0;
    }
    if (cur_image_open(&image, bytes, n, &fuzz_hal)) return 0;
    for (int i = 0; i < image.embedding; i++)
        embedding[i] = (float)(i % 17) - 8.0f;
    if (image.kind == CUR_IMAGE_EXPERT)
        run_expert(&image);
    else if (image.layer_count) /* else its first expert decides */
        run_router(&image);
    return 0;
}
