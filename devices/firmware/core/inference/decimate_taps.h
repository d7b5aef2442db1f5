/* Written by devices/firmware/tools/filters.ts; not to be edited by hand. */
#ifndef CUR_DECIMATE_TAPS_H
#define CUR_DECIMATE_TAPS_H

#include <stdint.h>

/* clang-format off */
/* First halves of symmetric low-pass filters, 14 fraction bits. */

static const int16_t half_band[32] = {
    -2, -3, 4, 6, -8, -12, 15, 20, -25, -31, 39, 47,
    -57, -69, 82, 98, -115, -136, 159, 186, -218, -255, 299, 352,
    -418, -503, 615, 774, -1018, -1449, 2443, 7371,
};

static const int16_t third_band[48] = {
    -1, -2, -1, 2, 5, 3, -4, -10, -6, 7, 17, 10,
    -12, -27, -16, 18, 41, 23, -27, -60, -34, 38, 86, 48,
    -53, -119, -66, 74, 163, 91, -100, -223, -124, 138, 307, 171,
    -192, -432, -245, 280, 648, 381, -457, -1130, -734, 1035, 3467, 5214,
};

#endif
