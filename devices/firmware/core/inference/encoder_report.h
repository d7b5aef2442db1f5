#ifndef CUR_ENCODER_REPORT_H
#define CUR_ENCODER_REPORT_H

#include "encoder.h"

/* Tells the port of the work that a layer took. */
void cur_encoder_report(const struct cur_hal *hal, const struct cur_encoder_layer *layer);

#endif
