#include "../inference/inference.h"
#include "../mem.h"
#include "../crypto/sha256.h"
#include "smp.h"

enum { LIST = 0, BEGIN = 1, WRITE = 2, VERIFY = 3, ACTIVATE = 4, ERASE = 5, ROLLBACK = 6, LABELS = 7 };

static void write_slot(struct cur_board *b, int i, struct cur_cbor_writer *w) {
    static const char *const states[] = {"empty", "partial", "verified"};
    const struct cur_slot *slot = &b->slots.slot[i];
    const uint8_t *image = cur_slots_bytes(&b->slots, i);
    int verified = slot->state == CUR_SLOT_VERIFIED;
    cur_cbor_write_map(w, 8);
    cur_cbor_write_text(w, "slot");
    cur_cbor_write_int(w, i);
    cur_cbor_write_text(w, "state");
    cur_cbor_write_text(w, states[slot->state]);
    cur_cbor_write_text(w, "len");
    cur_cbor_write_u32(w, slot->len);
    cur_cbor_write_text(w, "off");
    cur_cbor_write_u32(w, slot->off);
    cur_cbor_write_text(w, "name");
    cur_cbor_write_text(w, verified ? (const char *)image + CUR_IMAGE_NAME : "");
    cur_cbor_write_text(w, "bits");
    cur_cbor_write_u32(w, verified ? image[CUR_IMAGE_BITS] : 0);
    cur_cbor_write_text(w, "classes");
    cur_cbor_write_u32(w, verified ? cur_u16(image + CUR_IMAGE_OUTPUTS) : 0);
    cur_cbor_write_text(w, "sha");
    cur_cbor_write_bytes(w, slot->sha, 32);
}

static int list(struct cur_board *b, struct cur_cbor_writer *w) {
    cur_cbor_write_map(w, 4);
    cur_cbor_write_text(w, "slots");
    cur_cbor_write_array(w, CUR_SLOTS);
    for (int i = 0; i < CUR_SLOTS; i++)
        write_slot(b, i, w);
    cur_cbor_write_text(w, "active");
    cur_cbor_write_int(w, b->slots.active);
    cur_cbor_write_text(w, "previous");
    cur_cbor_write_int(w, b->slots.previous);
    cur_cbor_write_text(w, "size");
    cur_cbor_write_u32(w, CUR_SLOT_SIZE);
    return 0;
}

/* The slot for an upload that names none: never the active one; where the same upload began, else an empty
 * one, else one that nothing would be rolled back to. */
static uint32_t slot_for(const struct cur_slots *s, uint32_t len, const uint8_t *sha) {
    if (s->active >= 0) return (uint32_t)(1 - s->active);
    for (uint32_t i = 0; i < CUR_SLOTS; i++) {
        const struct cur_slot *slot = &s->slot[i];
        if (slot->state == CUR_SLOT_PARTIAL && slot->len == len && memcmp(slot->sha, sha, 32) == 0) return i;
    }
    for (uint32_t i = 0; i < CUR_SLOTS; i++) {
        if (s->slot[i].state == CUR_SLOT_EMPTY) return i;
    }
    return s->previous == 0 ? 1 : 0;
}

static int begin(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    const uint32_t unnamed = 0xffffffffu;
    uint32_t len, sha_len, slot = unnamed;
    const uint8_t *sha;
    if (cur_cbor_get_u32(&rq->map, "len", &len) || cur_optional_u32(&rq->map, "slot", &slot) ||
        cur_need_bytes(b, &rq->map, "sha", &sha, &sha_len) || sha_len != 32 || len == 0) {
        return CUR_RC_MALFORMED;
    }
    if (len > CUR_SLOT_SIZE) return CUR_RC_TOO_LARGE;
    if (slot == unnamed) slot = slot_for(&b->slots, len, sha);
    if (slot >= CUR_SLOTS || (int)slot == b->slots.active) return CUR_RC_BAD_SLOT;
    if (cur_slots_begin(&b->slots, (int)slot, len, sha)) return CUR_RC_FLASH;
    cur_early_clear(&b->early);
    cur_cbor_write_map(w, 2);
    cur_cbor_write_text(w, "slot");
    cur_cbor_write_u32(w, slot);
    cur_cbor_write_text(w, "off");
    cur_cbor_write_u32(w, b->slots.slot[slot].off);
    return 0;
}

static int write(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t slot, off, n;
    const uint8_t *data;
    if (cur_cbor_get_u32(&rq->map, "slot", &slot) || cur_cbor_get_u32(&rq->map, "off", &off) ||
        cur_need_bytes(b, &rq->map, "data", &data, &n)) {
        return CUR_RC_MALFORMED;
    }
    if (slot >= CUR_SLOTS || b->slots.slot[slot].state != CUR_SLOT_PARTIAL) return CUR_RC_BAD_SLOT;
    struct cur_slot *to = &b->slots.slot[slot];
    int early = off > to->off && off < to->len && n <= to->len - off;
    int kept = early && cur_early_keep(&b->early, slot, off, data, n);
    while (data && off == to->off) {
        if (n > to->len - to->off) return CUR_RC_TOO_LARGE;
        if (cur_slots_write(&b->slots, (int)slot, data, n)) return CUR_RC_FLASH;
        off = to->off;
        data = cur_early_at(&b->early, slot, off, &n);
    }
    cur_cbor_write_map(w, kept ? 2 : 1);
    cur_cbor_write_text(w, "off");
    cur_cbor_write_u32(w, to->off);
    if (kept) {
        cur_cbor_write_text(w, "kept");
        cur_cbor_write_bool(w, 1);
    }
    return 0;
}

/* The slot that verify, activate or erase names. */
static int named_slot(const struct cur_request *rq, uint32_t *slot) {
    if (cur_cbor_get_u32(&rq->map, "slot", slot)) return CUR_RC_MALFORMED;
    return *slot < CUR_SLOTS ? 0 : CUR_RC_BAD_SLOT;
}

/* Hash and structure of the bytes in a slot. */
static int check_bytes(struct cur_board *b, uint32_t slot) {
    const struct cur_slot *s = &b->slots.slot[slot];
    const uint8_t *bytes = cur_slots_bytes(&b->slots, (int)slot);
    uint8_t digest[32];
    struct cur_sha256 sha;
    struct cur_image image;
    cur_sha256_start(&sha);
    cur_sha256_feed(&sha, bytes, s->len);
    cur_sha256_finish(&sha, digest);
    if (memcmp(digest, s->sha, 32)) return CUR_RC_BAD_HASH;
    return cur_image_open(&image, bytes, s->len) ? CUR_RC_BAD_IMAGE : 0;
}

static int verify(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t slot;
    int rc = named_slot(rq, &slot);
    if (rc) return rc;
    const struct cur_slot *s = &b->slots.slot[slot];
    if (s->state == CUR_SLOT_EMPTY) return CUR_RC_NOT_VERIFIED;
    if (s->off < s->len) return CUR_RC_BAD_HASH;
    if (s->state == CUR_SLOT_PARTIAL) {
        rc = check_bytes(b, slot);
        /* Wrong bytes are forgotten, so that the same upload can be tried again. */
        if (rc) return cur_slots_restart(&b->slots, (int)slot) ? CUR_RC_FLASH : rc;
        if (cur_slots_seal(&b->slots, (int)slot)) return CUR_RC_FLASH;
    }
    cur_cbor_write_map(w, 2);
    cur_cbor_write_text(w, "slot");
    cur_cbor_write_u32(w, slot);
    cur_cbor_write_text(w, "sha");
    cur_cbor_write_bytes(w, s->sha, 32);
    return 0;
}

static int choose(struct cur_board *b, int active, int previous, struct cur_cbor_writer *w) {
    if (active != b->slots.active && cur_slots_choose(&b->slots, active, previous)) return CUR_RC_FLASH;
    cur_expert_load(b);
    cur_cbor_write_map(w, 2);
    cur_cbor_write_text(w, "active");
    cur_cbor_write_int(w, b->slots.active);
    cur_cbor_write_text(w, "previous");
    cur_cbor_write_int(w, b->slots.previous);
    return 0;
}

static int activate(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t slot;
    int rc = named_slot(rq, &slot);
    if (rc) return rc;
    if (b->slots.slot[slot].state != CUR_SLOT_VERIFIED) return CUR_RC_NOT_VERIFIED;
    return choose(b, (int)slot, b->slots.active, w);
}

static int erase(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t slot;
    int rc = named_slot(rq, &slot);
    if (rc) return rc;
    if ((int)slot == b->slots.active) return CUR_RC_BAD_SLOT;
    if (cur_slots_erase(&b->slots, (int)slot)) return CUR_RC_FLASH;
    cur_cbor_write_map(w, 0);
    return 0;
}

static int rollback(struct cur_board *b, struct cur_cbor_writer *w) {
    if (b->slots.previous < 0) return CUR_RC_NOT_VERIFIED;
    return choose(b, b->slots.previous, b->slots.active, w);
}

static int labels(struct cur_board *b, struct cur_cbor_writer *w) {
    if (!b->has_expert) return CUR_RC_NO_EXPERT;
    const char *label = (const char *)b->bank.expert[0].labels;
    cur_cbor_write_map(w, 1);
    cur_cbor_write_text(w, "labels");
    cur_cbor_write_array(w, b->bank.expert[0].outputs);
    for (int i = 0; i < b->bank.expert[0].outputs; i++) {
        cur_cbor_write_text(w, label);
        while (*label++) {
        }
    }
    return 0;
}

int cur_group_experts(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->op == CUR_OP_READ && rq->command == LIST) return list(b, w);
    if (rq->op == CUR_OP_READ && rq->command == LABELS) return labels(b, w);
    if (rq->op != CUR_OP_WRITE) return CUR_RC_UNSUPPORTED;
    switch (rq->command) {
    case BEGIN:
        return begin(b, rq, w);
    case WRITE:
        return write(b, rq, w);
    case VERIFY:
        return verify(b, rq, w);
    case ACTIVATE:
        return activate(b, rq, w);
    case ERASE:
        return erase(b, rq, w);
    case ROLLBACK:
        return rollback(b, w);
    default:
        return CUR_RC_UNSUPPORTED;
    }
}
