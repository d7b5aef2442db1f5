#ifndef CUR_TESTS_UNCERTAIN_H
#define CUR_TESTS_UNCERTAIN_H

#include "rig.h"

/* Uncertain windows on the test bench. Functions that ask give 0 or an rc. */

/* Sets the share of flash, percent, and the time between two windows. */
int uncertain_set(uint32_t percent, uint32_t pace_s);

/* Runs the active bank on log-mel noise of a seed, over the line or without it. */
int uncertain_infer(uint32_t seed);
int uncertain_infer_direct(uint32_t seed);

/* Lists the headers after an id into uncertain_heads, uncertain_count of them. */
extern uint8_t uncertain_heads[CUR_BUF_SIZE];
extern uint32_t uncertain_count;
int uncertain_list(uint32_t after);

/* Reads a whole entry, piece by piece. */
int uncertain_read(uint32_t id, uint8_t entry[CUR_UNCERTAIN_SIZE]);

/* Acknowledges an entry. */
int uncertain_drop(uint32_t id, uint32_t crc);

/* Whether an entry's CRC is right. */
int uncertain_sound(const uint8_t entry[CUR_UNCERTAIN_SIZE]);

#endif
