#ifndef CUR_STORE_H
#define CUR_STORE_H

#include "journal.h"

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
    CUR_STORE_BLOCKS = 4,
    CUR_GRANULE_MAX = 64,
    CUR_STARTS = 3,     /* starts that a trial outlives: at the last of them it falls back */
    CUR_INFERENCES = 3, /* inferences that end a trial */
};

enum cur_slot_state { CUR_SLOT_EMPTY, CUR_SLOT_PARTIAL, CUR_SLOT_VERIFIED };

enum cur_trial { CUR_TRIAL_NONE, CUR_TRIAL_ON, CUR_TRIAL_FELL_BACK };

struct cur_slot {
    uint8_t state;     /* enum cur_slot_state */
    uint8_t is_signed; /* verified: carries a sound signature of the board's key */
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

/* One expert, or a router and the experts it picks from; and the encoder that they name. */
struct cur_bank {
    uint8_t count; /* of slots, 0 none */
    uint8_t slot[CUR_BANK];
    int8_t router;       /* slot, -1 none */
    int8_t encoder;      /* slot, -1: none, or not yet looked for */
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
    uint32_t version; /* highest model version that outlived its trial */

    int8_t tail_slot; /* whose last bytes wait in `tail` for a whole granule; -1 none */
    uint8_t tail[CUR_GRANULE_MAX];
};

/* Functions that return an int give 0 or an rc of group 64 (CUR_RC_FLASH where the flash failed: the state is
 * then what the flash holds) unless said otherwise. */

/* Reads the flash. On trial: counts this start, or falls back (hal->cause). */
void cur_store_open(struct cur_store *s, const struct cur_hal *hal);

/* The slot's bytes in flash, aligned to 16; slot[].len of them, signature included. */
const uint8_t *cur_store_bytes(const struct cur_store *s, int slot);

/* Bytes of the largest image that fits now, and that an empty store could take. */
uint32_t cur_store_free(const struct cur_store *s);
uint32_t cur_store_capacity(const struct cur_store *s);

/* Makes a bank none. */
void cur_bank_clear(struct cur_bank *bank);

/* 1 if the slot belongs to the bank. */
int cur_bank_holds(const struct cur_bank *bank, int slot);

/* Starts an upload of `len` bytes (1 or more), or goes on with one, or finds the image there already: see
 * slot[*slot].off. Without a hash (`sha` NULL) it always starts anew. */
int cur_store_begin(struct cur_store *s, uint32_t len, const uint8_t *sha, int *slot);

/* Writes n bytes at slot[].off of a partial slot; off + n may not exceed len. */
int cur_store_write(struct cur_store *s, int slot, const uint8_t *bytes, uint32_t n);

/* Verifies a slot: hash, structure, and signature and version where the board asks for them. What is wrong is
 * forgotten: the slot is partial at off 0 then, or empty if it was a file. */
int cur_store_verify(struct cur_store *s, int slot);

/* The image of a verified slot, without its signature; CUR_RC_NOT_SIGNED if the board asks for one that is
 * not there, CUR_RC_BAD_IMAGE if what follows the image is no signature. The structure is not checked. */
int cur_store_image(const struct cur_store *s, int slot, const uint8_t **image, uint32_t *len);

/* The slot of the encoder whose whole image, without a signature, has that hash: `*slot`, or any verified one
 * where it is -1. CUR_RC_NO_ENCODER where there is none, CUR_RC_NOT_SIGNED if the board asks for a signature
 * that it lacks. */
int cur_store_find_encoder(const struct cur_store *s, const uint8_t hash[32], int *slot);

/* CUR_RC_TOO_OLD if roll-back protection forbids the verified slot's version. An encoder's never is: the
 * experts that name it are what must be new. */
int cur_store_version_allowed(const struct cur_store *s, int slot);

/* Empties a slot that is not of the active bank; a previous bank that needs it is forgotten, too. */
int cur_store_erase(struct cur_store *s, int slot);

/* Makes a bank of verified slots active and puts it on trial. A bank that was on trial itself becomes the
 * previous one only where there is no other. The same bank again changes nothing. */
int cur_store_activate(struct cur_store *s, const struct cur_bank *bank);

/* Swaps the active bank with the previous one, which must be there; not on trial. */
int cur_store_rollback(struct cur_store *s);

/* Ends the trial, if there is one, in favour of the active bank. */
int cur_store_confirm(struct cur_store *s);

/* Counts an inference of the active bank: the last of CUR_INFERENCES ends the trial. */
int cur_store_inference_done(struct cur_store *s);

/* The active bank cannot be opened: forgets slots whose bytes are not what their hash says, and makes the
 * previous bank active, or none. */
int cur_store_discard_active(struct cur_store *s);

#endif
