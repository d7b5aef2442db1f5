#include "../inference/inference.h"
#include "../mem.h"
#include "../storage/check.h"
#include "crc.h"
#include "request.h"
#include "utf8.h"

enum {
    LIST = 0,
    BEGIN = 1,
    WRITE = 2,
    VERIFY = 3,
    ACTIVATE = 4,
    ERASE = 5,
    ROLLBACK = 6,
    LABELS = 7,
    CONFIRM = 8,
};

enum { ALPHA_MAX = 100, PASSES_MAX = 64 };

static void pair_u32(struct cur_cbor_writer *w, const char *key, uint32_t value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_u32(w, value);
}

/* Bytes of an image's name; 0 where flash has decayed and it is none any more. */
static size_t name_length(const uint8_t *name) {
    size_t n = 0;
    while (n < CUR_IMAGE_NAME_SIZE && name[n])
        n++;
    return n < CUR_IMAGE_NAME_SIZE && cur_utf8_valid(name, n) ? n : 0;
}

static void write_slot(struct cur_board *b, int i, struct cur_cbor_writer *w) {
    static const char *const states[] = {"empty", "partial", "verified"};
    static const uint8_t unknown[CUR_IMAGE_HEADER];
    const struct cur_slot *slot = &b->store.slot[i];
    const uint8_t *header = slot->state == CUR_SLOT_VERIFIED ? cur_store_bytes(&b->store, i) : unknown;
    cur_cbor_write_map(w, 12);
    pair_u32(w, "slot", (uint32_t)i);
    pair_u32(w, "first", (uint32_t)slot->first - b->store.from);
    cur_cbor_write_text(w, "state");
    cur_cbor_write_text(w, states[slot->state]);
    pair_u32(w, "len", slot->len);
    pair_u32(w, "off", slot->off);
    cur_cbor_write_text(w, "name");
    cur_cbor_write_text_n(w, header + CUR_IMAGE_NAME, name_length(header + CUR_IMAGE_NAME));
    pair_u32(w, "kind", cur_u32(header + CUR_IMAGE_KIND));
    pair_u32(w, "bits", header[CUR_IMAGE_BITS]);
    pair_u32(w, "ternary", header[CUR_IMAGE_TERNARY]);
    pair_u32(w, "version", cur_u32(header + CUR_IMAGE_VERSION));
    cur_cbor_write_text(w, "signed");
    cur_cbor_write_bool(w, slot->is_signed);
    cur_cbor_write_text(w, "sha");
    cur_cbor_write_bytes(w, slot->sha, 32);
}

static void pair_slots(struct cur_cbor_writer *w, const char *key, const struct cur_bank *bank) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_array(w, bank->count);
    for (int i = 0; i < bank->count; i++)
        cur_cbor_write_u32(w, bank->slot[i]);
}

/* All that the bank's images bring, in its order. */
static void pair_encoders(struct cur_cbor_writer *w, const struct cur_bank *bank) {
    uint32_t count = 0;
    for (int i = 0; i < CUR_BANK_ENCODERS; i++)
        count += bank->encoder[i] >= 0;
    cur_cbor_write_text(w, "encoders");
    cur_cbor_write_array(w, count);
    for (int i = 0; i < CUR_BANK_ENCODERS; i++) {
        if (bank->encoder[i] >= 0) cur_cbor_write_int(w, bank->encoder[i]);
    }
}

/* Six pairs of a map. */
static void write_banks(const struct cur_store *s, struct cur_cbor_writer *w) {
    static const char *const trials[] = {"none", "trial", "fell_back"};
    pair_slots(w, "active", &s->active);
    cur_cbor_write_text(w, "router");
    cur_cbor_write_int(w, s->active.router);
    cur_cbor_write_text(w, "encoder");
    cur_cbor_write_int(w, s->active.encoder[0]);
    pair_encoders(w, &s->active);
    pair_slots(w, "previous", &s->previous);
    cur_cbor_write_text(w, "trial");
    cur_cbor_write_text(w, trials[s->trial]);
}

static int list(struct cur_board *b, struct cur_cbor_writer *w) {
    uint32_t used = 0;
    for (int i = 0; i < CUR_SLOTS; i++)
        used += b->store.slot[i].state != CUR_SLOT_EMPTY;
    cur_cbor_write_map(w, 13);
    cur_cbor_write_text(w, "slots");
    cur_cbor_write_array(w, used);
    for (int i = 0; i < CUR_SLOTS; i++) {
        if (b->store.slot[i].state != CUR_SLOT_EMPTY) write_slot(b, i, w);
    }
    pair_u32(w, "count", CUR_SLOTS);
    write_banks(&b->store, w);
    pair_u32(w, "size", (uint32_t)(b->store.end - b->store.from) * b->hal->flash_block);
    pair_u32(w, "free", cur_store_free(&b->store));
    pair_u32(w, "block", b->hal->flash_block);
    pair_u32(w, "next", (uint32_t)b->store.next - b->store.from);
    cur_cbor_write_text(w, "at");
    cur_cbor_write_bool(w, 1);
    return 0;
}

static int begin(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t len, sha_len;
    const uint8_t *sha;
    int slot;
    if (cur_cbor_get_u32(&rq->map, "len", &len) || cur_need_bytes(b, &rq->map, "sha", &sha, &sha_len) ||
        sha_len != 32 || len == 0) {
        return CUR_RC_MALFORMED;
    }
    uint32_t at;
    if (cur_cbor_get_u32(&rq->map, "at", &at) == 0) cur_store_look_from(&b->store, at);
    int rc = cur_store_begin(&b->store, len, sha, &slot);
    if (rc) return rc;
    cur_early_clear(&b->early);
    cur_uncertain_make_way(&b->uncertain, &b->store);
    cur_cbor_write_map(w, 2);
    pair_u32(w, "slot", (uint32_t)slot);
    pair_u32(w, "off", b->store.slot[slot].off);
    return 0;
}

static int write(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t slot, off, n, crc = 0;
    const uint8_t *data;
    if (cur_cbor_get_u32(&rq->map, "slot", &slot) || cur_cbor_get_u32(&rq->map, "off", &off) ||
        cur_need_bytes(b, &rq->map, "data", &data, &n)) {
        return CUR_RC_MALFORMED;
    }
    int checked = cur_cbor_get_u32(&rq->map, "crc", &crc);
    if (checked == CUR_CBOR_MALFORMED) return CUR_RC_MALFORMED;
    if (slot >= CUR_SLOTS || b->store.slot[slot].state != CUR_SLOT_PARTIAL || b->store.slot[slot].is_file) {
        return CUR_RC_BAD_SLOT;
    }
    if (checked == CUR_CBOR_OK && cur_crc32(0, data, n) != crc) return CUR_RC_BAD_HASH;
    struct cur_slot *to = &b->store.slot[slot];
    int early = off > to->off && off < to->len && n <= to->len - off;
    int kept = early && cur_early_keep(&b->early, slot, off, data, n);
    while (data && off == to->off) {
        if (n > to->len - to->off) return CUR_RC_TOO_LARGE;
        int rc = cur_store_write(&b->store, (int)slot, data, n);
        if (rc) return rc;
        off = to->off;
        data = cur_early_at(&b->early, slot, off, &n);
    }
    cur_cbor_write_map(w, kept ? 2 : 1);
    pair_u32(w, "off", to->off);
    if (kept) {
        cur_cbor_write_text(w, "kept");
        cur_cbor_write_bool(w, 1);
    }
    return 0;
}

/* The slot that verify or erase names. */
static int named_slot(const struct cur_request *rq, uint32_t *slot) {
    if (cur_cbor_get_u32(&rq->map, "slot", slot)) return CUR_RC_MALFORMED;
    return *slot < CUR_SLOTS ? 0 : CUR_RC_BAD_SLOT;
}

static int verify(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t slot;
    int rc = named_slot(rq, &slot);
    if (rc) return rc;
    cur_early_clear(&b->early);
    rc = cur_store_verify(&b->store, (int)slot);
    if (rc) return rc;
    cur_cbor_write_map(w, 2);
    pair_u32(w, "slot", slot);
    cur_cbor_write_text(w, "sha");
    cur_cbor_write_bytes(w, b->store.slot[slot].sha, 32);
    return 0;
}

/* Routing of its own: all three numbers or none. */
static int read_routing(const struct cur_cbor_map *map, struct cur_bank *bank) {
    uint32_t passes = 0, top_k = 0;
    float alpha = 0.0f;
    int e[3] = {cur_cbor_get_f32(map, "alpha", &alpha), cur_cbor_get_u32(map, "passes", &passes),
                cur_cbor_get_u32(map, "topk", &top_k)};
    if (e[0] == CUR_CBOR_ABSENT && e[1] == CUR_CBOR_ABSENT && e[2] == CUR_CBOR_ABSENT) return 0;
    if (e[0] || e[1] || e[2] || bank->router < 0) return CUR_RC_MALFORMED;
    if (!(alpha >= 0.0f && alpha <= ALPHA_MAX) || passes > PASSES_MAX || top_k < 1 || top_k > bank->count) {
        return CUR_RC_MALFORMED;
    }
    bank->own_routing = 1;
    bank->alpha = alpha;
    bank->passes = (uint16_t)passes;
    bank->top_k = (uint8_t)top_k;
    return 0;
}

static int read_bank(const struct cur_cbor_map *map, struct cur_bank *bank) {
    uint32_t slots[CUR_BANK], router, encoder;
    size_t count;
    cur_bank_clear(bank);
    int has_router = cur_cbor_get_u32(map, "router", &router);
    int has_encoder = cur_cbor_get_u32(map, "encoder", &encoder);
    if (cur_cbor_get_u32s(map, "slots", slots, CUR_BANK, &count) || has_router == CUR_CBOR_MALFORMED ||
        has_encoder == CUR_CBOR_MALFORMED ||
        (count == 0 && (has_router == CUR_CBOR_OK || has_encoder == CUR_CBOR_OK))) {
        return CUR_RC_MALFORMED;
    }
    bank->count = (uint8_t)count;
    for (size_t i = 0; i < count; i++) {
        if (slots[i] >= CUR_SLOTS) return CUR_RC_BAD_SLOT;
        bank->slot[i] = (uint8_t)slots[i];
    }
    if (has_router == CUR_CBOR_OK) {
        if (router >= CUR_SLOTS) return CUR_RC_BAD_SLOT;
        bank->router = (int8_t)router;
    }
    if (has_encoder == CUR_CBOR_OK) {
        if (encoder >= CUR_SLOTS) return CUR_RC_BAD_SLOT;
        bank->encoder[0] = (int8_t)encoder;
    }
    return read_routing(map, bank);
}

/* Each image alone: verified, signed, not too old. */
static int check_images(const struct cur_store *s, const struct cur_bank *bank) {
    const uint8_t *image;
    uint32_t len;
    for (int slot = 0; slot < CUR_SLOTS; slot++) {
        if (!cur_bank_holds(bank, slot)) continue;
        if (s->slot[slot].state != CUR_SLOT_VERIFIED) return CUR_RC_NOT_VERIFIED;
        int rc = cur_store_image(s, slot, &image, &len);
        if (!rc) rc = cur_store_version_allowed(s, slot);
        if (rc) return rc;
    }
    return 0;
}

/* Opens the bank; where it cannot be, the active one answers on. */
static int try_bank(struct cur_board *b, struct cur_bank *bank) {
    struct cur_bank before = b->store.active;
    b->store.active = *bank;
    int rc = cur_expert_load(b);
    *bank = b->store.active; /* with the slots of its encoders */
    for (int i = 0; i < CUR_BANK_ENCODERS && !rc; i++) {
        if (bank->encoder[i] >= 0) rc = cur_store_version_allowed(&b->store, bank->encoder[i]);
    }
    b->store.active = before;
    if (rc) (void)cur_expert_load(b);
    return rc;
}

static int answer_banks(struct cur_board *b, int rc, struct cur_cbor_writer *w) {
    if (rc) {
        (void)cur_expert_load(b);
        return rc;
    }
    cur_cbor_write_map(w, 6);
    write_banks(&b->store, w);
    return 0;
}

static int activate(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    struct cur_bank bank;
    int rc = read_bank(&rq->map, &bank);
    if (!rc) rc = check_images(&b->store, &bank);
    if (!rc) rc = try_bank(b, &bank);
    return rc ? rc : answer_banks(b, cur_store_activate(&b->store, &bank), w);
}

static int rollback(struct cur_board *b, struct cur_cbor_writer *w) {
    struct cur_bank bank = b->store.previous;
    if (bank.count == 0) return CUR_RC_NOT_VERIFIED;
    if (b->store.protect) return CUR_RC_TOO_OLD;
    int rc = try_bank(b, &bank);
    return rc ? rc : answer_banks(b, cur_store_rollback(&b->store), w);
}

static int erase(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t slot;
    int rc = named_slot(rq, &slot);
    if (!rc) rc = cur_store_erase(&b->store, (int)slot);
    if (rc) return rc;
    cur_cbor_write_map(w, 0);
    return 0;
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
    case CONFIRM:
        return answer_banks(b, cur_store_confirm(&b->store), w);
    default:
        return CUR_RC_UNSUPPORTED;
    }
}
