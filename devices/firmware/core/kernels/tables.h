#ifndef CUR_TABLES_H
#define CUR_TABLES_H

#include "linear.h"

/* Linear layers of 1- and 2-bit weights by tables of partial sums. */
void cur_linear_tables(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                       struct cur_linear_work *work);

/* Linear layers of 2-bit weights with ternary activations, by logic on words of 16 weights. */
void cur_linear_bitwise(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                        struct cur_linear_work *work);

#endif
