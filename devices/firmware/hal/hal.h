#ifndef CUR_HAL_H
#define CUR_HAL_H

#include <stddef.h>
#include <stdint.h>

/*
 * The hardware, injected as a struct of functions. The core calls nothing else. Every function is called
 * from the main loop only, gets `ctx` as its first argument, and may not be NULL unless its comment says so.
 */

/* Sources of a number, as in a result's `src`: bits 0-1 latency, bits 2-3 energy. */
enum cur_source {
    CUR_SOURCE_NONE = 0,
    CUR_SOURCE_MEASURED = 1,
    CUR_SOURCE_COUNTED = 2,
    CUR_SOURCE_MODELLED = 3,
};

/* Why the board started. */
enum cur_cause {
    CUR_CAUSE_UNKNOWN = 0,
    CUR_CAUSE_POWER = 1,
    CUR_CAUSE_REQUEST = 2, /* reset() */
    CUR_CAUSE_WATCHDOG = 3,
    CUR_CAUSE_FAULT = 4,
    CUR_CAUSE_PIN = 5,       /* its reset pin or button */
    CUR_CAUSE_BROWN_OUT = 6, /* the supply fell too low for a while */
    CUR_CAUSES = 7,
};

/* What `work` reports, with the unit that is counted. */
enum cur_kernel {
    CUR_KERNEL_FRAME = 0,         /* frames: window, FFT, magnitude, mel, logarithm */
    CUR_KERNEL_STATISTICS = 1,    /* patches: encoder 1, of 96 x 64 log-mel values */
    CUR_KERNEL_SCALE = 2,         /* elements: embedding offset and scale */
    CUR_KERNEL_QUANT = 3,         /* elements: LayerNorm and rounding to int8 */
    CUR_KERNEL_QUANT_TERNARY = 4, /* elements: LayerNorm and rounding to -1, 0, 1 */
    CUR_KERNEL_NORM = 5,          /* elements: LayerNorm with gain and bias, ReLU */
    CUR_KERNEL_RELU = 6,          /* elements: ReLU alone */
    CUR_KERNEL_FLOAT = 7,         /* multiply-accumulates: float weight times float activation */
    CUR_KERNEL_SOFTMAX = 8,       /* classes: probabilities and entropy */
    CUR_KERNEL_DROPOUT = 9,       /* elements: one pass's dropout, with the copy it starts from */
    CUR_KERNEL_ROUTE = 10,        /* experts times passes: statistics, gates, ranking */

    /* An integer linear layer, for each precision (weight bits; T: 2-bit weights, ternary activations).
     * PREPARE: 16-byte blocks of a row, once a layer: activations put in order, or tables. BLOCK: such blocks
     * times outputs. ROW: outputs, with scale and bias. */
    CUR_KERNEL_PREPARE_1 = 11,
    CUR_KERNEL_BLOCK_1 = 12,
    CUR_KERNEL_ROW_1 = 13,
    CUR_KERNEL_PREPARE_2 = 14,
    CUR_KERNEL_BLOCK_2 = 15,
    CUR_KERNEL_ROW_2 = 16,
    CUR_KERNEL_PREPARE_T = 17,
    CUR_KERNEL_BLOCK_T = 18,
    CUR_KERNEL_ROW_T = 19,
    CUR_KERNEL_PREPARE_4 = 20,
    CUR_KERNEL_BLOCK_4 = 21,
    CUR_KERNEL_ROW_4 = 22,
    CUR_KERNEL_PREPARE_8 = 23,
    CUR_KERNEL_BLOCK_8 = 24,
    CUR_KERNEL_ROW_8 = 25,
    CUR_KERNEL_PREPARE_16 = 26,
    CUR_KERNEL_BLOCK_16 = 27,
    CUR_KERNEL_ROW_16 = 28,

    CUR_KERNEL_QUANT_STATIC = 29, /* elements: rounding to int8 by a scale that is known */

    /* An encoder image; more of its convolutions is below. */
    CUR_KERNEL_INPUT = 30,       /* numbers of the patch that become codes */
    CUR_KERNEL_CONV_WINDOW = 31, /* windows of a convolution */
    CUR_KERNEL_GATHER_ROW = 32,  /* rows of windows copied */
    CUR_KERNEL_GATHER = 33,      /* words, and bytes that fill none, copied or cleared */
    CUR_KERNEL_CONV_OUTPUT = 34, /* sums of a convolution, requantized */
    /* A depthwise convolution, each times blocks of four channels. */
    CUR_KERNEL_DEPTHWISE_ROW = 35,   /* rows of the output */
    CUR_KERNEL_DEPTHWISE_WHOLE = 36, /* windows of a 3 x 3 kernel that lie whole in the image */
    CUR_KERNEL_DEPTHWISE_PART = 37,  /* all other windows */
    CUR_KERNEL_DEPTHWISE_TAP = 38,   /* kernel cells of those, inside the image */
    CUR_KERNEL_AVERAGE_CELL = 39,    /* cells of an average pool's windows, times channels */
    CUR_KERNEL_AVERAGE_OUTPUT = 40,  /* numbers it gives */
    CUR_KERNEL_MAX_CELL = 41,        /* the same of a max pool */
    CUR_KERNEL_MAX_OUTPUT = 42,
    CUR_KERNEL_MEAN = 43, /* numbers of the last layer that are summed */

    CUR_KERNEL_LEVEL = 44,      /* windows: sound level, clipping and noise floor */
    CUR_KERNEL_FUSED_ROW = 45,  /* rows of fused layers, each computed by itself: what that adds */
    CUR_KERNEL_FUSED_MOVE = 46, /* words of rows that are held, moved */
    /* 16-byte blocks of a convolution's window, put in order; and those times outputs. */
    CUR_KERNEL_CONV_PREPARE = 47,
    CUR_KERNEL_CONV_BLOCK = 48,
    CUR_KERNEL_GATHER_WINDOW = 49, /* windows of it that are copied */
    CUR_KERNELS = 50,
};

/* Lines of the marker, for an instrument beside the board: high while an inference runs, or that part of it.
 * The parts follow each other without a break, each as often as it runs. */
enum cur_marker {
    CUR_MARK_INFERENCE = 1,
    CUR_MARK_FEATURES = 2,
    CUR_MARK_ENCODER = 4,
    CUR_MARK_ROUTER = 8,
    CUR_MARK_EXPERT = 16,
};

struct cur_hal {
    void *ctx;

    /* Time since some fixed moment, nanoseconds, never going back. For uptime. */
    uint64_t (*now_ns)(void *ctx);

    /* Time this processor has spent working, nanoseconds, never going back: its differences are the
     * latencies in results. Where it comes from is said by `source`. */
    uint64_t (*busy_ns)(void *ctx);

    /* Energy spent, nanojoules, never going back. NULL: not known, and the energy source must be none. */
    uint64_t (*energy_nj)(void *ctx);

    /* Takes up to n received bytes (0..n taken). Must hold at least 24 KiB while the core works. */
    size_t (*uart_read)(void *ctx, uint8_t *bytes, size_t n);

    /* Sends n bytes; returns when all are handed over. */
    void (*uart_write)(void *ctx, const uint8_t *bytes, size_t n);

    /* Sets the line's rate, bits a second, for both directions, once what was written has left. 0, or
     * negative where this rate is not to be had (nothing changes then). NULL: the rate cannot be changed. */
    int (*uart_baud)(void *ctx, uint32_t baud);

    /* The rate after a start, bits a second; 0: the line has none. */
    uint32_t baud;

    /* The flash as memory, flash_size bytes, aligned to 16. Read only for the core. */
    const uint8_t *flash;

    uint32_t flash_size;    /* bytes, a whole number of blocks, at least 16 of them */
    uint32_t flash_block;   /* bytes erased at once, a power of two, 1024 to 65536 */
    uint32_t flash_granule; /* bytes programmed at once, a power of two, 1 to 64 */

    /* Erases the block at `off` (a multiple of flash_block): all bytes become 0xff. 0, or negative on
     * failure. Power may fail within: the block's contents are anything then. */
    int (*flash_erase)(void *ctx, uint32_t off);

    /* Programs n bytes at `off`, both multiples of flash_granule, each granule erased before and programmed
     * once. 0, or negative on failure. Power may fail within: granules before the one being written are
     * right, that one is anything, later ones are untouched. */
    int (*flash_program)(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n);

    /* Takes up to n samples of mono PCM (0..n taken); -1: there is no audio source now. With n = 0 it takes
     * none and tells how many wait, as far as it knows (else 0): a board that falls behind skips windows by
     * it. NULL: there never is a source. */
    int32_t (*audio_read)(void *ctx, int16_t *samples, uint32_t n);

    /* Sets the rate of audio_read, samples a second: 16000, 32000 or 48000. 0, or negative where the
     * microphone cannot (nothing changes then). NULL: 16000 only. */
    int (*audio_rate)(void *ctx, uint32_t rate);

    /* Supply voltage, millivolts; 0 unknown. */
    uint32_t (*supply_mv)(void *ctx);

    /* Temperature, hundredths of a degree Celsius; -32768 unknown. */
    int32_t (*temperature_cc)(void *ctx);

    /* Deepest the stack has been since boot, bytes; 0 unknown. */
    uint32_t (*stack_high_water)(void *ctx);

    /* Restarts the board; the flash keeps. May return where the restart happens after cur_poll. */
    void (*reset)(void *ctx);

    /* Tells the watchdog that all is well. Called at least once a frame, a layer, a million operations within
     * a layer of an encoder (models/packing/IMAGE.md, "Work"), 16 KiB that are hashed, and a pass of the main
     * loop; a watchdog of 2 s is safe. NULL: none. */
    void (*watchdog_feed)(void *ctx);

    /* Sets the marker: the lines of enum cur_marker that are high from now on; all others are low. Lines that
     * have no pin are left out. Takes a microsecond or less. NULL: there is none. */
    void (*mark)(void *ctx, uint32_t lines);

    /* Told of every kernel run, so that a port without a cycle counter can model time. NULL: not wanted. */
    void (*work)(void *ctx, enum cur_kernel kernel, uint32_t units);

    uint8_t id[8];       /* the board's own identity, the same at every boot */
    uint32_t boot;       /* tells boots apart, not 0 */
    const char *name;    /* for a person, UTF-8, at most 63 bytes */
    const char *kind;    /* `virtual`, `host`, `mps2-an386`, at most 31 bytes */
    const char *profile; /* named board profile that time and energy refer to, at most 31 bytes; "" none */
    uint8_t cause;       /* enum cur_cause of this start */
    uint8_t source;      /* enum cur_source of busy_ns in bits 0-1, of energy_nj in bits 2-3 */
    uint8_t simulated;   /* 1 where no such board exists in hardware */
};

#endif
