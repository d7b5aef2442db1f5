#ifndef CUR_MAP_H
#define CUR_MAP_H

/* Arm's MPS2 board with the AN385 image: Cortex-M3. Source: Arm DAI 0385; QEMU hw/arm/mps2.c. */

#include "../mps2.h"

#define MACHINE_NAME   "mps2-an385"
#define MACHINE_ID     "mps2-385"
#define MACHINE_MEMORY 0x21000000u /* PSRAM, 16 MiB */

#endif
