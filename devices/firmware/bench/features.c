/* Counts the instructions of the front end: a whole patch of 0.96 s, and each stage of its 96 frames. */
#include "bench.h"
#include "../core/inference/features.h"

static int16_t pcm[CUR_WINDOW_SAMPLES];
static float patch[CUR_FRAMES * CUR_BANDS];

/* A stage over all frames, as the frame before it in the chain left its input. */
static struct {
    struct cur_complex z[CUR_POINTS], spectrum[CUR_POINTS];
    uint64_t mel[1 + CUR_BANDS];
    int places;
} frames[CUR_FRAMES];

#define MEASURE(name, call)                                                                                  \
    do {                                                                                                     \
        bench_begin();                                                                                       \
        for (int t = 0; t < CUR_FRAMES; t++)                                                                 \
            call;                                                                                            \
        bench_finish(name, CUR_FRAMES);                                                                      \
    } while (0)

void bench(void) {
    uint32_t state = 1;
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++) {
        state = state * 1664525 + 1013904223;
        pcm[i] = (int16_t)(state >> 16);
    }
    MEASURE("frame", cur_log_mel_frame(pcm + t * CUR_FRAME_HOP, patch + t * CUR_BANDS));
    MEASURE("window", frames[t].places = cur_window_frame(pcm + t * CUR_FRAME_HOP, frames[t].z));
    MEASURE("transform", cur_transform(frames[t].z, frames[t].spectrum));
    MEASURE("magnitude", cur_magnitudes(frames[t].spectrum));
    MEASURE("mel", cur_mel_bands(frames[t].spectrum, frames[t].mel));
    MEASURE("logarithm", cur_mel_logarithms(frames[t].mel, frames[t].places, patch + t * CUR_BANDS));
}
