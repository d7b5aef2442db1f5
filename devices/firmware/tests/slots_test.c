#include "fake.h"
#include "test.h"

static struct fake fake;
static struct cur_slots slots;
static uint8_t image[20000];
static const uint8_t sha_a[32] = {1}, sha_b[32] = {2};

static void start(void) {
    fake_start(&fake);
    for (size_t i = 0; i < sizeof image; i++)
        image[i] = (uint8_t)test_noise();
    cur_slots_open(&slots, &fake.hal);
}

/* As after a reset: what is in RAM is lost. */
static void restart(void) {
    memset(&slots, 0xee, sizeof slots);
    cur_slots_open(&slots, &fake.hal);
}

static int upload(int slot, const uint8_t sha[32], uint32_t len) {
    return cur_slots_begin(&slots, slot, len, sha) || cur_slots_write(&slots, slot, image, len) ||
           cur_slots_seal(&slots, slot);
}

static void new_flash_is_empty(void) {
    start();
    CHECK(slots.active == -1 && slots.previous == -1);
    CHECK(slots.slot[0].state == CUR_SLOT_EMPTY && slots.slot[1].state == CUR_SLOT_EMPTY);
    CHECK(fake.flash_writes == 0);
}

static void keeps_over_a_restart(void) {
    start();
    CHECK(upload(0, sha_a, sizeof image) == 0 && cur_slots_choose(&slots, 0, -1) == 0);
    CHECK(upload(1, sha_b, 16) == 0 && cur_slots_choose(&slots, 1, 0) == 0);
    restart();
    CHECK(slots.active == 1 && slots.previous == 0);
    CHECK(slots.slot[0].state == CUR_SLOT_VERIFIED && slots.slot[0].len == sizeof image);
    CHECK(memcmp(slots.slot[1].sha, sha_b, 32) == 0 && slots.slot[1].off == 16);
    CHECK(memcmp(cur_slots_bytes(&slots, 0), image, sizeof image) == 0);
    CHECK(!fake.rule_broken);
}

static void goes_on_at_a_block(void) {
    for (uint32_t sent = 0; sent <= sizeof image; sent += 997) {
        start();
        CHECK(cur_slots_begin(&slots, 1, sizeof image, sha_a) == 0 && slots.slot[1].off == 0);
        for (uint32_t at = 0; at < sent;) {
            uint32_t n = 1 + test_noise() % 700;
            if (n > sent - at) n = sent - at;
            CHECK_AT(sent, cur_slots_write(&slots, 1, image + at, n) == 0);
            at += n;
            CHECK_AT(sent, slots.slot[1].off == at);
        }
        /* The same upload goes on at once where it stands, and at a block's start after a restart. */
        CHECK_AT(sent, cur_slots_begin(&slots, 1, sizeof image, sha_a) == 0 && slots.slot[1].off == sent);
        restart();
        CHECK_AT(sent, slots.slot[1].state == CUR_SLOT_PARTIAL);
        CHECK_AT(sent, slots.slot[1].off == sent / CUR_FLASH_BLOCK * CUR_FLASH_BLOCK);
        uint32_t from = slots.slot[1].off;
        CHECK_AT(sent, cur_slots_begin(&slots, 1, sizeof image, sha_a) == 0 && slots.slot[1].off == from);
        CHECK_AT(sent, cur_slots_write(&slots, 1, image + from, sizeof image - from) == 0);
        CHECK_AT(sent, memcmp(cur_slots_bytes(&slots, 1), image, sizeof image) == 0);
        CHECK_AT(sent, !fake.rule_broken);
        /* Another upload starts anew. */
        CHECK_AT(sent, cur_slots_begin(&slots, 1, sizeof image, sha_b) == 0 && slots.slot[1].off == 0);
    }
}

static void unsealed_is_not_verified(void) {
    start();
    CHECK(cur_slots_begin(&slots, 0, sizeof image, sha_a) == 0);
    CHECK(cur_slots_write(&slots, 0, image, sizeof image) == 0);
    restart();
    CHECK(slots.slot[0].state == CUR_SLOT_PARTIAL && slots.slot[0].off == sizeof image);
    CHECK(cur_slots_restart(&slots, 0) == 0);
    CHECK(slots.slot[0].state == CUR_SLOT_PARTIAL && slots.slot[0].off == 0 &&
          slots.slot[0].len == sizeof image);
    restart();
    CHECK(slots.slot[0].state == CUR_SLOT_PARTIAL && slots.slot[0].off == 0);
}

static void erasing_forgets_the_way_back(void) {
    start();
    CHECK(upload(0, sha_a, 100) == 0 && cur_slots_choose(&slots, 0, -1) == 0);
    CHECK(upload(1, sha_b, 100) == 0 && cur_slots_choose(&slots, 1, 0) == 0);
    CHECK(cur_slots_begin(&slots, 0, 200, sha_b) == 0);
    CHECK(slots.previous == -1 && slots.active == 1);
    CHECK(cur_slots_write(&slots, 0, image, 200) == 0 && cur_slots_seal(&slots, 0) == 0);
    restart();
    CHECK(slots.previous == -1 && slots.active == 1 && slots.slot[0].state == CUR_SLOT_VERIFIED);
}

static void log_goes_round(void) {
    start();
    CHECK(upload(0, sha_a, 100) == 0 && upload(1, sha_b, 100) == 0);
    for (int i = 0; i < 1000; i++) {
        CHECK_AT(i, cur_slots_choose(&slots, i & 1, 1 - (i & 1)) == 0);
        restart();
        CHECK_AT(i, slots.active == (i & 1) && slots.previous == 1 - (i & 1));
    }
    CHECK(!fake.rule_broken);
}

static int failing(void *ctx, uint32_t off) {
    (void)ctx, (void)off;
    return -1;
}

static int forgetting(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx, (void)off, (void)bytes, (void)n;
    return 0;
}

static void failures_are_told(void) {
    start();
    fake.hal.flash_erase = failing;
    CHECK(cur_slots_begin(&slots, 0, 100, sha_a) != 0 && cur_slots_choose(&slots, 0, -1) != 0);
    start();
    fake.hal.flash_program = forgetting;
    CHECK(cur_slots_begin(&slots, 0, 100, sha_a) != 0);
}

TEST_LIST(slots_tests) = {
    {"new flash holds two empty slots", new_flash_is_empty},
    {"slots, active and previous keep over a restart", keeps_over_a_restart},
    {"an upload cut off anywhere goes on at the last whole block", goes_on_at_a_block},
    {"an image without its seal is not verified after a restart", unsealed_is_not_verified},
    {"no roll back leads to what came into the slot later", erasing_forgets_the_way_back},
    {"the log goes round and round", log_goes_round},
    {"a flash that fails or forgets is noticed", failures_are_told},
    TEST_END,
};
