#ifndef CUR_PDM_H
#define CUR_PDM_H

#include <stdint.h>

/*
 * A PDM microphone: the 1-bit stream of its sigma-delta modulator becomes 16 kHz int16 PCM. A CIC decimator
 * of order 4 (Hogenauer, IEEE Transactions on ASSP 29, 1981) brings it to 64 kHz; a FIR filter of 128 taps
 * brings that to 16 kHz, makes up for the CIC's droop, passes up to 7 kHz within 0.1 dB and stops what would
 * fold onto it, from 9 kHz, by 70 dB; then what does not change is taken away (a high pass at 10 Hz). Not run
 * on hardware yet.
 */

enum {
    CUR_PDM_TAPS = 128,
    CUR_PDM_ORDER = 4,
    CUR_PDM_BLOCK = 96, /* bytes asked for at once: 0.25 ms at 3.072 MHz */
};

struct cur_pdm_bus {
    void *ctx;

    /* Takes up to n received bytes (0..n taken), the first bit in time at the top of a byte; -1: there is no
     * microphone now, or bytes were lost since the last call. With n = 0 it
     * takes none and tells how many wait, as far as it knows (else 0). Must hold what comes
     * while the core computes: a second is 128 kB at 1.024 MHz. */
    int32_t (*read)(void *ctx, uint8_t *bytes, uint32_t n);
};

struct cur_pdm {
    struct cur_pdm_bus bus;
    uint32_t clock;                                     /* Hz */
    uint32_t bits_per_sample;                           /* of 64 kHz: 16, 32 or 48 */
    int64_t unity;                                      /* full scale over the CIC's gain, 24 fraction bits */
    uint32_t bit;                                       /* of the 16 kHz sample under way */
    uint32_t sum[CUR_PDM_ORDER], before[CUR_PDM_ORDER]; /* integrators and combs, modulo 2^32 */
    int32_t line[2 * CUR_PDM_TAPS]; /* of 64 kHz samples, twice, so that the last 128 are always in a row */
    uint32_t at;
    int32_t still; /* the part that does not change, 14 fraction bits */
    uint8_t block[CUR_PDM_BLOCK];
    uint32_t block_at, block_len;
};

/* Clock of the microphone, Hz: 1024000, 2048000 or 3072000; its first 20 ms or so are noise in most parts. 0,
 * or -1 for another clock. */
int cur_pdm_start(struct cur_pdm *pdm, const struct cur_pdm_bus *bus, uint32_t clock);

/* Takes up to n samples, as cur_hal.audio_read; -1 where the bus says so (the stream then starts anew). A
 * stream of ones only is full scale, 32768. */
int32_t cur_pdm_read(struct cur_pdm *pdm, int16_t *samples, uint32_t n);

#endif
