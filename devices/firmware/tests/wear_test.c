#include "rig.h"
#include "test.h"
#include "uncertain.h"
#include "../core/mem.h"

/* How evenly the flash wears. */

enum { FLASH = 0x80000, BLOCK = 4096, DEPLOYMENTS = 1000 };

struct wear {
    uint32_t most;
    double mean;
};

static struct wear wear_of(uint32_t from, uint32_t to) {
    struct wear wear = {0, 0};
    for (uint32_t i = from; i < to; i++) {
        uint32_t erases = rig_fake.flash.erases[i];
        wear.most = erases > wear.most ? erases : wear.most;
        wear.mean += (double)erases / (to - from);
    }
    return wear;
}

static void wears_evenly(void) {
    rig_direct = 1;
    rig_start_with(FLASH, BLOCK, 8);
    for (uint32_t i = 0; i < DEPLOYMENTS; i++) {
        rig_image_len = fake_image(rig_image, i + 1);
        CHECK_AT(i, rig_deploy() == 0 && rig_ask_experts(8) == 0);
        /* Slots of neither bank are given up, as the lab does. */
        for (uint32_t slot = 0; slot < CUR_SLOTS; slot++) {
            const struct cur_store *s = &rig_board.store;
            if (cur_bank_holds(&s->active, (int)slot) || cur_bank_holds(&s->previous, (int)slot)) continue;
            CHECK_AT(i, rig_ask_slot(5, slot) == 0);
        }
        if (i % 10 == 0) rig_restart(CUR_CAUSE_POWER);
    }
    rig_direct = 0;
    struct wear data = wear_of(CUR_STORE_BLOCKS + CUR_SETTINGS_BLOCKS, FLASH / BLOCK);
    struct wear journal = wear_of(0, CUR_STORE_BLOCKS);
    printf("      %d deployments: erases of a data block at most %u, mean %.1f (ratio %.2f); of a journal "
           "block at most %u, mean %.1f (ratio %.2f)\n",
           DEPLOYMENTS, data.most, data.mean, data.most / data.mean, journal.most, journal.mean,
           journal.most / journal.mean);
    CHECK(data.most < 1.1 * data.mean + 1 && journal.most < 1.1 * journal.mean + 1);
    CHECK(!rig_fake.flash.rule_broken);
}

/* Windows for a year, one in ten minutes, of an entropy that no other has (`shape` 0: drawn; 1: rising
 * without end, the worst there is), acknowledged every `visit` windows. Erases of the block that has most. */
static uint32_t a_year_of_windows(int shape, uint32_t visit, double *mean) {
    enum { WINDOWS = 6 * 24 * 365 };
    static const float patch[CUR_FRAMES * CUR_BANDS];
    struct cur_uncertain *u = &rig_board.uncertain;
    const struct cur_store *s = &rig_board.store;
    rig_start_with(FLASH, BLOCK, 8);
    cur_uncertain_open(u, s, 10, 600, 0);
    test_seed(9);
    for (uint32_t i = 0; i < WINDOWS; i++) {
        struct cur_scores scores = {.top = 1};
        struct cur_record record = {.entropy = shape ? (float)i / WINDOWS
                                                     : (float)(test_noise() >> 8) / 16777216.0f};
        const struct cur_answered answered = {
            .record = &record, .sequence = i + 1, .scores = &scores, .classes = 3, .patch = patch};
        cur_uncertain_offer(u, s, &answered);
        while (cur_uncertain_poll(u, s, 600000ull * (i + 1))) {
        }
        const struct cur_kept_window *kept = NULL;
        while (i % visit == 0 && (kept = cur_uncertain_after(u, kept ? kept->id : 0)) != NULL)
            cur_uncertain_drop(u, s, kept->id, cur_u32(cur_uncertain_bytes(s, kept) + 124));
    }
    struct wear wear = wear_of(CUR_STORE_BLOCKS + CUR_SETTINGS_BLOCKS, FLASH / BLOCK);
    *mean = wear.mean;
    return wear.most;
}

static void windows_do_not_wear_it_out(void) {
    enum { MONTH = 6 * 24 * 30, DAY = 6 * 24 };
    double mean[3];
    uint32_t most[3] = {a_year_of_windows(0, MONTH, &mean[0]), a_year_of_windows(0, DAY, &mean[1]),
                        a_year_of_windows(1, MONTH, &mean[2])};
    printf(
        "      a year of uncertain windows: erases of a block at most %u (mean %.1f) read monthly, %u (mean "
        "%.1f) read daily, %u (mean %.1f) if each is less certain than all before\n",
        most[0], mean[0], most[1], mean[1], most[2], mean[2]);
    CHECK(most[0] < 50 && most[1] < 1000 && most[2] < 2000 && !rig_fake.flash.rule_broken);
}

TEST_LIST(wear_tests) = {
    {"a year of uncertain windows wears no block out", windows_do_not_wear_it_out},
    {"a thousand deployments wear all blocks alike", wears_evenly},
    TEST_END,
};
