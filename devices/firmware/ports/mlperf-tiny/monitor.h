#ifndef MLPERF_TINY_MONITOR_H
#define MLPERF_TINY_MONITOR_H

#include <stddef.h>
#include <stdint.h>

/* The commands of a device under test of MLPerf Tiny, from the protocol as it is told in
 * devices/drivers/mlperf-tiny: for a host to be tried on. */

enum {
    TINY_LINE = 80,      /* letters of a command, its end included */
    TINY_INPUT = 27648,  /* bytes of an input */
    TINY_RESULTS = 64,   /* most numbers of an answer */
    TINY_WARM_UPS = 10,  /* where they are not told */
    TINY_PRINT_BYTES = 8 /* of a line of `db print` */
};

/* What it runs on. Every function gets `ctx`. */
struct tiny_port {
    void *ctx;
    const char *vendor;
    const char *model; /* as the benchmark calls it */
    int energy;        /* 1: times are marked by a pin, and not told */

    void (*write)(void *ctx, const char *bytes, size_t n);

    /* Microseconds since some moment, in 32 bits. */
    uint32_t (*now_us)(void *ctx);

    /* A falling edge, held for at least a microsecond. Called in energy mode alone. */
    void (*mark)(void *ctx);

    /* Infers from the first `n` bytes of the input: fills `results` and returns how many there are, or -1
     * where the input is none of this model's. */
    int (*infer)(void *ctx, const uint8_t *input, uint32_t n, float results[TINY_RESULTS]);
};

struct tiny_monitor {
    const struct tiny_port *port;
    char line[TINY_LINE];
    uint32_t len;
    uint32_t expected, held; /* bytes of the input */
    uint8_t input[TINY_INPUT];
    float results[TINY_RESULTS];
    int result_count;
};

/* Starts it, and says so. `port` must outlive it. */
void tiny_start(struct tiny_monitor *m, const struct tiny_port *port);

/* Takes what has come over the line. */
void tiny_take(struct tiny_monitor *m, const uint8_t *bytes, size_t n);

#endif
