/* The whole board, sent images whose seals, hashes of each other and signatures are right whatever else they
 * are, so that they are opened and run. An input is a byte of choices, the lengths of up to five images (u16,
 * little-endian, each), and the images one after the other: encoders before the experts that name them,
 * experts before their router. */
#include "fuzz.h"
#include "sign.h"
#include "../core/crypto/hash.h"
#include "../core/curlew.h"
#include "../core/inference/fmath.h"
#include "../core/inference/image_sections.h"
#include "../core/inference/inference.h"
#include "../core/inference/operations.h"
#include "../core/link/request.h"
#include "../core/link/smp.h"
#include "../core/mem.h"

/* SIGNED: the board has a key, and images are signed with it. MIXED: a router's first expert is the one sent
 * last, and its others are the one sent before that, which may take another encoder; else all are the one. */
enum { IMAGES = 5, HEAD = 1 + 2 * IMAGES, SIGNED = 1, MIXED = 2, PIECE = 2000, SIGNATURE = 96 };
enum { LONGEST = 16384, OPERATIONS = 4000000 };

static struct cur_board board;
static uint8_t image[LONGEST + SIGNATURE] __attribute__((aligned(16)));
static uint8_t message[CUR_BUF_SIZE];
static uint8_t encoder_hash[32];

struct expert {
    int slot; /* -1: there is none */
    uint8_t hash[32];
};

/* The router's first, and its others. */
static struct expert first, other;

static struct cur_cbor_writer writer;

/* --- Requests --- */

static void begin(uint32_t pairs) {
    writer =
        (struct cur_cbor_writer){.bytes = message + CUR_SMP_HEADER, .cap = sizeof message - CUR_SMP_HEADER};
    cur_cbor_write_map(&writer, pairs);
}

static void pair(const char *key, uint32_t value) {
    cur_cbor_write_text(&writer, key);
    cur_cbor_write_u32(&writer, value);
}

static void pair_bytes(const char *key, const uint8_t *bytes, size_t n) {
    cur_cbor_write_text(&writer, key);
    cur_cbor_write_bytes(&writer, bytes, n);
}

/* Sends what was written since `begin`; the rc of the answer, which comes plainly to version 0 of SMP. */
static uint32_t ask(uint8_t group, uint8_t command, struct cur_cbor_map *reply) {
    const uint8_t head[CUR_SMP_HEADER] = {
        CUR_OP_WRITE, 0, (uint8_t)(writer.len >> 8), (uint8_t)writer.len, 0, group, 7, command};
    uint32_t rc = 0;
    memcpy(message, head, sizeof head);
    size_t n = cur_smp_answer(&board, message, sizeof head + writer.len);
    FUZZ_CHECK(n >= CUR_SMP_HEADER && n <= CUR_BUF_SIZE);
    FUZZ_CHECK(cur_cbor_map_check(reply, board.reply + CUR_SMP_HEADER, n - CUR_SMP_HEADER) == 0);
    (void)cur_cbor_get_u32(reply, "rc", &rc);
    return rc;
}

/* Uploads and verifies; the slot, or -1 where the board refuses. */
static int upload(uint32_t len) {
    struct cur_cbor_map reply;
    uint8_t digest[32];
    uint32_t slot, off = 0;
    cur_hash(digest, image, len, &fuzz_hal);
    begin(2);
    pair("len", len);
    pair_bytes("sha", digest, sizeof digest);
    if (ask(CUR_GROUP_EXPERTS, 1, &reply)) return -1;
    FUZZ_CHECK(cur_cbor_get_u32(&reply, "slot", &slot) == 0 && cur_cbor_get_u32(&reply, "off", &off) == 0);
    while (off < len) {
        uint32_t n = len - off < PIECE ? len - off : PIECE, next;
        begin(3);
        pair("slot", slot);
        pair("off", off);
        pair_bytes("data", image + off, n);
        FUZZ_CHECK(ask(CUR_GROUP_EXPERTS, 2, &reply) == 0);
        FUZZ_CHECK(cur_cbor_get_u32(&reply, "off", &next) == 0 && next == off + n);
        off = next;
    }
    begin(1);
    pair("slot", slot);
    return ask(CUR_GROUP_EXPERTS, 3, &reply) ? -1 : (int)slot;
}

/* An expert, or with a router so many. */
static uint32_t activate(uint32_t count, int router) {
    struct cur_cbor_map reply;
    begin(router < 0 ? 1 : 2);
    cur_cbor_write_text(&writer, "slots");
    cur_cbor_write_array(&writer, count);
    for (uint32_t i = 0; i < count; i++)
        cur_cbor_write_u32(&writer, (uint32_t)(i ? other.slot : first.slot));
    if (router >= 0) pair("router", (uint32_t)router);
    return ask(CUR_GROUP_EXPERTS, 4, &reply);
}

/* One window; 0 or an rc. */
static uint32_t infer(void) {
    struct cur_cbor_map reply;
    for (uint32_t i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        cur_put_f32(board.input.bytes + 4 * i, (float)(i % 17) - 10.0f);
    board.loaded = 4 * CUR_FRAMES * CUR_BANDS;
    begin(1);
    pair("kind", CUR_INPUT_LOG_MEL);
    return ask(CUR_GROUP_INFERENCE, 1, &reply);
}

/* What was activated answers, and says the same after a restart. Finite numbers can overflow within: that is
 * told. */
static void answers(void) {
    float before[CUR_IMAGE_CLASSES];
    FUZZ_CHECK(board.has_expert && cur_bank_operations(&board.bank) <= CUR_OPERATIONS);
    if (cur_bank_operations(&board.bank) > OPERATIONS) return;
    memset(&board.last, 0, sizeof board.last);
    uint32_t rc = infer();
    FUZZ_CHECK(rc == 0 || rc == CUR_RC_BAD_IMAGE);
    memcpy(before, board.last.scores.logits, sizeof before);
    for (uint32_t c = 0; c < board.last.classes; c++)
        FUZZ_CHECK(cur_finite(before[c]));
    cur_init(&board, &fuzz_hal);
    FUZZ_CHECK(board.has_expert && infer() == rc);
    FUZZ_CHECK(memcmp(before, board.last.scores.logits, 4 * board.last.classes) == 0);
}

/* --- Images --- */

/* Length and seal; then the hashes of those that it names, where there is a place for them, and the seal
 * anew. */
static void make_right(uint32_t len) {
    struct cur_section section;
    for (int turn = 0; turn < 2; turn++) {
        cur_put_u32(image + 8, len);
        memset(image + CUR_IMAGE_SEAL, 0, 32);
        cur_hash(image + CUR_IMAGE_SEAL, image, len, &fuzz_hal);
        if (turn == 1 || cur_image_check(image, len, 192, &fuzz_hal)) return;
        if (cur_section_find(image, CUR_SECTION_ENCODER, 0, &section) == 0 && section.len == 32)
            memcpy(image + (section.bytes - image), encoder_hash, 32);
        if (cur_section_find(image, CUR_SECTION_EXPERTS, 0, &section)) continue;
        for (uint32_t at = 0; at + 32 <= section.len; at += 32)
            memcpy(image + (section.bytes - image) + at, at ? other.hash : first.hash, 32);
    }
}

/* Sends the image and lets it answer, if it is one that does. */
static void take(uint32_t len, int is_signed, int is_mixed) {
    make_right(len);
    uint32_t kind = cur_u32(image + CUR_IMAGE_KIND), outputs = cur_u16(image + CUR_IMAGE_OUTPUTS);
    if (is_signed) fuzz_sign(image, len);
    int slot = upload(is_signed ? len + SIGNATURE : len);
    if (slot < 0) return;
    FUZZ_CHECK(board.store.slot[slot].is_signed == is_signed);
    if (kind == CUR_IMAGE_ENCODER) {
        cur_hash(encoder_hash, image, len, &fuzz_hal);
        return;
    }
    if (kind == CUR_IMAGE_EXPERT) {
        other = first;
        first.slot = slot;
        cur_hash(first.hash, image, len, &fuzz_hal);
        if (!is_mixed || other.slot < 0) other = first;
        if (activate(1, -1) == 0) answers();
    } else if (first.slot >= 0 && activate(outputs, slot) == 0) {
        answers();
    }
}

static void set_key(void) {
    struct cur_cbor_map reply;
    begin(2);
    pair_bytes("new", fuzz_key, sizeof fuzz_key);
    cur_cbor_write_text(&writer, "protect");
    cur_cbor_write_bool(&writer, 1);
    FUZZ_CHECK(ask(CUR_GROUP_BOARD, 3, &reply) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len) {
    if (len < HEAD) return 0;
    const uint8_t *lengths = input + 1;
    int is_signed = input[0] & SIGNED, is_mixed = input[0] & MIXED;
    first.slot = other.slot = -1;
    fuzz_start();
    cur_init(&board, &fuzz_hal);
    if (is_signed) set_key();
    input += HEAD;
    len -= HEAD;
    for (int i = 0; i < IMAGES; i++) {
        uint32_t n = cur_u16(lengths + 2 * i), left = len < LONGEST ? (uint32_t)len : LONGEST;
        n = (n < left ? n : left) / 16 * 16;
        if (n < CUR_IMAGE_HEADER) continue;
        memcpy(image, input, n);
        take(n, is_signed, is_mixed);
        input += n;
        len -= n;
    }
    return 0;
}
