#include "slots.h"
#include "../link/crc.h"
#include "../mem.h"

enum {
    LOG_RECORD = 32,
    LOG_SIZE = 2 * CUR_FLASH_BLOCK,
    HEAD_RECORD = 64,
    HEAD_SEAL = 64,   /* offset of the seal in a head */
    HEAD_MARKS = 128, /* offset of the marks in a head */
};

static const uint32_t log_magic = 0x474f4c43;  /* CLOG */
static const uint32_t head_magic = 0x44414843; /* CHAD */
static const uint32_t seal_magic = 0x4c414553; /* SEAL */
static const uint32_t mark_value = 0x4b52414d; /* MARK */

static uint32_t head_offset(int slot) {
    return LOG_SIZE + (uint32_t)slot * CUR_FLASH_BLOCK;
}

static uint32_t data_offset(int slot) {
    return LOG_SIZE + CUR_SLOTS * CUR_FLASH_BLOCK + (uint32_t)slot * CUR_SLOT_SIZE;
}

const uint8_t *cur_slots_bytes(const struct cur_slots *s, int slot) {
    return s->hal->flash + data_offset(slot);
}

static int erase(struct cur_slots *s, uint32_t off) {
    if (s->hal->flash_erase(s->hal->ctx, off)) return -1;
    for (uint32_t i = 0; i < CUR_FLASH_BLOCK; i += 4) {
        if (cur_u32(s->hal->flash + off + i) != 0xffffffffu) return -1;
    }
    return 0;
}

/* Programs and reads back. */
static int program(struct cur_slots *s, uint32_t off, const uint8_t *bytes, uint32_t n) {
    if (s->hal->flash_program(s->hal->ctx, off, bytes, n)) return -1;
    return memcmp(s->hal->flash + off, bytes, n) ? -1 : 0;
}

/* A record ends with the CRC-32 of what is before it. */
static int sealed(const uint8_t *record, uint32_t size, uint32_t magic) {
    return cur_u32(record) == magic && cur_u32(record + size - 4) == cur_crc32(0, record, size - 4);
}

static int blank(const uint8_t *p, uint32_t n) {
    while (n--) {
        if (*p++ != 0xff) return 0;
    }
    return 1;
}

/* The seal names the image, so that it cannot stand for another one. */
static void make_seal(uint8_t seal[16], const uint8_t sha[32]) {
    cur_put_u32(seal, seal_magic);
    memcpy(seal + 4, sha, 8);
    cur_put_u32(seal + 12, cur_crc32(0, seal, 12));
}

static void open_slot(struct cur_slots *s, int slot) {
    struct cur_slot *to = &s->slot[slot];
    const uint8_t *head = s->hal->flash + head_offset(slot);
    memset(to, 0, sizeof *to);
    if (!sealed(head, HEAD_RECORD, head_magic) || cur_u32(head + 4) > CUR_SLOT_SIZE) return;
    to->state = CUR_SLOT_PARTIAL;
    to->len = cur_u32(head + 4);
    memcpy(to->sha, head + 8, 32);
    const uint8_t *mark = head + HEAD_MARKS;
    while (to->off < to->len && cur_u32(mark) == mark_value) {
        to->off += CUR_FLASH_BLOCK;
        mark += 4;
    }
    if (to->off >= to->len) {
        uint8_t seal[16];
        to->off = to->len;
        make_seal(seal, to->sha);
        if (memcmp(seal, head + HEAD_SEAL, sizeof seal) == 0) to->state = CUR_SLOT_VERIFIED;
    }
}

void cur_slots_open(struct cur_slots *s, const struct cur_hal *hal) {
    memset(s, 0, sizeof *s);
    s->hal = hal;
    s->active = s->previous = -1;
    for (int slot = 0; slot < CUR_SLOTS; slot++)
        open_slot(s, slot);

    for (uint32_t off = 0; off < LOG_SIZE; off += LOG_RECORD) {
        const uint8_t *record = hal->flash + off;
        if (!sealed(record, LOG_RECORD, log_magic) || cur_u32(record + 4) < s->log_number) continue;
        s->log_number = cur_u32(record + 4);
        s->active = (int8_t)record[8];
        s->previous = (int8_t)record[9];
        s->log_at = off + LOG_RECORD;
    }
    if (s->active >= 0 && s->slot[s->active].state != CUR_SLOT_VERIFIED) s->active = -1;
    if (s->previous >= 0 && s->slot[s->previous].state != CUR_SLOT_VERIFIED) s->previous = -1;
}

int cur_slots_choose(struct cur_slots *s, int active, int previous) {
    uint8_t record[LOG_RECORD] = {0};
    cur_put_u32(record, log_magic);
    cur_put_u32(record + 4, s->log_number + 1);
    record[8] = (uint8_t)active;
    record[9] = (uint8_t)previous;
    cur_put_u32(record + LOG_RECORD - 4, cur_crc32(0, record, LOG_RECORD - 4));

    /* A place that is not blank was left by a write cut short: step over it. A block that is full hands over
     * to the other one, which is erased then: the last record stays until the new one is there. */
    uint32_t at = s->log_at;
    while (at % CUR_FLASH_BLOCK && !blank(s->hal->flash + at, LOG_RECORD))
        at += LOG_RECORD;
    if (at % CUR_FLASH_BLOCK == 0) {
        at %= LOG_SIZE;
        if (erase(s, at)) return -1;
    }
    s->log_at = at + LOG_RECORD;
    if (program(s, at, record, LOG_RECORD)) return -1;
    s->log_number++;
    s->active = (int8_t)active;
    s->previous = (int8_t)previous;
    return 0;
}

int cur_slots_erase(struct cur_slots *s, int slot) {
    /* First the log: no roll back may lead to what comes into this slot next. */
    if (s->previous == slot && cur_slots_choose(s, s->active, -1)) return -1;
    memset(&s->slot[slot], 0, sizeof s->slot[slot]);
    return erase(s, head_offset(slot));
}

static int announce(struct cur_slots *s, int slot, uint32_t len, const uint8_t sha[32]) {
    uint8_t head[HEAD_RECORD] = {0};
    cur_put_u32(head, head_magic);
    cur_put_u32(head + 4, len);
    memcpy(head + 8, sha, 32);
    cur_put_u32(head + HEAD_RECORD - 4, cur_crc32(0, head, HEAD_RECORD - 4));
    if (cur_slots_erase(s, slot) || program(s, head_offset(slot), head, HEAD_RECORD)) return -1;
    s->slot[slot].state = CUR_SLOT_PARTIAL;
    s->slot[slot].len = len;
    memcpy(s->slot[slot].sha, sha, 32);
    return 0;
}

int cur_slots_begin(struct cur_slots *s, int slot, uint32_t len, const uint8_t sha[32]) {
    const struct cur_slot *now = &s->slot[slot];
    if (now->state == CUR_SLOT_PARTIAL && now->len == len && memcmp(now->sha, sha, 32) == 0) return 0;
    return announce(s, slot, len, sha);
}

int cur_slots_restart(struct cur_slots *s, int slot) {
    uint8_t sha[32];
    memcpy(sha, s->slot[slot].sha, 32);
    return announce(s, slot, s->slot[slot].len, sha);
}

int cur_slots_write(struct cur_slots *s, int slot, const uint8_t *bytes, uint32_t n) {
    struct cur_slot *to = &s->slot[slot];
    while (n) {
        uint32_t in_block = to->off % CUR_FLASH_BLOCK;
        uint32_t take = CUR_FLASH_BLOCK - in_block < n ? CUR_FLASH_BLOCK - in_block : n;
        uint32_t at = data_offset(slot) + to->off;
        /* Erasing a block only when it is reached keeps `begin` short, and lets an upload that was cut off
         * go on at a block's start whatever the block holds. */
        if (in_block == 0 && erase(s, at)) return -1;
        if (program(s, at, bytes, take)) return -1;
        uint32_t block = to->off / CUR_FLASH_BLOCK;
        to->off += take;
        bytes += take;
        n -= take;
        if (to->off % CUR_FLASH_BLOCK == 0 || to->off == to->len) {
            uint8_t mark[4];
            cur_put_u32(mark, mark_value);
            if (program(s, head_offset(slot) + HEAD_MARKS + 4 * block, mark, 4)) return -1;
        }
    }
    return 0;
}

int cur_slots_seal(struct cur_slots *s, int slot) {
    uint8_t seal[16];
    make_seal(seal, s->slot[slot].sha);
    if (program(s, head_offset(slot) + HEAD_SEAL, seal, sizeof seal)) return -1;
    s->slot[slot].state = CUR_SLOT_VERIFIED;
    return 0;
}
