#ifndef CUR_IMAGE_OPEN_H
#define CUR_IMAGE_OPEN_H

#include "../../hal/hal.h"
#include "image.h"

/* Checks everything IMAGE.md asks for but how much work it is (operations.h), in `len` bytes (without a
 * signature) at a multiple of 16, and fills `image`. The time it takes grows with `len` alone, whatever the
 * bytes are. Feeds the watchdog. Returns 0, or -1 and leaves `image` unusable. */
int cur_image_open(struct cur_image *image, const uint8_t *bytes, uint32_t len, const struct cur_hal *hal);

#endif
