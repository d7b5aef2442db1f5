/* Compares this build's kernels with portable C over all cases of linear_cases.h and prints the verdict:
 * `same N` cases, or which case differs. Runs on every emulated machine and as WebAssembly. */
#include "../core/mem.h"
#include "bench.h"
#include "linear_cases.h"

static struct linear_case c;
static struct cur_linear_work work;
static int32_t sums[CASE_OUTPUTS + 1], portable[CASE_OUTPUTS + 1];

/* 1 where the sums are the same, and what lies behind them is untouched. */
static int same_sums(uint32_t number) {
    case_make(&c, number);
    memset(sums, 0x5a, sizeof sums);
    memset(portable, 0x5a, sizeof portable);
    memset(&work, 0xa5, sizeof work);
    cur_linear(sums, &c.layer, c.codes, &work);
    cur_linear_portable(portable, &c.layer, c.codes, &work);
    return memcmp(sums, portable, sizeof sums) == 0;
}

void bench(void) {
    for (uint32_t number = 0; number < CASE_TOTAL; number++) {
        if (same_sums(number)) continue;
        bench_value("linear_differs_at", number);
        return;
    }
    bench_value("linear_same", CASE_TOTAL);
}
