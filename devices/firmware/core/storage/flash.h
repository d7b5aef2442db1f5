#ifndef CUR_FLASH_H
#define CUR_FLASH_H

#include "../../hal/hal.h"

/* The hardware's flash, doubted: each function reads back what it did. 0, or -1 when the flash failed. */

/* Erases the block at `off`, bytes. */
int cur_flash_erase(const struct cur_hal *hal, uint32_t off);

/* Programs n bytes at `off`, both multiples of the granule. */
int cur_flash_program(const struct cur_hal *hal, uint32_t off, const uint8_t *bytes, uint32_t n);

#endif
