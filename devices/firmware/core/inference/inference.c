#include "inference.h"
#include "fmath.h"
#include "marker.h"
#include "operations.h"
#include "../mem.h"
#include "../rc.h"
#include "../storage/check.h"
#include "../watchdog.h"

static uint64_t busy(const struct cur_board *b) {
    return b->hal->busy_ns(b->hal->ctx);
}

static uint64_t energy(const struct cur_board *b) {
    return b->hal->energy_nj ? b->hal->energy_nj(b->hal->ctx) : 0;
}

static uint32_t to_u32(uint64_t x) {
    return x > 0xffffffffu ? 0xffffffffu : (uint32_t)x;
}

static void compute_patch(struct cur_board *b) {
    for (int t = 0; t < CUR_FRAMES; t++) {
        cur_log_mel_frame(b->input.pcm + t * CUR_FRAME_HOP, b->patch + t * CUR_BANDS);
        cur_watchdog_feed(b->hal);
    }
    cur_report(b->hal, CUR_KERNEL_FRAME, CUR_FRAMES);
    cur_level(&b->level, b->input.pcm);
    cur_report(b->hal, CUR_KERNEL_LEVEL, 1);
}

/* Copies the log-mel values of the input; -1 if one is not finite. */
static int take_patch(struct cur_board *b) {
    for (uint32_t i = 0; i < CUR_FRAMES * CUR_BANDS; i++) {
        if (!cur_finite(cur_f32(b->input.bytes + 4 * i))) return -1;
    }
    memcpy(b->patch, b->input.bytes, sizeof b->patch);
    b->level = (struct cur_level){CUR_LEVEL_UNKNOWN, CUR_LEVEL_UNKNOWN, CUR_CLIPPED_UNKNOWN};
    return 0;
}

/* The class as it is recorded: none where the settings ask for more certainty. */
static int16_t recorded_class(const struct cur_settings *s, const struct cur_scores *scores) {
    int unsure = s->max_entropy > 0.0f && scores->entropy > s->max_entropy;
    return scores->p < s->min_p || unsure ? -1 : (int16_t)scores->top;
}

/* Keeps a record of the last inference, unless one was kept less than the settings' interval ago, and the
 * window, if it is among the least certain. */
static void append_record(struct cur_board *b) {
    const struct cur_hal *hal = b->hal;
    struct cur_result *last = &b->last;
    uint64_t now_ms = cur_uptime_ms(b);
    if (b->telemetry.last && now_ms - b->kept_ms < b->settings.interval_ms) return;
    b->kept_ms = now_ms;
    struct cur_record record = {
        .uptime_ms = now_ms,
        .inference = last->inference,
        .top = recorded_class(&b->settings, &last->scores),
        .source = last->source,
        .p = last->scores.p,
        .entropy = last->scores.entropy,
        .energy_nj = last->energy_nj,
        .supply_mv = (uint16_t)hal->supply_mv(hal->ctx),
        .temperature_cc = (int16_t)hal->temperature_cc(hal->ctx),
        .stack = hal->stack_high_water(hal->ctx),
        .curiosity = last->route.curiosity,
        .place = last->route.ranked[0],
        .encoders = last->encoders,
        .score = last->route.score,
        .skipped = b->skipped,
        .level = b->level,
        .cause = hal->cause,
        .free_flash = cur_store_free(&b->store),
        .wall_ms = cur_clock_at(&b->clock, now_ms),
    };
    memcpy(record.expert, b->store.slot[last->slot].sha, 8);
    memcpy(record.latency_us, last->latency_us, sizeof record.latency_us);
    last->sequence = cur_telemetry_append(&b->telemetry, &record);
    const struct cur_bank_encoder *first = &b->bank.encoder[0];
    const struct cur_answered answered = {.record = &record,
                                          .sequence = last->sequence,
                                          .boot = hal->boot,
                                          .scores = &last->scores,
                                          .classes = last->classes,
                                          .patch = b->patch,
                                          .encoder = first->hash ? &first->opened : NULL};
    cur_uncertain_offer(&b->uncertain, &b->store, &answered);
}

/* Features and the first encoder; then the bank, with the encoders that it asks for. Puts the busy time of
 * features, encoders, router, experts. 0 or an rc. */
static int compute(struct cur_board *b, enum cur_input_kind kind, struct cur_answer *answer, uint64_t ns[4]) {
    uint64_t from = busy(b), features = from;
    if (kind == CUR_INPUT_PCM) {
        cur_mark(b->hal, CUR_MARK_FEATURES);
        compute_patch(b);
        features = busy(b);
    }
    cur_mark(b->hal, CUR_MARK_ENCODER);
    cur_bank_encode(b->embedding, &b->bank, 0, b->patch, &b->work, b->hal);
    ns[0] = features - from;
    ns[1] = busy(b) - features;
    if (cur_bank_answer(answer, &b->bank, b->patch, b->embedding, b->last.inference + 1, &b->work, b->hal))
        return CUR_RC_BAD_IMAGE;
    ns[1] += answer->busy_ns[CUR_PART_ENCODER];
    ns[2] = answer->busy_ns[CUR_PART_ROUTER];
    ns[3] = answer->busy_ns[CUR_PART_EXPERT];
    return 0;
}

int cur_infer(struct cur_board *b, enum cur_input_kind kind, int keeps) {
    struct cur_result *last = &b->last;
    struct cur_answer answer;
    uint64_t nj = energy(b), ns[4];
    if (!b->has_expert) return CUR_RC_NO_EXPERT;
    if (kind == CUR_INPUT_LOG_MEL && take_patch(b)) return CUR_RC_MALFORMED;
    int rc = compute(b, kind, &answer, ns);
    cur_mark(b->hal, 0);
    if (rc) return rc;

    last->inference++;
    last->slot = b->store.active.slot[answer.route.ranked[0]];
    last->classes = b->bank.expert[0].outputs;
    last->experts = b->bank.has_router ? b->bank.count : 0;
    last->embedding = b->bank.encoder[answer.last_encoder].embedding;
    last->encoders = answer.encoders;
    last->route = answer.route;
    last->scores = answer.scores;
    for (int i = 0; i < 4; i++)
        last->latency_us[i] = to_u32(ns[i] / 1000);
    last->energy_nj = to_u32(energy(b) - nj);
    last->source = b->hal->source;
    last->sequence = 0;
    if (keeps) append_record(b);
    /* Where the flash fails now the trial goes on: the next inference tries again. */
    (void)cur_store_inference_done(&b->store);
    return 0;
}

/* The image of a slot, without its signature. 0 or an rc. */
static int source_of(const struct cur_store *store, int slot, struct cur_bank_image *image) {
    return cur_store_image(store, slot, &image->bytes, &image->len);
}

_Static_assert((int)CUR_BANK_ENCODERS == (int)CUR_IMAGE_ENCODERS, "a bank has one number of encoders");

/* Opens an encoder that the bank names, in the slot that the state says or, where it says none yet, in the
 * one it is found in. 0 or an rc. */
static int load_encoder(struct cur_board *b, uint32_t which) {
    const uint8_t *hash = b->bank.encoder[which].hash;
    struct cur_bank_image image;
    int slot = b->store.active.encoder[which];
    if (!hash) return slot < 0 ? 0 : CUR_RC_BAD_BANK;
    int rc = cur_store_find_encoder(&b->store, hash, &slot);
    if (!rc) rc = source_of(&b->store, slot, &image);
    if (rc) return rc;
    if (cur_bank_open_encoder(&b->bank, which, &image, b->hal)) return CUR_RC_BAD_BANK;
    b->store.active.encoder[which] = (int8_t)slot;
    return 0;
}

/* Opens all of them; slots that the state says beyond are of no bank that it knows. 0 or an rc. */
static int load_encoders(struct cur_board *b) {
    for (uint32_t which = 0; which < b->bank.encoder_count; which++) {
        int rc = load_encoder(b, which);
        if (rc) return rc;
    }
    for (uint32_t which = b->bank.encoder_count; which < CUR_BANK_ENCODERS; which++) {
        if (b->store.active.encoder[which] >= 0) return CUR_RC_BAD_BANK;
    }
    return 0;
}

int cur_expert_load(struct cur_board *b) {
    const struct cur_store *store = &b->store;
    const struct cur_bank *bank = &store->active;
    struct cur_bank_source source = {.count = bank->count,
                                     .own_routing = bank->own_routing,
                                     .top_k = bank->top_k,
                                     .passes = bank->passes,
                                     .alpha = bank->alpha};
    b->has_expert = 0;
    if (bank->count == 0) return 0;
    for (int i = 0; i < bank->count; i++) {
        if (source_of(store, bank->slot[i], &source.expert[i])) return CUR_RC_BAD_BANK;
    }
    if (bank->router >= 0 && source_of(store, bank->router, &source.router)) return CUR_RC_BAD_BANK;
    if (cur_bank_open(&b->bank, &source, b->hal)) return CUR_RC_BAD_BANK;
    int rc = load_encoders(b);
    if (!rc && cur_bank_operations(&b->bank) > CUR_OPERATIONS) rc = CUR_RC_TOO_SLOW;
    b->has_expert = rc == 0;
    return rc;
}
