#ifndef CUR_MAP_H
#define CUR_MAP_H

/* Arm's MPS2 board with the AN500 image: Cortex-M7F. Source: Arm DAI 0500; QEMU hw/arm/mps2.c. */

#define MACHINE_NAME           "mps2-an500"
#define MACHINE_ID             "mps2-500"
#define MACHINE_TICKS_PER_US   25u
#define MACHINE_WATCHDOG_HZ    25000000u
#define MACHINE_TIMER          0x40000000u /* CMSDK timer 0 */
#define MACHINE_TIMER_VALUE    0x40000004u
#define MACHINE_TIMER_DOWN     1
#define MACHINE_UART           0x40004000u
#define MACHINE_UART_INTERRUPT 0 /* receive */
#define MACHINE_WATCHDOG       0x40008000u
#define MACHINE_MEMORY         0x60000000u /* PSRAM, 16 MiB */

#endif
