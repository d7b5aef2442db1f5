#ifndef CUR_FEATURES_H
#define CUR_FEATURES_H

#include "spectrum.h"
#include "../kernels/variant.h"

/*
 * log-mel of one frame: 400 samples of 16 kHz int16 PCM -> 64 values ln(mel + 0.001), with mel from the
 * magnitudes of a 512-point FFT of the Hann-windowed samples / 32768 (the front end of YAMNet).
 */
void cur_log_mel_frame(const int16_t pcm[CUR_FRAME_SAMPLES], float out[CUR_BANDS]);

#ifdef CUR_KERNELS_WASM
/* The same of `count` frames, each 160 samples after the one before; four at once. */
void cur_log_mel_frames(const int16_t *pcm, uint32_t count, float (*out)[CUR_BANDS]);
#endif

#endif
