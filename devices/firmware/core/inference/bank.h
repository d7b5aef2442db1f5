#ifndef CUR_BANK_H
#define CUR_BANK_H

#include "encoder.h"
#include "cascade.h"

/* A bank ready to answer: one expert, or a router and the experts it picks from, with the encoders that they
 * take their embeddings from. */

struct cur_bank_image {
    const uint8_t *bytes; /* at a multiple of 16; NULL none */
    uint32_t len;         /* without a signature */
};

/* What a bank is made of. */
struct cur_bank_source {
    struct cur_bank_image router; /* none where one expert answers alone */
    struct cur_bank_image expert[CUR_IMAGE_EXPERTS];
    uint8_t count;       /* experts, 1 to CUR_IMAGE_EXPERTS; in the router's order */
    uint8_t own_routing; /* 1: the three below replace the router image's */
    uint8_t top_k;       /* 1 to count */
    uint16_t passes;     /* 0 to CUR_IMAGE_PASSES */
    float alpha;         /* 0 to 100 */
};

struct cur_bank_encoder {
    const uint8_t *hash;       /* SHA-256 of its whole image; NULL: log-mel statistics */
    uint16_t embedding;        /* numbers of it, at most CUR_EMBEDDING */
    struct cur_encoder opened; /* once cur_bank_open_encoder did; not of statistics */
};

/* Parts of the work whose time is told. */
enum { CUR_PART_ENCODER = 0, CUR_PART_ROUTER = 1, CUR_PART_EXPERT = 2, CUR_PARTS = 3 };

struct cur_open_bank {
    struct cur_image router;
    struct cur_image expert[CUR_IMAGE_EXPERTS];
    struct cur_routing routing;
    uint8_t count, has_router;
    uint8_t encoder_of[CUR_IMAGE_EXPERTS]; /* which of the encoders an expert takes */
    /* First the one that the router takes, or the expert that answers alone; then those that experts bring,
     * each once, in the experts' order. */
    uint8_t encoder_count;
    struct cur_bank_encoder encoder[CUR_IMAGE_ENCODERS];
};

/* What a window came to. */
struct cur_answer {
    struct cur_route route;
    struct cur_scores scores;
    uint8_t encoders;     /* bit i: the bank's encoder i ran */
    uint8_t last_encoder; /* the one that ran last */
    uint64_t busy_ns[CUR_PARTS];
};

struct cur_bank_layers_work {
    struct cur_expert_work layers;
    struct cur_router_work router;
};

/* Scratch; the caller owns it. The encoder is done before the layers begin. */
union cur_bank_work {
    struct cur_encoder_work encoder;
    struct cur_bank_layers_work bank;
};

/* Checks every image, that they belong together (each expert is the one whose hash the router holds, all have
 * the same labels, they take no more than CUR_IMAGE_ENCODERS encoders, and the first expert of a cascade
 * takes the router's), and that the routing is in range. The images must stay where they are. Returns 0, or
 * -1 and leaves `bank` unusable. Encoders with a hash must be opened, too. */
int cur_bank_open(struct cur_open_bank *bank, const struct cur_bank_source *source,
                  const struct cur_hal *hal);

/* Checks the encoder whose hash the bank's encoder `which` has, and that its embedding is the one that is
 * taken. Returns 0, or -1 and leaves `bank` unusable. */
int cur_bank_open_encoder(struct cur_open_bank *bank, uint32_t which, const struct cur_bank_image *encoder,
                          const struct cur_hal *hal);

/* Most operations of an inference (operations.h): that of the experts that answer taken for the costliest. */
uint64_t cur_bank_operations(const struct cur_open_bank *bank);

/* A patch (96 frames x 64 bands, frame-major, finite) to the embedding of the bank's encoder `which`. */
void cur_bank_encode(float embedding[CUR_EMBEDDING], const struct cur_open_bank *bank, uint32_t which,
                     const float *patch, union cur_bank_work *work, const struct cur_hal *hal);

/* Answers, for the inference of that number: picks the experts, runs the encoders that they bring, and sums
 * the best experts' logits with their gates. `embedding` is the first encoder's of the patch, and then that
 * of the encoder that ran last. Without a router the one expert is ranked first, and gate and curiosity are
 * 0. Returns 0, or -1 if the router's or an expert's numbers overflow. */
int cur_bank_answer(struct cur_answer *answer, const struct cur_open_bank *bank, const float *patch,
                    float embedding[CUR_EMBEDDING], uint32_t inference, union cur_bank_work *work,
                    const struct cur_hal *hal);

#endif
