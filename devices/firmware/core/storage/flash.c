#include "flash.h"
#include "../mem.h"

int cur_flash_erase(const struct cur_hal *hal, uint32_t off) {
    if (hal->flash_erase(hal->ctx, off)) return -1;
    for (uint32_t i = 0; i < hal->flash_block; i += 4) {
        if (cur_u32(hal->flash + off + i) != 0xffffffffu) return -1;
    }
    return 0;
}

int cur_flash_program(const struct cur_hal *hal, uint32_t off, const uint8_t *bytes, uint32_t n) {
    if (hal->flash_program(hal->ctx, off, bytes, n)) return -1;
    return memcmp(hal->flash + off, bytes, n) ? -1 : 0;
}
