#include "decimate.h"
#include "decimate_taps.h"

void cur_decimate_start(struct cur_decimator *d, uint32_t rate) {
    *d = (struct cur_decimator){.by = rate / 16000};
    d->half = d->by == 2 ? half_band : third_band;
    d->taps =
        d->by == 2 ? 2 * sizeof half_band / sizeof *half_band : 2 * sizeof third_band / sizeof *third_band;
    d->due = d->by;
}

/* No sum passes 32 bits: 2^15 times the taps' magnitudes, which sum to less than 2.1 of 14 fraction bits. */
static int16_t filtered(const struct cur_decimator *d) {
    const int16_t *x = d->line + d->at; /* oldest first */
    int32_t sum = 1 << 13;
    for (uint32_t i = 0; i < d->taps / 2; i++)
        sum += (x[i] + x[d->taps - 1 - i]) * d->half[i];
    sum >>= 14;
    return (int16_t)(sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum);
}

uint32_t cur_decimate(struct cur_decimator *d, int16_t *samples, uint32_t n) {
    if (d->by == 1) return n;
    uint32_t made = 0;
    for (uint32_t i = 0; i < n; i++) {
        d->line[d->at] = d->line[d->at + d->taps] = samples[i];
        d->at = d->at + 1 == d->taps ? 0 : d->at + 1;
        if (--d->due > 0) continue;
        d->due = d->by;
        samples[made++] = filtered(d);
    }
    return made;
}
