#ifndef CUR_FUZZ_SIGN_H
#define CUR_FUZZ_SIGN_H

#include <stdint.h>

/* The key whose secret scalar is 1: the public key is the group's base point, and so is R of a signature
 * whose nonce is 1. Good for nothing but signing without arithmetic of points. */
extern const uint8_t fuzz_key[32];

/* Puts the block of IMAGE.md, Signature, behind an image of `len` bytes: 96 bytes. */
void fuzz_sign(uint8_t *image, uint32_t len);

#endif
