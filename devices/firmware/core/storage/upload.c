#include "flash.h"
#include "check.h"
#include "store.h"
#include "../inference/image_open.h"
#include "../inference/operations.h"
#include "../mem.h"
#include "../rc.h"

/* Erases the header block and writes what is known of the image. A file's hash is not: its header comes last,
 * so that a file cut short leaves none. */
static int announce(struct cur_store *s, int slot) {
    struct cur_slot *to = &s->slot[slot];
    int failed = cur_flash_erase(s->hal, to->first * s->hal->flash_block) ||
                 (!to->is_file && cur_store_put_header(s, to));
    if (failed) cur_store_forget(s, slot);
    return failed ? CUR_RC_FLASH : 0;
}

static int empty_slot(const struct cur_store *s) {
    for (int i = 0; i < CUR_SLOTS; i++) {
        if (s->slot[i].state == CUR_SLOT_EMPTY) return i;
    }
    return -1;
}

static void forget_partial(struct cur_store *s, int files_only) {
    for (int i = 0; i < CUR_SLOTS; i++) {
        if (s->slot[i].state != CUR_SLOT_PARTIAL || (files_only && !s->slot[i].is_file)) continue;
        cur_store_forget(s, i);
    }
}

/* An empty slot and a stretch for it, at the price of partial uploads if need be. 0 or CUR_RC_FULL, which
 * leaves the state in RAM to be read anew. */
static int find_room(struct cur_store *s, uint32_t blocks, int *slot, int *first) {
    for (int turn = 0; turn < 2; turn++) {
        *slot = empty_slot(s);
        *first = cur_store_allocate(s, blocks);
        if (*slot >= 0 && *first >= 0) return 0;
        if (turn == 0) forget_partial(s, 0);
    }
    return CUR_RC_FULL;
}

static int same_image(const struct cur_store *s, uint32_t len, const uint8_t *sha) {
    for (int i = 0; i < CUR_SLOTS; i++) {
        const struct cur_slot *slot = &s->slot[i];
        if (slot->state == CUR_SLOT_EMPTY || slot->is_file || slot->len != len) continue;
        if (memcmp(slot->sha, sha, 32) == 0) return i;
    }
    return -1;
}

int cur_store_begin(struct cur_store *s, uint32_t len, const uint8_t *sha, int *slot) {
    if (len > cur_store_capacity(s)) return CUR_RC_TOO_LARGE;
    *slot = sha ? same_image(s, len, sha) : -1;
    if (*slot >= 0) return 0;

    uint32_t block = s->hal->flash_block, blocks = 1 + (len + block - 1) / block;
    struct cur_slot before[CUR_SLOTS];
    int first;
    memcpy(before, s->slot, sizeof before);
    if (!sha) forget_partial(s, 1);
    if (find_room(s, blocks, slot, &first)) {
        memcpy(s->slot, before, sizeof before);
        return CUR_RC_FULL;
    }
    struct cur_slot *to = &s->slot[*slot];
    *to = (struct cur_slot){.state = CUR_SLOT_PARTIAL,
                            .resumed = 1,
                            .is_file = sha == NULL,
                            .first = (uint16_t)first,
                            .blocks = (uint16_t)blocks,
                            .generation = ++s->generation,
                            .len = len};
    if (sha) memcpy(to->sha, sha, 32);
    s->next = (uint16_t)(first + (int)blocks);
    return cur_store_commit(s) ? CUR_RC_FLASH : announce(s, *slot);
}

/* The first piece after a start: its marks must be others than those that may have been begun before. */
static int resume(struct cur_store *s, struct cur_slot *to) {
    uint32_t chunks = to->off / cur_store_chunk(s, to->len), mark = to->mark + chunks - to->chunks + 1;
    to->mark = (uint8_t)(mark < 255 ? mark : 255);
    to->chunks = (uint8_t)chunks;
    to->resumed = 1;
    return cur_store_commit(s);
}

/* Bytes behind the last whole granule wait in the one tail: another slot's are wanted anew. */
static void claim_tail(struct cur_store *s, int slot) {
    if (s->tail_slot >= 0 && s->tail_slot != slot) {
        struct cur_slot *other = &s->slot[s->tail_slot];
        other->off -= other->off % s->hal->flash_granule;
    }
    s->tail_slot = (int8_t)slot;
}

/* The end of a chunk is marked. A mark that fails only costs progress after a reset. */
static void mark(struct cur_store *s, struct cur_slot *to) {
    uint32_t chunk = cur_store_chunk(s, to->len);
    if (to->is_file || (to->off % chunk && to->off != to->len)) return;
    uint32_t done = (to->off + chunk - 1) / chunk;
    uint32_t at = cur_store_mark(s, to, to->mark + done - 1 - to->chunks);
    uint8_t set[CUR_GRANULE_MAX] = {0};
    if (at) (void)cur_flash_program(s->hal, at, set, s->hal->flash_granule);
}

/* Takes up to n bytes, to the end of a block at most, and programs what makes whole granules; returns how
 * many it took, 0 when the flash failed. */
static uint32_t put(struct cur_store *s, struct cur_slot *to, uint32_t base, const uint8_t *bytes,
                    uint32_t n) {
    uint32_t block = s->hal->flash_block, granule = s->hal->flash_granule;
    uint32_t in_block = to->off % block, waiting = to->off % granule;
    if (in_block == 0 && cur_flash_erase(s->hal, base + to->off)) return 0;
    if (n > block - in_block) n = block - in_block;
    if (waiting == 0 && n >= granule) {
        n -= n % granule;
        return cur_flash_program(s->hal, base + to->off, bytes, n) ? 0 : n;
    }
    if (n > granule - waiting) n = granule - waiting;
    memcpy(s->tail + waiting, bytes, n);
    int last = to->off + n == to->len;
    if (waiting + n < granule && !last) return n;
    memset(s->tail + waiting + n, 0xff, granule - waiting - n);
    return cur_flash_program(s->hal, base + to->off - waiting, s->tail, granule) ? 0 : n;
}

int cur_store_write(struct cur_store *s, int slot, const uint8_t *bytes, uint32_t n) {
    struct cur_slot *to = &s->slot[slot];
    if (n && !to->resumed && resume(s, to)) return CUR_RC_FLASH;
    claim_tail(s, slot);
    uint32_t base = (to->first + 1u) * s->hal->flash_block;
    while (n) {
        uint32_t taken = put(s, to, base, bytes, n);
        if (taken == 0) {
            /* The block may hold anything now: it is erased and written again. */
            to->off -= to->off % s->hal->flash_block;
            return CUR_RC_FLASH;
        }
        to->off += taken;
        bytes += taken;
        n -= taken;
        mark(s, to);
    }
    return 0;
}

/* Wrong bytes are forgotten; what was announced stays, under a new generation. */
static int restart(struct cur_store *s, int slot) {
    struct cur_slot *to = &s->slot[slot];
    if (to->is_file) {
        cur_store_forget(s, slot);
        return cur_store_commit(s);
    }
    to->off = 0;
    to->mark = to->chunks = 0;
    to->resumed = 1;
    to->generation = ++s->generation;
    return cur_store_commit(s) ? CUR_RC_FLASH : announce(s, slot);
}

/* The whole image: structure, work, version. */
static int check(const struct cur_store *s, int slot) {
    const uint8_t *bytes;
    uint32_t len;
    union {
        struct cur_image image;
        struct cur_encoder encoder;
    } opened;
    int rc = cur_store_image(s, slot, &bytes, &len);
    if (rc) return rc;
    uint64_t operations;
    if (cur_u32(bytes + CUR_IMAGE_KIND) == CUR_IMAGE_ENCODER) {
        if (cur_encoder_open(&opened.encoder, bytes, len, s->hal)) return CUR_RC_BAD_IMAGE;
        operations = cur_encoder_operations(&opened.encoder);
    } else {
        if (cur_image_open(&opened.image, bytes, len, s->hal)) return CUR_RC_BAD_IMAGE;
        operations = cur_image_operations(&opened.image, opened.image.routing.passes);
    }
    return operations > CUR_OPERATIONS ? CUR_RC_TOO_SLOW : cur_store_version_allowed(s, slot);
}

int cur_store_verify(struct cur_store *s, int slot) {
    struct cur_slot *of = &s->slot[slot];
    uint8_t digest[32];
    if (of->state == CUR_SLOT_VERIFIED) return 0;
    if (of->state == CUR_SLOT_EMPTY) return CUR_RC_NOT_VERIFIED;
    if (of->off < of->len) return CUR_RC_BAD_HASH;
    cur_store_hash(s, slot, digest);
    int rc = !of->is_file && memcmp(digest, of->sha, 32) ? CUR_RC_BAD_HASH : check(s, slot);
    if (rc) return restart(s, slot) ? CUR_RC_FLASH : rc;
    if (of->is_file) {
        memcpy(of->sha, digest, 32);
        if (cur_store_put_header(s, of)) return CUR_RC_FLASH;
        of->is_file = 0;
    }
    of->is_signed = s->has_key && cur_store_signed_with(s, slot, s->key) == 0;
    of->state = CUR_SLOT_VERIFIED;
    return cur_store_commit(s);
}
