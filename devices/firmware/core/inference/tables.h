/* Written by devices/firmware/tools/tables.ts; not to be edited by hand. */
#ifndef CUR_TABLES_H
#define CUR_TABLES_H

#include <stdint.h>

extern const int32_t cur_window[400];    /* periodic Hann window, 31 fraction bits */
extern const int32_t cur_cosine[256];    /* cos(2 pi k / 512), 31 fraction bits */
extern const int32_t cur_sine[256];      /* sin(2 pi k / 512), 31 fraction bits */
extern const uint8_t cur_reversed[256];  /* the 8 bits of an index in reverse order */
extern const uint16_t cur_mel_first[64]; /* first FFT bin of a band */
extern const uint8_t cur_mel_count[64];  /* number of bins of a band */
extern const float cur_mel_weight[461];  /* the bands' weights one after another */

#endif
