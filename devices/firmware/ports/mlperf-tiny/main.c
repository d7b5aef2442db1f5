/* A device under test of MLPerf Tiny as a process of this computer, for tests: an expert of the bank on
 * 15,600 samples of 8 bits, one window, on a pseudo-terminal whose path it prints. Its times are this
 * computer's, and its name says that it is simulated. In energy mode it prints its pin: "pin 0", "pin 1". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../core/crypto/hash.h"
#include "../../core/inference/bank.h"
#include "../../core/inference/features.h"
#include "../host/pty.h"
#include "monitor.h"

static const char usage[] =
    "usage: curlew-mlperf-tiny --expert FILE --encoder FILE [--model TEXT] [--energy yes]\n"
    "  --expert FILE   an expert's image, without a signature\n"
    "  --encoder FILE  the image of the encoder that it names\n"
    "  --model TEXT    what the benchmark is told to call it; esc10 otherwise\n"
    "  --energy yes    marks times with a pin instead of telling them\n";

enum {
    SAMPLES = (CUR_FRAMES - 1) * CUR_FRAME_HOP + CUR_FRAME_SAMPLES, /* 15,600 */
    IMAGE = 1 << 20,                                                /* most bytes of one */
    IDLE_MS = 1000,
    HOLD_NS = 1000000,
};

struct image {
    _Alignas(16) uint8_t bytes[IMAGE];
    uint32_t len;
};

static struct image expert, encoder;
static struct cur_open_bank bank;
static union cur_bank_work work;
static const struct cur_hal hal;
static struct tiny_monitor monitor;

static int load(struct image *image, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    image->len = (uint32_t)fread(image->bytes, 1, sizeof image->bytes, file);
    int bad = ferror(file) || !feof(file);
    fclose(file);
    return bad ? -1 : 0;
}

static int open_bank(void) {
    struct cur_bank_source source = {.expert = {{expert.bytes, expert.len}}, .count = 1};
    struct cur_bank_image image = {encoder.bytes, encoder.len};
    uint8_t digest[CUR_IMAGE_HASH];
    if (cur_bank_open(&bank, &source, &hal)) return -1;
    cur_hash(digest, encoder.bytes, encoder.len, &hal);
    if (!bank.encoder[0].hash || memcmp(digest, bank.encoder[0].hash, sizeof digest)) return -1;
    return cur_bank_open_encoder(&bank, 0, &image, &hal);
}

static int infer(void *ctx, const uint8_t *input, uint32_t n, float results[TINY_RESULTS]) {
    static int16_t pcm[SAMPLES];
    static float patch[CUR_FRAMES][CUR_BANDS], embedding[CUR_EMBEDDING];
    (void)ctx;
    if (n != SAMPLES) return -1;
    for (int i = 0; i < SAMPLES; i++)
        pcm[i] = (int16_t)((int8_t)input[i] * 256);
    for (int i = 0; i < CUR_FRAMES; i++)
        cur_log_mel_frame(pcm + i * CUR_FRAME_HOP, patch[i]);
    cur_bank_encode(embedding, &bank, 0, patch[0], &work, &hal);
    struct cur_answer answer;
    if (cur_bank_answer(&answer, &bank, patch[0], embedding, 1, &work, &hal)) return -1;
    memcpy(results, answer.scores.logits, sizeof answer.scores.logits);
    return bank.expert[0].outputs;
}

static void line_write(void *ctx, const char *bytes, size_t n) {
    (void)ctx;
    pty_write((const uint8_t *)bytes, n);
}

static uint32_t now_us(void *ctx) {
    (void)ctx;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint32_t)((uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u);
}

static void mark(void *ctx) {
    const struct timespec hold = {.tv_nsec = HOLD_NS};
    (void)ctx;
    puts("pin 0");
    fflush(stdout);
    nanosleep(&hold, NULL);
    puts("pin 1");
    fflush(stdout);
}

static struct tiny_port port = {
    .vendor = "curlew-simulated",
    .model = "esc10",
    .write = line_write,
    .now_us = now_us,
    .mark = mark,
    .infer = infer,
};

static int fail(const char *what, const char *which) {
    fprintf(stderr, "curlew-mlperf-tiny: %s: %s\n", what, which);
    return 1;
}

int main(int argc, char **argv) {
    const char *expert_path = NULL, *encoder_path = NULL, *energy = NULL;
    for (int i = 1; i < argc; i++) {
        const char **value = !strcmp(argv[i], "--expert")    ? &expert_path
                             : !strcmp(argv[i], "--encoder") ? &encoder_path
                             : !strcmp(argv[i], "--model")   ? &port.model
                             : !strcmp(argv[i], "--energy")  ? &energy
                                                             : NULL;
        if (!value || i + 1 >= argc) {
            fputs(usage, stderr);
            return 2;
        }
        *value = argv[++i];
    }
    if (!expert_path || !encoder_path || (energy && strcmp(energy, "yes"))) {
        fputs(usage, stderr);
        return 2;
    }
    port.energy = energy != NULL;
    if (load(&expert, expert_path)) return fail("cannot read an image", expert_path);
    if (load(&encoder, encoder_path)) return fail("cannot read an image", encoder_path);
    if (open_bank()) return fail("these images do not belong together", expert_path);
    const char *path = pty_open();
    if (!path) return fail("cannot open a pseudo-terminal", strerror(errno));
    printf("%s\n", path);
    fflush(stdout);
    tiny_start(&monitor, &port);
    for (;;) {
        uint8_t bytes[256];
        size_t n = pty_read(bytes, sizeof bytes);
        if (n)
            tiny_take(&monitor, bytes, n);
        else
            pty_wait(IDLE_MS);
    }
}
