#ifndef CUR_SPECTRUM_H
#define CUR_SPECTRUM_H

#include <stdint.h>

enum {
    CUR_FRAME_SAMPLES = 400,
    CUR_FRAME_HOP = 160,
    CUR_BANDS = 64,
    CUR_FRAMES = 96,
    CUR_WINDOW_SAMPLES = 15600, /* (96 - 1) * 160 + 400 */
};

/* The front end up to the magnitudes, in integers; each step is a function so that its cost can be counted.
 */

enum { CUR_POINTS = 256 }; /* complex points: even samples real, odd ones imaginary */

struct cur_complex {
    int32_t re, im;
};

/* Windows 400 samples, scaled up as far as the loudest allows, and does the first stage of the transform.
 * Returns the binary places they were scaled by, 0 to 15. */
int cur_window_frame(const int16_t pcm[CUR_FRAME_SAMPLES], struct cur_complex z[CUR_POINTS]);

/* The other three stages. `z` is used up; the spectrum of the complex points is left in `spectrum`. */
void cur_transform(struct cur_complex z[CUR_POINTS], struct cur_complex spectrum[CUR_POINTS]);

/* Leaves in spectrum[k].re, as uint32_t, the magnitude of bin k of the real signal's 512-point transform,
 * times 7/8 * 2^(24 + places) (of samples / 32768), for the bins that the bands take; within 4e-6 of it and
 * the rounding of the transform. */
void cur_magnitudes(struct cur_complex spectrum[CUR_POINTS]);

/* Sums the bands, in units of 2^-(54 + places) * 8/7. mel[1 + i] is band i; mel[0] is what lies below the
 * centre of the first. */
void cur_mel_bands(const struct cur_complex magnitudes[CUR_POINTS], uint64_t mel[1 + CUR_BANDS]);

/* ln(mel + 0.001) of the bands, to multiples of 2^-19. */
void cur_mel_logarithms(const uint64_t mel[1 + CUR_BANDS], int places, float out[CUR_BANDS]);

#endif
