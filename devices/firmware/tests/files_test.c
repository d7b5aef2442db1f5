#include "rig.h"
#include "test.h"
#include "../core/mem.h"
#include "../core/link/crc.h"

/* The standard file-system group over the store. */

static void pair_text(const char *key, const char *value) {
    cur_cbor_write_text(&rig_writer, key);
    cur_cbor_write_text(&rig_writer, value);
}

static int send(const char *name, uint32_t off, const uint8_t *data, uint32_t n) {
    rig_request(off ? 3 : 4);
    pair_text("name", name);
    rig_pair("off", off);
    rig_pair_bytes("data", data, n);
    if (off == 0) rig_pair("len", rig_image_len);
    return rig_ask(CUR_OP_WRITE, 8, 0);
}

static int send_all(uint32_t piece) {
    for (uint32_t off = 0; off < rig_image_len; off = rig_number("off")) {
        uint32_t n = rig_image_len - off < piece ? rig_image_len - off : piece;
        int rc = send("/experts/new", off, rig_image + off, n);
        if (rc) return rc;
    }
    return 0;
}

static int ask_named(int command, const char *name) {
    rig_request(1);
    pair_text("name", name);
    return rig_ask(CUR_OP_READ, 8, command);
}

static int fetch(const char *name, uint32_t off) {
    rig_request(2);
    pair_text("name", name);
    rig_pair("off", off);
    return rig_ask(CUR_OP_READ, 8, 0);
}

static void takes_a_file(void) {
    rig_start();
    CHECK(send_all(500) == 0 && rig_number("off") == rig_image_len);
    uint8_t sha[32];
    fake_sha256(rig_image, rig_image_len, sha);
    CHECK(rig_board.store.slot[0].state == CUR_SLOT_VERIFIED);
    CHECK(memcmp(rig_board.store.slot[0].sha, sha, 32) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_activate(0) == 0 && rig_infer(1) == 0);
    /* It is the same image to the experts group. */
    uint32_t operations = rig_fake.flash.operations;
    CHECK(rig_upload() == 0 && rig_slot == 0 && rig_fake.flash.operations == operations);
    CHECK(!rig_fake.flash.rule_broken);
}

static void takes_it_in_any_pieces(void) {
    for (uint32_t piece = 1; piece < 2100; piece = piece * 3 / 2 + 1) {
        rig_start_with(0x10000, 1024, 32);
        CHECK_AT(piece, send_all(piece) == 0 && rig_activate(0) == 0 && rig_infer(1) == 0);
        CHECK_AT(piece, !rig_fake.flash.rule_broken);
    }
}

static void absorbs_repeats(void) {
    rig_start();
    CHECK(send("/experts/new", 700, rig_image, 10) == 0 && rig_number("off") == 0);
    CHECK(send("/experts/new", 0, rig_image, 500) == 0 && rig_number("off") == 500);
    CHECK(send("/experts/new", 400, rig_image, 100) == 0 && rig_number("off") == 500);
    CHECK(send("/experts/new", 900, rig_image, 100) == 0 && rig_number("off") == 500);
    /* From the start again, in the place of the first attempt. */
    CHECK(send("/experts/new", 0, rig_image, 300) == 0 && rig_number("off") == 300);
    CHECK(rig_board.store.slot[1].state == CUR_SLOT_EMPTY);
    CHECK(send("/experts/new", 300, rig_image, 0) == 0 && send_all(600) == 0 && rig_activate(0) == 0);
}

static void nothing_stays_of_what_is_wrong(void) {
    rig_start();
    rig_image[3000] ^= 1;
    CHECK(send_all(1000) == 10 && rig_board.store.slot[0].state == CUR_SLOT_EMPTY);
    rig_image[3000] ^= 1;
    CHECK(send("/experts/new", 0, rig_image, 1000) == 0);
    rig_restart(CUR_CAUSE_POWER);
    CHECK(rig_board.store.slot[0].state == CUR_SLOT_EMPTY);
    CHECK(send("/experts/new", 1000, rig_image, 10) == 0 && rig_number("off") == 0);
    CHECK(send_all(1000) == 0);
}

static void reads_back(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && ask_named(1, "/experts/0") == 0 && rig_number("len") == rig_image_len);
    uint32_t off = 0;
    while (off < rig_image_len) {
        const uint8_t *data;
        size_t n;
        CHECK(fetch("/experts/0", off) == 0 && rig_number("off") == off);
        CHECK((rig_number("len") == rig_image_len) == (off == 0));
        CHECK(cur_cbor_get_string(&rig_map, "data", CUR_CBOR_BYTES, NULL, 0, &data, &n) == 0 && n > 0);
        CHECK(off + n <= rig_image_len && memcmp(data, rig_image + off, n) == 0);
        off += (uint32_t)n;
    }
    CHECK(fetch("/experts/0", off) == 0 && fetch("/experts/0", off + 1) == 12);
}

static uint32_t feedings;

static void feed(void *ctx) {
    (void)ctx;
    feedings++;
}

static void hashes(void) {
    uint8_t sha[32];
    const uint8_t *output;
    size_t n;
    rig_start();
    CHECK(rig_deploy() == 0);
    rig_fake.hal.watchdog_feed = feed;
    feedings = 0;
    CHECK(ask_named(2, "/experts/0") == 0 && rig_number("len") == rig_image_len && feedings == 1);
    fake_sha256(rig_image, rig_image_len, sha);
    CHECK(cur_cbor_get_string(&rig_map, "output", CUR_CBOR_BYTES, NULL, 0, &output, &n) == 0 && n == 32);
    CHECK(memcmp(output, sha, 32) == 0);
    rig_request(4);
    pair_text("name", "/experts/0");
    pair_text("type", "crc32");
    rig_pair("off", 100);
    rig_pair("len", 50);
    CHECK(rig_ask(CUR_OP_READ, 8, 2) == 0 && rig_number("len") == 50);
    CHECK(rig_number("output") == cur_crc32(0, rig_image + 100, 50) && feedings == 2);
    rig_fake.hal.watchdog_feed = NULL;
    rig_request(2);
    pair_text("name", "/experts/0");
    pair_text("type", "md5");
    CHECK(rig_ask(CUR_OP_READ, 8, 2) == 13);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 8, 3) == 0);
}

static void refuses_wrong_names(void) {
    static const struct {
        const char *name;
        int rc;
    } names[] = {
        {"", 2},           {"experts/0", 2},   {"/", 14},           {"/lfs1/a", 14},     {"/expertsx", 14},
        {"/experts", 4},   {"/experts/", 4},   {"/experts/12", 3},  {"/experts/0x", 3},  {"/experts/00", 3},
        {"/experts/5", 3}, {"/experts/-1", 3}, {"/experts/new", 3}, {"/experts/123", 3},
    };
    rig_start();
    CHECK(rig_deploy() == 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_AT(i, ask_named(1, names[i].name) == names[i].rc);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 8, 1) == 2);
    CHECK(send("/experts/0", 0, rig_image, 10) == 15);
    rig_image_len = 0;
    CHECK(send("/experts/new", 0, rig_image, 0) == 16);
    rig_image_len = 0x7fffffff;
    CHECK(send("/experts/new", 0, rig_image, 10) == 5);
    rig_image_len = 5;
    CHECK(send("/experts/new", 0, rig_image, 10) == 12);
    CHECK(rig_ask_bytes(CUR_OP_WRITE, 8, 1, rig_payload, rig_writer.len) == 8);
}

TEST_LIST(files_tests) = {
    {"a file written to /experts/new is an expert", takes_a_file},
    {"a file comes in pieces of any size", takes_it_in_any_pieces},
    {"repeated and early pieces of a file change nothing", absorbs_repeats},
    {"nothing stays of a file that is wrong or cut short", nothing_stays_of_what_is_wrong},
    {"a slot is read back as a file", reads_back},
    {"a slot is hashed as a file, and the watchdog is fed", hashes},
    {"names that are no file of the store are refused", refuses_wrong_names},
    TEST_END,
};
