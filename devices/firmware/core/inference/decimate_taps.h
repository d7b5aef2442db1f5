/* Written by devices/firmware/tools/filters.ts; not to be edited by hand. */
#ifndef CUR_DECIMATE_TAPS_H
#define CUR_DECIMATE_TAPS_H

#include <stdint.h>

/* clang-format off */
/* First halves of symmetric low-pass filters, 15 fraction bits. */

static const int16_t half_band[32] = {
    -3, -5, 8, 12, -17, -23, 30, 39, -50, -63, 77, 95,
    -115, -138, 165, 196, -231, -272, 318, 373, -436, -510, 598, 705,
    -837, -1006, 1230, 1547, -2035, -2899, 4886, 14742,
};

static const int16_t third_band[48] = {
    -1, -4, -3, 4, 10, 6, -8, -19, -12, 14, 34, 20,
    -23, -54, -31, 36, 82, 47, -53, -120, -68, 76, 171, 96,
    -107, -238, -132, 147, 327, 181, -201, -446, -248, 275, 613, 342,
    -384, -865, -490, 560, 1296, 761, -913, -2260, -1468, 2070, 6935, 10428,
};

#endif
