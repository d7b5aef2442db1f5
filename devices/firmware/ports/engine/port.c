/* The core as a function, in WebAssembly: sound in, answers out. devices/engine loads it. No board, no line.
 */
#include "../../core/inference/bank.h"
#include "../../core/crypto/hash.h"
#include "../../core/inference/features.h"
#include "../../core/mem.h"
#include "overlap.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum { WINDOWS_MAX = 64, FRAMES_MAX = WINDOWS_MAX * CUR_FRAMES };

/* Images lie behind everything else, where the host grows the memory for them. */
extern uint8_t __heap_base;

static struct cur_bank_source source;
static struct cur_bank_image encoder[CUR_IMAGE_ENCODERS];
static struct cur_open_bank bank;
static union cur_bank_work work;
static const struct cur_hal hal;

static int16_t pcm[(FRAMES_MAX - 1) * CUR_FRAME_HOP + CUR_FRAME_SAMPLES];
static float frames[FRAMES_MAX][CUR_BANDS];
static uint32_t frame_count;
static uint32_t forgotten; /* frames, since the stream's start */
static uint32_t hop;       /* frames, of the windows encoded last */

/* What the windows of a run gave. */
static float embeddings[WINDOWS_MAX][CUR_EMBEDDING];
static float logits[WINDOWS_MAX][CUR_IMAGE_CLASSES];
static float probabilities[WINDOWS_MAX][CUR_IMAGE_CLASSES];
static float gates[WINDOWS_MAX][CUR_IMAGE_EXPERTS];
static float entropies[WINDOWS_MAX], curiosities[WINDOWS_MAX], scores[WINDOWS_MAX];
static uint8_t places[WINDOWS_MAX], stages[WINDOWS_MAX];

EXPORT(heap_pointer) uint8_t *heap_pointer(void) {
    return &__heap_base;
}

/* Places 0 to 3 are the encoders', in any order, 4 is the router's, from 5 on they are the experts', in the
 * router's order. At a multiple of 16, without a signature. */
EXPORT(set_image) void set_image(uint32_t place, const uint8_t *bytes, uint32_t n) {
    struct cur_bank_image image = {bytes, n};
    if (place < CUR_IMAGE_ENCODERS)
        encoder[place] = image;
    else if (place == CUR_IMAGE_ENCODERS)
        source.router = image;
    else if (place - CUR_IMAGE_ENCODERS - 1 < CUR_IMAGE_EXPERTS)
        source.expert[place - CUR_IMAGE_ENCODERS - 1] = image;
}

/* Opens the encoder among those that were set whose hash the bank names. 0 or -1. */
static int open_named(uint32_t which) {
    uint8_t digest[CUR_IMAGE_HASH];
    for (int i = 0; i < CUR_IMAGE_ENCODERS; i++) {
        if (!encoder[i].bytes) continue;
        cur_hash(digest, encoder[i].bytes, encoder[i].len, &hal);
        if (memcmp(digest, bank.encoder[which].hash, sizeof digest) == 0)
            return cur_bank_open_encoder(&bank, which, &encoder[i], &hal);
    }
    return -1;
}

/* Opens what was set, of so many experts. 0; -1: an expert or the router is damaged, or they do not belong
 * together; -2: an encoder that they take is not there, or damaged, or one is there that they do not. */
EXPORT(open) int32_t open(uint32_t experts) {
    source.count = (uint8_t)experts;
    if (cur_bank_open(&bank, &source, &hal)) return -1;
    uint32_t named = 0, set = 0;
    for (uint32_t which = 0; which < bank.encoder_count; which++) {
        if (!bank.encoder[which].hash) continue;
        if (open_named(which)) return -2;
        named++;
    }
    for (int i = 0; i < CUR_IMAGE_ENCODERS; i++)
        set += encoder[i].bytes != NULL;
    return named == set ? 0 : -2;
}

EXPORT(class_count) uint32_t class_count(void) {
    return bank.expert[0].outputs;
}

EXPORT(embedding_size) uint32_t embedding_size(void) {
    return bank.encoder[0].embedding;
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

/* Makes the bank's first encoder's embeddings of the windows that begin at frames 0, apart, 2 apart … */
EXPORT(encode) void encode(uint32_t windows, uint32_t apart) {
    const struct cur_bank_encoder *first = &bank.encoder[0];
    hop = apart;
    for (uint32_t i = 0; i < windows; i++)
        if (first->hash)
            overlap_encode(embeddings[i], &first->opened, frames[i * hop], forgotten + i * hop,
                           &work.encoder);
        else
            cur_bank_encode(embeddings[i], &bank, 0, frames[i * hop], &work, &hal);
}

/* Answers the windows whose embeddings were made last; `inference` is the number of the first one, as a board
 * counts its inferences. 0, or -1 where an expert's or the router's numbers overflow. */
EXPORT(answer) int32_t answer(uint32_t windows, uint32_t inference) {
    static float embedding[CUR_EMBEDDING];
    for (uint32_t i = 0; i < windows; i++) {
        struct cur_answer a;
        memcpy(embedding, embeddings[i], sizeof embedding);
        if (cur_bank_answer(&a, &bank, frames[i * hop], embedding, inference + i, &work, &hal)) return -1;
        memcpy(logits[i], a.scores.logits, sizeof a.scores.logits);
        cur_probabilities(probabilities[i], a.scores.logits, class_count());
        memcpy(gates[i], a.route.gate, sizeof a.route.gate);
        entropies[i] = a.scores.entropy;
        curiosities[i] = a.route.curiosity;
        scores[i] = a.route.score;
        places[i] = a.route.ranked[0];
        stages[i] = a.encoders;
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
EXPORT(scores_pointer) float *scores_pointer(void) {
    return scores;
}
EXPORT(places_pointer) uint8_t *places_pointer(void) {
    return places;
}
EXPORT(stages_pointer) uint8_t *stages_pointer(void) {
    return stages;
}
