#include "rig.h"
#include "test.h"

/* Pieces of an upload that come before their turn. */

static uint32_t slot;

static int begin(uint32_t seed) {
    uint8_t sha[32];
    rig_image_len = fake_image(rig_image, seed);
    fake_sha256(rig_image, rig_image_len, sha);
    rig_request(2);
    rig_pair("len", rig_image_len);
    rig_pair_bytes("sha", sha, 32);
    int rc = rig_ask(CUR_OP_WRITE, 64, 1);
    slot = rig_number("slot");
    return rc;
}

/* Sends a piece to that slot; the next byte wanted. */
static uint32_t send(uint32_t off, uint32_t n) {
    rig_request(3);
    rig_pair("slot", slot);
    rig_pair("off", off);
    rig_pair_bytes("data", rig_image + off, n);
    return rig_ask(CUR_OP_WRITE, 64, 2) ? 0xdeadbeef : rig_number("off");
}

static int was_kept(void) {
    int kept = 0;
    return cur_cbor_get_bool(&rig_map, "kept", &kept) == 0 && kept;
}

static void an_early_piece_is_kept(void) {
    rig_start();
    CHECK(begin(1) == 0);
    CHECK(send(0, 100) == 100 && !was_kept());
    CHECK(send(200, 100) == 100 && was_kept());
    CHECK(send(400, 100) == 100 && was_kept());
    CHECK(send(200, 100) == 100 && was_kept());
    CHECK(send(100, 100) == 300 && !was_kept());
    CHECK(send(250, 150) == 300 && !was_kept());
    CHECK(send(300, 150) == 500 && !was_kept());
}

static void pieces_arrive_in_any_order(void) {
    for (uint32_t turn = 0; turn < 200; turn++) {
        rig_start();
        CHECK_AT(turn, begin(turn) == 0);
        test_seed(turn + 1);
        uint32_t wanted = 0;
        while (wanted < rig_image_len) {
            uint32_t off = wanted + test_noise() % 4 * 300;
            uint32_t n = 1 + test_noise() % 700;
            if (off >= rig_image_len) continue;
            if (n > rig_image_len - off) n = rig_image_len - off;
            wanted = send(off, n);
            CHECK_AT(turn, wanted <= rig_image_len && rig_board.early.used <= CUR_EARLY_BYTES);
        }
        CHECK_AT(turn, rig_ask_slot(3, slot) == 0 && !rig_fake.flash.rule_broken);
    }
}

static void what_has_no_room_comes_again(void) {
    rig_start();
    CHECK(begin(1) == 0);
    uint32_t off = 1;
    while (send(off, 5) == 0 && was_kept())
        off += 5;
    CHECK(off == 1 + 5 * CUR_EARLY_PIECES);
    CHECK(send(0, 1) == off);
    CHECK(send(off + 1, 2000) == off && was_kept());
    CHECK(send(off + 2001, 2000) == off && was_kept());
    CHECK(send(off + 4001, 1000) == off && was_kept());
    CHECK(send(off + 5001, 2200) == off && !was_kept());
    CHECK(send(off, 1) == off + 5001);
}

static void a_new_upload_forgets_what_was_kept(void) {
    rig_start();
    CHECK(begin(1) == 0 && send(100, 100) == 0 && was_kept());
    CHECK(begin(2) == 0 && send(0, 100) == 100);
    CHECK(send(rig_image_len - 10, 10) == 100 && was_kept());
    rig_image_len += 20;
    CHECK(send(rig_image_len - 25, 20) == 100 && !was_kept());
}

TEST_LIST(early_tests) = {
    {"an early piece is kept and taken in its turn", an_early_piece_is_kept},
    {"pieces that come in any order make the whole image", pieces_arrive_in_any_order},
    {"an early piece without room is not kept", what_has_no_room_comes_again},
    {"a new upload forgets what was kept", a_new_upload_forgets_what_was_kept},
    TEST_END,
};
