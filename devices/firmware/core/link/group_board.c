#include "smp.h"

enum { INFO = 0, LINE = 2 };

enum { LINK_CONSOLE = 1, LINK_BINARY = 2 };

static void pair_text(struct cur_cbor_writer *w, const char *key, const char *value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_text(w, value);
}

static void pair_u32(struct cur_cbor_writer *w, const char *key, uint32_t value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_u32(w, value);
}

static void pair_bool(struct cur_cbor_writer *w, const char *key, int value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_bool(w, value);
}

static int info(struct cur_board *b, struct cur_cbor_writer *w) {
    const struct cur_hal *hal = b->hal;
    cur_cbor_write_map(w, 18);
    cur_cbor_write_text(w, "id");
    cur_cbor_write_bytes(w, hal->id, sizeof hal->id);
    pair_text(w, "name", hal->name);
    pair_text(w, "kind", hal->kind);
    pair_text(w, "profile", hal->profile);
    pair_text(w, "fw", CUR_VERSION);
    pair_u32(w, "boot", hal->boot);
    pair_u32(w, "up", cur_uptime_ms(b));
    pair_u32(w, "ring", CUR_RING);
    pair_u32(w, "link", LINK_CONSOLE | LINK_BINARY);
    pair_u32(w, "baud", b->line.baud);
    pair_u32(w, "rate", CUR_RATE);
    pair_bool(w, "audio", hal->audio_read && hal->audio_read(hal->ctx, NULL, 0) >= 0);
    pair_bool(w, "sim", hal->simulated);
    pair_u32(w, "window", CUR_INPUT_BYTES);
    pair_u32(w, "discarded", b->receiver.discarded);
    pair_u32(w, "mv", hal->supply_mv(hal->ctx));
    cur_cbor_write_text(w, "cc");
    cur_cbor_write_int(w, hal->temperature_cc(hal->ctx));
    pair_u32(w, "stack", hal->stack_high_water(hal->ctx));
    return 0;
}

static int line(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t baud;
    if (cur_cbor_get_u32(&rq->map, "baud", &baud)) return CUR_RC_MALFORMED;
    if (cur_line_want(&b->line, b->hal, baud)) return CUR_RC_UNSUPPORTED;
    cur_cbor_write_map(w, 0);
    return 0;
}

int cur_group_board(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->op == CUR_OP_READ && rq->command == INFO) return info(b, w);
    if (rq->op == CUR_OP_WRITE && rq->command == LINE) return line(b, rq, w);
    return CUR_RC_UNSUPPORTED;
}
