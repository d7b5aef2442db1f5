#include "features.h"
#include "tables.h"

/*
 * Sums and logarithms in integers, as the spectrum: a processor without an FPU pays for one float subtraction
 * a band.
 */

/* Every bin lies between two edges: it belongs to the band that rises there and to the one that falls. */
void cur_mel_bands(const struct cur_complex magnitudes[CUR_POINTS], uint64_t mel[1 + CUR_BANDS]) {
    const struct cur_complex *bin = magnitudes + CUR_MEL_FIRST_BIN;
    const uint32_t *rise = cur_mel_rise;
    uint64_t before = 0;
    for (int edge = 0; edge <= CUR_BANDS; edge++) {
        uint64_t rising = 0, falling = before;
        for (int n = cur_mel_count[edge]; n > 0; n--, bin++, rise++) {
            rising += (uint64_t)(uint32_t)bin->re * *rise;
            falling += (uint64_t)(uint32_t)bin->re * ((1u << 30) - *rise);
        }
        mel[edge] = falling;
        before = rising;
    }
}

/* 24 + x / 2^19 for -8 <= x / 2^19 < 8, less 24: both exact, and cheaper than a conversion without an FPU. */
static inline float from_fixed(int32_t x) {
    uint32_t bits = 0x41c00000u + (uint32_t)x;
    float y;
    __builtin_memcpy(&y, &bits, 4);
    return y - 24.0f;
}

void cur_mel_logarithms(const uint64_t mel[1 + CUR_BANDS], int places, float out[CUR_BANDS]) {
    const int32_t ln2 = 46516320;                         /* 26 fraction bits */
    const uint64_t floor = 15762598695797ull << places;   /* 0.001 * 7/8 * 2^54 */
    const int32_t offset = (9 - places) * ln2 + (1 << 6); /* with half of the last place, for rounding */
    /* From 2^43 to 2^63: by Parseval's theorem no band can hold more than 2^9 (sqrt(19/3) for the widest
     * band's weights, times 196 for the frame's energy). */
    for (int band = 0; band < CUR_BANDS; band++) {
        uint64_t x = mel[1 + band] + floor;
        uint32_t high = (uint32_t)(x >> 32), low = (uint32_t)x;
        int n = __builtin_clz(high); /* 1 to 20 */
        uint32_t mantissa = high << n | low >> (32 - n);
        const int32_t *line = cur_logarithm[mantissa >> 24 & 127];
        int32_t y = line[0] + (int32_t)((uint64_t)(uint32_t)line[1] * (mantissa << 8) >> 32);
        out[band] = from_fixed((y + offset - n * ln2) >> 7);
    }
}

void cur_log_mel_frame(const int16_t pcm[CUR_FRAME_SAMPLES], float out[CUR_BANDS]) {
    struct cur_complex z[CUR_POINTS], spectrum[CUR_POINTS];
    uint64_t mel[1 + CUR_BANDS];
    int places = cur_window_frame(pcm, z);
    cur_transform(z, spectrum);
    cur_magnitudes(spectrum);
    cur_mel_bands(spectrum, mel);
    cur_mel_logarithms(mel, places, out);
}
