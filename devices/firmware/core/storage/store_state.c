#include "store_state.h"
#include "flash.h"
#include "../inference/image.h"
#include "../link/crc.h"
#include "../mem.h"
#include "../rc.h"

/* The state as the journal keeps it: a version, CUR_SLOTS slots, two banks, the rest, and what has run.
 * Before version 2 the last was one number for all. */
enum {
    VERSION = 2,
    VERSION_BEFORE = 1,
    SLOT = 11,
    BANK = 10 + CUR_BANK,
    AT_SLOTS = 1,
    AT_BANKS = AT_SLOTS + CUR_SLOTS * SLOT,
    AT_REST = AT_BANKS + 2 * BANK,
    AT_VERSIONS = AT_REST + 50,
    STATE_BEFORE = AT_VERSIONS,
    STATE = AT_VERSIONS + 1 + CUR_VERSIONS * CUR_VERSION_SIZE,
};

enum { FLAG_VERIFIED = 1, FLAG_SIGNED = 2, FLAG_FILE = 4, FLAG_VOUCHED = 8 };

enum { MARKS_MAX = 64, HEADER_SEALED = 44 };

static const uint32_t state_magic = 0x54534c43;  /* CLST */
static const uint32_t header_magic = 0x44484c43; /* CLHD */

void cur_bank_clear(struct cur_bank *bank) {
    memset(bank, 0, sizeof *bank);
    bank->router = -1;
    memset(bank->encoder, -1, sizeof bank->encoder);
}

int cur_bank_holds(const struct cur_bank *bank, int slot) {
    for (int i = 0; i < bank->count; i++) {
        if (bank->slot[i] == slot) return 1;
    }
    for (int i = 0; i < CUR_BANK_ENCODERS; i++) {
        if (bank->count && bank->encoder[i] == slot) return 1;
    }
    return bank->count && bank->router == slot;
}

const uint8_t *cur_store_bytes(const struct cur_store *s, int slot) {
    return s->hal->flash + (s->slot[slot].first + 1u) * s->hal->flash_block;
}

static void put_slot(uint8_t *p, const struct cur_slot *slot) {
    cur_put_u16(p, slot->first);
    cur_put_u16(p + 2, slot->blocks);
    cur_put_u32(p + 4, slot->generation);
    p[8] = (uint8_t)((slot->state == CUR_SLOT_VERIFIED ? FLAG_VERIFIED : 0) |
                     (slot->is_signed == CUR_SIGNED ? FLAG_SIGNED : 0) |
                     (slot->is_signed == CUR_VOUCHED ? FLAG_VOUCHED : 0) | (slot->is_file ? FLAG_FILE : 0));
    p[9] = slot->chunks;
    p[10] = slot->mark;
}

static void put_bank(uint8_t *p, const struct cur_bank *bank) {
    p[0] = bank->count;
    memcpy(p + 1, bank->slot, CUR_BANK);
    p += 1 + CUR_BANK;
    p[0] = (uint8_t)bank->router;
    /* Slots of encoders share bytes: what a board kept before there were any, or several, reads as none. */
    p[1] = (uint8_t)(bank->own_routing | (bank->encoder[0] + 1) << 4);
    p[2] = (uint8_t)(bank->top_k | (bank->encoder[1] + 1) << 4);
    p[3] = (uint8_t)bank->passes;
    p[4] = (uint8_t)((bank->encoder[2] + 1) | (bank->encoder[3] + 1) << 4);
    cur_put_f32(p + 5, bank->alpha);
}

static void get_bank(struct cur_bank *bank, const uint8_t *p) {
    bank->count = p[0] <= CUR_BANK ? p[0] : 0;
    memcpy(bank->slot, p + 1, CUR_BANK);
    p += 1 + CUR_BANK;
    bank->router = (int8_t)p[0] < 0 ? -1 : (int8_t)p[0];
    bank->own_routing = p[1] & 1;
    bank->encoder[0] = (int8_t)((p[1] >> 4) - 1);
    bank->top_k = p[2] & 15;
    bank->encoder[1] = (int8_t)((p[2] >> 4) - 1);
    bank->passes = p[3];
    bank->encoder[2] = (int8_t)((p[4] & 15) - 1);
    bank->encoder[3] = (int8_t)((p[4] >> 4) - 1);
    bank->alpha = cur_f32(p + 5);
}

int cur_store_commit(struct cur_store *s) {
    _Static_assert((int)STATE <= (int)CUR_JOURNAL_PAYLOAD, "the state must fit a record");
    uint8_t state[STATE] = {VERSION};
    for (int i = 0; i < CUR_SLOTS; i++)
        put_slot(state + AT_SLOTS + SLOT * i, &s->slot[i]);
    put_bank(state + AT_BANKS, &s->active);
    put_bank(state + AT_BANKS + BANK, &s->previous);
    uint8_t *p = state + AT_REST;
    p[0] = s->trial;
    p[1] = s->starts_left;
    cur_put_u16(p + 2, s->next);
    cur_put_u32(p + 4, s->generation);
    p[8] = s->has_key;
    p[9] = s->protect;
    memcpy(p + 10, s->key, 32);
    cur_put_u32(p + 42, s->key_changes);
    cur_put_u32(p + 46, s->versions.floor);
    p = state + AT_VERSIONS;
    *p++ = s->versions.count;
    for (int i = 0; i < s->versions.count; i++)
        cur_version_put(p + CUR_VERSION_SIZE * i, &s->versions.known[i]);
    if (cur_journal_append(&s->journal, state) == 0) return 0;
    cur_store_read(s);
    return CUR_RC_FLASH;
}

void cur_store_forget(struct cur_store *s, int slot) {
    memset(&s->slot[slot], 0, sizeof s->slot[slot]);
    if (s->tail_slot == slot) s->tail_slot = -1;
}

static uint32_t marks(const struct cur_store *s) {
    uint32_t fit = (s->hal->flash_block - CUR_SLOT_HEAD) / s->hal->flash_granule;
    return fit < MARKS_MAX ? fit : MARKS_MAX;
}

uint32_t cur_store_chunk(const struct cur_store *s, uint32_t len) {
    uint32_t block = s->hal->flash_block, least = (len + marks(s) - 1) / marks(s);
    return (least + block - 1) / block * block;
}

uint32_t cur_store_mark(const struct cur_store *s, const struct cur_slot *slot, uint32_t mark) {
    if (mark >= marks(s)) return 0;
    return slot->first * s->hal->flash_block + CUR_SLOT_HEAD + mark * s->hal->flash_granule;
}

int cur_store_put_header(const struct cur_store *s, const struct cur_slot *slot) {
    uint8_t header[CUR_SLOT_HEAD];
    memset(header, 0xff, sizeof header);
    cur_put_u32(header, header_magic);
    cur_put_u32(header + 4, slot->generation);
    cur_put_u32(header + 8, slot->len);
    memcpy(header + 12, slot->sha, 32);
    cur_put_u32(header + HEADER_SEALED, cur_crc32(0, header, HEADER_SEALED));
    return cur_flash_program(s->hal, slot->first * s->hal->flash_block, header, sizeof header);
}

static int is_set(const uint8_t *mark, uint32_t n) {
    while (n--) {
        if (*mark++) return 0;
    }
    return 1;
}

/* How far an upload got: the last whole mark counts, whatever became of those before it. */
static uint32_t progress(const struct cur_store *s, const struct cur_slot *slot) {
    uint32_t done = 0, at;
    for (uint32_t m = slot->mark; (at = cur_store_mark(s, slot, m)) != 0; m++) {
        if (is_set(s->hal->flash + at, s->hal->flash_granule)) done = m - slot->mark + 1;
    }
    uint32_t chunk = cur_store_chunk(s, slot->len), chunks = slot->chunks + done;
    return chunks * chunk < slot->len ? chunks * chunk : slot->len;
}

/* A slot whose header was not finished, or was left by an earlier life, is empty. */
static void get_slot(const struct cur_store *s, struct cur_slot *slot, const uint8_t *p) {
    uint32_t block = s->hal->flash_block;
    slot->first = cur_u16(p);
    slot->blocks = cur_u16(p + 2);
    slot->generation = cur_u32(p + 4);
    slot->chunks = p[9];
    slot->mark = p[10];
    int inside = slot->first >= s->from && slot->blocks >= 2 && slot->first + slot->blocks <= s->end;
    const uint8_t *header = s->hal->flash + (inside ? slot->first : s->from) * block;
    uint32_t len = cur_u32(header + 8);
    uint32_t least = p[8] & FLAG_VERIFIED ? CUR_IMAGE_HEADER : 1;
    int sound = inside && len >= least && len <= (slot->blocks - 1u) * block &&
                cur_u32(header) == header_magic && cur_u32(header + 4) == slot->generation &&
                cur_u32(header + HEADER_SEALED) == cur_crc32(0, header, HEADER_SEALED);
    /* A file is named only once it is whole: cut short, it is sent anew. */
    int file = p[8] & FLAG_FILE;
    if (!sound || file) {
        memset(slot, 0, sizeof *slot);
        return;
    }
    slot->len = len;
    memcpy(slot->sha, header + 12, 32);
    if (p[8] & FLAG_VERIFIED) {
        slot->state = CUR_SLOT_VERIFIED;
        slot->is_signed = p[8] & FLAG_SIGNED ? CUR_SIGNED : p[8] & FLAG_VOUCHED ? CUR_VOUCHED : CUR_UNSIGNED;
        slot->off = slot->len;
    } else {
        slot->state = CUR_SLOT_PARTIAL;
        slot->off = progress(s, slot);
    }
}

static int is_verified(const struct cur_store *s, int slot) {
    return slot < CUR_SLOTS && s->slot[slot].state == CUR_SLOT_VERIFIED;
}

/* A bank of which a slot is gone is none. */
static void check_bank(const struct cur_store *s, struct cur_bank *bank) {
    int whole = 1;
    for (int i = 0; i < bank->count; i++)
        whole &= is_verified(s, bank->slot[i]);
    whole &= bank->router < 0 || is_verified(s, bank->router);
    for (int i = 0; i < CUR_BANK_ENCODERS; i++)
        whole &= bank->encoder[i] < 0 || is_verified(s, bank->encoder[i]);
    if (!whole) cur_bank_clear(bank);
}

/* Opens the journal; the newest state, or NULL. */
static const uint8_t *open_state(struct cur_store *s) {
    struct cur_journal *j = &s->journal;
    cur_journal_open(j, s->hal, state_magic, 0, CUR_STORE_BLOCKS, STATE);
    if (j->newest) return j->newest[0] == VERSION ? j->newest : NULL;
    cur_journal_open(j, s->hal, state_magic, 0, CUR_STORE_BLOCKS, STATE_BEFORE);
    cur_journal_resize(j, STATE);
    return j->newest && j->newest[0] == VERSION_BEFORE ? j->newest : NULL;
}

static void get_versions(struct cur_versions *v, const uint8_t *state) {
    const uint8_t *p = state + AT_VERSIONS;
    v->floor = cur_u32(state + AT_REST + 46);
    if (state[0] == VERSION_BEFORE) return;
    v->count = *p <= CUR_VERSIONS ? *p : 0;
    for (int i = 0; i < v->count; i++)
        cur_version_get(&v->known[i], p + 1 + CUR_VERSION_SIZE * i);
}

void cur_store_read(struct cur_store *s) {
    const struct cur_hal *hal = s->hal;
    memset(s, 0, sizeof *s);
    s->hal = hal;
    s->from = CUR_STORE_BLOCKS + CUR_SETTINGS_BLOCKS;
    s->end = (uint16_t)(hal->flash_size / hal->flash_block);
    s->next = s->from;
    cur_bank_clear(&s->active);
    cur_bank_clear(&s->previous);
    s->tail_slot = -1;
    const uint8_t *state = open_state(s);
    if (!state) return;
    for (int i = 0; i < CUR_SLOTS; i++)
        get_slot(s, &s->slot[i], state + AT_SLOTS + SLOT * i);
    get_bank(&s->active, state + AT_BANKS);
    get_bank(&s->previous, state + AT_BANKS + BANK);
    check_bank(s, &s->active);
    check_bank(s, &s->previous);
    const uint8_t *p = state + AT_REST;
    s->trial = p[0] <= CUR_TRIAL_FELL_BACK ? p[0] : CUR_TRIAL_NONE;
    s->starts_left = p[1];
    s->next = cur_u16(p + 2);
    if (s->next < s->from || s->next >= s->end) s->next = s->from;
    s->generation = cur_u32(p + 4);
    s->has_key = p[8] != 0;
    s->protect = p[9] != 0;
    memcpy(s->key, p + 10, 32);
    s->key_changes = cur_u32(p + 42);
    get_versions(&s->versions, state);
}
