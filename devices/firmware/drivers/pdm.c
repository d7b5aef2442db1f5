#include "pdm.h"
#include "pdm_taps.h"

enum {
    UNITY_BITS = 24, /* of a full-scale 64 kHz sample */
    STILL_SHIFT = 8, /* 16000 / (2 pi 2^8) = 10 Hz */
    STILL_BITS = 14,
};

int cur_pdm_start(struct cur_pdm *pdm, const struct cur_pdm_bus *bus, uint32_t clock) {
    if (clock != 1024000 && clock != 2048000 && clock != 3072000) return -1;
    uint32_t bits = clock / 64000;
    uint64_t gain = (uint64_t)bits * bits * bits * bits;
    *pdm = (struct cur_pdm){.bus = *bus, .clock = clock, .bits_per_sample = bits};
    pdm->unity = (int64_t)(((uint64_t)1 << 2 * UNITY_BITS) / gain);
    return 0;
}

/* The combs: from the integrators' sum to the 64 kHz sample, full scale 2^24. Their gain is
 * bits_per_sample^4, at most 2^22.4, so that differences modulo 2^32 are right. */
static int32_t comb(struct cur_pdm *pdm) {
    uint32_t x = pdm->sum[CUR_PDM_ORDER - 1];
    for (int i = 0; i < CUR_PDM_ORDER; i++) {
        uint32_t now = x;
        x -= pdm->before[i];
        pdm->before[i] = now;
    }
    return (int32_t)(((int64_t)(int32_t)x * pdm->unity) >> UNITY_BITS);
}

static int16_t filtered(struct cur_pdm *pdm) {
    const int32_t *x = pdm->line + pdm->at; /* oldest first */
    int64_t sum = 0;
    for (int i = 0; i < CUR_PDM_TAPS / 2; i++)
        sum += (int64_t)(x[i] + x[CUR_PDM_TAPS - 1 - i]) * cur_pdm_taps[i];
    /* 24 bits of full scale and 15 of the taps, down to 15 and STILL_BITS less. */
    int32_t y = (int32_t)(sum >> (UNITY_BITS - STILL_BITS));
    pdm->still += (y - pdm->still) >> STILL_SHIFT;
    int32_t sample = (y - pdm->still + (1 << (STILL_BITS - 1))) >> STILL_BITS;
    return (int16_t)(sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample);
}

/* One bit; 1 when it completes a 16 kHz sample. */
static int take(struct cur_pdm *pdm, uint32_t one) {
    uint32_t x = one ? 1 : 0xffffffffu;
    for (int i = 0; i < CUR_PDM_ORDER; i++)
        x = pdm->sum[i] += x;
    if (++pdm->bit % pdm->bits_per_sample) return 0;
    int32_t sample = comb(pdm);
    pdm->line[pdm->at] = pdm->line[pdm->at + CUR_PDM_TAPS] = sample;
    pdm->at = (pdm->at + 1) % CUR_PDM_TAPS;
    if (pdm->bit < 4 * pdm->bits_per_sample) return 0;
    pdm->bit = 0;
    return 1;
}

int32_t cur_pdm_read(struct cur_pdm *pdm, int16_t *samples, uint32_t n) {
    uint32_t made = 0, per_sample = pdm->bits_per_sample / 2; /* bytes */
    if (n == 0) {
        int32_t waiting = pdm->bus.read(pdm->bus.ctx, pdm->block, 0);
        return waiting < 0 ? -1 : waiting / (int32_t)per_sample;
    }
    while (made < n) {
        if (pdm->block_at == pdm->block_len) {
            uint32_t want = (n - made) * per_sample;
            int32_t got =
                pdm->bus.read(pdm->bus.ctx, pdm->block, want < CUR_PDM_BLOCK ? want : CUR_PDM_BLOCK);
            if (got < 0) {
                struct cur_pdm_bus bus = pdm->bus;
                cur_pdm_start(pdm, &bus, pdm->clock);
                return -1;
            }
            if (got == 0) break;
            pdm->block_at = 0;
            pdm->block_len = (uint32_t)got;
        }
        uint32_t byte = pdm->block[pdm->block_at++];
        /* A sample is a whole number of bytes: at most one ends in each. */
        for (uint32_t mask = 0x80; mask; mask >>= 1) {
            if (take(pdm, byte & mask)) samples[made++] = filtered(pdm);
        }
    }
    return (int32_t)made;
}
