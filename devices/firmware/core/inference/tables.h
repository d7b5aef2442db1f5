/* Written by devices/firmware/tools/tables.ts; not to be edited by hand. */
#ifndef CUR_TABLES_H
#define CUR_TABLES_H

#include <stdint.h>

/* The FFT bins that the bands take: the first, and the one after the last. */
enum { CUR_MEL_FIRST_BIN = 5, CUR_MEL_END_BIN = 240 };

/* 7/8 of a periodic Hann window, 31 fraction bits. */
extern const int32_t cur_window[400];

/* cos and sin of 2 pi n / 256, of twice and of three times it, 31 fraction bits. */
extern const int32_t cur_turns[64][6];

/* cos and sin of 2 pi k / 512, 31 fraction bits. */
extern const int32_t cur_half_turns[129][2];

/* The three base-4 digits of an index in reverse order. */
extern const uint8_t cur_reversed[64];

/* sqrt(x) for x from 1/4 to 1 in steps of 1/256: start and rise of each line, 32 fraction bits. */
extern const uint32_t cur_root_start[192];
extern const uint32_t cur_root_rise[192];

/* ln(8/7 x) for x from 1 to 2 in steps of 1/128: start and rise of each line, 26 fraction bits. */
extern const int32_t cur_logarithm[128][2];

/* Bins between two neighbouring edges of the bands, and for each bin how much of it goes to the band that rises
 * there, 30 fraction bits; the rest goes to the band before, which falls. */
extern const uint8_t cur_mel_count[65];
extern const uint32_t cur_mel_rise[235];

#endif
