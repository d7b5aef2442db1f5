#ifndef CUR_MACHINE_H
#define CUR_MACHINE_H

#include <stddef.h>
#include <stdint.h>

/* Arm's MPS2 board with the AN386 image (Cortex-M4F), as QEMU emulates it. */

/* UART, timer, interrupts. Call once. */
void machine_start(void);

/* Takes up to n received bytes from the interrupt's ring of 32 KiB. */
size_t machine_uart_read(uint8_t *bytes, size_t n);
void machine_uart_write(const uint8_t *bytes, size_t n);

/* Sleeps until an interrupt, unless bytes are waiting. */
void machine_sleep(void);

/* Ticks of the 25 MHz timer since machine_start; call at least every 171 s. */
uint64_t machine_ticks(void);

/* Instructions since machine_start. Right only under `-icount shift=6`, where an instruction takes 64 ns,
 * which is 1.6 ticks; time asleep counts as if it were worked. */
uint64_t machine_instructions(void);

/* Deepest the stack has been, bytes. */
uint32_t machine_stack_high_water(void);

_Noreturn void machine_reset(void);

/* Linker symbols and addresses of the memory map; see mps2-an386.ld. */
#define MACHINE_FLASH      ((uint8_t *)0x21000000)
#define MACHINE_RETAINED   ((struct machine_retained *)0x21400000)
#define MACHINE_PARAMETERS ((const struct machine_parameters *)0x21800000)

#define MACHINE_RETAINED_MAGIC   0x54455243u /* CRET */
#define MACHINE_PARAMETERS_MAGIC 0x52415043u /* CPAR */

/* Survives a reset, as RAM does. */
struct machine_retained {
    uint32_t magic; /* not there: the machine was just switched on */
    uint32_t boots;
};

/* What `-device loader` puts into memory (devices/boards/qemu/parameters.ts writes it). */
struct machine_parameters {
    uint32_t magic;
    uint32_t seed; /* of boot ids */
    uint8_t id[8];
    char name[64];    /* zero-terminated UTF-8 */
    char profile[32]; /* zero-terminated */
    uint32_t ps_per_instruction;
    uint32_t microwatts; /* while working */
    uint32_t supply_mv;
};

#endif
