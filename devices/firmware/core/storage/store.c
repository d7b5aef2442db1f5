#include "store.h"
#include "check.h"
#include "../mem.h"
#include "../rc.h"

static int same_bank(const struct cur_bank *a, const struct cur_bank *b) {
    if (a->count != b->count || memcmp(a->slot, b->slot, a->count) || a->router != b->router) return 0;
    if (memcmp(a->encoder, b->encoder, sizeof a->encoder)) return 0;
    if (a->own_routing != b->own_routing) return 0;
    return !a->own_routing || (a->top_k == b->top_k && a->passes == b->passes && a->alpha == b->alpha);
}

static void fall_back(struct cur_store *s) {
    s->active = s->previous;
    cur_bank_clear(&s->previous);
    s->trial = CUR_TRIAL_FELL_BACK;
}

void cur_store_open(struct cur_store *s, const struct cur_hal *hal) {
    s->hal = hal;
    cur_store_read(s);
    if (s->trial != CUR_TRIAL_ON) return;
    int crashed = hal->cause == CUR_CAUSE_WATCHDOG || hal->cause == CUR_CAUSE_FAULT;
    if (s->starts_left) s->starts_left--;
    /* Where nothing is to fall back to, starts alone prove no harm. */
    if (crashed || (s->starts_left == 0 && s->previous.count)) fall_back(s);
    /* If the flash fails now the start is not counted; there is nobody to tell. */
    (void)cur_store_commit(s);
}

int cur_store_erase(struct cur_store *s, int slot) {
    if (cur_bank_holds(&s->active, slot)) return CUR_RC_BAD_SLOT;
    if (s->slot[slot].state == CUR_SLOT_EMPTY) return 0;
    if (cur_bank_holds(&s->previous, slot)) cur_bank_clear(&s->previous);
    cur_store_forget(s, slot);
    return cur_store_commit(s);
}

int cur_store_activate(struct cur_store *s, const struct cur_bank *bank) {
    if (same_bank(&s->active, bank)) return 0;
    int proven = s->active.count && s->trial != CUR_TRIAL_ON;
    if (proven || s->previous.count == 0) s->previous = s->active;
    /* Two banks may differ in their routing alone, but none is its own predecessor. */
    if (same_bank(&s->previous, bank)) cur_bank_clear(&s->previous);
    s->active = *bank;
    s->trial = bank->count ? CUR_TRIAL_ON : CUR_TRIAL_NONE;
    s->starts_left = CUR_STARTS;
    s->inferences = 0;
    return cur_store_commit(s);
}

int cur_store_rollback(struct cur_store *s) {
    struct cur_bank bank = s->active;
    s->active = s->previous;
    s->previous = bank;
    s->trial = CUR_TRIAL_NONE;
    return cur_store_commit(s);
}

int cur_store_confirm(struct cur_store *s) {
    if (s->trial != CUR_TRIAL_ON) return 0;
    s->trial = CUR_TRIAL_NONE;
    cur_store_note_versions(s);
    return cur_store_commit(s);
}

int cur_store_inference_done(struct cur_store *s) {
    if (s->trial != CUR_TRIAL_ON || ++s->inferences < CUR_INFERENCES) return 0;
    return cur_store_confirm(s);
}

static int unharmed(const struct cur_store *s, int slot) {
    uint8_t digest[32];
    cur_store_hash(s, slot, digest);
    return memcmp(digest, s->slot[slot].sha, 32) == 0;
}

int cur_store_discard_active(struct cur_store *s) {
    struct cur_bank failed = s->active;
    fall_back(s);
    for (int slot = 0; slot < CUR_SLOTS; slot++) {
        if (!cur_bank_holds(&failed, slot) || unharmed(s, slot)) continue;
        if (cur_bank_holds(&s->active, slot)) cur_bank_clear(&s->active);
        cur_store_forget(s, slot);
    }
    return cur_store_commit(s);
}
