#ifndef CUR_HASH_H
#define CUR_HASH_H

#include "../../hal/hal.h"
#include "sha256.h"

/* SHA-256 of as many bytes as an image has: the watchdog is fed meanwhile. */

/* cur_sha256_feed. */
void cur_hash_feed(struct cur_sha256 *sha, const uint8_t *bytes, uint32_t len, const struct cur_hal *hal);

/* Of `len` bytes. */
void cur_hash(uint8_t digest[32], const uint8_t *bytes, uint32_t len, const struct cur_hal *hal);

#endif
