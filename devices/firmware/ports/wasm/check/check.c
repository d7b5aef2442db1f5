/* bench/check_kernels.c as WebAssembly: `bench` is called, `value` is told each verdict. */
#include "../../../bench/bench.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("bench"), import_name(#name)))

IMPORT(value) void import_value(const char *name, uint32_t value);

void bench_value(const char *name, uint32_t value) {
    import_value(name, value);
}

EXPORT(bench) void export_bench(void) {
    bench();
}
