#ifndef CUR_CONV_WASM_H
#define CUR_CONV_WASM_H

#include "linear.h"
#include "requantize.h"
#include "variant.h"
#include "window.h"

#ifdef CUR_KERNELS_WASM

/* cur_conv for weights of 8 bits. */
void cur_conv_wide(int8_t *out, const int8_t *in, const struct cur_window *window, struct cur_cells cells,
                   const struct cur_linear *weights, const struct cur_requantize *by);

#endif

#endif
