#ifndef CUR_CONV_8_BITS_H
#define CUR_CONV_8_BITS_H

#include "conv_work.h"
#include "requantize.h"
#include "variant.h"
#include "window.h"

#ifndef CUR_KERNELS_PORTABLE

/* cur_conv for weights of 8 bits: this build's own way from windows to activations. */
void cur_conv_8_bits(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                     const struct cur_linear *weights, const struct cur_requantize *by,
                     struct cur_conv_work *work);

#endif

#endif
