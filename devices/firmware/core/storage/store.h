#ifndef CUR_STORE_H
#define CUR_STORE_H

#include "store_state.h"

/* Functions that return an int give 0 or an rc of group 64 (CUR_RC_FLASH where the flash failed: the state is
 * then what the flash holds) unless said otherwise. */

/* Reads the flash. On trial: counts this start, or falls back (hal->cause). */
void cur_store_open(struct cur_store *s, const struct cur_hal *hal);

/* Bytes of the largest image that fits now, and that an empty store could take. */
uint32_t cur_store_free(const struct cur_store *s);
uint32_t cur_store_capacity(const struct cur_store *s);

/* Starts an upload of `len` bytes (1 or more), or goes on with one, or finds the image there already: see
 * slot[*slot].off. Without a hash (`sha` NULL) it always starts anew. */
int cur_store_begin(struct cur_store *s, uint32_t len, const uint8_t *sha, int *slot);

/* A place for the next image is looked for from that block of the extents on, 0 being the first; then from 0
 * on. Without it: behind the last one, so that wear spreads. Not durable by itself. */
void cur_store_look_from(struct cur_store *s, uint32_t block);

/* Writes n bytes at slot[].off of a partial slot; off + n may not exceed len. */
int cur_store_write(struct cur_store *s, int slot, const uint8_t *bytes, uint32_t n);

/* Verifies a slot: hash, structure, and signature and version where the board asks for them. What is wrong is
 * forgotten: the slot is partial at off 0 then, or empty if it was a file. */
int cur_store_verify(struct cur_store *s, int slot);

/* Empties a slot that is not of the active bank; a previous bank that needs it is forgotten, too. */
int cur_store_erase(struct cur_store *s, int slot);

/* Makes a bank of verified slots active and puts it on trial; with an empty one nothing answers. A bank that
 * was on trial itself becomes the previous one only where there is no other. The same bank again changes
 * nothing. */
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
