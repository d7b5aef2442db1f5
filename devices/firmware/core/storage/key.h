#ifndef CUR_KEY_H
#define CUR_KEY_H

#include "store_state.h"

/* The public key that images must be signed with (Ed25519), as the store's state keeps it. */

/* CUR_RC_NOT_SIGNED unless the board's key signed this change (PROTOCOL.md, group 67, `key`). The board must
 * have one; `key` is 32 bytes, or NULL for none. */
int cur_key_change_signed(const struct cur_store *s, const uint8_t *key, int protect,
                          const uint8_t signature[64]);

/* Sets the key (NULL: none) and roll-back protection. 0; CUR_RC_FLASH; CUR_RC_NOT_SIGNED if a slot of the
 * active bank is signed neither with it nor with the key that it replaces. Those of the latter are vouched
 * for from now on: they need no upload anew. Nothing else that was signed with the key before is taken any
 * more, and a previous bank that is not signed with the new one is forgotten. */
int cur_key_set(struct cur_store *s, const uint8_t *key, int protect);

#endif
