#ifndef CUR_SHA256_H
#define CUR_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4), fed in pieces of any size. */
struct cur_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[64];
};

void cur_sha256_start(struct cur_sha256 *s);
void cur_sha256_feed(struct cur_sha256 *s, const uint8_t *bytes, size_t n);
void cur_sha256_finish(struct cur_sha256 *s, uint8_t digest[32]);

#endif
