#ifndef CUR_CHECK_H
#define CUR_CHECK_H

#include "store_state.h"

/* What a slot holds, and who signed it (models/packing/IMAGE.md, Signature). */

/* Id of a key: the first bytes of its SHA-256. */
void cur_key_id(const uint8_t key[32], uint8_t id[8]);

/* SHA-256 of all bytes of a slot. */
void cur_store_hash(const struct cur_store *s, int slot, uint8_t digest[32]);

/* CUR_RC_NOT_SIGNED unless the slot's image is signed with `key`. */
int cur_store_signed_with(const struct cur_store *s, int slot, const uint8_t key[32]);

/* The image of a verified slot, without its signature; CUR_RC_NOT_SIGNED if the board asks for one that is
 * not there, CUR_RC_BAD_IMAGE if what follows the image is no signature. The structure is not checked. */
int cur_store_image(const struct cur_store *s, int slot, const uint8_t **image, uint32_t *len);

/* The slot of the encoder whose whole image, without a signature, has that hash: `*slot`, or any verified one
 * where it is -1. CUR_RC_NO_ENCODER where there is none, CUR_RC_NOT_SIGNED if the board asks for a signature
 * that it lacks. */
int cur_store_find_encoder(const struct cur_store *s, const uint8_t hash[32], int *slot);

/* 0, or as cur_versions_allow where roll-back protection forbids the image in a slot, which is checked. */
int cur_store_version_allowed(const struct cur_store *s, int slot);

/* Remembers the versions of the active bank's images, its encoder's too. */
void cur_store_note_versions(struct cur_store *s);

#endif
