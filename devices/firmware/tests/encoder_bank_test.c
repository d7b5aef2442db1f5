#include "images.h"
#include "rig.h"
#include "test.h"
#include "../core/mem.h"

/* A board whose experts take their embedding from an encoder in the store. */

static uint8_t encoder_hash[32];
static uint32_t encoder_len;

/* Uploads and verifies what lies in rig_image: 0 or an rc. */
static int send(void) {
    int rc = rig_upload();
    return rc ? rc : rig_ask_slot(3, rig_slot);
}

static void build_encoder(uint32_t seed) {
    rig_image_len = encoder_len = images_encoder(rig_image, seed);
    fake_sha256(rig_image, rig_image_len, encoder_hash);
}

static int send_encoder(uint32_t seed) {
    build_encoder(seed);
    return send();
}

/* An expert that names the encoder built last. */
static void build_expert(uint32_t seed) {
    struct images_plan plan = images_expert(4, 0);
    plan.encoder_hash = encoder_hash;
    plan.embedding = 48;
    rig_image_len = images_build(rig_image, &plan, seed);
}

static int deploy_expert(uint32_t seed) {
    build_expert(seed);
    int rc = send();
    return rc ? rc : rig_activate(rig_slot);
}

/* A board with an encoder in slot 0 and an expert in slot 1, past its trial. */
static int start(void) {
    rig_start();
    return send_encoder(5) || deploy_expert(1) || rig_ask_experts(8);
}

static int encoder_of(const struct cur_bank *bank) {
    return bank->count ? bank->encoder[0] : -2;
}

static void answers(void) {
    static struct cur_encoder opened;
    static struct cur_encoder_work work;
    static float want[CUR_EMBEDDING];
    static const struct cur_hal quiet;
    CHECK(start() == 0 && rig_number("encoder") == 0 && rig_board.store.active.slot[0] == 1);
    CHECK(rig_infer(7) == 0 && rig_number("slot") == 1);
    CHECK(cur_encoder_open(&opened, cur_store_bytes(&rig_board.store, 0), encoder_len, &quiet) == 0);
    cur_encoder_run(&opened, rig_board.patch, want, &work, &quiet);
    const uint8_t *data;
    size_t n;
    rig_request(1);
    rig_pair("what", 1);
    CHECK(rig_ask(CUR_OP_READ, 65, 3) == 0 && rig_number("len") == 4 * 48);
    CHECK(cur_cbor_get_string(&rig_map, "data", CUR_CBOR_BYTES, NULL, 0, &data, &n) == 0 && n == 4 * 48);
    CHECK(memcmp(data, want, n) == 0);
    /* And so after a restart, with the same answer. */
    float logits[3];
    memcpy(logits, rig_board.last.scores.logits, sizeof logits);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(encoder_of(&rig_board.store.active) == 0 && rig_infer(7) == 0);
    CHECK(memcmp(logits, rig_board.last.scores.logits, sizeof logits) == 0);
    CHECK(!rig_fake.flash.rule_broken);
}

static void lists_it(void) {
    CHECK(start() == 0);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 64, 0) == 0 && rig_number("encoder") == 0);
    /* The first slot's map: its kind is said before its bits. */
    static const uint8_t kind[] = {0x64, 'k', 'i', 'n', 'd', 3, 0x64, 'b', 'i', 't', 's', 8};
    size_t at = 0;
    while (at + sizeof kind <= rig_reply_len && memcmp(rig_reply + at, kind, sizeof kind))
        at++;
    CHECK(at + sizeof kind <= rig_reply_len);
}

static void a_missing_one_is_told(void) {
    rig_start();
    rig_image_len = fake_image(rig_image, 1);
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0);
    CHECK(send_encoder(6) == 0); /* another one */
    build_encoder(5);
    CHECK(deploy_expert(2) == CUR_RC_NO_ENCODER && rig_infer(1) == 0 && rig_number("slot") == 0);
    uint32_t expert = rig_slot;
    /* Half of it is not it. */
    build_encoder(5);
    rig_image_len /= 2;
    uint8_t sha[32];
    fake_sha256(rig_image, encoder_len, sha);
    rig_request(2);
    rig_pair("len", encoder_len);
    rig_pair_bytes("sha", sha, 32);
    CHECK(rig_ask(CUR_OP_WRITE, 64, 1) == 0);
    rig_request(3);
    rig_pair("slot", rig_number("slot"));
    rig_pair("off", 0);
    rig_pair_bytes("data", rig_image, 1000);
    CHECK(rig_ask(CUR_OP_WRITE, 64, 2) == 0 && rig_activate(expert) == CUR_RC_NO_ENCODER);
    CHECK(send_encoder(5) == 0 && rig_activate(expert) == 0 && rig_number("encoder") == rig_slot);
    CHECK(rig_infer(1) == 0 && rig_number("slot") == expert);
}

static void it_is_no_expert(void) {
    static const uint32_t expert[1] = {1}, encoder[1] = {0};
    CHECK(start() == 0);
    CHECK(rig_activate_bank(encoder, 1, -1) == CUR_RC_BAD_BANK);
    CHECK(rig_activate_bank(expert, 1, 0) == CUR_RC_BAD_BANK);
    CHECK(rig_infer(1) == 0 && encoder_of(&rig_board.store.active) == 0);
    /* Damaged in its structure it is refused when it is verified. */
    build_encoder(8);
    images_section(rig_image, 19, 1)[3] = 63;
    fake_seal(rig_image, rig_image_len);
    CHECK(send() == CUR_RC_BAD_IMAGE);
}

static void it_is_kept_while_it_is_needed(void) {
    CHECK(start() == 0);
    for (int restarts = 0; restarts < 2; restarts++) {
        CHECK(rig_ask_slot(5, 0) == CUR_RC_BAD_SLOT && rig_infer(1) == 0);
        rig_restart(CUR_CAUSE_POWER);
    }
    /* The way back leads to it, until it is erased. */
    rig_image_len = fake_image(rig_image, 1);
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0 && rig_number("encoder") == 0xdeadbeef);
    CHECK(encoder_of(&rig_board.store.active) == -1 && encoder_of(&rig_board.store.previous) == 0);
    CHECK(rig_ask_experts(6) == 0 && encoder_of(&rig_board.store.active) == 0 && rig_infer(1) == 0);
    CHECK(rig_ask_experts(6) == 0 && rig_infer(1) == 0);
    CHECK(rig_ask_slot(5, 0) == 0 && rig_board.store.previous.count == 0);
    CHECK(rig_ask_experts(6) == CUR_RC_NOT_VERIFIED && rig_activate(1) == CUR_RC_NO_ENCODER);
    CHECK(rig_infer(1) == 0);
}

static void banks_share_it(void) {
    CHECK(start() == 0 && deploy_expert(2) == 0 && rig_ask_experts(8) == 0);
    CHECK(encoder_of(&rig_board.store.active) == 0 && encoder_of(&rig_board.store.previous) == 0);
    CHECK(rig_ask_slot(5, 0) == CUR_RC_BAD_SLOT && rig_ask_experts(6) == 0 && rig_infer(1) == 0);
    /* Another encoder beside: each bank has its own, and roll back changes both. */
    CHECK(send_encoder(6) == 0);
    uint32_t other = rig_slot;
    CHECK(deploy_expert(3) == 0 && rig_ask_experts(8) == 0 && rig_number("encoder") == other);
    CHECK(rig_ask_slot(5, other) == CUR_RC_BAD_SLOT && rig_infer(1) == 0);
    CHECK(rig_ask_experts(6) == 0 && rig_number("encoder") == 0 && rig_infer(1) == 0);
    CHECK(rig_ask_slot(5, 0) == CUR_RC_BAD_SLOT && rig_ask_slot(5, other) == 0);
}

static void nothing_is_written_over_it(void) {
    static uint8_t before[16384];
    rig_start_with(0x10000, 1024, 8);
    CHECK(send_encoder(5) == 0 && deploy_expert(1) == 0 && rig_ask_experts(8) == 0);
    memcpy(before, cur_store_bytes(&rig_board.store, 0), encoder_len);
    /* Uploads of every size, given up or not, until there is no room, again and again. */
    uint32_t full = 0;
    for (uint32_t turn = 0; turn < 60; turn++) {
        rig_image_len = fake_image(rig_image, turn + 10);
        if (turn % 3 == 0) {
            uint8_t sha[32] = {(uint8_t)turn, 1};
            rig_request(2);
            rig_pair("len", 3000 + 500 * turn);
            rig_pair_bytes("sha", sha, 32);
            (void)rig_ask(CUR_OP_WRITE, 64, 1);
        } else if (rig_upload() || rig_ask_slot(3, rig_slot)) {
            full++;
            for (uint32_t slot = 2; slot < CUR_SLOTS; slot++)
                CHECK_AT(turn, rig_ask_slot(5, slot) == 0);
        }
        CHECK_AT(turn, memcmp(before, cur_store_bytes(&rig_board.store, 0), encoder_len) == 0);
    }
    CHECK(full > 3 && rig_infer(1) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_infer(1) == 0 && rig_number("slot") == 1 && !rig_fake.flash.rule_broken);
}

static void a_damaged_one_is_not_run(void) {
    rig_start();
    rig_image_len = fake_image(rig_image, 1);
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0);
    CHECK(send_encoder(5) == 0 && deploy_expert(1) == 0 && rig_ask_experts(8) == 0 && rig_infer(1) == 0);
    uint32_t at = (uint32_t)(cur_store_bytes(&rig_board.store, 1) - rig_fake.flash.bytes);
    rig_fake.flash.bytes[at + 3000] ^= 1;
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_infer(1) == 0 && rig_number("slot") == 0);
    CHECK(rig_board.store.slot[1].state == CUR_SLOT_EMPTY && rig_activate(2) == CUR_RC_NO_ENCODER);
    CHECK(send_encoder(5) == 0 && rig_activate(2) == 0 && rig_infer(1) == 0);
}

static uint32_t feedings;

static void feed(void *ctx) {
    (void)ctx;
    feedings++;
}

static void the_watchdog_hears_of_each_layer(void) {
    CHECK(start() == 0 && rig_infer(1) == 0);
    rig_fake.hal.watchdog_feed = feed;
    feedings = 0;
    rig_request(1);
    rig_pair("kind", 0);
    CHECK(rig_ask(CUR_OP_WRITE, 65, 1) == 0);
    /* Frames, the encoder's layers, the expert's. */
    CHECK(feedings >= CUR_FRAMES + 8 + 3);
    rig_fake.hal.watchdog_feed = NULL;
}

/* --- With a key --- */

/* Of RFC 8032, section 7.1, test 1; the signatures are its secret key's, over `curlew image 1`, a zero byte
 * and the seals of images_encoder(5) and of the expert 1 above. */
static const uint8_t key[32] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                                0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                                0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
static const uint8_t encoder_signature[64] = {
    0xc5, 0x65, 0xb2, 0x93, 0x4f, 0xcb, 0x9d, 0x94, 0x9c, 0x03, 0xb3, 0xe2, 0x9e, 0x8f, 0xce, 0x8c,
    0x93, 0x6a, 0x47, 0x31, 0x90, 0x6f, 0x96, 0xbe, 0xc0, 0x08, 0x5a, 0x94, 0xe0, 0x21, 0xdf, 0x17,
    0xa2, 0x88, 0x94, 0xe0, 0x50, 0xfe, 0xa6, 0x39, 0xf3, 0x44, 0x50, 0x78, 0x08, 0x90, 0x59, 0xbb,
    0xbd, 0xc6, 0xea, 0xcd, 0xe5, 0x37, 0xbd, 0xd7, 0xf8, 0x2f, 0x6f, 0x32, 0xcb, 0xf7, 0x28, 0x0b};
static const uint8_t expert_signature[64] = {
    0x61, 0xf1, 0xc6, 0xc4, 0x2f, 0xea, 0x14, 0xab, 0xb8, 0x24, 0xea, 0xeb, 0xa8, 0xc3, 0x66, 0xe6,
    0x7c, 0x46, 0x36, 0x64, 0x85, 0xb7, 0x32, 0x04, 0xcb, 0xb5, 0xaa, 0xab, 0x1a, 0x3c, 0x09, 0x11,
    0x08, 0x1b, 0xdb, 0x98, 0x84, 0xfc, 0xf2, 0x44, 0x5b, 0x7c, 0x01, 0x47, 0xd9, 0x64, 0x62, 0xaa,
    0x19, 0xda, 0x37, 0x4f, 0x3b, 0x80, 0x95, 0xe8, 0x6d, 0x56, 0x38, 0x47, 0x4e, 0xd0, 0x9e, 0x04};

static int set_key(const uint8_t *bytes, size_t n, int protect) {
    rig_request(2);
    rig_pair_bytes("new", bytes, n);
    cur_cbor_write_text(&rig_writer, "protect");
    cur_cbor_write_bool(&rig_writer, protect);
    return rig_ask(CUR_OP_WRITE, 67, 3);
}

static void sign(const uint8_t signature[64]) {
    uint8_t digest[32], *p = rig_image + rig_image_len;
    memset(p, 0, 96);
    memcpy(p, "SIGN", 4);
    cur_put_u32(p + 4, 1);
    fake_sha256(key, sizeof key, digest);
    memcpy(p + 8, digest, 8);
    memcpy(p + 16, signature, 64);
    rig_image_len += 96;
}

/* The encoder without and with a signature, and the signed expert; in that order, from slot 0. */
static int send_all(void) {
    if (send_encoder(5)) return -1;
    sign(encoder_signature);
    if (send()) return -1;
    build_expert(1);
    sign(expert_signature);
    return send();
}

static void a_signed_one_is_found_by_its_image(void) {
    rig_start();
    CHECK(send_all() == 0 && set_key(key, sizeof key, 0) == 0);
    CHECK(!rig_board.store.slot[0].is_signed && rig_board.store.slot[1].is_signed);
    CHECK(rig_activate(2) == 0 && rig_number("encoder") == 1 && rig_infer(1) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_infer(1) == 0 && encoder_of(&rig_board.store.active) == 1);
}

static void one_that_is_not_signed_is_not_run(void) {
    rig_start();
    CHECK(send_all() == 0 && rig_activate(2) == 0 && rig_number("encoder") == 0);
    /* The first that was found runs: it must be signed before a key is set. */
    CHECK(set_key(key, sizeof key, 0) == CUR_RC_NOT_SIGNED && !rig_board.store.has_key && rig_infer(1) == 0);
    rig_start();
    CHECK(send_all() == 0 && rig_ask_slot(5, 1) == 0 && set_key(key, sizeof key, 0) == 0);
    CHECK(rig_activate(2) == CUR_RC_NOT_SIGNED && !rig_board.has_expert);
}

static int activate_with_encoder(uint32_t slot, uint32_t encoder) {
    rig_request(2);
    cur_cbor_write_text(&rig_writer, "slots");
    cur_cbor_write_array(&rig_writer, 1);
    cur_cbor_write_u32(&rig_writer, slot);
    rig_pair("encoder", encoder);
    return rig_ask(CUR_OP_WRITE, 64, 4);
}

static void the_one_that_is_named_is_taken(void) {
    rig_start();
    CHECK(send_all() == 0 && rig_activate(2) == 0 && rig_number("encoder") == 0);
    CHECK(activate_with_encoder(2, 1) == 0 && rig_number("encoder") == 1 && rig_infer(1) == 0);
    CHECK(set_key(key, sizeof key, 0) == 0 && rig_infer(1) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_infer(1) == 0 && encoder_of(&rig_board.store.active) == 1);
    /* Not one that is unsigned, another image, empty or no slot; what answers answers on. */
    CHECK(activate_with_encoder(2, 0) == CUR_RC_NOT_SIGNED);
    CHECK(activate_with_encoder(2, 2) == CUR_RC_NO_ENCODER);
    CHECK(activate_with_encoder(2, 7) == CUR_RC_NOT_VERIFIED);
    CHECK(activate_with_encoder(2, 12) == CUR_RC_BAD_SLOT);
    CHECK(activate_with_encoder(2, 0xffffffff) == CUR_RC_BAD_SLOT && rig_infer(1) == 0);
}

static int send_of_version(uint32_t version) {
    cur_put_u32(rig_image + 16, version);
    fake_seal(rig_image, rig_image_len);
    fake_sha256(rig_image, rig_image_len, encoder_hash);
    return send();
}

static int deploy_expert_of_version(uint32_t seed, uint32_t version) {
    uint8_t hash[32];
    build_expert(seed);
    memcpy(hash, encoder_hash, sizeof hash);
    int rc = send_of_version(version);
    memcpy(encoder_hash, hash, sizeof hash);
    return rc ? rc : rig_activate(rig_slot);
}

static void its_version_counts(void) {
    rig_start();
    CHECK(set_key(key, 0, 1) == 0 && rig_board.store.protect);
    build_encoder(5);
    CHECK(send_of_version(9) == 0 && deploy_expert_of_version(1, 3) == 0);
    /* Until the trial is over, others are taken: one of the same version, one that is older. */
    build_encoder(6);
    CHECK(send_of_version(9) == 0);
    uint8_t same[32], old[32];
    memcpy(same, encoder_hash, sizeof same);
    build_encoder(6);
    CHECK(send_of_version(8) == 0);
    memcpy(old, encoder_hash, sizeof old);
    CHECK(rig_ask_experts(8) == 0 && rig_board.store.versions.count == 2);
    /* They are not run behind a newer expert, and no more are taken. */
    CHECK(deploy_expert_of_version(2, 4) == CUR_RC_TOO_OLD && rig_infer(1) == 0);
    memcpy(encoder_hash, same, sizeof same);
    CHECK(deploy_expert_of_version(2, 5) == CUR_RC_SAME_VERSION && rig_infer(1) == 0);
    build_encoder(7);
    CHECK(send_of_version(9) == CUR_RC_SAME_VERSION && rig_ask_slot(5, rig_slot) == 0);
    build_encoder(7);
    CHECK(send_of_version(10) == 0 && deploy_expert_of_version(3, 6) == 0 && rig_infer(1) == 0);
}

TEST_LIST(encoder_bank_tests) = {
    {"an expert answers with its encoder's embedding, also after a restart", answers},
    {"the list tells an encoder and which one is active", lists_it},
    {"an expert whose encoder is not there is refused, and the old one answers on", a_missing_one_is_told},
    {"an encoder is not activated as an expert or a router", it_is_no_expert},
    {"the encoder of the active bank is not erased; that of the previous one closes the way back",
     it_is_kept_while_it_is_needed},
    {"banks share an encoder, or have their own", banks_share_it},
    {"no upload is written over the active bank's encoder", nothing_is_written_over_it},
    {"a damaged encoder is not run and its bank makes way", a_damaged_one_is_not_run},
    {"the watchdog hears of each layer", the_watchdog_hears_of_each_layer},
    {"a signed encoder is found by the hash of its image alone", a_signed_one_is_found_by_its_image},
    {"an encoder that is not signed is not run on a board with a key", one_that_is_not_signed_is_not_run},
    {"an encoder that is named by its slot is taken, among several of the same image",
     the_one_that_is_named_is_taken},
    {"roll-back protection compares encoders, too, also those that lie there", its_version_counts},
    TEST_END,
};
