#include "rig.h"
#include "test.h"

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

TEST_LIST(wear_tests) = {
    {"a thousand deployments wear all blocks alike", wears_evenly},
    TEST_END,
};
