#ifndef CUR_STORE_STATE_H
#define CUR_STORE_STATE_H

#include "store.h"

/* What the files of the store share. */

enum { CUR_SLOT_HEAD = 64 }; /* of a header block: the header record; progress marks follow */

/* Opens the journal and reads slots, banks and all else from the flash. */
void cur_store_read(struct cur_store *s);

/* Makes the state in RAM durable. When the flash failed, reads it anew: 0 or CUR_RC_FLASH. */
int cur_store_commit(struct cur_store *s);

/* A free stretch of `blocks` erase blocks, or -1. */
int cur_store_allocate(const struct cur_store *s, uint32_t blocks);

/* Empties a slot in RAM. */
void cur_store_forget(struct cur_store *s, int slot);

/* Bytes between progress marks: a whole number of blocks, so that going on at a mark begins with an erase. */
uint32_t cur_store_chunk(const struct cur_store *s, uint32_t len);

/* Where a slot's progress mark lies in flash; 0 where there are not so many. */
uint32_t cur_store_mark(const struct cur_store *s, const struct cur_slot *slot, uint32_t mark);

/* Programs the header of a slot whose header block is erased. 0 or -1. */
int cur_store_put_header(const struct cur_store *s, const struct cur_slot *slot);

/* SHA-256 of all bytes of a slot. */
void cur_store_hash(const struct cur_store *s, int slot, uint8_t digest[32]);

/* Remembers the highest version of the active bank's images. */
void cur_store_note_versions(struct cur_store *s);

/* CUR_RC_NOT_SIGNED unless the slot's image is signed with `key`. */
int cur_store_signed_with(const struct cur_store *s, int slot, const uint8_t key[32]);

#endif
