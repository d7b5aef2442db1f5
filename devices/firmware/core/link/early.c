#include "early.h"

#include "../mem.h"

void cur_early_clear(struct cur_early *early) {
    early->count = 0;
    early->used = 0;
}

/* What is kept from byte `off` on; NULL if it is not among it. */
static const uint8_t *find(const struct cur_early *early, uint32_t off, uint32_t *n) {
    for (uint32_t i = 0; i < early->count; i++) {
        uint32_t into = off - early->piece[i].off;
        if (off >= early->piece[i].off && into < early->piece[i].len) {
            *n = early->piece[i].len - into;
            return early->bytes + early->piece[i].at + into;
        }
    }
    return NULL;
}

int cur_early_keep(struct cur_early *early, uint32_t slot, uint32_t off, const uint8_t *bytes, uint32_t n) {
    if (early->slot != slot) cur_early_clear(early);
    early->slot = slot;
    uint32_t there;
    if (find(early, off, &there) && there >= n) return 1;
    if (early->count == CUR_EARLY_PIECES || n > CUR_EARLY_BYTES - early->used) return 0;
    early->piece[early->count].off = off;
    early->piece[early->count].len = n;
    early->piece[early->count++].at = (uint16_t)early->used;
    memcpy(early->bytes + early->used, bytes, n);
    early->used += n;
    return 1;
}

const uint8_t *cur_early_at(struct cur_early *early, uint32_t slot, uint32_t off, uint32_t *n) {
    if (early->slot != slot) return NULL;
    const uint8_t *bytes = find(early, off, n);
    uint32_t ahead = 0;
    for (uint32_t i = 0; i < early->count; i++)
        ahead += early->piece[i].off > off;
    /* All that was kept has had its turn: the room is free again. */
    if (!bytes && !ahead) cur_early_clear(early);
    return bytes;
}
