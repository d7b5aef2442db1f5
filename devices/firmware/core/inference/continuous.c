#include "inference.h"
#include "../mem.h"

void cur_continuous_start(struct cur_board *b, uint32_t hop) {
    b->continuous = 1;
    b->hop = hop;
    b->filled = 0;
    b->to_skip = 0;
}

void cur_continuous_stop(struct cur_board *b) {
    b->continuous = 0;
    b->loaded = 0; /* the window lay in the input buffer */
}

/* Keeps what the next window shares with this one. */
static void advance(struct cur_board *b) {
    if (b->hop < CUR_WINDOW_SAMPLES) {
        b->filled = CUR_WINDOW_SAMPLES - b->hop;
        memmove(b->input.pcm, b->input.pcm + b->hop, 2 * b->filled);
    } else {
        b->filled = 0;
        b->to_skip = b->hop - CUR_WINDOW_SAMPLES;
    }
}

int cur_continuous_poll(struct cur_board *b) {
    if (!b->continuous) return 0;
    const struct cur_hal *hal = b->hal;
    /* Skipped samples go where the window will begin, and are overwritten. */
    uint32_t want = b->to_skip ? b->to_skip : CUR_WINDOW_SAMPLES - b->filled;
    if (want > CUR_WINDOW_SAMPLES) want = CUR_WINDOW_SAMPLES;
    int32_t got = hal->audio_read(hal->ctx, b->input.pcm + (b->to_skip ? 0 : b->filled), want);
    if (got < 0) {
        cur_continuous_stop(b);
        return 0;
    }
    if (b->to_skip) {
        b->to_skip -= (uint32_t)got;
        return got > 0;
    }
    b->filled += (uint32_t)got;
    if (b->filled < CUR_WINDOW_SAMPLES) return got > 0;
    if (cur_infer(b, CUR_INPUT_PCM)) {
        cur_continuous_stop(b);
    } else {
        advance(b);
    }
    return 1;
}
