#ifndef CUR_FAKE_H
#define CUR_FAKE_H

#include "../core/curlew.h"
#include "flash_emulated.h"

/* Hardware for tests: emulated flash, a line as two buffers. */
struct fake {
    struct cur_hal hal;
    struct flash flash;
    uint8_t in[65536], out[65536];
    size_t in_at, in_len, out_len;
    const int16_t *audio; /* NULL none */
    uint32_t audio_left;
    int resets;
    uint64_t skipped_ns; /* time that passed beside the microsecond of each look at the clock */
    uint32_t baud;       /* what the line is set to; rates above a million are not to be had */
};

/* A new board's hardware: erased flash, of 4 MiB in blocks of 4 KiB and granules of 8 bytes or as said. */
void fake_start(struct fake *f);
void fake_start_with(struct fake *f, uint32_t flash_size, uint32_t block, uint32_t granule);

/* A small image, right in everything, built in `bytes` (at least 8 KiB); returns its length. Layers:
 * BitLinear 384 -> 10 with norm, float 10 -> 3. */
uint32_t fake_image(uint8_t *bytes, uint32_t seed);

/* Puts a right seal into an image that was altered. */
void fake_seal(uint8_t *bytes, uint32_t len);

void fake_sha256(const uint8_t *bytes, size_t len, uint8_t digest[32]);

/* Where a section lies: its entry in the table. */
uint8_t *fake_entry(uint8_t *bytes, uint16_t type, uint16_t layer);

#endif
