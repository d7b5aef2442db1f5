#ifndef CUR_MAP_H
#define CUR_MAP_H

/* Arm's MPS3 board with the AN547 image: Cortex-M55 with Helium, secure state only. Source: Arm DAI 0547;
 * QEMU hw/arm/mps2-tz.c and armsse.c. */

#define MACHINE_NAME           "mps3-an547"
#define MACHINE_ID             "mps3-547"
#define MACHINE_TICKS_PER_US   32u
#define MACHINE_WATCHDOG_HZ    32768u
#define MACHINE_TIMER          0x58100000u /* SSE-300 system counter */
#define MACHINE_TIMER_VALUE    0x58100008u
#define MACHINE_TIMER_DOWN     0
#define MACHINE_UART           0x49303000u
#define MACHINE_UART_INTERRUPT 33 /* receive */
#define MACHINE_WATCHDOG       0x5802e000u
#define MACHINE_MEMORY         0x60000000u /* DDR */

#endif
