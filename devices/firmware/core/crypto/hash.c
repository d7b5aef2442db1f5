#include "hash.h"
#include "../watchdog.h"

/* Hashed between two feedings, bytes. */
enum { PIECE = 16384 };

void cur_hash_feed(struct cur_sha256 *sha, const uint8_t *bytes, uint32_t len, const struct cur_hal *hal) {
    while (len) {
        uint32_t n = len < PIECE ? len : PIECE;
        cur_sha256_feed(sha, bytes, n);
        cur_watchdog_feed(hal);
        bytes += n;
        len -= n;
    }
}

void cur_hash(uint8_t digest[32], const uint8_t *bytes, uint32_t len, const struct cur_hal *hal) {
    struct cur_sha256 sha;
    cur_sha256_start(&sha);
    cur_hash_feed(&sha, bytes, len, hal);
    cur_sha256_finish(&sha, digest);
}
