#include "../mem.h"
#include "request.h"

enum { READ = 0 };

static int read(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t after, max = CUR_RING;
    if (cur_cbor_get_u32(&rq->map, "after", &after) || cur_optional_u32(&rq->map, "max", &max)) {
        return CUR_RC_MALFORMED;
    }
    const struct cur_telemetry *t = &b->telemetry;
    uint32_t oldest = cur_telemetry_oldest(t), next = t->last + 1;
    uint32_t from = after < oldest ? oldest : after + 1;
    uint32_t count = oldest && after < t->last ? next - from : 0;
    /* 96 bytes are more than all the rest of the map takes. */
    uint32_t room = ((uint32_t)w->cap - 96) / CUR_RECORD_SIZE;
    if (count > room) count = room;
    if (count > max) count = max;

    cur_cbor_write_map(w, 6);
    cur_cbor_write_text(w, "boot");
    cur_cbor_write_u32(w, b->hal->boot);
    cur_cbor_write_text(w, "next");
    cur_cbor_write_u32(w, next);
    cur_cbor_write_text(w, "oldest");
    cur_cbor_write_u32(w, oldest);
    cur_cbor_write_text(w, "now");
    cur_cbor_write_u64(w, cur_uptime_ms(b));
    cur_cbor_write_text(w, "size");
    cur_cbor_write_u32(w, CUR_RECORD_SIZE);
    cur_cbor_write_text(w, "recs");
    uint8_t *to = cur_cbor_reserve_bytes(w, count * CUR_RECORD_SIZE);
    if (!to) return CUR_RC_TOO_LARGE;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(to + i * CUR_RECORD_SIZE, cur_telemetry_record(t, from + i), CUR_RECORD_SIZE);
    }
    return 0;
}

int cur_group_telemetry(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->op == CUR_OP_READ && rq->command == READ) return read(b, rq, w);
    return CUR_RC_UNSUPPORTED;
}
