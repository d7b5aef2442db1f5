#include "level.h"
#include "fmath.h"

/* Sums in integers: only the two logarithms are float32, of at most 24 bits each. */

enum {
    FRAMES = CUR_WINDOW_SAMPLES / CUR_LEVEL_FRAME,
    QUIETEST = (FRAMES + 9) / 10, /* the frame that is the 10th percentile, by nearest rank */
};

struct sums {
    int32_t sum;
    uint64_t squares;
};

static void add(struct sums *sums, const int16_t *pcm, uint32_t n, uint32_t *clipped) {
    int32_t sum = 0;
    uint64_t squares = 0;
    for (uint32_t i = 0; i < n; i++) {
        int32_t x = pcm[i];
        sum += x;
        squares += (uint64_t)((int64_t)x * x);
        /* 32767 becomes 0, and -32768 becomes 1. */
        *clipped += (uint16_t)(x + 0x8001) <= 1;
    }
    sums->sum = sum;
    sums->squares = squares;
}

/* 1000 log10 x, less `full`, rounded. */
static int16_t hundredths(uint64_t x, float full) {
    if (x == 0) return CUR_LEVEL_SILENT;
    int halvings = 0;
    for (; x >> 24; x >>= 1)
        halvings++;
    /* 1000 / ln 10, and 1000 log10 2. */
    float y = cur_logf((float)(uint32_t)x) * 434.29448f + (float)halvings * 301.03f - full;
    return (int16_t)(y < 0.0f ? y - 0.5f : y + 0.5f);
}

/* Puts x among the QUIETEST smallest so far, in order; `n` are there. */
static void keep_smallest(uint64_t smallest[QUIETEST], uint32_t n, uint64_t x) {
    uint32_t at = n < QUIETEST ? n : QUIETEST;
    if (at == QUIETEST && x >= smallest[--at]) return;
    for (; at > 0 && smallest[at - 1] > x; at--)
        smallest[at] = smallest[at - 1];
    smallest[at] = x;
}

void cur_level(struct cur_level *level, const int16_t pcm[CUR_WINDOW_SAMPLES]) {
    const int64_t n = CUR_WINDOW_SAMPLES;
    struct sums frame[FRAMES], rest;
    uint64_t smallest[QUIETEST];
    uint32_t clipped = 0;
    for (uint32_t f = 0; f < FRAMES; f++)
        add(&frame[f], pcm + f * CUR_LEVEL_FRAME, CUR_LEVEL_FRAME, &clipped);
    add(&rest, pcm + FRAMES * CUR_LEVEL_FRAME, CUR_WINDOW_SAMPLES - FRAMES * CUR_LEVEL_FRAME, &clipped);
    struct sums all = rest;
    for (uint32_t f = 0; f < FRAMES; f++) {
        all.sum += frame[f].sum;
        all.squares += frame[f].squares;
    }
    /* The mean in sixteenths of a step, rounded. */
    int64_t sum = all.sum, mean = (16 * sum + (sum < 0 ? -n / 2 : n / 2)) / n;
    for (uint32_t f = 0; f < FRAMES; f++) {
        int64_t about_mean =
            256 * (int64_t)frame[f].squares - 32 * mean * frame[f].sum + CUR_LEVEL_FRAME * mean * mean;
        keep_smallest(smallest, f, (uint64_t)about_mean);
    }
    /* n^2 times the variance, and 256 x 160 times a frame's, against those of a sine: 2^29. */
    level->level = hundredths((uint64_t)n * all.squares - (uint64_t)(sum * sum), 17116.119f);
    level->floor = hundredths(smallest[QUIETEST - 1], 13342.23f);
    level->clipped = (uint16_t)clipped;
}
