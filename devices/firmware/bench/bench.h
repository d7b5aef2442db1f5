#ifndef CUR_BENCH_H
#define CUR_BENCH_H

#include <stdint.h>

/* What a bench program is made of. It runs on every emulated machine, prints one line for each thing counted
 * (`NAME UNITS INSTRUCTIONS`), then `end`. Counts repeat to the instruction under `-icount
 * shift=6,sleep=off`. */

/* The program itself: called once, memory and clock are ready. */
void bench(void);

/* Counts the instructions from begin to finish, less those of an empty pair, and prints the line. */
void bench_begin(void);
void bench_finish(const char *name, uint32_t units);

/* Text as it is; a line of its own ends in a line feed. */
void bench_print(const char *text);

/* A line `NAME VALUE`, for what is no count. */
void bench_value(const char *name, uint32_t value);

#endif
