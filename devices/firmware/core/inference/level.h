#ifndef CUR_LEVEL_H
#define CUR_LEVEL_H

#include "spectrum.h"

/*
 * How loud a window is. Levels are hundredths of a decibel; 0 dB is the root mean square of a sine of full
 * scale (AES17), so that a square wave of full scale has 3.01 dB. The window's mean is taken off first: a
 * microphone's offset is no sound, and one that is stuck at a value is silent.
 */

enum {
    CUR_LEVEL_UNKNOWN = -32768, /* the input was no sound */
    CUR_LEVEL_SILENT = -20000,  /* all samples are alike; the quietest that are not have -129 dB */
    CUR_CLIPPED_UNKNOWN = 0xffff,
    CUR_LEVEL_FRAME = 160, /* samples of 10 ms */
};

struct cur_level {
    int16_t level;
    /* The level that 90 % of the window's 97 whole frames of 10 ms exceed: ISO 1996-1's L90, the usual
     * measure of background noise, unweighted. Of this window alone, so that it is the same after any start
     * and duty cycle. */
    int16_t floor;
    uint16_t clipped; /* samples at -32768 or 32767 */
};

/* Of a window of sound. */
void cur_level(struct cur_level *level, const int16_t pcm[CUR_WINDOW_SAMPLES]);

#endif
