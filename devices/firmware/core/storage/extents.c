#include "store.h"

/* Where the stretch of free blocks around `at` ends; `at` itself where it is taken. `*after` is the block
 * behind what ends it. */
static uint32_t free_until(const struct cur_store *s, uint32_t at, uint32_t *after) {
    uint32_t end = s->end;
    *after = s->end;
    for (int i = 0; i < CUR_SLOTS; i++) {
        const struct cur_slot *slot = &s->slot[i];
        uint32_t from = slot->first, to = from + slot->blocks;
        if (slot->state == CUR_SLOT_EMPTY || to <= at || (from > at && from >= end)) continue;
        end = from > at ? from : at;
        *after = to;
    }
    return end;
}

void cur_store_look_from(struct cur_store *s, uint32_t block) {
    if (block < (uint32_t)s->end - s->from) s->next = (uint16_t)(s->from + block);
}

int cur_store_allocate(const struct cur_store *s, uint32_t blocks) {
    uint32_t starts[2] = {s->next, s->from}, after;
    for (int turn = 0; turn < 2; turn++) {
        for (uint32_t at = starts[turn]; at < s->end; at = after) {
            if (free_until(s, at, &after) - at >= blocks) return (int)at;
        }
    }
    return -1;
}

static uint32_t image_bytes(const struct cur_store *s, uint32_t blocks) {
    return blocks < 2 ? 0 : (blocks - 1) * s->hal->flash_block;
}

uint32_t cur_store_free(const struct cur_store *s) {
    uint32_t longest = 0, after;
    int has_slot = 0;
    for (int i = 0; i < CUR_SLOTS; i++)
        has_slot |= s->slot[i].state == CUR_SLOT_EMPTY;
    for (uint32_t at = s->from; at < s->end && has_slot; at = after) {
        uint32_t length = free_until(s, at, &after) - at;
        longest = length > longest ? length : longest;
    }
    return image_bytes(s, longest);
}

uint32_t cur_store_capacity(const struct cur_store *s) {
    return image_bytes(s, (uint32_t)s->end - s->from);
}
