#include "../mem.h"
#include "request.h"

enum { LIST = 0, READ = 1, DROP = 2 };

static void pair_u32(struct cur_cbor_writer *w, const char *key, uint32_t value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_u32(w, value);
}

static int list(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t after = 0;
    if (cur_optional_u32(&rq->map, "after", &after)) return CUR_RC_MALFORMED;
    const struct cur_uncertain *u = &b->uncertain;
    const struct cur_kept_window *kept = cur_uncertain_after(u, after);
    /* 64 bytes are more than all the rest of the map takes. */
    uint32_t room = ((uint32_t)w->cap - 64) / CUR_UNCERTAIN_HEAD, n = 0;
    for (const struct cur_kept_window *one = kept; one && n < room; one = cur_uncertain_after(u, one->id))
        n++;
    cur_cbor_write_map(w, 4);
    pair_u32(w, "size", CUR_UNCERTAIN_SIZE);
    pair_u32(w, "head", CUR_UNCERTAIN_HEAD);
    pair_u32(w, "room", cur_uncertain_room(u, &b->store));
    cur_cbor_write_text(w, "wins");
    uint8_t *to = cur_cbor_reserve_bytes(w, (size_t)n * CUR_UNCERTAIN_HEAD);
    if (!to) return CUR_RC_TOO_LARGE;
    for (; n; n--, to += CUR_UNCERTAIN_HEAD, kept = cur_uncertain_after(u, kept->id))
        memcpy(to, cur_uncertain_bytes(&b->store, kept), CUR_UNCERTAIN_HEAD);
    return 0;
}

static int read(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t id, off;
    if (cur_cbor_get_u32(&rq->map, "id", &id) || cur_cbor_get_u32(&rq->map, "off", &off)) {
        return CUR_RC_MALFORMED;
    }
    const struct cur_kept_window *kept = cur_uncertain_find(&b->uncertain, id);
    if (!kept) return CUR_RC_BAD_SLOT;
    if (off > CUR_UNCERTAIN_SIZE) return CUR_RC_BAD_OFFSET;
    /* 32 bytes are more than the map, its keys and the lengths take. */
    uint32_t room = (uint32_t)w->cap - 32, left = CUR_UNCERTAIN_SIZE - off;
    cur_cbor_write_map(w, 2);
    cur_cbor_write_text(w, "data");
    cur_cbor_write_bytes(w, cur_uncertain_bytes(&b->store, kept) + off, left < room ? left : room);
    pair_u32(w, "len", CUR_UNCERTAIN_SIZE);
    return 0;
}

static int drop(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t id, crc;
    if (cur_cbor_get_u32(&rq->map, "id", &id) || cur_cbor_get_u32(&rq->map, "crc", &crc)) {
        return CUR_RC_MALFORMED;
    }
    cur_uncertain_drop(&b->uncertain, &b->store, id, crc);
    cur_cbor_write_map(w, 0);
    return 0;
}

int cur_group_uncertain(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->op == CUR_OP_READ && rq->command == LIST) return list(b, rq, w);
    if (rq->op == CUR_OP_READ && rq->command == READ) return read(b, rq, w);
    if (rq->op == CUR_OP_WRITE && rq->command == DROP) return drop(b, rq, w);
    return CUR_RC_UNSUPPORTED;
}
