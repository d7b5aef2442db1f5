#ifndef CUR_MAP_H
#define CUR_MAP_H

/* Arm's MPS2 board with the AN500 image: Cortex-M7F. Source: Arm DAI 0500; QEMU hw/arm/mps2.c. */

#include "../mps2.h"

#define MACHINE_NAME   "mps2-an500"
#define MACHINE_ID     "mps2-500"
#define MACHINE_MEMORY 0x60000000u /* PSRAM, 16 MiB */

#endif
