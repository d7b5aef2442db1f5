#ifndef CUR_OVERLAP_H
#define CUR_OVERLAP_H

#include "../../core/inference/encoder.h"

/* The encoder for windows that overlap, one after another: what a layer gave for the window before is kept,
 * and only the rows that are not the same are computed. The embeddings are cur_encoder_run's. Layers that an
 * image fuses are computed whole here, too, as there is memory; it is cur_encoder_run where there is not. */

/* Keeps nothing of the windows before. */
void overlap_start(void);

/* As cur_encoder_run. `at` is the window's first frame, counted as those of the other windows since
 * overlap_start, which were of the same encoder. */
void overlap_encode(float *embedding, const struct cur_encoder *encoder,
                    const float patch[CUR_FRAMES * CUR_BANDS], uint32_t at, struct cur_encoder_work *work);

#endif
