#ifndef CUR_TEST_H
#define CUR_TEST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A test is a function; its name in the list is a sentence. A failed check prints where and ends the test. */

extern int test_failed;

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            printf("    %s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                               \
            test_failed = 1;                                                                                 \
            return;                                                                                          \
        }                                                                                                    \
    } while (0)

/* The same in a loop: says which turn. */
#define CHECK_AT(turn, condition)                                                                            \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            printf("    %s:%d: at %ld not so: %s\n", __FILE__, __LINE__, (long)(turn), #condition);          \
            test_failed = 1;                                                                                 \
            return;                                                                                          \
        }                                                                                                    \
    } while (0)

struct test {
    const char *name;
    void (*run)(void);
};

#define TEST_LIST(list)                                                                                      \
    extern const struct test list[];                                                                         \
    const struct test list[]
#define TEST_END                                                                                             \
    { NULL, NULL }

/* Noise that is the same in every run. */
uint32_t test_noise(void);
void test_seed(uint32_t seed);

#endif
