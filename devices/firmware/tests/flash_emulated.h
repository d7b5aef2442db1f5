#ifndef CUR_FLASH_EMULATED_H
#define CUR_FLASH_EMULATED_H

#include <setjmp.h>
#include <stdint.h>

/*
 * Flash for tests: of any shape, strict, mortal. It keeps the rules of hal.h and notices when one is broken,
 * counts erases, and loses power in the middle of an operation. One operation is the erase of a block or the
 * programming of a granule.
 */

enum { FLASH_MAX = 0x400000, FLASH_BLOCKS_MAX = 4096 };

struct flash {
    uint32_t size, block, granule;
    uint8_t bytes[FLASH_MAX] __attribute__((aligned(16)));
    /* Of each granule: whether its programming was ever begun since its block was erased wholly. What looks
     * erased need not be. */
    uint8_t begun[FLASH_MAX];
    uint32_t erases[FLASH_BLOCKS_MAX];
    uint32_t operations;
    int rule_broken; /* outside, not aligned, or programmed without an erase before */

    uint32_t cut_at;  /* the operation in which power fails, counted from 1; 0 never */
    uint32_t pattern; /* seed of what that leaves behind */
    jmp_buf power;    /* where the program goes on then */
};

/* New flash of that shape, erased; nothing counted. */
void flash_start(struct flash *f, uint32_t size, uint32_t block, uint32_t granule);

/* As cur_hal: 0, or -1 outside. */
int flash_erase(struct flash *f, uint32_t off);
int flash_program(struct flash *f, uint32_t off, const uint8_t *bytes, uint32_t n);

#endif
