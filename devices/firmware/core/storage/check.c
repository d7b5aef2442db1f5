#include "check.h"
#include "../crypto/ed25519.h"
#include "../crypto/hash.h"
#include "../inference/image.h"
#include "../mem.h"
#include "../rc.h"
#include "../watchdog.h"

enum {
    SIGNATURE = 96,
    SIGNATURE_VERSION = 1,
    AT_LENGTH = 8,
    AT_KEY_ID = 8,
    AT_SIGNATURE = 16,
    AT_ZEROS = 80
};

void cur_store_hash(const struct cur_store *s, int slot, uint8_t digest[32]) {
    cur_hash(digest, cur_store_bytes(s, slot), s->slot[slot].len, s->hal);
}

/* The image's length by its header: all of the slot, or all but a signature; 0 where it is neither. */
static uint32_t image_length(const struct cur_store *s, int slot) {
    uint32_t total = s->slot[slot].len;
    if (total < CUR_IMAGE_HEADER) return 0;
    uint32_t len = cur_u32(cur_store_bytes(s, slot) + AT_LENGTH);
    return len >= CUR_IMAGE_HEADER && (len == total || len == total - SIGNATURE) ? len : 0;
}

void cur_key_id(const uint8_t key[32], uint8_t id[8]) {
    struct cur_sha256 sha;
    uint8_t digest[32];
    cur_sha256_start(&sha);
    cur_sha256_feed(&sha, key, 32);
    cur_sha256_finish(&sha, digest);
    memcpy(id, digest, 8);
}

int cur_store_signed_with(const struct cur_store *s, int slot, const uint8_t key[32]) {
    static const char purpose[] = "curlew image 1"; /* with its zero byte */
    const uint8_t *image = cur_store_bytes(s, slot);
    uint32_t len = image_length(s, slot);
    if (len == 0 || len == s->slot[slot].len) return CUR_RC_NOT_SIGNED;

    const uint8_t *signature = image + len;
    uint8_t message[sizeof purpose + 32], id[8];
    cur_key_id(key, id);
    if (memcmp(signature, "SIGN", 4) || cur_u32(signature + 4) != SIGNATURE_VERSION) return CUR_RC_NOT_SIGNED;
    if (memcmp(signature + AT_KEY_ID, id, sizeof id)) return CUR_RC_NOT_SIGNED;
    for (uint32_t i = AT_ZEROS; i < SIGNATURE; i++) {
        if (signature[i]) return CUR_RC_NOT_SIGNED;
    }
    memcpy(message, purpose, sizeof purpose);
    memcpy(message + sizeof purpose, image + CUR_IMAGE_SEAL, 32);
    cur_watchdog_feed(s->hal);
    int wrong = cur_ed25519_verify(signature + AT_SIGNATURE, key, message, sizeof message);
    return wrong ? CUR_RC_NOT_SIGNED : 0;
}

/* CUR_RC_NOT_SIGNED if the board asks for a signature that the slot lacks. */
static int check_signed(const struct cur_store *s, int slot) {
    if (!s->has_key || s->slot[slot].is_signed == CUR_VOUCHED) return 0;
    return cur_store_signed_with(s, slot, s->key);
}

int cur_store_image(const struct cur_store *s, int slot, const uint8_t **image, uint32_t *len) {
    *image = cur_store_bytes(s, slot);
    *len = image_length(s, slot);
    if (*len == 0) return CUR_RC_BAD_IMAGE;
    return check_signed(s, slot);
}

static int is_encoder(const struct cur_store *s, int slot) {
    return cur_u32(cur_store_bytes(s, slot) + CUR_IMAGE_KIND) == CUR_IMAGE_ENCODER;
}

int cur_store_find_encoder(const struct cur_store *s, const uint8_t hash[32], int *slot) {
    int rc = CUR_RC_NO_ENCODER, only = *slot;
    for (int i = 0; i < CUR_SLOTS; i++) {
        if (s->slot[i].state != CUR_SLOT_VERIFIED || (only >= 0 && i != only) || !is_encoder(s, i)) continue;
        uint8_t digest[32];
        cur_hash(digest, cur_store_bytes(s, i), image_length(s, i), s->hal);
        if (memcmp(digest, hash, sizeof digest)) continue;
        rc = check_signed(s, i);
        if (rc) continue;
        *slot = i;
        return 0;
    }
    return rc;
}

int cur_store_version_allowed(const struct cur_store *s, int slot) {
    return s->protect ? cur_versions_allow(&s->versions, cur_store_bytes(s, slot)) : 0;
}

void cur_store_note_versions(struct cur_store *s) {
    for (int slot = 0; slot < CUR_SLOTS; slot++) {
        if (!cur_bank_holds(&s->active, slot)) continue;
        cur_versions_note(&s->versions, cur_store_bytes(s, slot), s->protect);
    }
}
