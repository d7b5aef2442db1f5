/* Written by devices/firmware/tools/filters.ts; not to be edited by hand. */
#ifndef CUR_PDM_TAPS_H
#define CUR_PDM_TAPS_H

#include <stdint.h>

/* clang-format off */
/* First halves of symmetric low-pass filters, 15 fraction bits. */

static const int16_t cur_pdm_taps[64] = {
    -1, -3, -3, -2, 2, 6, 8, 4, -5, -13, -15, -7,
    8, 23, 26, 12, -14, -38, -42, -20, 21, 58, 64, 30,
    -32, -86, -95, -44, 46, 123, 135, 62, -65, -172, -188, -86,
    89, 237, 259, 119, -122, -325, -355, -163, 166, 446, 490, 228,
    -229, -626, -697, -331, 329, 926, 1061, 528, -515, -1553, -1912, -1081,
    1006, 3860, 6591, 8258,
};

#endif
