#ifndef CUR_SHA512_H
#define CUR_SHA512_H

#include <stddef.h>
#include <stdint.h>

/* SHA-512 (FIPS 180-4), fed in pieces of any size. */
struct cur_sha512 {
    uint64_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[128];
};

void cur_sha512_start(struct cur_sha512 *s);
void cur_sha512_feed(struct cur_sha512 *s, const uint8_t *bytes, size_t n);
void cur_sha512_finish(struct cur_sha512 *s, uint8_t digest[64]);

#endif
