#ifndef CUR_MPS2_H
#define CUR_MPS2_H

/* What Arm's MPS2 boards have in common, whichever image they hold. Source: QEMU hw/arm/mps2.c. */

#define MACHINE_TICKS_PER_US   25u
#define MACHINE_WATCHDOG_HZ    25000000u
#define MACHINE_TIMER          0x40000000u /* CMSDK timer 0 */
#define MACHINE_TIMER_VALUE    0x40000004u
#define MACHINE_TIMER_DOWN     1
#define MACHINE_UART           0x40004000u
#define MACHINE_UART_INTERRUPT 0 /* receive */
#define MACHINE_WATCHDOG       0x40008000u

#endif
