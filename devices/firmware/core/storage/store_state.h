#ifndef CUR_STORE_STATE_H
#define CUR_STORE_STATE_H

#include "journal.h"
#include "versions.h"

/*
 * The store of experts. Flash, in erase blocks:
 *   the journal of the store's state (CUR_STORE_BLOCKS), the journal of the settings (CUR_SETTINGS_BLOCKS),
 *   then extents: one block of header, and the image's data.
 * Which extents there are, which slots are verified, the active and the previous bank, the trial, the key:
 * all of it is one record of the journal, so that every transition is one append and holds wholly or not at
 * all. A header names the image (generation, length, hash) and carries progress marks; one left by an earlier
 * life of the block has another generation and counts for nothing. Blocks are erased right before they are
 * written, never trusted to be erased, and no granule is programmed twice.
 */

enum {
    CUR_SLOTS = 12,
    CUR_BANK = 8,
    CUR_BANK_ENCODERS = 4,
    CUR_STORE_BLOCKS = 4,
    CUR_SETTINGS_BLOCKS = 2,
    CUR_GRANULE_MAX = 64,
    CUR_STARTS = 3,     /* starts that a trial outlives: at the last of them it falls back */
    CUR_INFERENCES = 3, /* inferences that end a trial */
};

enum cur_slot_state { CUR_SLOT_EMPTY, CUR_SLOT_PARTIAL, CUR_SLOT_VERIFIED };

enum cur_trial { CUR_TRIAL_NONE, CUR_TRIAL_ON, CUR_TRIAL_FELL_BACK };

/* Of a verified slot. Vouched for: it was signed with a key, and answered, when the key's owner replaced it.
 */
enum cur_signed { CUR_UNSIGNED, CUR_SIGNED, CUR_VOUCHED };

struct cur_slot {
    uint8_t state;     /* enum cur_slot_state */
    uint8_t is_signed; /* enum cur_signed */
    uint8_t is_file;   /* partial: uploaded as a file, whose hash nobody announced */
    uint8_t resumed;   /* partial: announced or gone on with since the start */
    uint8_t chunks;    /* partial: chunks that were there when it was last gone on with */
    uint8_t mark;      /* partial: the progress mark that the next chunk gets */
    uint16_t first;    /* erase block of the header */
    uint16_t blocks;   /* of header and data */
    uint32_t generation;
    uint32_t len; /* bytes announced, signature included */
    uint32_t off; /* next byte wanted */
    uint8_t sha[32];
};

/* One expert, or a router and the experts it picks from; and the encoders that they name. */
struct cur_bank {
    uint8_t count; /* of slots, 0 none */
    uint8_t slot[CUR_BANK];
    int8_t router; /* slot, -1 none */
    /* Slots; -1: none, or not yet looked for. The first is the router's, or that of the expert alone. */
    int8_t encoder[CUR_BANK_ENCODERS];
    uint8_t own_routing; /* the three below replace the router image's */
    uint8_t top_k;
    uint16_t passes;
    float alpha;
};

struct cur_store {
    const struct cur_hal *hal;
    struct cur_journal journal;
    uint16_t from, end; /* erase blocks of the extents */

    struct cur_slot slot[CUR_SLOTS];
    struct cur_bank active, previous;
    uint8_t trial;       /* enum cur_trial */
    uint8_t starts_left; /* on trial */
    uint8_t inferences;  /* finished on trial since the start */
    uint16_t next;       /* block where the next extent is looked for, so that wear spreads */
    uint32_t generation; /* of the last extent */

    uint8_t has_key, protect; /* protect: roll-back protection */
    uint8_t key[32];          /* Ed25519 public key */
    uint32_t key_changes;
    struct cur_versions versions;

    int8_t tail_slot; /* whose last bytes wait in `tail` for a whole granule; -1 none */
    uint8_t tail[CUR_GRANULE_MAX];
};

/* What the files of the store share. */

enum { CUR_SLOT_HEAD = 64 }; /* of a header block: the header record; progress marks follow */

/* Opens the journal and reads slots, banks and all else from the flash. */
void cur_store_read(struct cur_store *s);

/* Makes the state in RAM durable. When the flash failed, reads it anew: 0 or CUR_RC_FLASH. */
int cur_store_commit(struct cur_store *s);

/* A free stretch of `blocks` erase blocks, or -1. */
int cur_store_allocate(const struct cur_store *s, uint32_t blocks);

/* The slot's bytes in flash, aligned to 16; slot[].len of them, signature included. */
const uint8_t *cur_store_bytes(const struct cur_store *s, int slot);

/* Makes a bank none. */
void cur_bank_clear(struct cur_bank *bank);

/* 1 if the slot belongs to the bank. */
int cur_bank_holds(const struct cur_bank *bank, int slot);

/* Empties a slot in RAM. */
void cur_store_forget(struct cur_store *s, int slot);

/* Bytes between progress marks: a whole number of blocks, so that going on at a mark begins with an erase. */
uint32_t cur_store_chunk(const struct cur_store *s, uint32_t len);

/* Where a slot's progress mark lies in flash; 0 where there are not so many. */
uint32_t cur_store_mark(const struct cur_store *s, const struct cur_slot *slot, uint32_t mark);

/* Programs the header of a slot whose header block is erased. 0 or -1. */
int cur_store_put_header(const struct cur_store *s, const struct cur_slot *slot);

#endif
