#include "owner.h"
#include "test.h"
#include "../core/mem.h"

/* A board with a public key (owner.h). */

/* Over `curlew key 1`, a zero byte, eight zeros (the board's id), 1 (key changes), the same key, 1 (protect).
 */
static const uint8_t change_signature[64] = {
    0x72, 0x98, 0xf6, 0x8c, 0x95, 0xe7, 0x31, 0xa5, 0x90, 0x77, 0x80, 0x23, 0xb4, 0x51, 0x0c, 0xe4,
    0x9c, 0xbc, 0xda, 0x09, 0xb3, 0x4f, 0x07, 0xe9, 0x72, 0x98, 0xfc, 0xa5, 0x25, 0x4a, 0xc6, 0xe9,
    0x5b, 0xa1, 0x3d, 0x48, 0xa1, 0xf1, 0x88, 0x30, 0xd0, 0x6a, 0x20, 0xc7, 0xbc, 0x2c, 0x59, 0xd3,
    0x79, 0x98, 0x81, 0x07, 0xf4, 0xab, 0x2f, 0x57, 0x84, 0x8a, 0x83, 0x0e, 0xdb, 0x84, 0x8a, 0x00};

static void takes_signed_images(void) {
    rig_start();
    owner_sign_image();
    CHECK(owner_set_key(owner_key, 0, NULL) == 0 && rig_deploy() == 0 && rig_board.store.slot[0].is_signed);
    CHECK(rig_infer(1) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_board.store.slot[0].is_signed && rig_infer(1) == 0);
}

static void refuses_wrong_signatures(void) {
    rig_start();
    CHECK(owner_set_key(owner_key, 0, NULL) == 0);
    for (uint32_t at = 0; at < 96; at += 5) {
        owner_sign_image();
        rig_image[rig_image_len - 96 + at] ^= 0x10;
        CHECK_AT(at, rig_upload() == 0 && rig_ask_slot(3, rig_slot) == CUR_RC_NOT_SIGNED);
        CHECK_AT(at, rig_activate(rig_slot) == CUR_RC_NOT_VERIFIED && rig_ask_slot(5, rig_slot) == 0);
    }
    /* The signature of another image. */
    owner_sign_image();
    rig_image[36] = 'x';
    fake_seal(rig_image, rig_image_len - 96);
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == CUR_RC_NOT_SIGNED);
}

static void unsigned_ones_are_not_run_later(void) {
    rig_start();
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == 0);
    uint32_t plain = rig_slot;
    owner_sign_image();
    CHECK(rig_deploy() == 0 && !rig_board.store.slot[rig_slot].is_signed);
    CHECK(owner_set_key(owner_key, 0, NULL) == 0 && rig_board.store.slot[rig_slot].is_signed);
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
    owner_sign_image();
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0 && rig_board.store.previous.count == 1);
    CHECK(owner_set_key(owner_key, 0, NULL) == 0 && rig_board.store.previous.count == 0);
    CHECK(rig_ask_experts(6) == CUR_RC_NOT_VERIFIED);
}

static void only_the_owner_changes_the_key(void) {
    static const uint8_t other[32] = {1};
    rig_start();
    CHECK(owner_set_key(owner_key, 0, change_signature) == 0 && rig_number("keys") == 1);
    CHECK(owner_set_key(owner_key, 1, NULL) == CUR_RC_NOT_SIGNED &&
          owner_set_key(other, 1, change_signature) == CUR_RC_NOT_SIGNED);
    CHECK(owner_set_key(owner_key, 0, change_signature) == CUR_RC_NOT_SIGNED &&
          rig_board.store.key_changes == 1);
    CHECK(owner_set_key(owner_key, 1, change_signature) == 0 && rig_number("keys") == 2 &&
          rig_board.store.protect);
    /* Said once more it is another change. */
    CHECK(owner_set_key(owner_key, 1, change_signature) == CUR_RC_NOT_SIGNED);
}

static void the_owner_replaces_the_key_and_the_bank_answers_on(void) {
    rig_start();
    CHECK(owner_set_key(owner_key, 0, NULL) == 0);
    owner_sign_image();
    CHECK(rig_deploy() == 0 && rig_ask_experts(8) == 0);
    uint32_t active = rig_slot;
    CHECK(owner_set_key(owner_next_key, 0, NULL) == CUR_RC_NOT_SIGNED);
    CHECK(owner_set_key(owner_next_key, 0, owner_rotation) == 0 && rig_number("keys") == 2);
    CHECK(rig_infer(1) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_infer(1) == 0 && rig_board.store.slot[active].is_signed == CUR_VOUCHED);
    CHECK(owner_set_key(owner_key, 0, owner_rotation) == CUR_RC_NOT_SIGNED);
}

static void what_did_not_answer_is_not_vouched_for(void) {
    rig_start();
    owner_sign_image();
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == 0);
    uint32_t idle = rig_slot;
    CHECK(owner_set_key(owner_key, 0, NULL) == 0 && rig_board.store.slot[idle].is_signed == CUR_SIGNED);
    CHECK(owner_set_key(owner_next_key, 0, owner_rotation) == 0);
    CHECK(rig_activate(idle) == CUR_RC_NOT_SIGNED && rig_infer(1) == CUR_RC_NO_EXPERT);
    /* Nor can it be sent anew. */
    CHECK(rig_ask_slot(5, idle) == 0);
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == CUR_RC_NOT_SIGNED);
}

TEST_LIST(key_tests) = {
    {"a board with a key takes what is signed with it", takes_signed_images},
    {"a board with a key refuses every altered signature", refuses_wrong_signatures},
    {"an unsigned image is not run once there is a key", unsigned_ones_are_not_run_later},
    {"a key closes the way back to an unsigned bank", a_way_back_that_is_not_signed_is_closed},
    {"only its owner changes a board's key, and each signature counts once", only_the_owner_changes_the_key},
    {"its owner replaces the key, and the bank answers on",
     the_owner_replaces_the_key_and_the_bank_answers_on},
    {"a new key closes what did not answer", what_did_not_answer_is_not_vouched_for},
    TEST_END,
};
