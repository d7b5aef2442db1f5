#include "inference.h"
#include "fmath.h"
#include "../mem.h"
#include "../link/smp.h"

static uint64_t busy(const struct cur_board *b) {
    return b->hal->busy_ns(b->hal->ctx);
}

static uint64_t energy(const struct cur_board *b) {
    return b->hal->energy_nj ? b->hal->energy_nj(b->hal->ctx) : 0;
}

static void report(const struct cur_board *b, enum cur_kernel kernel, uint32_t units) {
    if (b->hal->work) b->hal->work(b->hal->ctx, kernel, units);
}

static uint32_t to_u32(uint64_t x) {
    return x > 0xffffffffu ? 0xffffffffu : (uint32_t)x;
}

static void compute_patch(struct cur_board *b) {
    for (int t = 0; t < CUR_FRAMES; t++) {
        cur_log_mel_frame(b->input.pcm + t * CUR_FRAME_HOP, b->patch + t * CUR_BANDS);
    }
    report(b, CUR_KERNEL_FRAME, CUR_FRAMES);
}

/* Copies the log-mel values of the input; -1 if one is not finite. */
static int take_patch(struct cur_board *b) {
    for (uint32_t i = 0; i < CUR_FRAMES * CUR_BANDS; i++) {
        if (!cur_finite(cur_f32(b->input.bytes + 4 * i))) return -1;
    }
    memcpy(b->patch, b->input.bytes, sizeof b->patch);
    return 0;
}

static void append_record(struct cur_board *b) {
    const struct cur_hal *hal = b->hal;
    struct cur_result *last = &b->last;
    struct cur_record record = {
        .uptime_ms = cur_uptime_ms(b),
        .inference = last->inference,
        .top = (int16_t)last->scores.top,
        .source = last->source,
        .p = last->scores.p,
        .entropy = last->scores.entropy,
        .energy_nj = last->energy_nj,
        .supply_mv = (uint16_t)hal->supply_mv(hal->ctx),
        .temperature_cc = (int16_t)hal->temperature_cc(hal->ctx),
        .stack = hal->stack_high_water(hal->ctx),
    };
    memcpy(record.expert, b->slots.slot[b->slots.active].sha, 8);
    memcpy(record.latency_us, last->latency_us, sizeof record.latency_us);
    last->sequence = cur_telemetry_append(&b->telemetry, &record);
}

int cur_infer(struct cur_board *b, enum cur_input_kind kind) {
    struct cur_scores scores;
    if (!b->has_expert) return CUR_RC_NO_EXPERT;
    if (kind == CUR_INPUT_LOG_MEL && take_patch(b)) return CUR_RC_MALFORMED;

    uint64_t nj = energy(b), at[4];
    at[0] = busy(b);
    at[1] = at[0];
    if (kind == CUR_INPUT_PCM) {
        compute_patch(b);
        at[1] = busy(b);
    }
    cur_encode(b->patch, b->embedding);
    report(b, CUR_KERNEL_ENCODER, 1);
    at[2] = busy(b);
    if (cur_expert_run(&b->expert, b->embedding, &b->work, &scores, b->hal)) return CUR_RC_BAD_IMAGE;
    at[3] = busy(b);

    struct cur_result *last = &b->last;
    last->inference++;
    last->classes = b->expert.classes;
    last->scores = scores;
    last->latency_us[0] = to_u32((at[1] - at[0]) / 1000);
    last->latency_us[1] = to_u32((at[2] - at[1]) / 1000);
    last->latency_us[2] = 0; /* one expert: there is no router to run */
    last->latency_us[3] = to_u32((at[3] - at[2]) / 1000);
    last->energy_nj = to_u32(energy(b) - nj);
    last->source = b->hal->source;
    append_record(b);
    return 0;
}

void cur_expert_load(struct cur_board *b) {
    int active = b->slots.active;
    b->has_expert = active >= 0 && cur_image_open(&b->expert, cur_slots_bytes(&b->slots, active),
                                                  b->slots.slot[active].len) == 0;
}
