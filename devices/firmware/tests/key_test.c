#include "rig.h"
#include "test.h"
#include "../core/mem.h"

/* A board with a public key. Keys and signatures are fixed: the secret key is the one of RFC 8032, section
 * 7.1, test 1, and the image is fake_image(1). */

static const uint8_t key[32] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                                0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                                0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

/* Over `curlew image 1`, a zero byte, the image's seal. */
static const uint8_t image_signature[64] = {
    0x99, 0xa5, 0x00, 0xcb, 0x84, 0x53, 0xdc, 0x86, 0xb7, 0x66, 0x4b, 0x3a, 0xa4, 0xc8, 0x4a, 0x57,
    0xc6, 0x19, 0xc8, 0xbb, 0xef, 0x0c, 0x17, 0x07, 0x7d, 0xcd, 0x26, 0xe7, 0x1c, 0xbb, 0x00, 0xe1,
    0xc3, 0xa2, 0x52, 0x50, 0x97, 0x2b, 0x05, 0x3d, 0x1e, 0xe6, 0x82, 0x1b, 0x33, 0xa5, 0x1a, 0x81,
    0x04, 0x97, 0x9d, 0xea, 0xe0, 0x72, 0xb2, 0x2b, 0xa2, 0xc5, 0xdd, 0x3b, 0xd4, 0x1e, 0x9b, 0x04};

/* Over `curlew key 1`, a zero byte, eight zeros (the board's id), 1 (key changes), the same key, 1 (protect).
 */
static const uint8_t change_signature[64] = {
    0x72, 0x98, 0xf6, 0x8c, 0x95, 0xe7, 0x31, 0xa5, 0x90, 0x77, 0x80, 0x23, 0xb4, 0x51, 0x0c, 0xe4,
    0x9c, 0xbc, 0xda, 0x09, 0xb3, 0x4f, 0x07, 0xe9, 0x72, 0x98, 0xfc, 0xa5, 0x25, 0x4a, 0xc6, 0xe9,
    0x5b, 0xa1, 0x3d, 0x48, 0xa1, 0xf1, 0x88, 0x30, 0xd0, 0x6a, 0x20, 0xc7, 0xbc, 0x2c, 0x59, 0xd3,
    0x79, 0x98, 0x81, 0x07, 0xf4, 0xab, 0x2f, 0x57, 0x84, 0x8a, 0x83, 0x0e, 0xdb, 0x84, 0x8a, 0x00};

static int set_key(const uint8_t *new_key, int protect, const uint8_t *signature) {
    rig_request(signature ? 3 : 2);
    rig_pair_bytes("new", new_key, 32);
    cur_cbor_write_text(&rig_writer, "protect");
    cur_cbor_write_bool(&rig_writer, protect);
    if (signature) rig_pair_bytes("sig", signature, 64);
    return rig_ask(CUR_OP_WRITE, 67, 3);
}

/* Puts the signature behind rig_image. */
static void sign_image(void) {
    uint8_t digest[32], *p;
    rig_image_len = fake_image(rig_image, 1);
    p = rig_image + rig_image_len;
    memset(p, 0, 96);
    memcpy(p, "SIGN", 4);
    cur_put_u32(p + 4, 1);
    fake_sha256(key, sizeof key, digest);
    memcpy(p + 8, digest, 8);
    memcpy(p + 16, image_signature, sizeof image_signature);
    rig_image_len += 96;
}

static void takes_signed_images(void) {
    rig_start();
    sign_image();
    CHECK(set_key(key, 0, NULL) == 0 && rig_deploy() == 0 && rig_board.store.slot[0].is_signed);
    CHECK(rig_infer(1) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_board.store.slot[0].is_signed && rig_infer(1) == 0);
}

static void refuses_wrong_signatures(void) {
    rig_start();
    CHECK(set_key(key, 0, NULL) == 0);
    for (uint32_t at = 0; at < 96; at += 5) {
        sign_image();
        rig_image[rig_image_len - 96 + at] ^= 0x10;
        CHECK_AT(at, rig_upload() == 0 && rig_ask_slot(3, rig_slot) == CUR_RC_NOT_SIGNED);
        CHECK_AT(at, rig_activate(rig_slot) == CUR_RC_NOT_VERIFIED && rig_ask_slot(5, rig_slot) == 0);
    }
    /* The signature of another image. */
    sign_image();
    rig_image[36] = 'x';
    fake_seal(rig_image, rig_image_len - 96);
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == CUR_RC_NOT_SIGNED);
}

static void unsigned_ones_are_not_run_later(void) {
    rig_start();
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == 0);
    uint32_t plain = rig_slot;
    sign_image();
    CHECK(rig_deploy() == 0 && !rig_board.store.slot[rig_slot].is_signed);
    CHECK(set_key(key, 0, NULL) == 0 && rig_board.store.slot[rig_slot].is_signed);
    CHECK(rig_activate(plain) == CUR_RC_NOT_SIGNED && rig_infer(1) == 0);
    /* Nor where the flash says that it is the active one. */
    rig_board.store.active.slot[0] = (uint8_t)plain;
    CHECK(rig_ask_slot(5, rig_slot) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(!rig_board.has_expert && rig_infer(1) == CUR_RC_NO_EXPERT);
}

static void a_way_back_that_is_not_signed_is_closed(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0);
    sign_image();
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0 && rig_board.store.previous.count == 1);
    CHECK(set_key(key, 0, NULL) == 0 && rig_board.store.previous.count == 0);
    CHECK(rig_ask_experts(6) == CUR_RC_NOT_VERIFIED);
}

static void only_the_owner_changes_the_key(void) {
    static const uint8_t other[32] = {1};
    rig_start();
    CHECK(set_key(key, 0, change_signature) == 0 && rig_number("keys") == 1);
    CHECK(set_key(key, 1, NULL) == CUR_RC_NOT_SIGNED &&
          set_key(other, 1, change_signature) == CUR_RC_NOT_SIGNED);
    CHECK(set_key(key, 0, change_signature) == CUR_RC_NOT_SIGNED && rig_board.store.key_changes == 1);
    CHECK(set_key(key, 1, change_signature) == 0 && rig_number("keys") == 2 && rig_board.store.protect);
    /* Said once more it is another change. */
    CHECK(set_key(key, 1, change_signature) == CUR_RC_NOT_SIGNED);
}

TEST_LIST(key_tests) = {
    {"a board with a key takes what is signed with it", takes_signed_images},
    {"a board with a key refuses every altered signature", refuses_wrong_signatures},
    {"an unsigned image is not run once there is a key", unsigned_ones_are_not_run_later},
    {"a key closes the way back to an unsigned bank", a_way_back_that_is_not_signed_is_closed},
    {"only its owner changes a board's key, and each signature counts once", only_the_owner_changes_the_key},
    TEST_END,
};
