#ifndef CUR_ENCODER_ROWS_H
#define CUR_ENCODER_ROWS_H

#include "encoder.h"

/* The first layers of an encoder computed row by row, so that of their inputs only those rows are held that
 * the next row needs. Every number is the one that layer by layer gives. */

/* Runs the first encoder->fused layers, at least one. The last one's output goes to `out`, whole, aligned to
 * 16; or, where all layers are fused, nothing of it is kept but the sums of its channels, in `sums`, and
 * `out` is NULL. What is held of the inputs, and in that case a row of the output, lies at `held`, aligned
 * to 16. */
void cur_encoder_rows_run(const struct cur_encoder *encoder, const float patch[CUR_FRAMES * CUR_BANDS],
                          int8_t *held, int8_t *out, float *sums, struct cur_conv_work *work,
                          const struct cur_hal *hal);

#endif
