#ifndef CUR_FEATURES_H
#define CUR_FEATURES_H

#include <stdint.h>

enum {
    CUR_FRAME_SAMPLES = 400,
    CUR_FRAME_HOP = 160,
    CUR_BANDS = 64,
    CUR_FRAMES = 96,
    CUR_WINDOW_SAMPLES = 15600, /* (96 - 1) * 160 + 400 */
};

/*
 * log-mel of one frame: 400 samples of 16 kHz int16 PCM -> 64 values ln(mel + 0.001), with mel from the
 * magnitudes of a 512-point FFT of the Hann-windowed samples / 32768 (the front end of YAMNet).
 */
void cur_log_mel_frame(const int16_t pcm[CUR_FRAME_SAMPLES], float out[CUR_BANDS]);

#endif
