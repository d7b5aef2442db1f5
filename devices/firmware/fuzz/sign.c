#include "sign.h"
#include "../core/crypto/sha256.h"
#include "../core/crypto/sha512.h"
#include "../core/mem.h"

enum { SIGNATURE = 96, SEAL = 96 };

const uint8_t fuzz_key[32] = {0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                              0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                              0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

/* The order of the group, little-endian. */
static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                  0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

/* Takes the order off a number that is not below it. */
static void reduce_once(uint8_t n[32]) {
    int at = 31, borrow = 0;
    while (at > 0 && n[at] == order[at])
        at--;
    if (n[at] < order[at]) return;
    for (int i = 0; i < 32; i++) {
        int difference = n[i] - order[i] - borrow;
        borrow = difference < 0;
        n[i] = (uint8_t)difference;
    }
}

/* 2 n + bit, below the order again. */
static void shift_in(uint8_t n[32], uint32_t bit) {
    for (int i = 0; i < 32; i++) {
        bit += 2u * n[i];
        n[i] = (uint8_t)bit;
        bit >>= 8;
    }
    reduce_once(n);
}

/* S = nonce + k * secret = 1 + k, modulo the order. */
static void response(uint8_t s[32], const uint8_t k[64]) {
    memset(s, 0, 32);
    for (int bit = 511; bit >= 0; bit--)
        shift_in(s, k[bit / 8] >> bit % 8 & 1u);
    for (int i = 0; i < 32 && ++s[i] == 0; i++) {
    }
    reduce_once(s);
}

void fuzz_sign(uint8_t *image, uint32_t len) {
    static const char purpose[] = "curlew image 1"; /* with its zero byte */
    uint8_t *block = image + len, digest[64];
    struct cur_sha256 id;
    struct cur_sha512 challenge;
    memset(block, 0, SIGNATURE);
    memcpy(block, "SIGN", 4);
    cur_put_u32(block + 4, 1);
    cur_sha256_start(&id);
    cur_sha256_feed(&id, fuzz_key, sizeof fuzz_key);
    cur_sha256_finish(&id, digest);
    memcpy(block + 8, digest, 8);
    memcpy(block + 16, fuzz_key, sizeof fuzz_key); /* R */
    cur_sha512_start(&challenge);
    cur_sha512_feed(&challenge, fuzz_key, sizeof fuzz_key);
    cur_sha512_feed(&challenge, fuzz_key, sizeof fuzz_key);
    cur_sha512_feed(&challenge, (const uint8_t *)purpose, sizeof purpose);
    cur_sha512_feed(&challenge, image + SEAL, 32);
    cur_sha512_finish(&challenge, digest);
    response(block + 48, digest);
}
