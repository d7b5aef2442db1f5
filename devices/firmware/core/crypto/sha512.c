#include "sha512.h"
#include "../mem.h"

/* The first 64 bits of the fractional parts of the cube roots of the first 80 primes. */
static const uint64_t k[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

/* The same of the square roots of the first 8 primes. */
static const uint64_t initial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                    0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                    0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static uint64_t rotate(uint64_t x, int n) {
    return (x >> n) | (x << (64 - n));
}

static uint64_t big_endian(const uint8_t *p) {
    uint64_t x = 0;
    for (int i = 0; i < 8; i++)
        x = x << 8 | p[i];
    return x;
}

/* The schedule is kept as its last 16 words: all 80 would take 512 bytes more of the stack. */
static void compress(uint64_t state[8], const uint8_t *block) {
    uint64_t w[16];
    uint64_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint64_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 80; i++) {
        uint64_t *word = &w[i & 15];
        if (i < 16) {
            *word = big_endian(block + 8 * i);
        } else {
            uint64_t early = w[(i + 1) & 15], late = w[(i + 14) & 15];
            uint64_t s0 = rotate(early, 1) ^ rotate(early, 8) ^ (early >> 7);
            uint64_t s1 = rotate(late, 19) ^ rotate(late, 61) ^ (late >> 6);
            *word += s0 + w[(i + 9) & 15] + s1;
        }
        uint64_t t1 =
            h + (rotate(e, 14) ^ rotate(e, 18) ^ rotate(e, 41)) + ((e & f) ^ (~e & g)) + k[i] + *word;
        uint64_t t2 = (rotate(a, 28) ^ rotate(a, 34) ^ rotate(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void cur_sha512_start(struct cur_sha512 *s) {
    memcpy(s->state, initial, sizeof initial);
    s->length = 0;
}

void cur_sha512_feed(struct cur_sha512 *s, const uint8_t *bytes, size_t n) {
    size_t held = (size_t)(s->length & 127);
    s->length += n;
    if (held) {
        size_t take = 128 - held < n ? 128 - held : n;
        memcpy(s->block + held, bytes, take);
        bytes += take, n -= take, held += take;
        if (held < 128) return;
        compress(s->state, s->block);
    }
    for (; n >= 128; bytes += 128, n -= 128)
        compress(s->state, bytes);
    memcpy(s->block, bytes, n);
}

/* The length of a message is a 128-bit number of bits; a size_t leaves its upper half zero. */
void cur_sha512_finish(struct cur_sha512 *s, uint8_t digest[64]) {
    size_t held = (size_t)(s->length & 127);
    uint64_t bits = s->length * 8;
    s->block[held++] = 0x80;
    if (held > 112) {
        memset(s->block + held, 0, 128 - held);
        compress(s->state, s->block);
        held = 0;
    }
    memset(s->block + held, 0, 120 - held);
    for (int i = 0; i < 8; i++)
        s->block[120 + i] = (uint8_t)(bits >> (56 - 8 * i));
    compress(s->state, s->block);
    for (int i = 0; i < 64; i++)
        digest[i] = (uint8_t)(s->state[i / 8] >> (56 - 8 * (i % 8)));
}
