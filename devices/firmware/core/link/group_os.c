#include "request.h"
#include "utf8.h"

enum { ECHO = 0, DATETIME = 4, RESET = 5, PARAMETERS = 6 };

/* The group's own errors, as Zephyr numbers them. */
enum { INVALID_FORMAT = 2, CLOCK_NOT_SET = 4 };

static int echo(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    const uint8_t *text;
    size_t n;
    if (cur_cbor_get_string(&rq->map, "d", CUR_CBOR_TEXT, b->scratch, sizeof b->scratch, &text, &n) ||
        !cur_utf8_valid(text, n)) {
        return CUR_STD_INVALID;
    }
    cur_cbor_write_map(w, 1);
    cur_cbor_write_text(w, "r");
    cur_cbor_write_text_n(w, text, n);
    return 0;
}

static int parameters(struct cur_cbor_writer *w) {
    cur_cbor_write_map(w, 2);
    cur_cbor_write_text(w, "buf_size");
    cur_cbor_write_u32(w, CUR_BUF_SIZE);
    cur_cbor_write_text(w, "buf_count");
    cur_cbor_write_u32(w, CUR_BUF_COUNT);
    return 0;
}

static int read_datetime(struct cur_board *b, struct cur_cbor_writer *w) {
    uint8_t text[CUR_CLOCK_TEXT];
    uint64_t now_ms = cur_clock_at(&b->clock, cur_uptime_ms(b));
    if (now_ms == 0) return CLOCK_NOT_SET;
    cur_clock_write(text, now_ms);
    cur_cbor_write_map(w, 1);
    cur_cbor_write_text(w, "datetime");
    cur_cbor_write_text_n(w, text, sizeof text);
    return 0;
}

static int set_datetime(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    const uint8_t *text;
    size_t n;
    uint64_t wall_ms;
    if (cur_cbor_get_string(&rq->map, "datetime", CUR_CBOR_TEXT, b->scratch, sizeof b->scratch, &text, &n)) {
        return CUR_STD_INVALID;
    }
    if (cur_clock_read(&wall_ms, text, n)) return INVALID_FORMAT;
    cur_clock_set(&b->clock, wall_ms, cur_uptime_ms(b));
    cur_cbor_write_map(w, 0);
    return 0;
}

int cur_group_os(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->command == ECHO && rq->op == CUR_OP_WRITE) return echo(b, rq, w);
    if (rq->command == DATETIME && rq->op == CUR_OP_READ) return read_datetime(b, w);
    if (rq->command == DATETIME && rq->op == CUR_OP_WRITE) return set_datetime(b, rq, w);
    if (rq->command == PARAMETERS && rq->op == CUR_OP_READ) return parameters(w);
    if (rq->command == RESET && rq->op == CUR_OP_WRITE) {
        b->reset_wanted = 1;
        cur_cbor_write_map(w, 0);
        return 0;
    }
    return CUR_STD_NOT_SUPPORTED;
}
