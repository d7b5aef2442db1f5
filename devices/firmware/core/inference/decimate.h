#ifndef CUR_DECIMATE_H
#define CUR_DECIMATE_H

#include <stdint.h>

/*
 * From a microphone's 16, 32 or 48 kHz to 16 kHz: a symmetric FIR filter of 64 or 96 taps of 14 fraction bits
 * (Kaiser's window, tools/filters.ts), of which only every second or third result is computed. Passes up to 7
 * kHz within 0.1 dB; what would fold onto that, from 9 kHz, is at least 60 dB down. Delay: 1 ms.
 */

enum { CUR_DECIMATE_TAPS = 96 };

struct cur_decimator {
    const int16_t *half; /* of the taps */
    uint32_t taps, by;
    uint32_t due; /* samples until the next result */
    uint32_t at;
    int16_t line[2 * CUR_DECIMATE_TAPS]; /* the last samples, twice, so that they are always in a row */
};

/* Starts with silence before the first sample. `rate` is 16000, 32000 or 48000 samples a second. */
void cur_decimate_start(struct cur_decimator *d, uint32_t rate);

/* Takes n samples and leaves the results in their place; returns how many: n times 16000 / rate, up to
 * rounding. How the samples are cut into calls makes no difference. */
uint32_t cur_decimate(struct cur_decimator *d, int16_t *samples, uint32_t n);

#endif
