#include "smp.h"
#include "request.h"

static uint16_t big_u16(const uint8_t *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}

static cur_handler *handler_of(uint16_t group) {
    switch (group) {
    case CUR_GROUP_OS:
        return cur_group_os;
    case CUR_GROUP_FILES:
        return cur_group_files;
    case CUR_GROUP_EXPERTS:
        return cur_group_experts;
    case CUR_GROUP_INFERENCE:
        return cur_group_inference;
    case CUR_GROUP_TELEMETRY:
        return cur_group_telemetry;
    case CUR_GROUP_BOARD:
        return cur_group_board;
    case CUR_GROUP_UNCERTAIN:
        return cur_group_uncertain;
    default:
        return NULL;
    }
}

/* The map of an error. Version 2 names the group whose error it is, and none where it is SMP's own. */
static void write_error(struct cur_cbor_writer *w, int version, uint16_t group, int rc) {
    w->len = 0;
    w->overflow = 0;
    cur_cbor_write_map(w, 1);
    int own = rc < 0;
    if (version && !own) {
        cur_cbor_write_text(w, "err");
        cur_cbor_write_map(w, 2);
        cur_cbor_write_text(w, "group");
        cur_cbor_write_u32(w, group);
    }
    cur_cbor_write_text(w, "rc");
    cur_cbor_write_u32(w, (uint32_t)(own ? -rc : rc));
}

static int handle(struct cur_board *b, uint16_t group, struct cur_request *rq, const uint8_t *message,
                  size_t len, struct cur_cbor_writer *w) {
    static const uint8_t empty_map[] = {0xa0};
    cur_handler *handler = handler_of(group);
    if (!handler) return CUR_STD_NOT_SUPPORTED;
    int malformed = group < CUR_GROUP_EXPERTS ? CUR_STD_INVALID : CUR_RC_MALFORMED;
    size_t payload = len - CUR_SMP_HEADER;
    if (big_u16(message + 2) != payload) return malformed;
    /* Some clients send nothing at all where a map would be empty. */
    const uint8_t *map = payload ? message + CUR_SMP_HEADER : empty_map;
    if (cur_cbor_map_check(&rq->map, map, payload ? payload : 1)) return malformed;
    return handler(b, rq, w);
}

size_t cur_smp_answer(struct cur_board *b, const uint8_t *message, size_t len) {
    if (len < CUR_SMP_HEADER) return 0;
    struct cur_request rq = {.op = message[0] & 7, .command = message[7]};
    /* Only requests are answered: a line that echoes must not start a conversation with itself. */
    if (rq.op != CUR_OP_READ && rq.op != CUR_OP_WRITE) return 0;
    int version = message[0] >> 3 & 3;
    uint16_t group = big_u16(message + 4);

    uint8_t *reply = b->reply;
    struct cur_cbor_writer w = {.bytes = reply + CUR_SMP_HEADER, .cap = sizeof b->reply - CUR_SMP_HEADER};
    int rc = handle(b, group, &rq, message, len, &w);
    if (rc == 0 && w.overflow) rc = group < CUR_GROUP_EXPERTS ? CUR_STD_UNKNOWN : CUR_RC_TOO_LARGE;
    if (rc) write_error(&w, version, group, rc);

    reply[0] = (uint8_t)(version << 3 | (rq.op + 1));
    reply[1] = 0;
    reply[2] = (uint8_t)(w.len >> 8);
    reply[3] = (uint8_t)w.len;
    for (int i = 4; i < CUR_SMP_HEADER; i++)
        reply[i] = message[i];
    return CUR_SMP_HEADER + w.len;
}
