#ifndef CUR_ED25519_H
#define CUR_ED25519_H

#include <stddef.h>
#include <stdint.h>

/*
 * Whether this is the signature of the message by the owner of the public key: Ed25519, RFC 8032 section
 * 5.1.7, by the equation without the cofactor, [S]B = R + [k]A. 0 where right, -1 else.
 *
 * Stricter than the RFC where it leaves a choice: S must be below the group's order, R and the key must be
 * written in the one canonical way, and a key of small order (for which signatures of anything can be made)
 * is refused. Time depends on the values: all of them are public. 1.3 KiB of stack; 3.1
 * million instructions for a short message on a Cortex-M4.
 */
int cur_ed25519_verify(const uint8_t signature[64], const uint8_t key[32], const uint8_t *message,
                       size_t len);

#endif
