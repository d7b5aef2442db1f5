#ifndef CUR_MACHINE_H
#define CUR_MACHINE_H

#include <stddef.h>
#include <stdint.h>

#include "map.h"

/* Arm's MPS2 and MPS3 boards as QEMU emulates them. `map.h` is the machine's own: its addresses, interrupt
 * and clock, from the folder named after it. */

/* UART, timer, interrupts. Call once. */
void machine_start(void);

/* Takes up to n received bytes from the interrupt's ring of 32 KiB. */
size_t machine_uart_read(uint8_t *bytes, size_t n);
void machine_uart_write(const uint8_t *bytes, size_t n);

/* Sleeps until an interrupt, unless bytes are waiting. */
void machine_sleep(void);

/* Nanoseconds of the machine's clock since machine_start; call at least every 134 s. */
uint64_t machine_ns(void);

/* Instructions since machine_start. Right only under `-icount shift=6`, where an instruction takes 64 ns;
 * time asleep counts as if it were worked. */
uint64_t machine_instructions(void);

/* Deepest the stack has been, bytes. */
uint32_t machine_stack_high_water(void);

/* Starts the watchdog, or tells it that all is well: without the next call within 10 s it notes that it was
 * the cause and restarts the machine. */
void machine_watchdog_feed(void);

/* Restarts, keeping memory. `cause` (enum cur_cause) stays in what is retained. */
_Noreturn void machine_reset(uint8_t cause);

/* Behind MACHINE_MEMORY lie 16 MiB at least: the emulated flash, what is retained, the parameters. */
#define MACHINE_FLASH      ((uint8_t *)MACHINE_MEMORY)
#define MACHINE_FLASH_MAX  0x700000u
#define MACHINE_RETAINED   ((struct machine_retained *)(MACHINE_MEMORY + MACHINE_FLASH_MAX))
#define MACHINE_PARAMETERS ((const struct machine_parameters *)(MACHINE_MEMORY + 0x800000u))

#define MACHINE_RETAINED_MAGIC   0x54455243u /* CRET */
#define MACHINE_PARAMETERS_MAGIC 0x52415043u /* CPAR */

/* Survives a reset, as RAM does. */
struct machine_retained {
    uint32_t magic; /* not there: the machine was just switched on */
    uint32_t boots;
    uint32_t cause; /* enum cur_cause of the reset under way; unknown while none was asked for */
};

/* What `-device loader` puts into memory (devices/boards/qemu/parameters.ts writes it). */
struct machine_parameters {
    uint32_t magic;
    uint32_t seed; /* of boot ids */
    uint8_t id[8];
    char name[64];    /* zero-terminated UTF-8 */
    char profile[32]; /* zero-terminated */
    uint32_t ps_per_instruction;
    uint32_t microwatts; /* while working; 0: not known */
    uint32_t supply_mv;
    uint32_t flash_size, flash_block,
        flash_granule; /* as in struct cur_hal; size MACHINE_FLASH_MAX at most */
};

#endif
