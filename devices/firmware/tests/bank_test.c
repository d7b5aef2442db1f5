#include <math.h>

#include "images.h"
#include "test.h"
#include "../core/inference/bank.h"
#include "../core/mem.h"

static uint8_t experts[4][IMAGES_LARGEST] __attribute__((aligned(16)));
static uint8_t router[IMAGES_LARGEST] __attribute__((aligned(16)));
static uint8_t hashes[4 * 32];
static struct cur_bank_source source;
static struct cur_open_bank bank;
static union cur_bank_work work;
static float embedding[CUR_EMBEDDING];
static const struct cur_hal hal; /* that wants to know nothing */
static const float prior[3] = {0, 0.5f, 1};

static void put_router(const struct images_plan *plan) {
    source.router.bytes = router;
    source.router.len = images_build(router, plan, 9);
}

/* A bank of ternary, 4-bit and 8-bit experts. */
static void start(void) {
    static const uint8_t precisions[3][2] = {{2, 1}, {4, 0}, {8, 0}};
    source = (struct cur_bank_source){.count = 3};
    for (int e = 0; e < 3; e++) {
        struct images_plan plan = images_expert(precisions[e][0], precisions[e][1]);
        source.expert[e].bytes = experts[e];
        source.expert[e].len = images_build(experts[e], &plan, (uint32_t)e + 1);
        fake_sha256(experts[e], source.expert[e].len, hashes + 32 * e);
    }
    struct images_plan plan = images_router(hashes, prior);
    put_router(&plan);
    for (int i = 0; i < CUR_EMBEDDING; i++)
        embedding[i] = (float)(test_noise() % 8000) / 1000 - 6;
}

static struct cur_answer answer;

/* Answers on the embedding, which no encoder is asked for. */
static int ask(uint32_t inference) {
    return cur_bank_answer(&answer, &bank, NULL, embedding, inference, &work, &hal);
}

static void one_expert_answers_alone(void) {
    float logits[CUR_IMAGE_CLASSES];
    start();
    source.router.bytes = NULL;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    source.count = 1;
    CHECK(cur_bank_open(&bank, &source, &hal) == 0);
    CHECK(ask(1) == 0);
    CHECK(answer.route.ranked[0] == 0 && answer.route.gate[0] == 0.0f && answer.route.curiosity == 0.0f);
    CHECK(cur_expert_run(&bank.expert[0], embedding, &work.bank.layers, logits, &hal) == 0);
    CHECK(memcmp(logits, answer.scores.logits, 12) == 0);
}

static void the_best_expert_answers(void) {
    float logits[CUR_IMAGE_CLASSES];
    start();
    CHECK(cur_bank_open(&bank, &source, &hal) == 0);
    for (uint32_t inference = 1; inference < 10; inference++) {
        CHECK(ask(inference) == 0);
        CHECK(cur_expert_run(&bank.expert[answer.route.ranked[0]], embedding, &work.bank.layers, logits,
                             &hal) == 0);
        CHECK_AT(inference, memcmp(logits, answer.scores.logits, 12) == 0);
        CHECK_AT(inference, answer.route.curiosity > 0);
    }
}

static void the_best_experts_share(void) {
    start();
    source.own_routing = 1;
    source.alpha = 2;
    source.passes = 4;
    for (uint8_t k = 1; k <= 3; k++) {
        source.top_k = k;
        CHECK(cur_bank_open(&bank, &source, &hal) == 0);
        CHECK(ask(5) == 0);
        double sum = 0, want[3] = {0};
        for (int i = 0; i < k; i++)
            sum += answer.route.gate[answer.route.ranked[i]];
        for (int i = 0; i < k; i++) {
            uint8_t e = answer.route.ranked[i];
            float logits[CUR_IMAGE_CLASSES];
            CHECK(cur_expert_run(&bank.expert[e], embedding, &work.bank.layers, logits, &hal) == 0);
            for (int c = 0; c < 3; c++)
                want[c] += answer.route.gate[e] / sum * logits[c];
        }
        for (int c = 0; c < 3; c++)
            CHECK_AT(10 * k + c, fabs(answer.scores.logits[c] - want[c]) < 1e-5 * fmax(1, fabs(want[c])));
    }
}

static void refuses_what_does_not_belong_together(void) {
    start();
    source.count = 2;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    start();
    struct cur_bank_image first = source.expert[0];
    source.expert[0] = source.expert[1];
    source.expert[1] = first;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    start();
    source.expert[2] = source.router;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    start();
    source.expert[2].bytes = NULL;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    start();
    source.router = source.expert[0];
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    start();
    source.expert[0].len -= 16;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    /* The router knows this expert, but it has another label. */
    start();
    images_section(experts[2], 1, 0)[0] = 'z';
    fake_seal(experts[2], source.expert[2].len);
    fake_sha256(experts[2], source.expert[2].len, hashes + 64);
    struct images_plan plan = images_router(hashes, prior);
    put_router(&plan);
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    start();
    CHECK(cur_bank_open(&bank, &source, &hal) == 0);
}

static uint8_t encoder[IMAGES_LARGEST] __attribute__((aligned(16)));
static struct cur_bank_image encoder_image = {.bytes = encoder};
static uint8_t encoder_hash[32];

/* The bank's experts and router over an encoder of 48 numbers; `odd` of the four names another one. */
static void start_with_encoder(int odd) {
    static const uint8_t other[32] = {1};
    encoder_image.len = images_encoder(encoder, 5);
    fake_sha256(encoder, encoder_image.len, encoder_hash);
    source = (struct cur_bank_source){.count = 3};
    for (int e = 0; e < 3; e++) {
        struct images_plan plan = images_expert(4, 0);
        plan.encoder_hash = e == odd ? other : encoder_hash;
        plan.embedding = 48;
        source.expert[e].bytes = experts[e];
        source.expert[e].len = images_build(experts[e], &plan, (uint32_t)e + 1);
        fake_sha256(experts[e], source.expert[e].len, hashes + 32 * e);
    }
    struct images_plan plan = images_router(hashes, prior);
    plan.encoder_hash = odd == 3 ? other : encoder_hash;
    plan.embedding = 48;
    put_router(&plan);
}

static void takes_its_embedding_from_an_encoder(void) {
    static float patch[CUR_FRAMES * CUR_BANDS], want[CUR_EMBEDDING];
    start_with_encoder(-1);
    CHECK(cur_bank_open(&bank, &source, &hal) == 0 && bank.encoder_count == 1);
    CHECK(bank.encoder[0].embedding == 48 && memcmp(bank.encoder[0].hash, encoder_hash, 32) == 0);
    CHECK(cur_bank_open_encoder(&bank, 0, &encoder_image, &hal) == 0);
    for (int i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        patch[i] = (float)(test_noise() % 8000) / 1000 - 6;
    cur_bank_encode(embedding, &bank, 0, patch, &work, &hal);
    cur_encoder_run(&bank.encoder[0].opened, patch, want, &work.encoder, &hal);
    CHECK(memcmp(embedding, want, 4 * 48) == 0);
    CHECK(ask(1) == 0 && answer.encoders == 1 && answer.last_encoder == 0);
}

static void knows_every_encoder_once(void) {
    static const uint8_t of[4][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}};
    for (int odd = 0; odd < 4; odd++) {
        start_with_encoder(odd);
        CHECK_AT(odd, cur_bank_open(&bank, &source, &hal) == 0 && bank.encoder_count == 2);
        CHECK_AT(odd, memcmp(bank.encoder_of, of[odd], 3) == 0);
        CHECK_AT(odd, (memcmp(bank.encoder[1].hash, encoder_hash, 32) == 0) == (odd == 3));
    }
    /* One that takes the statistics. */
    start_with_encoder(-1);
    struct images_plan plan = images_expert(4, 0);
    source.expert[1].len = images_build(experts[1], &plan, 2);
    fake_sha256(experts[1], source.expert[1].len, hashes + 32);
    plan = images_router(hashes, prior);
    plan.encoder_hash = encoder_hash;
    plan.embedding = 48;
    put_router(&plan);
    CHECK(cur_bank_open(&bank, &source, &hal) == 0 && bank.encoder_count == 2);
    CHECK(bank.encoder_of[1] == 1 && !bank.encoder[1].hash && bank.encoder[1].embedding == 384);
}

static void refuses_other_encoders(void) {
    /* An encoder of another size, and what is none. */
    static const struct images_encoder_layer narrow[] = {{CUR_ENCODER_CONV, 3, 3, 2, 1, 0, 8}};
    start_with_encoder(-1);
    CHECK(cur_bank_open(&bank, &source, &hal) == 0);
    encoder_image.len = images_build_encoder(encoder, narrow, 1, 1);
    CHECK(cur_bank_open_encoder(&bank, 0, &encoder_image, &hal) != 0);
    CHECK(cur_bank_open_encoder(&bank, 0, &source.expert[0], &hal) != 0);
}

static void refuses_wrong_routing(void) {
    start();
    source.own_routing = 1;
    source.top_k = 3;
    source.passes = 64;
    source.alpha = 100;
    CHECK(cur_bank_open(&bank, &source, &hal) == 0 && bank.routing.top_k == 3 && bank.routing.passes == 64);
    source.top_k = 4;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    source.top_k = 0;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    source.top_k = 1;
    source.passes = 65;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    source.passes = 0;
    source.alpha = NAN;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
    source.alpha = -1;
    CHECK(cur_bank_open(&bank, &source, &hal) != 0);
}

TEST_LIST(bank_tests) = {
    {"a single expert answers as by itself", one_expert_answers_alone},
    {"with a router the expert of the highest gate answers", the_best_expert_answers},
    {"the k best experts share the answer by their gates", the_best_experts_share},
    {"images that do not belong together are refused", refuses_what_does_not_belong_together},
    {"a bank takes its embedding from the encoder that its images name", takes_its_embedding_from_an_encoder},
    {"each encoder that the images name is known once, the router's first", knows_every_encoder_once},
    {"an encoder of another size than the images take is refused", refuses_other_encoders},
    {"routing out of its ranges is refused", refuses_wrong_routing},
    TEST_END,
};
