#ifndef CUR_OWNER_H
#define CUR_OWNER_H

#include "rig.h"

/* The owner of a board with a public key. Keys and signatures are fixed: the secret key is the one of RFC
 * 8032, section 7.1, test 1, and the image is fake_image(1). */

extern const uint8_t owner_key[32];

/* The public key of RFC 8032, section 7.1, test 2; and the signature of the first for the change to it: over
 * `curlew key 1`, a zero byte, eight zeros (the board's id), 1 (key changes), the key, 0 (protect). */
extern const uint8_t owner_next_key[32];
extern const uint8_t owner_rotation[64];

/* Asks the board to change its key; without a signature where it is NULL. 0 or an rc. */
int owner_set_key(const uint8_t *new_key, int protect, const uint8_t *signature);

/* Makes rig_image fake_image(1) with the owner's signature behind it. */
void owner_sign_image(void);

#endif
