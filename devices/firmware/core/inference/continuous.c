#include "inference.h"
#include "../mem.h"

/* Nothing heard so far belongs to the next window. */
static void begin_anew(struct cur_board *b) {
    b->filled = 0;
    b->to_skip = 0;
    cur_decimate_start(&b->decimator, b->hal->audio_rate ? b->settings.mic_rate : CUR_RATE);
}

int cur_continuous_start(struct cur_board *b, uint32_t hop) {
    const struct cur_hal *hal = b->hal;
    if (!hal->audio_read || hal->audio_read(hal->ctx, NULL, 0) < 0) return -1;
    if (hal->audio_rate && hal->audio_rate(hal->ctx, b->settings.mic_rate)) return -1;
    b->continuous = 1;
    b->hop = hop;
    b->listens_from_ns = hal->now_ns(hal->ctx);
    begin_anew(b);
    return 0;
}

void cur_continuous_stop(struct cur_board *b) {
    b->continuous = 0;
    b->loaded = 0; /* the window lay in the input buffer */
}

/* Whether this is the part of the duty cycle in which nobody listens. */
static int asleep(const struct cur_board *b) {
    const struct cur_settings *s = &b->settings;
    if (s->listen_s == 0 || s->listen_s >= s->period_s) return 0;
    uint64_t seconds = (b->hal->now_ns(b->hal->ctx) - b->listens_from_ns) / 1000000000u;
    return seconds % s->period_s >= s->listen_s;
}

/* Takes up to n samples of the microphone and leaves what they make at 16 kHz, no more than n; -1: it is
 * gone. */
static int32_t hear(struct cur_board *b, int16_t *samples, uint32_t n, int *worked) {
    int32_t got = b->hal->audio_read(b->hal->ctx, samples, n);
    if (got < 0) {
        cur_continuous_stop(b);
        return -1;
    }
    *worked = got > 0;
    return (int32_t)cur_decimate(&b->decimator, samples, (uint32_t)got);
}

static uint32_t hop_of(const struct cur_board *b) {
    return b->hop ? b->hop : b->settings.hop;
}

/* Whether the window after this one has been heard whole, too: the board is behind. */
static int is_stale(const struct cur_board *b) {
    const struct cur_hal *hal = b->hal;
    int32_t waiting = hal->audio_read(hal->ctx, NULL, 0);
    uint32_t per_sample = hal->audio_rate ? b->settings.mic_rate / CUR_RATE : 1;
    return waiting > 0 && (uint32_t)waiting / per_sample >= hop_of(b);
}

/* Keeps what the next window shares with this one. */
static void advance(struct cur_board *b) {
    uint32_t hop = hop_of(b);
    if (hop < CUR_WINDOW_SAMPLES) {
        b->filled = CUR_WINDOW_SAMPLES - hop;
        memmove(b->input.pcm, b->input.pcm + hop, 2 * b->filled);
    } else {
        b->filled = 0;
        b->to_skip = hop - CUR_WINDOW_SAMPLES;
    }
}

/* Takes samples for which there is no use, into where the window will begin. */
static int skip(struct cur_board *b) {
    uint32_t want = b->to_skip < CUR_WINDOW_SAMPLES ? b->to_skip : CUR_WINDOW_SAMPLES;
    int worked = 0;
    int32_t got = hear(b, b->input.pcm, want, &worked);
    if (got > 0) b->to_skip -= (uint32_t)got;
    return worked;
}

int cur_continuous_poll(struct cur_board *b) {
    int worked = 0;
    if (!b->continuous) return 0;
    if (asleep(b)) {
        /* What is heard now is old when listening goes on. */
        begin_anew(b);
        (void)hear(b, b->input.pcm, CUR_WINDOW_SAMPLES, &worked);
        return worked;
    }
    if (b->to_skip) return skip(b);
    int32_t got = hear(b, b->input.pcm + b->filled, CUR_WINDOW_SAMPLES - b->filled, &worked);
    if (got < 0) return 0;
    b->filled += (uint32_t)got;
    if (b->filled < CUR_WINDOW_SAMPLES) return worked;
    if (is_stale(b)) {
        b->skipped++;
    } else if (cur_infer(b, CUR_INPUT_PCM, 1)) {
        cur_continuous_stop(b);
        return 1;
    }
    advance(b);
    return 1;
}
