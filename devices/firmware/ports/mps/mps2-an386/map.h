#ifndef CUR_MAP_H
#define CUR_MAP_H

/* Arm's MPS2 board with the AN386 image: Cortex-M4F. Source: Arm DAI 0386; QEMU hw/arm/mps2.c. */

#include "../mps2.h"

#define MACHINE_NAME   "mps2-an386"
#define MACHINE_ID     "mps2-386"
#define MACHINE_MEMORY 0x21000000u /* PSRAM, 16 MiB */

#endif
