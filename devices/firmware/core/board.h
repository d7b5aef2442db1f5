#ifndef CUR_BOARD_H
#define CUR_BOARD_H

#include "../hal/hal.h"
#include "inference/decimate.h"
#include "inference/features.h"
#include "inference/bank.h"
#include "link/clock.h"
#include "link/early.h"
#include "link/framing.h"
#include "link/line.h"
#include "storage/settings.h"
#include "storage/store.h"
#include "storage/uncertain.h"
#include "inference/telemetry.h"

/* The whole board: one struct, owned by the port (static, it is too large for a stack). */

#define CUR_VERSION "0.5.0"

enum {
    CUR_BUF_COUNT = 8, /* requests that may be outstanding, plus one */
    CUR_RATE = 16000,
    CUR_INPUT_BYTES = 2 * CUR_WINDOW_SAMPLES,
};

/* What the last inference found. */
struct cur_result {
    uint32_t inference; /* 0: there was none yet */
    uint32_t sequence;  /* of its telemetry record; 0: none was kept */
    uint32_t slot;      /* of the expert that answered: the highest ranked */
    uint32_t classes;
    uint32_t experts;   /* that the router chose from; 0 without a router */
    uint32_t embedding; /* numbers of it, as the encoder that ran last gave it */
    uint8_t encoders;   /* bit i: the bank's encoder i ran */
    uint32_t latency_us[4];
    uint32_t energy_nj;
    uint8_t source;
    struct cur_route route;
    struct cur_scores scores;
};

/* The input buffer: PCM, or log-mel values. */
union cur_input {
    uint8_t bytes[CUR_INPUT_BYTES];
    int16_t pcm[CUR_WINDOW_SAMPLES];
};

struct cur_board {
    const struct cur_hal *hal;
    uint64_t started_ns;
    struct cur_clock clock;

    struct cur_receiver receiver;
    uint64_t heard_ns; /* when the last byte came */
    struct cur_line line;
    struct cur_early early;
    uint8_t reply[CUR_BUF_SIZE];
    uint8_t frame[CUR_FRAME_SIZE];
    uint8_t scratch[CUR_BUF_SIZE]; /* strings that came in pieces */
    int reset_wanted;

    struct cur_store store;
    struct cur_settings settings; /* always in their ranges */
    struct cur_journal settings_journal;
    struct cur_open_bank bank; /* the active one */
    int has_expert;            /* there is one, and it was opened */

    union cur_input input;
    uint32_t loaded; /* bytes of input so far */
    float patch[CUR_FRAMES * CUR_BANDS];
    struct cur_level level; /* of the last window */
    float embedding[CUR_EMBEDDING];
    union cur_bank_work work;
    struct cur_result last;
    struct cur_telemetry telemetry;
    uint64_t kept_ms; /* uptime of the last record kept */
    struct cur_uncertain uncertain;

    int continuous;
    uint32_t hop;             /* samples between windows; 0: as the settings say */
    uint32_t filled;          /* samples of the window so far */
    uint32_t skipped;         /* windows since the start that nobody answered, for being behind */
    uint32_t to_skip;         /* samples between two windows, when the hop is longer than a window */
    uint64_t listens_from_ns; /* where the duty cycle's first period began */
    struct cur_decimator decimator;
};

/* Milliseconds since cur_init. */
static inline uint64_t cur_uptime_ms(const struct cur_board *b) {
    return (b->hal->now_ns(b->hal->ctx) - b->started_ns) / 1000000u;
}

#endif
