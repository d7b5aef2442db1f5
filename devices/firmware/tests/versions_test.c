#include "images.h"
#include "rig.h"
#include "test.h"
#include "../core/mem.h"
#include "../core/storage/journal.h"

static struct cur_versions table;
static uint8_t header[CUR_IMAGE_HEADER];

/* A header as far as versions go. */
static const uint8_t *image(uint32_t kind, const char *name, uint32_t version, uint8_t seal) {
    memset(header, 0, sizeof header);
    cur_put_u32(header + CUR_IMAGE_KIND, kind);
    cur_put_u32(header + CUR_IMAGE_VERSION, version);
    memcpy(header + CUR_IMAGE_NAME, name, strlen(name));
    header[CUR_IMAGE_SEAL] = seal;
    return header;
}

static int allow(uint32_t kind, const char *name, uint32_t version, uint8_t seal) {
    return cur_versions_allow(&table, image(kind, name, version, seal));
}

static void compares_kind_and_name(void) {
    memset(&table, 0, sizeof table);
    CHECK(allow(1, "frogs", 0, 1) == 0);
    cur_versions_note(&table, image(1, "frogs", 5, 1), 1);
    CHECK(allow(1, "frogs", 4, 2) == CUR_RC_TOO_OLD && allow(1, "frogs", 5, 2) == CUR_RC_SAME_VERSION);
    CHECK(allow(1, "frogs", 5, 1) == 0 && allow(1, "frogs", 6, 2) == 0);
    CHECK(allow(1, "birds", 1, 2) == 0 && allow(2, "frogs", 1, 2) == 0 && allow(3, "frogs", 1, 2) == 0);
    /* What is older does not count any more, another of the same version does. */
    cur_versions_note(&table, image(1, "frogs", 4, 2), 0);
    CHECK(allow(1, "frogs", 5, 1) == 0 && table.count == 1);
    cur_versions_note(&table, image(1, "frogs", 5, 2), 0);
    CHECK(allow(1, "frogs", 5, 1) == CUR_RC_SAME_VERSION && allow(1, "frogs", 5, 2) == 0);
}

/* One name more than there is room for; the ninth has the lowest version. */
static void fill(int protect) {
    memset(&table, 0, sizeof table);
    for (uint32_t i = 0; i <= CUR_VERSIONS; i++) {
        const char name[] = {(char)('a' + i), 0};
        cur_versions_note(&table, image(1, name, i == 8 ? 3 : 10 + i, 1), protect);
    }
}

static void what_is_pushed_out_is_no_gap(void) {
    fill(0);
    CHECK(table.count == CUR_VERSIONS && table.floor == 0 && allow(1, "i", 1, 2) == 0);
    fill(1);
    CHECK(table.count == CUR_VERSIONS && table.floor == 4);
    CHECK(allow(1, "i", 3, 2) == CUR_RC_TOO_OLD && allow(1, "new", 3, 1) == CUR_RC_TOO_OLD);
    CHECK(allow(1, "i", 4, 2) == 0 && allow(1, "a", 10, 1) == 0 && allow(1, "a", 9, 1) == CUR_RC_TOO_OLD);
    CHECK(allow(1, "y", 34, 1) == 0 && allow(1, "y", 34, 2) == CUR_RC_SAME_VERSION);
}

static int set_protection(int protect) {
    rig_request(2);
    rig_pair_bytes("new", rig_image, 0);
    cur_cbor_write_text(&rig_writer, "protect");
    cur_cbor_write_bool(&rig_writer, protect);
    return rig_ask(CUR_OP_WRITE, 67, 3);
}

static void build(uint32_t seed, uint32_t version) {
    rig_image_len = fake_image(rig_image, seed);
    cur_put_u32(rig_image + CUR_IMAGE_VERSION, version);
    fake_seal(rig_image, rig_image_len);
}

static int send(uint32_t seed, uint32_t version) {
    build(seed, version);
    int rc = rig_upload();
    return rc ? rc : rig_ask_slot(3, rig_slot);
}

static void a_replay_is_refused(void) {
    rig_start();
    CHECK(set_protection(1) == 0);
    CHECK(send(1, 7) == 0);
    uint32_t first = rig_slot;
    /* It lies there verified before the other has run. */
    CHECK(send(2, 7) == 0);
    uint32_t replay = rig_slot;
    CHECK(rig_activate(first) == 0 && rig_ask_experts(8) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_activate(replay) == CUR_RC_SAME_VERSION && rig_infer(1) == 0 && rig_number("slot") == first);
    CHECK(send(3, 7) == CUR_RC_SAME_VERSION && rig_ask_slot(5, rig_slot) == 0);
    CHECK(send(3, 6) == CUR_RC_TOO_OLD && rig_ask_slot(5, rig_slot) == 0);
    /* The very same one is no replay. */
    CHECK(send(1, 7) == 0 && rig_slot == first && rig_activate(first) == 0);
    CHECK(send(3, 8) == 0 && rig_activate(rig_slot) == 0 && rig_ask_experts(8) == 0);
    CHECK(rig_activate(first) == CUR_RC_TOO_OLD);
    CHECK(set_protection(0) == 0 && rig_activate(first) == 0);
}

/* The state as it was kept before versions had names: one number for all. */
static void what_a_board_kept_before_is_read(void) {
    enum { BEFORE = 219, AT_VERSION = BEFORE - 4 };
    static const uint32_t granules[] = {1, 8, 64};
    for (int g = 0; g < 3; g++) {
        struct cur_journal journal;
        uint8_t state[BEFORE];
        rig_start_with(0x10000, 1024, granules[g]);
        CHECK_AT(g, send(1, 7) == 0 && rig_activate(rig_slot) == 0);
        const struct cur_journal *now = &rig_board.store.journal;
        memcpy(state, now->newest, BEFORE);
        state[0] = 1;
        cur_put_u32(state + AT_VERSION, 7);
        cur_journal_open(&journal, &rig_fake.hal, now->magic, 0, CUR_STORE_BLOCKS, BEFORE);
        uint32_t at = now->at / 1024 * 1024;
        for (uint32_t block = 0; block < CUR_STORE_BLOCKS; block++)
            rig_fake.hal.flash_erase(&rig_fake, 1024 * block);
        journal.at = at;
        CHECK_AT(g, cur_journal_append(&journal, state) == 0);
        rig_restart(CUR_CAUSE_POWER);
        CHECK_AT(g, rig_infer(1) == 0 && rig_board.store.versions.floor == 7);
        CHECK_AT(g, set_protection(1) == 0 && send(2, 6) == CUR_RC_TOO_OLD && rig_ask_slot(5, rig_slot) == 0);
        CHECK_AT(g, send(2, 7) == 0 && rig_activate(rig_slot) == 0 && rig_ask_experts(8) == 0);
        rig_restart(CUR_CAUSE_POWER);
        CHECK_AT(g, rig_infer(1) == 0 && rig_board.store.versions.count == 1);
    }
}

TEST_LIST(versions_tests) = {
    {"versions are compared by kind and name, those that are the same by the image", compares_kind_and_name},
    {"a name pushed out of the table is no way back under protection", what_is_pushed_out_is_no_gap},
    {"a replay of a version with other bytes is refused under protection", a_replay_is_refused},
    {"the state that a board kept before is read", what_a_board_kept_before_is_read},
    TEST_END,
};
