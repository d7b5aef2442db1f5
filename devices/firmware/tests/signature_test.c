#include "test.h"
#include "../core/crypto/ed25519.h"
#include "../core/crypto/field25519.h"
#include "../core/crypto/sha512.h"

struct signed_message {
    uint8_t key[32], signature[64], message[256];
    size_t len;
};

/* Reads hexadecimal up to the first other character; the number of bytes. */
static size_t unhex(uint8_t *to, size_t room, const char *text) {
    size_t n = 0;
    unsigned byte;
    while (n < room && sscanf(text + 2 * n, "%2x", &byte) == 1 && text[2 * n + 1] > ' ')
        to[n++] = (uint8_t)byte;
    return n;
}

static struct signed_message from_hex(const char *key, const char *signature, const char *message) {
    struct signed_message m = {.len = unhex(m.message, sizeof m.message, message)};
    unhex(m.key, sizeof m.key, key);
    unhex(m.signature, sizeof m.signature, signature);
    return m;
}

static int sound(const struct signed_message *m) {
    return cur_ed25519_verify(m->signature, m->key, m->message, m->len) == 0;
}

static int sha512_is(const uint8_t *bytes, size_t n, const char *hex) {
    struct cur_sha512 s;
    uint8_t digest[64], expected[64];
    cur_sha512_start(&s);
    cur_sha512_feed(&s, bytes, n);
    cur_sha512_finish(&s, digest);
    return unhex(expected, 64, hex) == 64 && memcmp(digest, expected, 64) == 0;
}

static void sha512_known(void) {
    static uint8_t million[1000000];
    memset(million, 'a', sizeof million);
    static const char two[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                              "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
    CHECK(sha512_is((const uint8_t *)"", 0,
                    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"));
    CHECK(sha512_is((const uint8_t *)"abc", 3,
                    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
    CHECK(sha512_is((const uint8_t *)two, sizeof two - 1,
                    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
                    "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"));
    CHECK(sha512_is(million, sizeof million,
                    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                    "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"));
}

static void sha512_pieces(void) {
    uint8_t bytes[300], whole[64], pieces[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)test_noise();
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct cur_sha512 s;
        cur_sha512_start(&s);
        cur_sha512_feed(&s, bytes, len);
        cur_sha512_finish(&s, whole);
        for (size_t cut = 0; cut <= len; cut++) {
            cur_sha512_start(&s);
            cur_sha512_feed(&s, bytes, cut);
            cur_sha512_feed(&s, bytes + cut, len - cut);
            cur_sha512_finish(&s, pieces);
            CHECK_AT(len, memcmp(whole, pieces, 64) == 0);
        }
    }
}

/* A number whose lowest limb is `low` and all others `rest`, the top one `top`. */
static struct cur_field number(uint32_t low, uint32_t rest, uint32_t top) {
    return (struct cur_field){{low, rest, rest, rest, rest, rest, rest, top}};
}

/* Rings' laws, at the numbers where a carry or a borrow comes twice, and at random ones. */
static void field_laws(void) {
    struct cur_field a[64];
    const struct cur_field p = number(0xffffffed, 0xffffffff, 0x7fffffff);
    int count = 0;
    for (uint32_t near = 0; near < 8; near++) {
        static const uint32_t low[8] = {0, 1, 18, 37, 38, 39, 1443, 1444};
        a[count++] = number(low[near], 0, 0);
        a[count++] = number(0u - low[near], 0xffffffff, 0x7fffffff);
        a[count++] = number(low[near], 0, 0x80000000);
        a[count++] = number(0u - low[near], 0xffffffff, 0xffffffff);
    }
    for (; count < 64; count++) {
        for (int i = 0; i < 8; i++)
            a[count].limb[i] = test_noise();
    }
    for (int i = 0; i < 64 * 64; i++) {
        const struct cur_field *x = &a[i / 64], *y = &a[i % 64];
        struct cur_field sum, difference, product, t;
        cur_field_add(&sum, x, y);
        cur_field_sub(&difference, x, y);
        cur_field_mul(&product, x, y);
        cur_field_sub(&t, &sum, y);
        CHECK_AT(i, cur_field_equal(&t, x));
        cur_field_add(&t, &difference, y);
        CHECK_AT(i, cur_field_equal(&t, x));
        cur_field_mul(&sum, &sum, &difference); /* (x + y) (x - y) = x x - y y */
        cur_field_mul(&difference, x, x);
        cur_field_sub(&sum, &difference, &sum);
        cur_field_mul(&t, y, y);
        CHECK_AT(i, cur_field_equal(&t, &sum));
        cur_field_mul(&t, y, x);
        CHECK_AT(i, cur_field_equal(&t, &product));
        cur_field_add(&t, x, &p);
        CHECK_AT(i, cur_field_equal(&t, x));
        cur_field_reduce(&t);
        CHECK_AT(i, t.limb[7] <= 0x7fffffff && (memcmp(&t, &p, sizeof p) != 0));
    }
    for (int i = 0; i < 64; i++) {
        const struct cur_field one = {{1}};
        struct cur_field zero = {{0}}, inverse;
        cur_field_invert(&inverse, &a[i]);
        cur_field_mul(&inverse, &inverse, &a[i]);
        CHECK_AT(i, cur_field_equal(&inverse, cur_field_equal(&a[i], &zero) ? &zero : &one));
    }
}

/* RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc). */
static const char *const rfc[][3] = {
    {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f"
     "0595bbe24655141438e7a100b",
     ""},
    {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2ea"
     "eb4302aeeb00d291612bb0c00",
     "72"},
    {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e"
     "9716ed28dc027beceea1ec40a",
     "af82"},
    {"ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179"
     "c138ac17ad9bef1177331a704",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d442"
     "3643ce80e2a9ac94fa54ca49f"}};
enum { RFC = sizeof rfc / sizeof *rfc };

static void known_signatures(void) {
    for (int i = 0; i < RFC; i++) {
        struct signed_message m = from_hex(rfc[i][0], rfc[i][1], rfc[i][2]);
        CHECK_AT(i, sound(&m));
    }
}

/* tools/signatures.ts writes the file. */
static void foreign_signatures(void) {
    FILE *file = fopen("tests/signatures.txt", "r");
    CHECK(file);
    char line[1024];
    struct signed_message before = {.len = 0};
    size_t count = 0;
    for (; fgets(line, sizeof line, file); count++) {
        struct signed_message m = from_hex(line, line + 65, line + 65 + 129);
        int right = m.len == count && sound(&m);
        memcpy(before.key, m.key, sizeof m.key);
        int borrowed = count > 0 && sound(&before);
        before = m;
        if (!right || borrowed) break;
    }
    int whole = feof(file);
    fclose(file);
    CHECK_AT(count, whole);
    CHECK(count == 192);
}

static void every_bit(void) {
    struct signed_message m = from_hex(rfc[2][0], rfc[2][1], rfc[2][2]);
    for (int bit = 0; bit < 8 * 64; bit++) {
        m.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_AT(bit, !sound(&m));
        m.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (int bit = 0; bit < 8 * 32; bit++) {
        m.key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_AT(bit, !sound(&m));
        m.key[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (int bit = 0; bit < 16; bit++) {
        m.message[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_AT(bit, !sound(&m));
        m.message[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    m.len = 1;
    CHECK(!sound(&m));
    m.len = 3;
    CHECK(!sound(&m));
    m.len = 2;
    CHECK(sound(&m));
}

static void malleable(void) {
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    for (int i = 0; i < RFC; i++) {
        struct signed_message m = from_hex(rfc[i][0], rfc[i][1], rfc[i][2]);
        /* S + L, S + 2 L, ... as long as it fits: the same point each time */
        for (int times = 1; times <= 15; times++) {
            unsigned carry = 0;
            for (int at = 0; at < 32; at++) {
                carry += (unsigned)m.signature[32 + at] + order[at];
                m.signature[32 + at] = (uint8_t)carry;
                carry >>= 8;
            }
            if (carry) break;
            CHECK_AT(times, !sound(&m));
        }
    }
}

/* Signatures of the message af82 by the key of RFC test 3, made with numbers of our choice for R. */
static void writings_of_r(void) {
    const char *key = rfc[2][0], *message = rfc[2][2];
    struct signed_message one = from_hex(key,
                                         "0100000000000000000000000000000000000000000000000000000000000000"
                                         "89653588ead4771e2326253c8cc167ed5f891f0c238314c9d136bb6e54f2f206",
                                         message);
    struct signed_message above_p =
        from_hex(key,
                 "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                 "620ae1280170f1ff1b92660606e73b8834b78fac04b1f3d6e438a19ae49b220f",
                 message);
    struct signed_message minus_zero =
        from_hex(key,
                 "0100000000000000000000000000000000000000000000000000000000000080"
                 "1808450be2d3a8564655d9ab6b7d251e87f1272b4ba03f8caabdc1422c12e70a",
                 message);
    CHECK(sound(&one));
    CHECK(!sound(&above_p));
    CHECK(!sound(&minus_zero));
}

/* With the cofactor, 8 R = 8 [S] B - 8 [k] A, all of these would pass: R or the key carries a part of order 2
 * or 8. Without it only the one passes whose k is a multiple of 8. */
static void cofactor(void) {
    const char *key = rfc[2][0], *message = rfc[2][2];
    const char *mixed = "d1e06adf4e05e248e1e52beca14b6be4da0af01b41645d2849b407ec22f41dc7";
    struct signed_message r2 = from_hex(key,
                                        "76985cdbd2364a744397b773ed9a33933a0d9390c3775a2aa16fe4f8cb235a8d"
                                        "1488356db46657772efa4753011e102f0508894d8942ae5f14a589d75da7360e",
                                        message);
    struct signed_message r8 = from_hex(key,
                                        "6a84d583f06569edb3f5ed77df65544b27d6948b4f0b2cb76f33dd8413b20719"
                                        "0cb9e045b74f4ab78d94c803a156660dc98f2795dd1c0c2f0b96e868d9930d06",
                                        message);
    struct signed_message k1 = from_hex(mixed,
                                        "bb1cbd888b64d817f585342cb4569b8cf96c4960d407cdc045300ec6f6fd5750"
                                        "e6c3cca7a26913b347ee7e66cd597b8856b9932d23e9ea4bd0c8720275252e03",
                                        message);
    struct signed_message k8 = from_hex(mixed,
                                        "62d887cf8f67bbdcf2b26933dc8fc9a24d23c5ce49063df9681e1d7c8f631eee"
                                        "2b82d5eafd7497333f823607e9fd64ba781aa556517e10f8eb794b7c53035f03",
                                        message);
    CHECK(!sound(&r2));
    CHECK(!sound(&r8));
    CHECK(!sound(&k1));
    CHECK(sound(&k8));
}

/* With a key of small order [k] A is one of eight points: R = [777] B, S = 777 passes for one message in
 * eight (for all, where the key is the neutral element). */
static void small_order(void) {
    static const char *const keys[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct signed_message m = from_hex(keys[i],
                                           "1d84c09c915b1e355f4130b3950f6754270b37696f36f1b6ca5d4a9b4cf48860"
                                           "0903000000000000000000000000000000000000000000000000000000000000",
                                           "");
        for (m.len = 1; m.len <= 32; m.len++)
            CHECK_AT(i, !sound(&m));
    }
}

/* Points written in a way that is not the canonical one (y + p, or -0), and a number that is no point's y.
 * Those of small order would be refused for that as well; signatures by the others nobody can make. */
static void writings_of_the_key(void) {
    static const char *const keys[] = {
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* y = p + 1 */
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* y = p */
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* y = p + 3 */
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0100000000000000000000000000000000000000000000000000000000000080", /* x = -0 */
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000", /* no point */
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct signed_message m = from_hex(keys[i],
                                           "1d84c09c915b1e355f4130b3950f6754270b37696f36f1b6ca5d4a9b4cf48860"
                                           "0903000000000000000000000000000000000000000000000000000000000000",
                                           "");
        for (m.len = 1; m.len <= 32; m.len++)
            CHECK_AT(i, !sound(&m));
    }
}

TEST_LIST(signature_tests) = {
    {"SHA-512 gives the known answers", sha512_known},
    {"SHA-512 in pieces is SHA-512 of the whole", sha512_pieces},
    {"Numbers modulo 2^255 - 19 keep the laws, also where carries meet", field_laws},
    {"The signatures of RFC 8032 are sound", known_signatures},
    {"Signatures made by another library are sound, under their own keys only", foreign_signatures},
    {"A signature is refused when any bit of it, of the key or of the message is another", every_bit},
    {"A signature is refused when its S is not below the group's order", malleable},
    {"A signature is refused when its R is not written canonically", writings_of_r},
    {"A signature holds by the equation without the cofactor", cofactor},
    {"A key of small order is refused", small_order},
    {"A key that is not written canonically, or is no point, is refused", writings_of_the_key},
    TEST_END,
};
