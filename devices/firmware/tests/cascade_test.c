#include "images.h"
#include "test.h"
#include "../core/inference/bank.h"
#include "../core/inference/fmath.h"
#include "../core/inference/operations.h"
#include "../core/mem.h"

/* A cascade of three experts, of which the second and the third bring their own encoders. */

enum { EXPERTS = 3, WINDOWS = 24 };

static uint8_t experts[5][IMAGES_LARGEST] __attribute__((aligned(16)));
static uint8_t encoders[5][IMAGES_LARGEST] __attribute__((aligned(16)));
static uint8_t router[IMAGES_LARGEST] __attribute__((aligned(16)));
static uint8_t hashes[5 * 32], encoder_hashes[5 * 32];
static uint32_t encoder_len[5];
static struct cur_bank_source source;
static struct cur_open_bank bank;
static union cur_bank_work work;
static struct cur_answer answer;
static float patch[CUR_FRAMES * CUR_BANDS], embedding[CUR_EMBEDDING];
static const struct cur_hal hal; /* that wants to know nothing */
static const float prior[5] = {0, 0.5f, 1, 1, 1};

/* `experts` of them, the first on the router's encoder, each other on its own. */
static void build(int count) {
    source = (struct cur_bank_source){.count = (uint8_t)count};
    for (int e = 0; e < count; e++) {
        encoder_len[e] = images_encoder(encoders[e], 20 + (uint32_t)e);
        fake_sha256(encoders[e], encoder_len[e], encoder_hashes + 32 * e);
        struct images_plan plan = images_expert(e % 2 ? 8 : 4, 0);
        plan.encoder_hash = encoder_hashes + 32 * e;
        plan.embedding = 48;
        source.expert[e].bytes = experts[e];
        source.expert[e].len = images_build(experts[e], &plan, (uint32_t)e + 1);
        fake_sha256(experts[e], source.expert[e].len, hashes + 32 * e);
    }
}

static int open_with(struct images_plan plan) {
    plan.encoder_hash = encoder_hashes;
    plan.embedding = 48;
    source.router.bytes = router;
    source.router.len = images_build(router, &plan, 9);
    if (cur_bank_open(&bank, &source, &hal)) return -1;
    for (uint32_t i = 0; i < bank.encoder_count; i++) {
        const struct cur_bank_image image = {encoders[i], encoder_len[i]};
        if (bank.encoder[i].hash && cur_bank_open_encoder(&bank, i, &image, &hal)) return -1;
    }
    return 0;
}

static void hear(uint32_t window) {
    test_seed(900 + window);
    for (int i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        patch[i] = (float)(test_noise() % 8000) / 1000 - 6;
}

static int ask(uint32_t inference) {
    cur_bank_encode(embedding, &bank, 0, patch, &work, &hal);
    return cur_bank_answer(&answer, &bank, patch, embedding, inference, &work, &hal);
}

/* An expert's scores, on the embedding of the encoder that it takes. */
static int alone(uint32_t e, struct cur_scores *scores) {
    static float own[CUR_EMBEDDING];
    cur_encoder_run(&bank.encoder[bank.encoder_of[e]].opened, patch, own, &work.encoder, &hal);
    if (cur_expert_run(&bank.expert[e], own, &work.bank.layers, scores->logits, &hal)) return -1;
    cur_softmax(scores, 3);
    return 0;
}

/* The score by IMAGE.md's words. */
static float score_of(uint16_t decision, uint32_t inference) {
    struct cur_scores first;
    struct cur_route route;
    if (decision <= CUR_DECISION_ENTROPY) {
        if (alone(0, &first)) return -1;
        return decision == CUR_DECISION_TOP ? 1.0f - first.p : first.entropy / cur_logf(3.0f);
    }
    cur_bank_encode(embedding, &bank, 0, patch, &work, &hal);
    if (cur_router_run(&route, &bank.router, &bank.routing, embedding, inference, &work.bank.layers,
                       &work.bank.router, &hal))
        return -1;
    if (decision == CUR_DECISION_GATE) return 1.0f - route.mean[0];
    float share = route.curiosity / bank.routing.unit;
    return share < 1.0f ? share : 1.0f;
}

/* Thresholds that part the scores of the windows into three. */
static void part(uint16_t decision, float thresholds[2]) {
    static const float none[2] = {2, 2};
    float scores[WINDOWS];
    CHECK(open_with(images_cascade(hashes, prior, decision, none)) == 0);
    for (uint32_t w = 0; w < WINDOWS; w++) {
        hear(w);
        float score = score_of(decision, w + 1);
        uint32_t at = w;
        for (; at > 0 && scores[at - 1] > score; at--)
            scores[at] = scores[at - 1];
        scores[at] = score;
    }
    thresholds[0] = scores[WINDOWS / 3];
    thresholds[1] = scores[2 * WINDOWS / 3];
}

static void decides(uint16_t decision) {
    float thresholds[2];
    uint32_t answered[EXPERTS] = {0};
    build(EXPERTS);
    part(decision, thresholds);
    CHECK(thresholds[0] < thresholds[1]);
    CHECK(open_with(images_cascade(hashes, prior, decision, thresholds)) == 0 && bank.encoder_count == 3);
    for (uint32_t w = 0; w < WINDOWS; w++) {
        struct cur_scores want;
        hear(w);
        float score = score_of(decision, w + 1);
        uint8_t place = (uint8_t)((score > thresholds[0]) + (score > thresholds[1]));
        CHECK(alone(place, &want) == 0);
        CHECK_AT(w, ask(w + 1) == 0 && answer.route.score == score && answer.route.ranked[0] == place);
        CHECK_AT(w, memcmp(answer.scores.logits, want.logits, 12) == 0 && answer.scores.p == want.p);
        CHECK_AT(w, answer.encoders == (1u | 1u << place) && answer.last_encoder == place);
        CHECK_AT(w, (answer.route.curiosity > 0) == (decision == CUR_DECISION_CURIOSITY));
        for (uint8_t e = 0; e < EXPERTS; e++)
            CHECK_AT(w, answer.route.gate[e] == (e == place ? 1.0f : 0.0f));
        answered[place]++;
    }
    for (int e = 0; e < EXPERTS; e++)
        CHECK_AT(decision, answered[e] > 0);
}

static void by_top_probability(void) {
    decides(CUR_DECISION_TOP);
}

static void by_entropy(void) {
    decides(CUR_DECISION_ENTROPY);
}

static void by_curiosity(void) {
    decides(CUR_DECISION_CURIOSITY);
}

static void by_gate(void) {
    decides(CUR_DECISION_GATE);
}

static void always_and_never(void) {
    static const float cases[4][2] = {{1, 1}, {-1, 1}, {-1, -1}, {-2, -1}};
    static const uint8_t places[4] = {0, 1, 2, 2};
    build(EXPERTS);
    for (uint16_t decision = 1; decision <= 4; decision++) {
        for (int i = 0; i < 4; i++) {
            CHECK(open_with(images_cascade(hashes, prior, decision, cases[i])) == 0);
            hear(1);
            CHECK_AT(10 * decision + i, ask(1) == 0 && answer.route.ranked[0] == places[i]);
        }
    }
}

static void each_encoder_runs_once(void) {
    struct cur_scores alone_scores[EXPERTS];
    build(EXPERTS);
    struct images_plan plan = images_router(hashes, prior);
    plan.top_k = 3;
    CHECK(open_with(plan) == 0);
    for (uint32_t w = 0; w < 6; w++) {
        float want[3] = {0}, sum = 0;
        hear(w);
        for (uint32_t e = 0; e < EXPERTS; e++)
            CHECK(alone(e, &alone_scores[e]) == 0);
        CHECK_AT(w, ask(w + 1) == 0 && answer.encoders == 7);
        for (int i = 0; i < EXPERTS; i++)
            sum += answer.route.gate[answer.route.ranked[i]];
        for (int e = 0; e < EXPERTS; e++) {
            for (int c = 0; c < 3; c++)
                want[c] += answer.route.gate[e] / sum * alone_scores[e].logits[c];
        }
        CHECK_AT(w, memcmp(want, answer.scores.logits, sizeof want) == 0);
    }
    plan.top_k = 1;
    CHECK(open_with(plan) == 0);
    hear(2);
    CHECK(ask(1) == 0 && answer.last_encoder == answer.route.ranked[0]);
}

static void refuses_wrong_banks(void) {
    static const float thresholds[4] = {0.1f, 0.2f, 0.3f, 0.4f};
    build(EXPERTS);
    /* The first expert takes another encoder than the router. */
    struct images_plan plan = images_cascade(hashes, prior, CUR_DECISION_TOP, thresholds);
    memcpy(encoder_hashes + 96, encoder_hashes, 32);
    memcpy(encoder_hashes, encoder_hashes + 32, 32);
    CHECK(open_with(plan) != 0);
    memcpy(encoder_hashes, encoder_hashes + 96, 32);
    CHECK(open_with(plan) == 0);
    /* The routing of a cascade is its own. */
    source.own_routing = 1;
    source.top_k = 1;
    CHECK(open_with(plan) != 0);
    /* Four encoders are the most. */
    build(4);
    plan.outputs = 4;
    plan.hashes = hashes;
    CHECK(open_with(plan) == 0 && bank.encoder_count == 4);
    build(5);
    plan.outputs = 5;
    CHECK(open_with(plan) != 0);
}

static void counts_the_costliest_way(void) {
    static const float thresholds[2] = {0.1f, 0.2f};
    static const struct images_encoder_layer large[] = {{CUR_ENCODER_CONV, 3, 3, 1, 1, 0, 6},
                                                        {CUR_ENCODER_CONV, 3, 3, 2, 1, 0, 8},
                                                        {CUR_ENCODER_CONV, 1, 1, 2, 1, 0, 48}};
    build(EXPERTS);
    /* The second is the costliest of the further ones. */
    encoder_len[1] = images_build_encoder(encoders[1], large, 3, 1);
    fake_sha256(encoders[1], encoder_len[1], encoder_hashes + 32);
    struct images_plan second = images_expert(8, 0);
    second.encoder_hash = encoder_hashes + 32;
    second.embedding = 48;
    source.expert[1].len = images_build(experts[1], &second, 2);
    fake_sha256(experts[1], source.expert[1].len, hashes + 32);
    for (uint16_t decision = 1; decision <= 4; decision++) {
        CHECK(open_with(images_cascade(hashes, prior, decision, thresholds)) == 0);
        uint64_t own[3];
        for (int e = 0; e < EXPERTS; e++)
            own[e] =
                cur_encoder_operations(&bank.encoder[e].opened) + cur_image_operations(&bank.expert[e], 0);
        CHECK(own[1] > own[2]);
        uint64_t deciding = cur_image_operations(&bank.router, bank.routing.passes);
        CHECK_AT(decision, (deciding == 0) == (decision <= CUR_DECISION_ENTROPY));
        CHECK_AT(decision, cur_bank_operations(&bank) == own[0] + deciding + own[1]);
    }
    CHECK(open_with(images_router(hashes, prior)) == 0);
    CHECK(cur_bank_operations(&bank) ==
          cur_encoder_operations(&bank.encoder[0].opened) + cur_image_operations(&bank.router, 10) +
              cur_encoder_operations(&bank.encoder[1].opened) + cur_image_operations(&bank.expert[1], 0));
}

/* --- The image --- */

static struct cur_image image;
static uint32_t len;

static int open_plan(const struct images_plan *plan) {
    len = images_build(router, plan, 3);
    return cur_image_open(&image, router, len, &hal);
}

static int refused(void) {
    fake_seal(router, len);
    return cur_image_open(&image, router, len, &hal) != 0;
}

static void refuses_wrong_sections(void) {
    static const float thresholds[2] = {0.25f, 0.25f};
    for (uint16_t decision = 0; decision < 7; decision++) {
        struct images_plan plan = images_cascade(NULL, prior, CUR_DECISION_GATE, thresholds);
        CHECK(open_plan(&plan) == 0 && image.cascade.decision == CUR_DECISION_GATE);
        uint8_t *section = images_section(router, 21, 0);
        cur_put_u16(section, decision);
        CHECK_AT(decision, refused() == (decision != CUR_DECISION_GATE));
    }
    struct images_plan plan = images_cascade(NULL, prior, CUR_DECISION_ENTROPY, thresholds);
    const float wrong[4][2] = {{0.2f, 0.1f}, {__builtin_nanf(""), 1}, {0, __builtin_inff()}, {0, 1}};
    for (int i = 0; i < 4; i++) {
        plan.thresholds = wrong[i];
        CHECK_AT(i, (open_plan(&plan) != 0) == (i != 3));
    }
    images_section(router, 21, 0)[2] = 1;
    CHECK(refused());
    CHECK(open_plan(&plan) == 0);
    cur_put_u32(fake_entry(router, 21, 0) + 8, 8);
    CHECK(refused());
}

static void refuses_wrong_company(void) {
    static const float thresholds[2] = {0.25f, 0.5f};
    for (uint16_t decision = 0; decision <= 4; decision++) {
        struct images_plan plan = images_cascade(NULL, prior, CUR_DECISION_TOP, thresholds);
        plan.decision = decision;
        plan.passes = decision == CUR_DECISION_CURIOSITY;
        int needs_layers = decision != CUR_DECISION_TOP && decision != CUR_DECISION_ENTROPY;
        CHECK_AT(decision, (open_plan(&plan) != 0) == needs_layers);
        plan = images_router(NULL, prior);
        plan.decision = decision;
        plan.thresholds = thresholds;
        plan.passes = decision == CUR_DECISION_CURIOSITY;
        CHECK_AT(decision, (open_plan(&plan) != 0) == !needs_layers);
        if (decision == CUR_DECISION_NONE || !needs_layers) continue;
        plan.passes = !plan.passes;
        CHECK_AT(decision, open_plan(&plan) != 0);
        plan.passes = !plan.passes;
        plan.top_k = 2;
        CHECK_AT(decision, open_plan(&plan) != 0);
    }
    /* An expert has no cascade, and has layers. */
    struct images_plan expert = images_expert(8, 0);
    CHECK(open_plan(&expert) == 0);
    router[25] = 0;
    CHECK(refused());
}

TEST_LIST(cascade_tests) = {
    {"a cascade by top probability answers as its stages do by themselves", by_top_probability},
    {"by entropy, too", by_entropy},
    {"by curiosity, with the same draws, too", by_curiosity},
    {"by the router's gate, too", by_gate},
    {"thresholds beyond the scores are always and never", always_and_never},
    {"experts that answer together share the encoders that they bring", each_encoder_runs_once},
    {"a cascade whose images do not fit each other is refused", refuses_wrong_banks},
    {"a cascade's work is that of its costliest way", counts_the_costliest_way},
    {"a cascade's section that is wrong is refused", refuses_wrong_sections},
    {"so are layers and passes that its decision does not ask for", refuses_wrong_company},
    TEST_END,
};
