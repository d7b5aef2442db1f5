#ifndef CUR_FUZZ_H
#define CUR_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "../hal/hal.h"

/* What libFuzzer calls with each input; a harness is a file with one of them. */
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len);

/* A property that must hold whatever the input: ends the process where it does not. */
#define FUZZ_CHECK(condition)                                                                                \
    do {                                                                                                     \
        if (!(condition)) __builtin_trap();                                                                  \
    } while (0)

/* Small hardware, so that an input is quick: flash of 64 blocks of 1 KiB with granules of 8 bytes, a line
 * that leads nowhere, no microphone. */
enum { FUZZ_BLOCK = 1024, FUZZ_FLASH = 64 * FUZZ_BLOCK };

extern uint8_t fuzz_flash[FUZZ_FLASH];
extern const struct cur_hal fuzz_hal;

/* Erases the flash. */
void fuzz_start(void);

#endif
