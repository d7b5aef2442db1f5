/* Runs a bench program (../../bench) on the machine. */
#include "../../bench/bench.h"
#include "machine.h"

static uint64_t started, overhead;

void bench_print(const char *text) {
    size_t n = 0;
    while (text[n])
        n++;
    machine_uart_write((const uint8_t *)text, n);
}

static void print_number(uint64_t x) {
    char digits[21];
    int at = 20;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + x % 10);
        x /= 10;
    } while (x);
    bench_print(digits + at);
}

void bench_value(const char *name, uint32_t value) {
    bench_print(name);
    bench_print(" ");
    print_number(value);
    bench_print("\n");
}

void bench_begin(void) {
    started = machine_instructions();
}

void bench_finish(const char *name, uint32_t units) {
    uint64_t n = machine_instructions() - started;
    bench_print(name);
    bench_print(" ");
    print_number(units);
    bench_print(" ");
    print_number(n > overhead ? n - overhead : 0);
    bench_print("\n");
}

int main(void) {
    machine_start();
    bench_begin();
    overhead = machine_instructions() - started;
    bench();
    bench_print("end\n");
    for (;;)
        machine_sleep();
}
