#include <math.h>

#include "images.h"
#include "test.h"
#include "../core/inference/philox.h"
#include "../core/inference/router.h"
#include "../core/mem.h"

static struct cur_expert_work work;
static struct cur_router_work scratch;
static uint8_t bytes[IMAGES_LARGEST] __attribute__((aligned(16)));
static struct cur_image image;
static float embedding[CUR_EMBEDDING];
static const struct cur_hal hal; /* that wants to know nothing */
static const float prior[3] = {0, 0.5f, 1};

/* A router of that seed, and something to route. */
static int start(uint32_t seed) {
    struct images_plan plan = images_router(NULL, prior);
    uint32_t len = images_build(bytes, &plan, seed);
    for (int i = 0; i < CUR_EMBEDDING; i++)
        embedding[i] = (float)(test_noise() % 8000) / 1000 - 6;
    return cur_image_open(&image, bytes, len, &hal);
}

static struct cur_route route_of(const struct cur_routing *routing, uint32_t inference) {
    struct cur_route route = {.curiosity = -1};
    if (cur_router_run(&route, &image, routing, embedding, inference, &work, &scratch, &hal))
        route.curiosity = -2;
    return route;
}

/* The vectors published with Random123 (kat_vectors, philox 4x32 10). */
static void knows_the_published_answers(void) {
    static const uint32_t vectors[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e,
         0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb,
         0x5001e420, 0x24126ea1},
    };
    for (int i = 0; i < 3; i++) {
        uint32_t words[4];
        cur_philox(words, vectors[i], vectors[i] + 4);
        CHECK_AT(i, memcmp(words, vectors[i] + 6, sizeof words) == 0);
    }
}

static void drops_its_share(void) {
    static float v[2048];
    for (int turn = 0; turn <= 9; turn++) {
        float dropout = (float)turn / 10;
        int dropped = 0;
        for (int j = 0; j < 2048; j++)
            v[j] = 3;
        cur_drop(v, 2048, dropout, 1, 0, 7, 1);
        for (int j = 0; j < 2048; j++) {
            dropped += v[j] == 0.0f;
            CHECK_AT(turn, v[j] == 0.0f || v[j] == 3.0f / (1.0f - dropout));
        }
        /* Four standard deviations of a binomial share. */
        CHECK_AT(turn, fabsf((float)dropped - 2048 * dropout) <= 4 * sqrtf(2048 * dropout * (1 - dropout)));
    }
}

static void draws_by_its_arguments_alone(void) {
    static float one[64], other[64];
    static const uint32_t arguments[5][4] = {
        {1, 0, 7, 1}, {2, 0, 7, 1}, {1, 1, 7, 1}, {1, 0, 8, 1}, {1, 0, 7, 2}};
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 64; j++)
            one[j] = other[j] = 1;
        cur_drop(one, 64, 0.5f, 1, 0, 7, 1);
        cur_drop(other, 64, 0.5f, arguments[i][0], arguments[i][1], arguments[i][2], arguments[i][3]);
        CHECK_AT(i, (memcmp(one, other, sizeof one) == 0) == (i == 0));
    }
    /* Fewer units get the same as the first of more. */
    for (int j = 0; j < 64; j++)
        other[j] = 1;
    cur_drop(other, 5, 0.5f, 1, 0, 7, 1);
    for (int j = 0; j < 64; j++)
        CHECK_AT(j, other[j] == (j < 5 ? (one[j] = other[j]) : 1));
}

static void routes_plainly_without_passes(void) {
    float logits[CUR_IMAGE_CLASSES], p[3];
    for (uint32_t seed = 1; seed <= 10; seed++) {
        CHECK(start(seed) == 0);
        struct cur_routing plain = image.routing;
        plain.passes = 0;
        plain.alpha = 5;
        struct cur_route route = route_of(&plain, seed);
        CHECK_AT(seed, cur_expert_run(&image, embedding, &work, logits, &hal) == 0);
        int top = cur_probabilities(p, logits, 3);
        CHECK_AT(seed, route.curiosity == 0.0f && route.ranked[0] == top);
        for (int e = 0; e < 3; e++)
            CHECK_AT(seed, fabsf(route.gate[e] - p[e]) < 1e-6f);
    }
}

/* Passes, mean, variance and gates once more, from the whole router run anew in every pass. */
static void is_what_the_formulas_give(void) {
    for (uint32_t seed = 1; seed <= 5; seed++) {
        CHECK(start(seed) == 0);
        struct cur_routing routing = image.routing;
        routing.alpha = 3;
        double p[10][3], mean[3] = {0}, u = 0, g[3], sum = 0;
        for (uint32_t t = 0; t < 10; t++) {
            float one[3];
            cur_layers_start(&image, embedding, &work, &hal);
            for (uint32_t l = 1; l <= 3; l++) {
                cur_layer_run(&image.layers[l - 1], &work, &hal);
                if (l < 3) {
                    uint32_t width = image.layers[l - 1].linear.outputs;
                    cur_drop(cur_layers_values(&work), width, 0.2f, l, t, 7, 33);
                }
            }
            cur_probabilities(one, cur_layers_values(&work), 3);
            for (int e = 0; e < 3; e++) {
                p[t][e] = one[e];
                mean[e] += one[e] / 10.0;
            }
        }
        for (int e = 0; e < 3; e++) {
            for (int t = 0; t < 10; t++)
                u += (p[t][e] - mean[e]) * (p[t][e] - mean[e]) / 10;
        }
        for (int e = 0; e < 3; e++)
            sum += g[e] = mean[e] * exp(3 * fmin(1, u / (double)0.05f) * prior[e]);
        struct cur_route route = route_of(&routing, 33);
        CHECK_AT(seed, u > 0 && fabs(route.curiosity - u) < 1e-6);
        for (int e = 0; e < 3; e++)
            CHECK_AT(seed, fabs(route.gate[e] - g[e] / sum) < 1e-6);
        CHECK_AT(seed, g[route.ranked[0]] >= g[route.ranked[1]] && g[route.ranked[1]] >= g[route.ranked[2]]);
    }
}

static void same_inference_same_route(void) {
    CHECK(start(4) == 0);
    struct cur_route first = route_of(&image.routing, 9), again = route_of(&image.routing, 9);
    struct cur_route next = route_of(&image.routing, 10);
    struct cur_routing reseeded = image.routing;
    reseeded.seed = 8;
    struct cur_route other = route_of(&reseeded, 9);
    CHECK(memcmp(&first, &again, sizeof first) == 0);
    CHECK(first.curiosity != next.curiosity && first.curiosity != other.curiosity);
}

/* Passes that disagree about experts 0 and 1, which are as likely, and think less of expert 2. */
static const float doubtful[2][CUR_IMAGE_EXPERTS] = {{0.6f, 0.2f, 0.2f}, {0.2f, 0.5f, 0.3f}};
static const float certain[2][CUR_IMAGE_EXPERTS] = {{0.4f, 0.35f, 0.25f}, {0.4f, 0.35f, 0.25f}};

static void alpha_moves_doubt_to_precision(void) {
    CHECK(start(1) == 0);
    struct cur_routing routing = image.routing;
    struct cur_route route;
    uint8_t best = 0;
    float high = 0;
    routing.unit = 0.05f;
    for (int step = 0; step <= 40; step++) {
        routing.alpha = (float)step / 10;
        cur_route(&route, &image, &routing, doubtful, 2);
        CHECK_AT(step, route.ranked[0] >= best && route.gate[2] >= high);
        if (step == 0) CHECK(route.ranked[0] == 0 && fabsf(route.gate[0] - 0.4f) < 1e-6f);
        best = route.ranked[0];
        high = route.gate[2];
        cur_route(&route, &image, &routing, certain, 2);
        CHECK_AT(step,
                 route.curiosity == 0.0f && route.ranked[0] == 0 && fabsf(route.gate[0] - 0.4f) < 1e-6f);
    }
    CHECK(best == 2);
}

static void stays_finite_at_the_ends(void) {
    static const float sure[1][CUR_IMAGE_EXPERTS] = {{1, 0, 0}};
    static const float nearly[2][CUR_IMAGE_EXPERTS] = {{1, 0, 0x1p-140f}, {0, 1, 0}};
    CHECK(start(1) == 0);
    struct cur_routing routing = image.routing;
    struct cur_route route;
    routing.alpha = 100;
    routing.unit = 0x1p-149f;
    cur_route(&route, &image, &routing, sure, 1);
    CHECK(route.gate[0] == 1.0f && route.gate[1] == 0.0f && route.gate[2] == 0.0f && route.ranked[1] == 1);
    cur_route(&route, &image, &routing, nearly, 2);
    CHECK(fabsf(route.gate[0] + route.gate[1] + route.gate[2] - 1) < 1e-6f && route.ranked[0] == 1);
}

static void reports_overflow(void) {
    CHECK(start(1) == 0);
    uint8_t *weights = images_section(bytes, 11, 3);
    for (int i = 0; i < 36; i++)
        cur_put_f32(weights + 4 * i, 3e38f);
    CHECK(route_of(&image.routing, 1).curiosity == -2);
}

TEST_LIST(router_tests) = {
    {"Philox4x32-10 gives the published answers", knows_the_published_answers},
    {"dropout drops its share and scales what it keeps", drops_its_share},
    {"dropout depends on layer, pass, seed and inference alone", draws_by_its_arguments_alone},
    {"a router without passes is a plain softmax, whatever alpha", routes_plainly_without_passes},
    {"passes, curiosity and gates are what the formulas give", is_what_the_formulas_give},
    {"the same inference is routed the same again, another one differently", same_inference_same_route},
    {"alpha moves doubtful input, and only that, to experts of higher precision",
     alpha_moves_doubt_to_precision},
    {"gates sum to 1 at the ends of every range", stays_finite_at_the_ends},
    {"a router whose numbers overflow is reported", reports_overflow},
    TEST_END,
};
