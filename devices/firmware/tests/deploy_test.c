#include <string.h>

#include "rig.h"
#include "test.h"
#include "../core/mem.h"

/* Experts come, answer, are replaced and recorded. */

static int active_is(uint32_t slot) {
    uint32_t slots[12];
    return rig_numbers("active", slots) == 1 && slots[0] == slot;
}

static int previous_is(uint32_t slot) {
    uint32_t slots[12];
    return rig_numbers("previous", slots) == 1 && slots[0] == slot;
}

static void deploys_and_answers(void) {
    rig_start();
    CHECK(rig_infer(1) == CUR_RC_NO_EXPERT);
    CHECK(rig_deploy() == 0 && active_is(0));
    CHECK(rig_infer(1) == 0 && rig_number("id") == 1 && rig_number("seq") == 1);
    CHECK(rig_ask_slot(5, 0) == CUR_RC_BAD_SLOT);
    CHECK(rig_ask_experts(6) == CUR_RC_NOT_VERIFIED);
    rig_image_len = fake_image(rig_image, 2);
    CHECK(rig_deploy() == 0 && active_is(1) && previous_is(0));
    CHECK(rig_ask_experts(6) == 0 && active_is(0) && previous_is(1));
    CHECK(rig_infer(1) == 0 && rig_number("id") == 2);
    CHECK(!rig_fake.flash.rule_broken);
}

static void keeps_the_old_expert(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0);
    uint8_t logits[12];
    memcpy(logits, rig_board.last.scores.logits, 12);
    for (uint32_t at = 0; at < rig_image_len; at += 613) {
        /* Announced with the hash of what is sent, so that the structure is what is wrong. */
        fake_image(rig_image, 2);
        rig_image[at] ^= 0x40;
        CHECK_AT(at, rig_upload() == 0);
        CHECK_AT(at, rig_ask_slot(3, rig_slot) == CUR_RC_BAD_IMAGE);
        CHECK_AT(at, rig_activate(rig_slot) == CUR_RC_NOT_VERIFIED);
        CHECK_AT(at, rig_infer(1) == 0 && memcmp(logits, rig_board.last.scores.logits, 12) == 0);
        CHECK_AT(at, rig_ask_slot(5, rig_slot) == 0);
    }
    /* Cut short: not all of it came. */
    fake_image(rig_image, 2);
    rig_request(2);
    rig_pair("len", rig_image_len);
    rig_pair_bytes("sha", rig_image, 32);
    CHECK(rig_ask(CUR_OP_WRITE, 64, 1) == 0 && rig_ask_slot(3, rig_number("slot")) == CUR_RC_BAD_HASH);
    CHECK(rig_infer(1) == 0 && memcmp(logits, rig_board.last.scores.logits, 12) == 0);
}

static void a_wrong_upload_can_be_tried_again(void) {
    rig_start();
    uint8_t sha[32];
    fake_sha256(rig_image, rig_image_len, sha);
    rig_image[3000] ^= 1;
    rig_request(2);
    rig_pair("len", rig_image_len);
    rig_pair_bytes("sha", sha, 32);
    CHECK(rig_ask(CUR_OP_WRITE, 64, 1) == 0 && rig_number("slot") == 0 && rig_number("off") == 0);
    for (uint32_t off = 0; off < rig_image_len; off = rig_number("off")) {
        rig_request(3);
        rig_pair("slot", 0);
        rig_pair("off", off);
        rig_pair_bytes("data", rig_image + off, rig_image_len - off < 2048 ? rig_image_len - off : 2048);
        CHECK(rig_ask(CUR_OP_WRITE, 64, 2) == 0);
    }
    CHECK(rig_ask_slot(3, 0) == CUR_RC_BAD_HASH);
    rig_image[3000] ^= 1;
    CHECK(rig_deploy() == 0 && rig_slot == 0);
}

static void repeated_pieces_change_nothing(void) {
    rig_start();
    CHECK(rig_upload() == 0 && rig_board.store.slot[0].off == rig_image_len);
    for (uint32_t off = 0; off < rig_image_len + 5000; off += 500) {
        if (off == rig_image_len) continue;
        rig_request(3);
        rig_pair("slot", 0);
        rig_pair("off", off);
        rig_pair_bytes("data", rig_image, 16);
        CHECK_AT(off, rig_ask(CUR_OP_WRITE, 64, 2) == 0 && rig_number("off") == rig_image_len);
    }
    rig_request(3);
    rig_pair("slot", 0);
    rig_pair("off", rig_image_len);
    rig_pair_bytes("data", rig_image, 1);
    CHECK(rig_ask(CUR_OP_WRITE, 64, 2) == CUR_RC_TOO_LARGE);
}

static void telemetry_wraps(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0);
    for (int i = 0; i < CUR_RING + 10; i++) {
        rig_request(1);
        rig_pair("kind", 0);
        CHECK_AT(i, rig_ask(CUR_OP_WRITE, 65, 1) == 0);
    }
    uint32_t total = CUR_RING + 11, after = 0, expected = total - CUR_RING + 1;
    for (;;) {
        const uint8_t *records;
        size_t n;
        rig_request(1);
        rig_pair("after", after);
        CHECK(rig_ask(CUR_OP_READ, 66, 0) == 0);
        CHECK(rig_number("boot") == 77 && rig_number("next") == total + 1 &&
              rig_number("oldest") == total - CUR_RING + 1);
        CHECK(cur_cbor_get_string(&rig_map, "recs", CUR_CBOR_BYTES, NULL, 0, &records, &n) == 0 &&
              n % CUR_RECORD_SIZE == 0 && rig_number("size") == CUR_RECORD_SIZE);
        if (n == 0) break;
        for (size_t i = 0; i < n; i += CUR_RECORD_SIZE) {
            CHECK_AT(after, cur_u32(records + i) == expected++);
            after = cur_u32(records + i);
        }
    }
    CHECK(after == total);
    rig_request(2);
    rig_pair("after", total - 5);
    rig_pair("max", 2);
    CHECK(rig_ask(CUR_OP_READ, 66, 0) == 0 &&
          cur_u32(rig_reply + rig_reply_len - 2 * CUR_RECORD_SIZE) == total - 4);
    rig_request(1);
    rig_pair("after", 0xffffffffu);
    CHECK(rig_ask(CUR_OP_READ, 66, 0) == 0);
}

/* A 64-bit number of the last reply, by its key with the head before it; 0 if it is not there. */
static uint64_t wide_number(const char *key_and_head) {
    size_t n = strlen(key_and_head);
    for (size_t at = 8; at + n + 8 <= rig_reply_len; at++) {
        if (memcmp(rig_reply + at, key_and_head, n)) continue;
        uint64_t value = 0;
        for (int i = 0; i < 8; i++)
            value = value << 8 | rig_reply[at + n + (size_t)i];
        return value;
    }
    return 0;
}

static void uptime_goes_on(void) {
    const uint64_t days_50 = 50ull * 86400000;
    rig_start();
    CHECK(rig_deploy() == 0);
    rig_fake.skipped_ns = days_50 * 1000000;
    CHECK(rig_infer(1) == 0);
    const uint8_t *record = cur_telemetry_record(&rig_board.telemetry, 1);
    uint64_t kept = cur_u32(record + 4) | (uint64_t)(cur_u32(record + 64) >> 8) << 32;
    CHECK(record[23] == 5 && kept >= days_50 && kept < days_50 + 60000);
    rig_fake.skipped_ns = 1234ull * 1000000;
    rig_request(1);
    rig_pair("after", 0);
    CHECK(rig_ask(CUR_OP_READ, 66, 0) == 0);
    uint64_t now = wide_number("\x63now\x1b");
    CHECK(now >= kept + 1234 && now < kept + 60000);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 67, 0) == 0 && wide_number("\x62up\x1b") >= now);
}

static void resets(void) {
    rig_start();
    CHECK(rig_deploy() == 0);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_WRITE, 0, 5) == 0 && rig_fake.resets == 1);
    cur_init(&rig_board, &rig_fake.hal);
    CHECK(rig_board.store.active.count == 1 && rig_board.has_expert && rig_infer(1) == 0 &&
          rig_number("seq") == 1);
}

static void damaged_flash_is_not_run(void) {
    rig_start();
    CHECK(rig_deploy() == 0);
    uint32_t at = (uint32_t)(cur_store_bytes(&rig_board.store, 0) - rig_fake.flash.bytes);
    rig_fake.flash.bytes[at + 3000] ^= 1;
    rig_restart(CUR_CAUSE_POWER);
    CHECK(!rig_board.has_expert && rig_infer(1) == CUR_RC_NO_EXPERT);
    /* The same image comes again whole, not from where it lies damaged. */
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0);
}

static int continuous(int on, uint32_t hop) {
    rig_request(2);
    cur_cbor_write_text(&rig_writer, "on");
    cur_cbor_write_bool(&rig_writer, on);
    rig_pair("hop", hop);
    return rig_ask(CUR_OP_WRITE, 65, 2);
}

static void listens(void) {
    static int16_t audio[200000];
    static const uint32_t hops[] = {1600, 7680, 15600, 40000};
    for (size_t h = 0; h < sizeof hops / sizeof *hops; h++) {
        rig_start();
        CHECK(rig_deploy() == 0 && continuous(1, hops[h]) == CUR_RC_UNSUPPORTED);
        for (int i = 0; i < 200000; i++)
            audio[i] = (int16_t)test_noise();
        rig_fake.audio = audio;
        CHECK(continuous(1, hops[h]) == 0 && rig_infer(1) == CUR_RC_BUSY);
        for (int given = 0; given < 200000; given += 1000) {
            rig_fake.audio = audio + given;
            rig_fake.audio_left = 1000;
            rig_poll_all();
        }
        uint32_t windows = (200000 - CUR_WINDOW_SAMPLES) / hops[h] + 1;
        CHECK_AT(hops[h], rig_board.last.inference == windows);
        /* The last window was the right samples. */
        float logits[3];
        memcpy(logits, rig_board.last.scores.logits, sizeof logits);
        rig_fake.audio = NULL;
        rig_poll_all();
        CHECK(!rig_board.continuous);
        memcpy(rig_board.input.pcm, audio + (windows - 1) * hops[h], CUR_INPUT_BYTES);
        rig_board.loaded = CUR_INPUT_BYTES;
        rig_request(1);
        rig_pair("kind", 0);
        CHECK_AT(hops[h],
                 rig_ask(CUR_OP_WRITE, 65, 1) == 0 && memcmp(logits, rig_board.last.scores.logits, 12) == 0);
    }
}

TEST_LIST(deploy_tests) = {
    {"an expert is deployed, answers, and is rolled back to", deploys_and_answers},
    {"an altered or cut image is refused and the old expert goes on answering", keeps_the_old_expert},
    {"an upload that failed its hash can be tried again", a_wrong_upload_can_be_tried_again},
    {"pieces that were received before change nothing", repeated_pieces_change_nothing},
    {"the telemetry ring wraps and is read from any cursor", telemetry_wraps},
    {"records and replies tell the uptime, past 49 days as well", uptime_goes_on},
    {"a reset keeps the expert and starts the sequence anew", resets},
    {"a damaged expert is not run", damaged_flash_is_not_run},
    {"continuous inference takes every window of the source", listens},
    TEST_END,
};
