#include "rig.h"
#include "test.h"
#include "../core/mem.h"

/* The store of experts: slots, banks, trials, and what is refused. */

static const uint32_t shapes[][3] = {
    {0x400000, 4096, 8}, {0x10000, 1024, 1}, {0x10000, 1024, 64}, {0x100000, 65536, 32}, {0x40000, 4096, 64},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static int deploy(uint32_t seed) {
    rig_image_len = fake_image(rig_image, seed);
    return rig_deploy();
}

static int upload(uint32_t seed) {
    rig_image_len = fake_image(rig_image, seed);
    return rig_upload() || rig_ask_slot(3, rig_slot);
}

static int infer_times(int times) {
    for (int i = 0; i < times; i++) {
        if (rig_infer(1)) return -1;
    }
    return 0;
}

static uint32_t active(void) {
    return rig_board.store.active.count ? rig_board.store.active.slot[0] : 99;
}

static uint32_t previous(void) {
    return rig_board.store.previous.count ? rig_board.store.previous.slot[0] : 99;
}

static int state_of(uint32_t slot) {
    return rig_board.store.slot[slot].state;
}

static int begin(uint32_t len, const uint8_t sha[32]) {
    rig_request(2);
    rig_pair("len", len);
    rig_pair_bytes("sha", sha, 32);
    return rig_ask(CUR_OP_WRITE, 64, 1);
}

static int write_at(uint32_t slot, uint32_t off, const uint8_t *bytes, uint32_t n) {
    rig_request(3);
    rig_pair("slot", slot);
    rig_pair("off", off);
    rig_pair_bytes("data", bytes, n);
    return rig_ask(CUR_OP_WRITE, 64, 2);
}

static void new_flash_is_empty(void) {
    for (int shape = 0; shape < SHAPES; shape++) {
        rig_start_with(shapes[shape][0], shapes[shape][1], shapes[shape][2]);
        rig_request(0);
        CHECK_AT(shape, rig_ask(CUR_OP_READ, 64, 0) == 0 && rig_number("count") == CUR_SLOTS);
        uint32_t numbers[12], blocks = shapes[shape][0] / shapes[shape][1] - 6;
        CHECK_AT(shape, rig_numbers("active", numbers) == 0 && rig_numbers("previous", numbers) == 0);
        CHECK_AT(shape, rig_number("size") == blocks * shapes[shape][1]);
        CHECK_AT(shape, rig_number("free") == (blocks - 1) * shapes[shape][1]);
        /* Nothing but the journal of the settings, which counts the start. */
        for (uint32_t i = 0; i < shapes[shape][0]; i++) {
            int counts = i / shapes[shape][1] - CUR_STORE_BLOCKS < CUR_SETTINGS_BLOCKS;
            CHECK_AT(shape, counts || rig_fake.flash.bytes[i] == 0xff);
        }
    }
}

static void flash_of_another_make_is_empty(void) {
    rig_start();
    for (uint32_t i = 0; i < rig_fake.flash.size; i++)
        rig_fake.flash.bytes[i] = (uint8_t)test_noise();
    memset(rig_fake.flash.begun, 1, rig_fake.flash.size / rig_fake.flash.granule);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(active() == 99 && cur_store_free(&rig_board.store) == cur_store_capacity(&rig_board.store));
    CHECK(deploy(1) == 0 && rig_infer(1) == 0 && !rig_fake.flash.rule_broken);
}

/* So that what answered can be erased, where the flash does not hold another bank beside it. */
static void nothing_can_be_made_to_answer(void) {
    rig_start();
    CHECK(deploy(1) == 0 && infer_times(CUR_INFERENCES) == 0);
    uint32_t first = rig_slot, numbers[12];
    CHECK(rig_activate_bank(numbers, 0, 0) == CUR_RC_MALFORMED && active() == first);
    CHECK(rig_activate_bank(numbers, 0, -1) == 0 && rig_numbers("active", numbers) == 0);
    CHECK(rig_infer(1) == CUR_RC_NO_EXPERT && previous() == first);
    CHECK(rig_ask_experts(6) == 0 && active() == first && rig_infer(1) == 0);
    CHECK(rig_activate_bank(numbers, 0, -1) == 0);
    rig_restart(CUR_CAUSE_WATCHDOG);
    CHECK(active() == 99 && previous() == first);
    CHECK(rig_ask_slot(5, first) == 0 && previous() == 99);
    CHECK(cur_store_free(&rig_board.store) == cur_store_capacity(&rig_board.store));
    CHECK(deploy(2) == 0 && rig_infer(1) == 0);
}

static void works_on_any_shape(void) {
    for (int shape = 0; shape < SHAPES; shape++) {
        rig_start_with(shapes[shape][0], shapes[shape][1], shapes[shape][2]);
        for (uint32_t seed = 1; seed <= 20; seed++) {
            CHECK_AT(shape, deploy(seed) == 0 && infer_times(3) == 0);
            rig_restart(CUR_CAUSE_POWER);
            CHECK_AT(shape, rig_infer(1) == 0);
            for (uint32_t slot = 0; slot < CUR_SLOTS; slot++) {
                if (slot != active() && slot != previous()) CHECK_AT(shape, rig_ask_slot(5, slot) == 0);
            }
        }
        CHECK_AT(shape, !rig_fake.flash.rule_broken);
    }
}

/* Uploads in pieces of any size, cut off by restarts. */
static void goes_on_after_restarts(void) {
    for (int shape = 0; shape < SHAPES; shape++) {
        rig_start_with(shapes[shape][0], shapes[shape][1], shapes[shape][2]);
        for (uint32_t turn = 0; turn < 40; turn++) {
            uint8_t sha[32];
            rig_image_len = fake_image(rig_image, 100 + turn);
            fake_sha256(rig_image, rig_image_len, sha);
            CHECK_AT(turn, begin(rig_image_len, sha) == 0 && rig_number("off") == 0);
            uint32_t slot = rig_number("slot"), off = 0, furthest = 0;
            test_seed(turn + 1);
            while (off < rig_image_len) {
                uint32_t n = 1 + test_noise() % 700;
                if (n > rig_image_len - off) n = rig_image_len - off;
                CHECK_AT(turn, write_at(slot, off, rig_image + off, n) == 0 && rig_number("off") == off + n);
                off += n;
                furthest = off > furthest ? off : furthest;
                if (test_noise() % 8 == 0) {
                    CHECK_AT(turn, begin(rig_image_len, sha) == 0 && rig_number("off") == off);
                    rig_restart(CUR_CAUSE_POWER);
                    CHECK_AT(turn, begin(rig_image_len, sha) == 0 && rig_number("slot") == slot);
                    uint32_t chunk = rig_fake.flash.block;
                    CHECK_AT(turn, rig_number("off") <= off && rig_number("off") + 8 * chunk > off);
                    off = rig_number("off");
                }
            }
            CHECK_AT(turn, rig_ask_slot(3, slot) == 0 && rig_ask_slot(5, slot) == 0);
            CHECK_AT(turn, !rig_fake.flash.rule_broken);
        }
    }
}

static void marks_every_block(void) {
    uint8_t sha[32];
    rig_start_with(0x10000, 1024, 8);
    fake_sha256(rig_image, rig_image_len, sha);
    for (uint32_t sent = 0; sent < rig_image_len; sent += 100) {
        CHECK_AT(sent, begin(rig_image_len, sha) == 0 && rig_number("off") == 0);
        uint32_t slot = rig_number("slot");
        for (uint32_t off = 0; off < sent; off += 100)
            CHECK_AT(sent, write_at(slot, off, rig_image + off, 100) == 0);
        rig_restart(CUR_CAUSE_POWER);
        CHECK_AT(sent, begin(rig_image_len, sha) == 0 && rig_number("off") == sent / 1024 * 1024);
        CHECK_AT(sent, rig_upload() == 0 && rig_ask_slot(3, slot) == 0 && rig_ask_slot(5, slot) == 0);
    }
    CHECK(!rig_fake.flash.rule_broken);
}

static void finds_what_is_there(void) {
    rig_start();
    CHECK(upload(1) == 0 && rig_slot == 0 && upload(2) == 0 && rig_slot == 1);
    uint32_t operations = rig_fake.flash.operations;
    CHECK(upload(1) == 0 && rig_slot == 0 && rig_fake.flash.operations == operations);
    rig_restart(CUR_CAUSE_POWER);
    operations = rig_fake.flash.operations;
    CHECK(upload(2) == 0 && rig_slot == 1 && rig_fake.flash.operations == operations);
}

static void checks_the_piece(void) {
    uint8_t sha[32] = {1};
    rig_start();
    CHECK(begin(100, sha) == 0);
    rig_request(4);
    rig_pair("slot", 0);
    rig_pair("off", 0);
    rig_pair_bytes("data", rig_image, 10);
    rig_pair("crc", 12345);
    CHECK(rig_ask(CUR_OP_WRITE, 64, 2) == CUR_RC_BAD_HASH && rig_board.store.slot[0].off == 0);
    CHECK(write_at(1, 0, rig_image, 10) == CUR_RC_BAD_SLOT);
    CHECK(write_at(12, 0, rig_image, 10) == CUR_RC_BAD_SLOT);
    CHECK(write_at(0, 0, rig_image, 101) == CUR_RC_TOO_LARGE);
    CHECK(rig_ask_slot(3, 0) == CUR_RC_BAD_HASH && rig_ask_slot(3, 1) == CUR_RC_NOT_VERIFIED);
    CHECK(rig_ask_slot(3, 12) == CUR_RC_BAD_SLOT && rig_ask_slot(5, 12) == CUR_RC_BAD_SLOT);
    CHECK(begin(0, sha) == CUR_RC_MALFORMED && begin(0x7fffffff, sha) == CUR_RC_TOO_LARGE);
    CHECK(begin(cur_store_capacity(&rig_board.store) + 1, sha) == CUR_RC_TOO_LARGE);
}

static void refuses_wrong_banks(void) {
    static const uint32_t none[1] = {0}, two[2] = {0, 1}, far[1] = {12}, open[1] = {2};
    rig_start();
    CHECK(upload(1) == 0 && upload(2) == 0);
    uint8_t sha[32] = {9};
    CHECK(begin(100, sha) == 0 && rig_number("slot") == 2);
    CHECK(rig_activate_bank(none, 0, 0) == CUR_RC_MALFORMED);
    CHECK(rig_activate_bank(far, 1, -1) == CUR_RC_BAD_SLOT &&
          rig_activate_bank(none, 1, 12) == CUR_RC_BAD_SLOT);
    CHECK(rig_activate_bank(open, 1, -1) == CUR_RC_NOT_VERIFIED);
    CHECK(rig_activate_bank(none, 1, 2) == CUR_RC_NOT_VERIFIED);
    CHECK(rig_activate_bank(two, 2, -1) == CUR_RC_BAD_BANK);
    /* The second is an expert, too, and no router. */
    CHECK(rig_activate_bank(none, 1, 1) == CUR_RC_BAD_BANK);
    CHECK(!rig_board.has_expert && active() == 99);
    CHECK(rig_activate(0) == 0 && rig_infer(1) == 0);
    CHECK(rig_activate_bank(two, 2, -1) == CUR_RC_BAD_BANK && rig_infer(1) == 0 && active() == 0);
}

static void routing_comes_whole(void) {
    rig_start();
    CHECK(upload(1) == 0);
    rig_request(2);
    cur_cbor_write_text(&rig_writer, "slots");
    cur_cbor_write_array(&rig_writer, 1);
    cur_cbor_write_u32(&rig_writer, 0);
    rig_pair("passes", 3);
    CHECK(rig_ask(CUR_OP_WRITE, 64, 4) == CUR_RC_MALFORMED && active() == 99);
}

static void fills_up(void) {
    uint8_t sha[32] = {0};
    rig_start_with(0x10000, 1024, 8);
    uint32_t seed = 1;
    for (; seed < 99; seed++) {
        rig_image_len = fake_image(rig_image, seed);
        if (rig_upload()) break;
        CHECK_AT(seed, rig_ask_slot(3, rig_slot) == 0);
    }
    CHECK(seed > 6 && cur_store_free(&rig_board.store) < rig_image_len);
    CHECK(rig_upload() == CUR_RC_FULL);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_upload() == CUR_RC_FULL);
    for (uint32_t slot = 0; slot + 1 < seed; slot++)
        CHECK_AT(slot, state_of(slot) == CUR_SLOT_VERIFIED);
    CHECK(rig_ask_slot(5, 2) == 0 && upload(seed) == 0 && rig_slot == 2);
    CHECK(!rig_fake.flash.rule_broken);
    /* Twelve slots, however small. */
    rig_start();
    for (uint32_t slot = 0; slot < CUR_SLOTS; slot++)
        CHECK_AT(slot, upload(200 + slot) == 0 && rig_slot == slot);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 64, 0) == 0 && rig_number("free") == 0);
    CHECK(begin(16, sha) == CUR_RC_FULL);
}

static void drops_partial_uploads_for_room(void) {
    uint8_t sha[32] = {0};
    rig_start();
    for (uint32_t slot = 0; slot < CUR_SLOTS; slot++) {
        sha[0] = (uint8_t)(slot + 1);
        CHECK_AT(slot, begin(5000, sha) == 0 && write_at(slot, 0, rig_image, 100) == 0);
    }
    CHECK(upload(1) == 0);
    for (uint32_t slot = 0; slot < CUR_SLOTS; slot++)
        CHECK_AT(slot, state_of(slot) == (slot == rig_slot ? CUR_SLOT_VERIFIED : CUR_SLOT_EMPTY));
    /* Where even that is not enough, nothing is dropped. */
    sha[0] = 99;
    CHECK(begin(5000, sha) == 0);
    uint32_t partial = rig_number("slot");
    sha[0] = 98;
    CHECK(begin(cur_store_capacity(&rig_board.store), sha) == CUR_RC_FULL);
    CHECK(state_of(partial) == CUR_SLOT_PARTIAL);
}

/* As begin, from that block on. */
static int begin_at(uint32_t len, uint8_t seed, uint32_t at) {
    uint8_t sha[32] = {seed};
    rig_request(3);
    rig_pair("len", len);
    rig_pair_bytes("sha", sha, sizeof sha);
    rig_pair("at", at);
    return rig_ask(CUR_OP_WRITE, 64, 1);
}

static void looks_where_it_is_told(void) {
    const struct cur_store *s = &rig_board.store;
    rig_start_with(0x8000, 1024, 8); /* 26 blocks */
    CHECK(begin_at(4000, 1, 20) == 0 && s->slot[0].first - s->from == 20);
    CHECK(begin_at(4000, 2, 20) == 0 && s->slot[1].first == s->from);
    CHECK(begin_at(4000, 3, 0) == 0 && s->slot[2].first - s->from == 5);
    /* Beyond the store: as if nothing were said. */
    CHECK(begin_at(4000, 4, 26) == 0 && s->slot[3].first - s->from == 10);
}

/* A header of an earlier life lies where the new slot's was not written yet. */
static void stale_headers_count_for_nothing(void) {
    uint8_t sha[32] = {5};
    rig_start_with(0x8000, 1024, 8); /* 26 blocks: an image of 7 is followed by room for one of 19 */
    CHECK(upload(1) == 0);
    uint8_t header[1024];
    uint32_t at = rig_board.store.slot[rig_slot].first * 1024u;
    memcpy(header, rig_fake.flash.bytes + at, sizeof header);
    CHECK(rig_ask_slot(5, rig_slot) == 0);
    rig_board.store.next = (uint16_t)(at / 1024);
    CHECK(begin(rig_image_len, sha) == 0 && rig_board.store.slot[0].first * 1024u == at);
    memcpy(rig_fake.flash.bytes + at, header, sizeof header);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(state_of(0) == CUR_SLOT_EMPTY);
    CHECK(deploy(3) == 0 && rig_infer(1) == 0);
}

static void trial_passes(void) {
    rig_start();
    CHECK(deploy(1) == 0 && rig_board.store.trial == CUR_TRIAL_ON && infer_times(2) == 0);
    CHECK(rig_board.store.trial == CUR_TRIAL_ON && infer_times(1) == 0);
    CHECK(rig_board.store.trial == CUR_TRIAL_NONE);
    CHECK(deploy(2) == 0 && rig_ask_experts(8) == 0 && rig_board.store.trial == CUR_TRIAL_NONE);
    for (int i = 0; i < 10; i++)
        rig_restart(CUR_CAUSE_WATCHDOG);
    CHECK(active() == 1 && previous() == 0 && rig_board.store.trial == CUR_TRIAL_NONE);
}

static void trial_falls_back(void) {
    static const int causes[] = {CUR_CAUSE_WATCHDOG, CUR_CAUSE_FAULT};
    for (int i = 0; i < 2; i++) {
        rig_start();
        CHECK(deploy(1) == 0 && infer_times(3) == 0 && deploy(2) == 0 && infer_times(2) == 0);
        rig_restart(causes[i]);
        CHECK(active() == 0 && previous() == 99 && rig_board.store.trial == CUR_TRIAL_FELL_BACK);
        CHECK(rig_infer(1) == 0 && state_of(1) == CUR_SLOT_VERIFIED);
        CHECK(rig_ask_experts(6) == CUR_RC_NOT_VERIFIED);
    }
    rig_start();
    CHECK(deploy(1) == 0 && infer_times(3) == 0 && deploy(2) == 0);
    for (int start = 0; start < 2; start++) {
        CHECK(infer_times(2) == 0);
        rig_restart(CUR_CAUSE_POWER);
        CHECK(active() == 1);
    }
    rig_restart(CUR_CAUSE_REQUEST);
    CHECK(active() == 0 && rig_board.store.trial == CUR_TRIAL_FELL_BACK);
    /* The first expert has nothing to fall back to. */
    rig_start();
    CHECK(deploy(1) == 0);
    for (int start = 0; start < 9; start++)
        rig_restart(CUR_CAUSE_POWER);
    CHECK(active() == 0 && rig_board.store.trial == CUR_TRIAL_ON);
    rig_restart(CUR_CAUSE_FAULT);
    CHECK(active() == 99 && rig_board.store.trial == CUR_TRIAL_FELL_BACK && state_of(0) == CUR_SLOT_VERIFIED);
    CHECK(rig_infer(1) == CUR_RC_NO_EXPERT && rig_activate(0) == 0 && rig_infer(1) == 0);
}

static void keeps_the_proven_bank(void) {
    rig_start();
    CHECK(deploy(1) == 0 && infer_times(3) == 0 && deploy(2) == 0 && previous() == 0);
    CHECK(deploy(3) == 0 && active() == 2 && previous() == 0);
    /* The same activation again, its answer having been lost, changes nothing. */
    uint32_t operations = rig_fake.flash.operations;
    CHECK(rig_activate(2) == 0 && rig_fake.flash.operations == operations && previous() == 0);
    CHECK(rig_ask_slot(5, 0) == 0 && previous() == 99 && rig_ask_slot(5, 2) == CUR_RC_BAD_SLOT);
    CHECK(rig_ask_experts(6) == CUR_RC_NOT_VERIFIED);
}

static void damaged_banks_make_way(void) {
    rig_start();
    CHECK(deploy(1) == 0 && infer_times(3) == 0 && deploy(2) == 0 && infer_times(3) == 0);
    uint32_t at = (uint32_t)(cur_store_bytes(&rig_board.store, 1) - rig_fake.flash.bytes);
    rig_fake.flash.bytes[at + 2000] ^= 4;
    rig_restart(CUR_CAUSE_POWER);
    CHECK(active() == 0 && previous() == 99 && state_of(1) == CUR_SLOT_EMPTY && rig_infer(1) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(active() == 0 && rig_infer(1) == 0);
}

static void protection_forbids_the_way_back(void) {
    rig_start();
    rig_request(2);
    rig_pair_bytes("new", rig_image, 0);
    cur_cbor_write_text(&rig_writer, "protect");
    cur_cbor_write_bool(&rig_writer, 1);
    CHECK(rig_ask(CUR_OP_WRITE, 67, 3) == 0);
    for (uint32_t version = 5; version < 8; version++) {
        rig_image_len = fake_image(rig_image, version);
        cur_put_u32(rig_image + 16, version);
        fake_seal(rig_image, rig_image_len);
        CHECK_AT(version, rig_deploy() == 0);
        /* Until it has proved itself the version does not count. */
        const struct cur_versions *v = &rig_board.store.versions;
        CHECK_AT(version, version == 5 ? v->count == 0 : v->known[0].version == version - 1);
        CHECK_AT(version, infer_times(3) == 0 && v->count == 1 && v->known[0].version == version);
    }
    CHECK(rig_ask_experts(6) == CUR_RC_TOO_OLD && rig_activate(0) == CUR_RC_TOO_OLD);
    rig_image_len = fake_image(rig_image, 6);
    cur_put_u32(rig_image + 16, 6);
    rig_image[64] ^= 1; /* of the reference graph's hash */
    fake_seal(rig_image, rig_image_len);
    CHECK(rig_upload() == 0 && rig_ask_slot(3, rig_slot) == CUR_RC_TOO_OLD);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(active() == 2 && rig_infer(1) == 0 && rig_activate(1) == CUR_RC_TOO_OLD);
}

static int failing_erase(void *ctx, uint32_t off) {
    (void)ctx, (void)off;
    return -1;
}

static int forgetting(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx, (void)off, (void)bytes, (void)n;
    return 0;
}

static void failures_are_told(void) {
    for (int how = 0; how < 2; how++) {
        rig_start();
        CHECK(deploy(1) == 0 && infer_times(3) == 0 && upload(2) == 0);
        struct cur_hal sound = rig_fake.hal;
        if (how) {
            rig_fake.hal.flash_program = forgetting;
        } else {
            rig_fake.hal.flash_erase = failing_erase;
            rig_restart(CUR_CAUSE_POWER); /* the next record enters a new block */
        }
        CHECK_AT(how, rig_activate(1) == CUR_RC_FLASH && active() == 0 && rig_infer(1) == 0);
        CHECK_AT(how, rig_ask_slot(5, 1) == CUR_RC_FLASH && state_of(1) == CUR_SLOT_VERIFIED);
        CHECK_AT(how, deploy(3) == CUR_RC_FLASH && rig_infer(1) == 0);
        rig_fake.hal = sound;
        CHECK_AT(how, deploy(3) == 0 && rig_infer(1) == 0);
    }
}

TEST_LIST(store_tests) = {
    {"new flash is an empty store and nothing is written to it but that it started", new_flash_is_empty},
    {"flash full of anything is an empty store", flash_of_another_make_is_empty},
    {"experts come and go on flash of any shape", works_on_any_shape},
    {"an upload goes on after restarts, in pieces of any size", goes_on_after_restarts},
    {"a small upload goes on at the last whole block", marks_every_block},
    {"an image that lies in the store is not sent again", finds_what_is_there},
    {"wrong pieces, slots and lengths are refused", checks_the_piece},
    {"a bank of experts that do not belong together is refused", refuses_wrong_banks},
    {"half a routing is refused", routing_comes_whole},
    {"a full store says so and keeps what it has", fills_up},
    {"partial uploads make room, but only where that helps", drops_partial_uploads_for_room},
    {"a bank can be put out of work, and then erased", nothing_can_be_made_to_answer},
    {"a place is looked for from the block that the upload names", looks_where_it_is_told},
    {"a header of an earlier life counts for nothing", stale_headers_count_for_nothing},
    {"three inferences or a word end a trial", trial_passes},
    {"a bank that restarts the board falls back to the previous one", trial_falls_back},
    {"a bank on trial does not take the proven one's place", keeps_the_proven_bank},
    {"a damaged bank makes way for the previous one", damaged_banks_make_way},
    {"roll-back protection forbids older versions", protection_forbids_the_way_back},
    {"a flash that fails or forgets is noticed and nothing is lost", failures_are_told},
    TEST_END,
};
