#include "linear.h"
#include "variant.h"

#ifdef CUR_KERNELS_PORTABLE

void cur_linear(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                struct cur_linear_work *work) {
    cur_linear_portable(acc, layer, codes, work);
}

#endif
