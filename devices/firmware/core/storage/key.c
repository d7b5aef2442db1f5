#include "key.h"
#include "check.h"
#include "../crypto/ed25519.h"
#include "../mem.h"
#include "../rc.h"

int cur_key_change_signed(const struct cur_store *s, const uint8_t *key, int protect,
                          const uint8_t signature[64]) {
    static const char purpose[] = "curlew key 1"; /* with its zero byte */
    uint8_t message[sizeof purpose + 8 + 4 + 32 + 1], *p = message;
    memcpy(p, purpose, sizeof purpose);
    p += sizeof purpose;
    memcpy(p, s->hal->id, 8);
    cur_put_u32(p + 8, s->key_changes);
    p += 12;
    if (key) memcpy(p, key, 32);
    p += key ? 32 : 0;
    *p++ = protect ? 1 : 0;
    return cur_ed25519_verify(signature, s->key, message, (size_t)(p - message)) ? CUR_RC_NOT_SIGNED : 0;
}

int cur_key_set(struct cur_store *s, const uint8_t *key, int protect) {
    uint8_t is_signed[CUR_SLOTS] = {CUR_UNSIGNED};
    for (int i = 0; i < CUR_SLOTS; i++) {
        if (!key || s->slot[i].state != CUR_SLOT_VERIFIED) continue;
        int answers = cur_bank_holds(&s->active, i);
        if (cur_store_signed_with(s, i, key) == 0) {
            is_signed[i] = CUR_SIGNED;
        } else if (answers && s->has_key && s->slot[i].is_signed) {
            is_signed[i] = CUR_VOUCHED;
        } else if (answers) {
            return CUR_RC_NOT_SIGNED;
        }
    }
    for (int i = 0; i < CUR_SLOTS; i++) {
        if (key && !is_signed[i] && cur_bank_holds(&s->previous, i)) cur_bank_clear(&s->previous);
        s->slot[i].is_signed = is_signed[i];
    }
    s->has_key = key != NULL;
    memset(s->key, 0, sizeof s->key);
    if (key) memcpy(s->key, key, sizeof s->key);
    s->protect = protect ? 1 : 0;
    s->key_changes++;
    return cur_store_commit(s);
}
