#ifndef CUR_PHILOX_H
#define CUR_PHILOX_H

#include <stdint.h>

/* Philox4x32-10, a counter-based random generator: four words that depend on counter and key alone (Salmon,
 * Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3). */
void cur_philox(uint32_t words[4], const uint32_t counter[4], const uint32_t key[2]);

#endif
