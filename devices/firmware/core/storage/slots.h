#ifndef CUR_SLOTS_H
#define CUR_SLOTS_H

#include "../../hal/hal.h"

#define CUR_FLASH_BLOCK 4096u

/*
 * Two image slots in flash. Layout, in erase blocks of 4 KiB:
 *   0, 1     log of which slot is active, in turns: 32-byte records, the valid one with the highest number
 *            counts
 *   2, 3     head of slot 0 and of slot 1: what `begin` announced, then the seal of verification, then one
 *            progress mark for each block of the image
 *   4 ...    slot 0 (512 KiB), then slot 1
 * Everything is written in an order that leaves a sound state behind at any moment: a head is erased before
 * its data are touched, a mark is written after its block, the seal after the check of the whole.
 */

enum {
    CUR_SLOTS = 2,
    CUR_SLOT_SIZE = 512 * 1024,
};

enum cur_slot_state { CUR_SLOT_EMPTY, CUR_SLOT_PARTIAL, CUR_SLOT_VERIFIED };

struct cur_slot {
    uint8_t state;
    uint32_t len; /* of the image announced */
    uint32_t off; /* next byte wanted */
    uint8_t sha[32];
};

struct cur_slots {
    const struct cur_hal *hal;
    struct cur_slot slot[CUR_SLOTS];
    int8_t active, previous; /* -1 none */
    uint32_t log_number;     /* of the last record */
    uint32_t log_at;         /* where the next record goes, offset in flash */
};

/* Functions return 0 or -1 when the flash failed, unless said otherwise. */

/* Reads the flash; nothing is written. */
void cur_slots_open(struct cur_slots *s, const struct cur_hal *hal);

/* The slot's bytes in flash. */
const uint8_t *cur_slots_bytes(const struct cur_slots *s, int slot);

/* Starts an upload, or goes on with the same one: see slot[].off. The slot may not be active. */
int cur_slots_begin(struct cur_slots *s, int slot, uint32_t len, const uint8_t sha[32]);

/* Writes n bytes at slot[].off, of a partial slot; off + n may not exceed len. */
int cur_slots_write(struct cur_slots *s, int slot, const uint8_t *bytes, uint32_t n);

/* Seals a partial slot whose bytes were found right. */
int cur_slots_seal(struct cur_slots *s, int slot);

/* Forgets what was received, keeping what was announced: after bytes were found wrong. */
int cur_slots_restart(struct cur_slots *s, int slot);

/* Empties a slot that is not active. */
int cur_slots_erase(struct cur_slots *s, int slot);

/* Makes `active` and `previous` durable. */
int cur_slots_choose(struct cur_slots *s, int active, int previous);

#endif
