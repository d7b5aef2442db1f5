#include "uncertain.h"
#include "flash.h"
#include "../inference/encoder.h"
#include "../inference/report.h"
#include "../link/crc.h"
#include "../mem.h"
#include "../watchdog.h"

/* An entry's header (PROTOCOL.md, group 68). */
enum {
    VERSION = 1,
    AT_ID = 4,
    AT_BOOT = 8,
    AT_SEQUENCE = 12,
    AT_UPTIME = 16,
    AT_WALL = 24,
    AT_ENTROPY = 32,
    AT_CURIOSITY = 36,
    AT_P = 40,
    AT_CLASS = 44,
    AT_PLACE = 46,
    AT_VERSION = 47,
    AT_EXPERT = 48,
    AT_OFFSET = 56,
    AT_SCALE = 60,
    AT_CLASSES = 64,
    AT_OF_ENCODER = 66,
    AT_CRC = CUR_UNCERTAIN_HEAD - 4,
    AT_LOGITS = CUR_UNCERTAIN_HEAD,
    AT_CODES = AT_LOGITS + 4 * CUR_IMAGE_CLASSES,
};

static const uint32_t magic = 0x57554c43; /* CLUW */

static const float most_entropy = 5.0f; /* ln(64) is 4.16 */

static void put_u64(uint8_t *p, uint64_t v) {
    cur_put_u32(p, (uint32_t)v);
    cur_put_u32(p + 4, (uint32_t)(v >> 32));
}

static uint32_t crc_of(const uint8_t *entry) {
    uint32_t crc = cur_crc32(0, entry, AT_CRC);
    return cur_crc32(crc, entry + CUR_UNCERTAIN_HEAD, CUR_UNCERTAIN_SIZE - CUR_UNCERTAIN_HEAD);
}

/* --- Places --- */

/* Erase blocks of a place. */
static uint32_t place_blocks(const struct cur_store *s) {
    return (CUR_UNCERTAIN_SIZE + s->hal->flash_block - 1) / s->hal->flash_block;
}

static uint32_t places(const struct cur_store *s) {
    return ((uint32_t)s->end - s->from) / place_blocks(s);
}

static uint32_t place_at(const struct cur_store *s, uint32_t place) {
    return s->from + place * place_blocks(s);
}

/* Whether an image lies in the place at that block. */
static int taken(const struct cur_store *s, uint32_t first) {
    uint32_t end = first + place_blocks(s);
    for (int i = 0; i < CUR_SLOTS; i++) {
        const struct cur_slot *slot = &s->slot[i];
        if (slot->state == CUR_SLOT_EMPTY) continue;
        if (slot->first < end && first < (uint32_t)slot->first + slot->blocks) return 1;
    }
    return 0;
}

static int holds_entry(const struct cur_uncertain *u, uint32_t first) {
    for (int i = 0; i < u->count; i++) {
        if (u->kept[i].first == first) return 1;
    }
    return 0;
}

/* The first free place from u->next on, or -1. */
static int free_place(const struct cur_uncertain *u, const struct cur_store *s) {
    uint32_t n = places(s), from = (u->next - s->from) / place_blocks(s);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t first = place_at(s, (from + i) % n);
        if (!taken(s, first) && !holds_entry(u, first)) return (int)first;
    }
    return -1;
}

uint32_t cur_uncertain_room(const struct cur_uncertain *u, const struct cur_store *s) {
    uint32_t room = 0;
    for (uint32_t i = 0; i < places(s) && room < u->limit; i++)
        room += !taken(s, place_at(s, i));
    return room;
}

/* --- Entries --- */

const uint8_t *cur_uncertain_bytes(const struct cur_store *s, const struct cur_kept_window *kept) {
    return s->hal->flash + (uint32_t)kept->first * s->hal->flash_block;
}

const struct cur_kept_window *cur_uncertain_after(const struct cur_uncertain *u, uint32_t id) {
    const struct cur_kept_window *found = NULL;
    for (int i = 0; i < u->count; i++) {
        const struct cur_kept_window *kept = &u->kept[i];
        if (!kept->gone && kept->id > id && (!found || kept->id < found->id)) found = kept;
    }
    return found;
}

const struct cur_kept_window *cur_uncertain_find(const struct cur_uncertain *u, uint32_t id) {
    const struct cur_kept_window *found = id ? cur_uncertain_after(u, id - 1) : NULL;
    return found && found->id == id ? found : NULL;
}

static struct cur_kept_window *least_uncertain(struct cur_uncertain *u) {
    struct cur_kept_window *least = u->kept;
    for (int i = 1; i < u->count; i++) {
        if (u->kept[i].entropy < least->entropy) least = &u->kept[i];
    }
    return least;
}

static void forget(struct cur_uncertain *u, struct cur_kept_window *kept) {
    *kept = u->kept[--u->count];
}

void cur_uncertain_drop(struct cur_uncertain *u, const struct cur_store *s, uint32_t id, uint32_t crc) {
    for (int i = 0; i < u->count; i++) {
        struct cur_kept_window *kept = &u->kept[i];
        if (kept->id == id && cur_u32(cur_uncertain_bytes(s, kept) + AT_CRC) == crc) kept->gone = 1;
    }
}

void cur_uncertain_make_way(struct cur_uncertain *u, const struct cur_store *s) {
    for (int i = u->count - 1; i >= 0; i--) {
        if (taken(s, u->kept[i].first)) forget(u, &u->kept[i]);
    }
    if (u->job && taken(s, u->first)) u->job = CUR_UNCERTAIN_IDLE;
}

/* --- What the flash holds --- */

static int sound(const uint8_t *entry) {
    if (cur_u32(entry) != magic || entry[AT_VERSION] != VERSION || cur_u32(entry + AT_ID) == 0) return 0;
    float entropy = cur_f32(entry + AT_ENTROPY);
    return entropy >= 0.0f && entropy <= most_entropy && cur_u32(entry + AT_CRC) == crc_of(entry);
}

static void keep(struct cur_uncertain *u, const struct cur_kept_window *kept) {
    if (u->count < u->limit) {
        u->kept[u->count++] = *kept;
    } else if (least_uncertain(u)->entropy < kept->entropy) {
        *least_uncertain(u) = *kept;
    }
}

void cur_uncertain_open(struct cur_uncertain *u, const struct cur_store *s, uint32_t percent, uint32_t pace_s,
                        uint64_t now_ms) {
    memset(u, 0, sizeof *u);
    uint32_t limit = ((uint32_t)s->end - s->from) * percent / 100 / place_blocks(s);
    u->limit = (uint8_t)(limit < CUR_UNCERTAIN_MOST ? limit : CUR_UNCERTAIN_MOST);
    u->pace_ms = pace_s * 1000;
    u->since_ms = now_ms;
    u->next = s->from;
    for (uint32_t i = 0; i < places(s) && u->limit; i++) {
        struct cur_kept_window kept = {.first = (uint16_t)place_at(s, i)};
        const uint8_t *entry = cur_uncertain_bytes(s, &kept);
        cur_watchdog_feed(s->hal);
        if (taken(s, kept.first) || !sound(entry)) continue;
        kept.id = cur_u32(entry + AT_ID);
        kept.entropy = cur_f32(entry + AT_ENTROPY);
        if (kept.id > u->last_id) {
            u->last_id = kept.id;
            u->next = (uint16_t)place_at(s, i + 1 < places(s) ? i + 1 : 0);
        }
        keep(u, &kept);
    }
}

/* --- Keeping one --- */

void cur_uncertain_offer(struct cur_uncertain *u, const struct cur_store *s, const struct cur_answered *a) {
    const struct cur_record *record = a->record;
    const struct cur_encoder *encoder = a->encoder;
    uint8_t *entry = u->entry;
    if (u->limit == 0 || u->job) return;
    if (u->waiting && record->entropy <= cur_f32(entry + AT_ENTROPY)) return;
    if (u->count >= u->limit && record->entropy <= least_uncertain(u)->entropy) return;

    float offset = encoder ? encoder->offset : CUR_UNCERTAIN_OFFSET;
    float scale = encoder ? encoder->scale : CUR_UNCERTAIN_SCALE;
    memset(entry, 0, AT_CODES);
    cur_put_u32(entry, magic);
    cur_put_u32(entry + AT_BOOT, a->boot);
    cur_put_u32(entry + AT_SEQUENCE, a->sequence);
    put_u64(entry + AT_UPTIME, record->uptime_ms);
    put_u64(entry + AT_WALL, record->wall_ms);
    cur_put_f32(entry + AT_ENTROPY, record->entropy);
    cur_put_f32(entry + AT_CURIOSITY, record->curiosity);
    cur_put_f32(entry + AT_P, record->p);
    cur_put_u16(entry + AT_CLASS, (uint16_t)a->scores->top);
    entry[AT_PLACE] = record->place;
    entry[AT_VERSION] = VERSION;
    memcpy(entry + AT_EXPERT, record->expert, sizeof record->expert);
    cur_put_f32(entry + AT_OFFSET, offset);
    cur_put_f32(entry + AT_SCALE, scale);
    cur_put_u16(entry + AT_CLASSES, (uint16_t)a->classes);
    entry[AT_OF_ENCODER] = encoder != NULL;
    memcpy(entry + AT_LOGITS, a->scores->logits, 4 * (size_t)a->classes);
    cur_encoder_quantize((int8_t *)entry + AT_CODES, a->patch, CUR_UNCERTAIN_CODES, offset, scale);
    cur_report(s->hal, CUR_KERNEL_INPUT, CUR_UNCERTAIN_CODES);
    u->waiting = 1;
}

/* Finds the window that waits a place, at the price of the least uncertain entry if need be. */
static int begin(struct cur_uncertain *u, const struct cur_store *s, uint64_t now_ms) {
    if (!u->waiting || now_ms - u->since_ms < u->pace_ms) return 0;
    uint32_t room = cur_uncertain_room(u, s);
    struct cur_kept_window *least = room && u->count >= room ? least_uncertain(u) : NULL;
    u->waiting = 0;
    u->since_ms = now_ms;
    if (room == 0 || (least && cur_f32(u->entry + AT_ENTROPY) <= least->entropy)) return 1;
    int first = free_place(u, s);
    u->replaces = least ? least->id : 0;
    if (first < 0) {
        /* There is no room for both: a power cut from here on loses the least uncertain one. */
        first = least->first;
        forget(u, least);
    }
    cur_put_u32(u->entry + AT_ID, ++u->last_id);
    cur_put_u32(u->entry + AT_CRC, crc_of(u->entry));
    u->first = (uint16_t)first;
    u->done = 0;
    u->job = CUR_UNCERTAIN_ERASING;
    return 1;
}

/* The entry is whole. */
static void finish(struct cur_uncertain *u) {
    for (int i = 0; i < u->count; i++) {
        if (u->replaces && u->kept[i].id == u->replaces) forget(u, &u->kept[i]);
    }
    u->kept[u->count++] = (struct cur_kept_window){
        .id = u->last_id, .entropy = cur_f32(u->entry + AT_ENTROPY), .first = u->first};
    u->job = CUR_UNCERTAIN_IDLE;
}

static int erase_next(struct cur_uncertain *u, const struct cur_store *s) {
    if (cur_flash_erase(s->hal, (u->first + u->done) * s->hal->flash_block)) return -1;
    if (++u->done == place_blocks(s)) {
        u->job = CUR_UNCERTAIN_PROGRAMMING;
        u->done = CUR_UNCERTAIN_HEAD;
    }
    return 0;
}

/* All that follows the header, then the header. */
static int program_next(struct cur_uncertain *u, const struct cur_store *s) {
    uint32_t at = u->first * s->hal->flash_block, left = CUR_UNCERTAIN_SIZE - u->done;
    if (left == 0) {
        if (cur_flash_program(s->hal, at, u->entry, CUR_UNCERTAIN_HEAD)) return -1;
        finish(u);
        return 0;
    }
    uint32_t n = left < CUR_UNCERTAIN_PIECE ? left : CUR_UNCERTAIN_PIECE;
    if (cur_flash_program(s->hal, at + u->done, u->entry + u->done, n)) return -1;
    u->done += n;
    return 0;
}

static void step(struct cur_uncertain *u, const struct cur_store *s) {
    int failed = u->job == CUR_UNCERTAIN_ERASING ? erase_next(u, s) : program_next(u, s);
    /* Where the flash failed the window is lost, and the next one goes elsewhere. */
    if (failed) u->job = CUR_UNCERTAIN_IDLE;
    if (u->job == CUR_UNCERTAIN_IDLE) {
        uint32_t next = u->first + place_blocks(s);
        u->next = (uint16_t)(next < place_at(s, places(s)) ? next : s->from);
    }
}

/* Erases the header of an entry that was acknowledged: else a start would find it again. */
static int erase_gone(struct cur_uncertain *u, const struct cur_store *s) {
    for (int i = 0; i < u->count; i++) {
        if (!u->kept[i].gone) continue;
        /* Where the flash fails it is told of again after a start, and acknowledged again. */
        (void)cur_flash_erase(s->hal, (uint32_t)u->kept[i].first * s->hal->flash_block);
        forget(u, &u->kept[i]);
        return 1;
    }
    return 0;
}

int cur_uncertain_poll(struct cur_uncertain *u, const struct cur_store *s, uint64_t now_ms) {
    if (u->limit == 0) return 0;
    if (erase_gone(u, s)) return 1;
    if (u->job == CUR_UNCERTAIN_IDLE) return begin(u, s, now_ms);
    step(u, s);
    return 1;
}
