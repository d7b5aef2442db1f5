#include "test.h"

int test_failed;

#define LIST(name) extern const struct test name##_tests[];
#include "lists.def"
#undef LIST

int main(void) {
    static const struct test *const lists[] = {
#define LIST(name) name##_tests,
#include "lists.def"
#undef LIST
    };
    int count = 0, failures = 0;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (const struct test *t = lists[i]; t->name; t++) {
            test_failed = 0;
            test_seed(0x9e3779b9);
            t->run();
            printf("%s  %s\n", test_failed ? "FAIL" : "ok  ", t->name);
            fflush(stdout);
            count++;
            failures += test_failed;
        }
    }
    printf("%d tests, %d failed\n", count, failures);
    return failures != 0;
}
