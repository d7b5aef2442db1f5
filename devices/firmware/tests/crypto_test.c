#include "test.h"
#include "../core/link/crc.h"
#include "../core/crypto/sha256.h"

static int hashes_to(const uint8_t *bytes, size_t n, const char *hex) {
    struct cur_sha256 s;
    uint8_t digest[32];
    char text[65];
    cur_sha256_start(&s);
    cur_sha256_feed(&s, bytes, n);
    cur_sha256_finish(&s, digest);
    for (int i = 0; i < 32; i++)
        sprintf(text + 2 * i, "%02x", digest[i]);
    return strcmp(text, hex) == 0;
}

static void sha256_known(void) {
    static uint8_t million[1000000];
    memset(million, 'a', sizeof million);
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    CHECK(hashes_to((const uint8_t *)"", 0,
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    CHECK(hashes_to((const uint8_t *)"abc", 3,
                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK(hashes_to((const uint8_t *)two, sizeof two - 1,
                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
    CHECK(hashes_to(million, sizeof million,
                    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

static void sha256_pieces(void) {
    uint8_t bytes[200], whole[32], pieces[32];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)test_noise();
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct cur_sha256 s;
        cur_sha256_start(&s);
        cur_sha256_feed(&s, bytes, len);
        cur_sha256_finish(&s, whole);
        for (size_t cut = 0; cut <= len; cut++) {
            cur_sha256_start(&s);
            cur_sha256_feed(&s, bytes, cut);
            cur_sha256_feed(&s, bytes + cut, len - cut);
            cur_sha256_finish(&s, pieces);
            CHECK_AT(len, memcmp(whole, pieces, 32) == 0);
        }
    }
}

static void crc_known(void) {
    const uint8_t *digits = (const uint8_t *)"123456789";
    CHECK(cur_crc32(0, digits, 9) == 0xcbf43926u);
    CHECK(cur_crc32(cur_crc32(0, digits, 4), digits + 4, 5) == 0xcbf43926u);
    CHECK(cur_crc16(0, digits, 9) == 0x31c3);
    CHECK(cur_crc16(cur_crc16(0, digits, 4), digits + 4, 5) == 0x31c3);
    CHECK(cur_crc32(0, digits, 0) == 0 && cur_crc16(0, digits, 0) == 0);
}

TEST_LIST(crypto_tests) = {
    {"SHA-256 gives the known answers", sha256_known},
    {"SHA-256 in pieces is SHA-256 of the whole", sha256_pieces},
    {"CRC-16 and CRC-32 give the known answers", crc_known},
    TEST_END,
};
