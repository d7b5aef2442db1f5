/* The core as a function, in WebAssembly: sound in, answers out. devices/engine loads it. No board, no line.
 */
#include "../../core/inference/bank.h"
#include "../../core/inference/features.h"
#include "../../core/mem.h"
#include "overlap.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum { WINDOWS_MAX = 64, FRAMES_MAX = WINDOWS_MAX * CUR_FRAMES };

/* Images lie behind everything else, where the host grows the memory for them. */
extern uint8_t __heap_base;

static struct cur_bank_source source;
static struct cur_bank_image encoder;
static struct cur_open_bank bank;
static union cur_bank_work work;
static const struct cur_hal hal;

static int16_t pcm[(FRAMES_MAX - 1) * CUR_FRAME_HOP + CUR_FRAME_SAMPLES];
static float frames[FRAMES_MAX][CUR_BANDS];
static uint32_t frame_count;
static uint32_t forgotten; /* frames, since the stream's start */

/* What the windows of a run gave. */
static float embeddings[WINDOWS_MAX][CUR_EMBEDDING];
static float logits[WINDOWS_MAX][CUR_IMAGE_CLASSES];
static float probabilities[WINDOWS_MAX][CUR_IMAGE_CLASSES];
static float gates[WINDOWS_MAX][CUR_IMAGE_EXPERTS];
static float entropies[WINDOWS_MAX], curiosities[WINDOWS_MAX];
static uint8_t places[WINDOWS_MAX];

EXPORT(heap_pointer) uint8_t *heap_pointer(void) {
    return &__heap_base;
}

/* Place 0 is the encoder's, 1 the router's, from 2 on the experts', in the router's order. At a multiple of
 * 16, without a signature. */
EXPORT(set_image) void set_image(uint32_t place, const uint8_t *bytes, uint32_t n) {
    struct cur_bank_image image = {bytes, n};
    if (place == 0)
        encoder = image;
    else if (place == 1)
        source.router = image;
    else if (place - 2 < CUR_IMAGE_EXPERTS)
        source.expert[place - 2] = image;
}

/* Opens what was set, of so many experts. 0; -1: an expert or the router is damaged, or they do not belong
 * together; -2: the encoder is damaged, or not the one that they take. */
EXPORT(open) int32_t open(uint32_t experts) {
    source.count = (uint8_t)experts;
    if (cur_bank_open(&bank, &source, &hal)) return -1;
    if (!bank.encoder_hash) return encoder.bytes ? -2 : 0;
    return encoder.bytes && !cur_bank_open_encoder(&bank, &encoder, &hal) ? 0 : -2;
}

EXPORT(class_count) uint32_t class_count(void) {
    return bank.expert[0].outputs;
}

EXPORT(embedding_size) uint32_t embedding_size(void) {
    return bank.embedding;
}

EXPORT(pcm_pointer) int16_t *pcm_pointer(void) {
    return pcm;
}

/* A new stream. */
EXPORT(start) void start(void) {
    frame_count = 0;
    forgotten = 0;
    overlap_start();
}

/* Appends the log-mel of `count` frames of the samples at pcm_pointer, the first at the first sample, 160
 * apart. 0, or -1 where there is no room for them. */
EXPORT(hear) int32_t hear(uint32_t count) {
    if (count > FRAMES_MAX - frame_count) return -1;
    cur_log_mel_frames(pcm, count, frames + frame_count);
    frame_count += count;
    return 0;
}

/* Lets the first `count` of the frames there are go. */
EXPORT(forget) void forget(uint32_t count) {
    frame_count -= count;
    forgotten += count;
    memmove(frames, frames + count, frame_count * sizeof *frames);
}

/* Makes the embeddings of the windows that begin at frames 0, hop, 2 hop … */
EXPORT(encode) void encode(uint32_t windows, uint32_t hop) {
    for (uint32_t i = 0; i < windows; i++)
        if (bank.encoder_hash)
            overlap_encode(embeddings[i], &bank.encoder, frames[i * hop], forgotten + i * hop, &work.encoder);
        else
            cur_bank_encode(embeddings[i], &bank, frames[i * hop], &work, &hal);
}

/* Answers the windows whose embeddings were made last; `inference` is the number of the first one, as a board
 * counts its inferences. 0, or -1 where an expert's or the router's numbers overflow. */
EXPORT(answer) int32_t answer(uint32_t windows, uint32_t inference) {
    for (uint32_t i = 0; i < windows; i++) {
        struct cur_route route;
        struct cur_scores scores;
        if (cur_bank_route(&route, &bank, embeddings[i], inference + i, &work, &hal)) return -1;
        if (cur_bank_answer(&scores, &bank, &route, embeddings[i], &work, &hal)) return -1;
        memcpy(logits[i], scores.logits, sizeof scores.logits);
        cur_probabilities(probabilities[i], scores.logits, class_count());
        memcpy(gates[i], route.gate, sizeof route.gate);
        entropies[i] = scores.entropy;
        curiosities[i] = route.curiosity;
        places[i] = route.ranked[0];
    }
    return 0;
}

/* Rows of 512, 64, 64 and 8 numbers a window; then one number a window. */
EXPORT(embeddings_pointer) float *embeddings_pointer(void) {
    return &embeddings[0][0];
}
EXPORT(logits_pointer) float *logits_pointer(void) {
    return &logits[0][0];
}
EXPORT(probabilities_pointer) float *probabilities_pointer(void) {
    return &probabilities[0][0];
}
EXPORT(gates_pointer) float *gates_pointer(void) {
    return &gates[0][0];
}
EXPORT(entropies_pointer) float *entropies_pointer(void) {
    return entropies;
}
EXPORT(curiosities_pointer) float *curiosities_pointer(void) {
    return curiosities;
}
EXPORT(places_pointer) uint8_t *places_pointer(void) {
    return places;
}
