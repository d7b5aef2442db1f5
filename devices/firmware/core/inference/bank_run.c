#include "bank.h"
#include "fmath.h"
#include "marker.h"
#include "statistics.h"
#include "../mem.h"

/* A window on its way through the bank. */
struct run {
    struct cur_answer *answer;
    const struct cur_open_bank *bank;
    const float *patch;
    float *embedding; /* of the encoder that ran last */
    uint32_t inference;
    union cur_bank_work *work;
    const struct cur_hal *hal;
    int part;          /* that is running */
    uint64_t since_ns; /* when it began */
};

static uint64_t busy(const struct cur_hal *hal) {
    return hal->busy_ns ? hal->busy_ns(hal->ctx) : 0;
}

/* What ran so far is told, and that part begins. */
static void turn_to(struct run *run, int part) {
    if (part == run->part) return;
    uint64_t now = busy(run->hal);
    run->answer->busy_ns[run->part] += now - run->since_ns;
    run->since_ns = now;
    run->part = part;
    cur_mark(run->hal, (uint32_t)CUR_MARK_ENCODER << part);
}

void cur_bank_encode(float embedding[CUR_EMBEDDING], const struct cur_open_bank *bank, uint32_t which,
                     const float *patch, union cur_bank_work *work, const struct cur_hal *hal) {
    const struct cur_bank_encoder *encoder = &bank->encoder[which];
    if (encoder->hash) {
        cur_encoder_run(&encoder->opened, patch, embedding, &work->encoder, hal);
        return;
    }
    cur_statistics(patch, embedding);
    cur_report(hal, CUR_KERNEL_STATISTICS, 1);
}

static int route(struct run *run) {
    const struct cur_open_bank *bank = run->bank;
    turn_to(run, CUR_PART_ROUTER);
    return cur_router_run(&run->answer->route, &bank->router, &bank->routing, run->embedding, run->inference,
                          &run->work->bank.layers, &run->work->bank.router, run->hal);
}

/* Runs one expert, and before it the encoder that it takes, if that is not the one that ran last. */
static int ask(struct run *run, uint32_t e, float *logits) {
    const struct cur_open_bank *bank = run->bank;
    struct cur_answer *answer = run->answer;
    uint8_t which = bank->encoder_of[e];
    if (which != answer->last_encoder) {
        turn_to(run, CUR_PART_ENCODER);
        cur_bank_encode(run->embedding, bank, which, run->patch, run->work, run->hal);
        answer->encoders |= (uint8_t)(1u << which);
        answer->last_encoder = which;
    }
    turn_to(run, CUR_PART_EXPERT);
    return cur_expert_run(&bank->expert[e], run->embedding, &run->work->bank.layers, logits, run->hal);
}

/* The one expert's scores. */
static int ask_alone(struct run *run, uint32_t e) {
    struct cur_scores *scores = &run->answer->scores;
    uint32_t classes = run->bank->expert[e].outputs;
    if (ask(run, e, scores->logits)) return -1;
    cur_softmax(scores, classes);
    cur_report(run->hal, CUR_KERNEL_SOFTMAX, classes);
    return 0;
}

/* Adds the logits of the k best, each with its share of their gates: by encoder, so that each runs once. */
static int blend(struct run *run) {
    const struct cur_open_bank *bank = run->bank;
    const struct cur_route *of = &run->answer->route;
    struct cur_scores *scores = &run->answer->scores;
    float one[CUR_IMAGE_CLASSES], sum = 0.0f;
    uint32_t classes = bank->expert[0].outputs, k = bank->routing.top_k;
    for (uint32_t i = 0; i < k; i++)
        sum += of->gate[of->ranked[i]];
    memset(scores->logits, 0, 4 * classes);
    for (uint32_t which = 0; which < bank->encoder_count; which++) {
        for (uint32_t i = 0; i < k; i++) {
            uint32_t e = of->ranked[i];
            if (bank->encoder_of[e] != which) continue;
            float share = of->gate[e] / sum;
            if (ask(run, e, one)) return -1;
            for (uint32_t c = 0; c < classes; c++)
                scores->logits[c] += share * one[c];
        }
    }
    cur_softmax(scores, classes);
    cur_report(run->hal, CUR_KERNEL_SOFTMAX, classes);
    return 0;
}

/* The expert of that place answers, and no other has a part in it. */
static void choose(struct cur_route *of, uint32_t place, float score) {
    memset(of->gate, 0, sizeof of->gate);
    of->gate[place] = 1.0f;
    of->score = score;
    of->ranked[0] = (uint8_t)place;
}

static int cascade(struct run *run) {
    const struct cur_open_bank *bank = run->bank;
    const struct cur_cascade *by = &bank->router.cascade;
    struct cur_route *of = &run->answer->route;
    int asks_router = cur_cascade_asks_router(by);
    if (asks_router ? route(run) : ask_alone(run, 0)) return -1;
    float score = asks_router ? cur_cascade_need(by, of, &bank->routing)
                              : cur_cascade_doubt(by, &run->answer->scores, bank->expert[0].outputs);
    uint8_t place = cur_cascade_place(by, bank->count - 1u, score);
    choose(of, place, score);
    return place || asks_router ? ask_alone(run, place) : 0;
}

static int answer_with(struct run *run) {
    const struct cur_open_bank *bank = run->bank;
    if (!bank->has_router) return ask_alone(run, 0);
    if (bank->router.cascade.decision) return cascade(run);
    if (route(run)) return -1;
    return bank->routing.top_k > 1 ? blend(run) : ask_alone(run, run->answer->route.ranked[0]);
}

int cur_bank_answer(struct cur_answer *answer, const struct cur_open_bank *bank, const float *patch,
                    float embedding[CUR_EMBEDDING], uint32_t inference, union cur_bank_work *work,
                    const struct cur_hal *hal) {
    memset(answer, 0, sizeof *answer);
    answer->encoders = 1;
    struct run run = {answer, bank, patch, embedding, inference, work, hal, CUR_PART_ENCODER, busy(hal)};
    int rc = answer_with(&run);
    answer->busy_ns[run.part] += busy(hal) - run.since_ns;
    return rc;
}
