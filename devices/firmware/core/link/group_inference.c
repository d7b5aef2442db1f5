#include "../inference/inference.h"
#include "../mem.h"
#include "request.h"

enum { LOAD = 0, RUN = 1, CONTINUOUS = 2, FEATURES = 3, LAST = 4 };

static void write_result(struct cur_board *b, struct cur_cbor_writer *w) {
    const struct cur_result *r = &b->last;
    cur_cbor_write_map(w, 14);
    cur_cbor_write_text(w, "id");
    cur_cbor_write_u32(w, r->inference);
    cur_cbor_write_text(w, "slot");
    cur_cbor_write_u32(w, r->slot);
    cur_cbor_write_text(w, "gate");
    cur_cbor_write_bytes(w, (const uint8_t *)r->route.gate, 4 * (size_t)r->experts);
    cur_cbor_write_text(w, "curiosity");
    cur_cbor_write_f32(w, r->route.curiosity);
    cur_cbor_write_text(w, "score");
    cur_cbor_write_f32(w, r->route.score);
    cur_cbor_write_text(w, "stages");
    cur_cbor_write_u32(w, r->encoders);
    cur_cbor_write_text(w, "class");
    cur_cbor_write_int(w, r->scores.top);
    cur_cbor_write_text(w, "logits");
    cur_cbor_write_bytes(w, (const uint8_t *)r->scores.logits, 4 * (size_t)r->classes);
    cur_cbor_write_text(w, "p");
    cur_cbor_write_f32(w, r->scores.p);
    cur_cbor_write_text(w, "entropy");
    cur_cbor_write_f32(w, r->scores.entropy);
    cur_cbor_write_text(w, "us");
    cur_cbor_write_array(w, 4);
    for (int i = 0; i < 4; i++)
        cur_cbor_write_u32(w, r->latency_us[i]);
    cur_cbor_write_text(w, "nj");
    cur_cbor_write_u32(w, r->energy_nj);
    cur_cbor_write_text(w, "src");
    cur_cbor_write_u32(w, r->source);
    cur_cbor_write_text(w, "seq");
    cur_cbor_write_u32(w, r->sequence);
}

static int load(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t off, n;
    const uint8_t *data;
    if (cur_cbor_get_u32(&rq->map, "off", &off) || cur_need_bytes(b, &rq->map, "data", &data, &n)) {
        return CUR_RC_MALFORMED;
    }
    if (b->continuous) return CUR_RC_BUSY;
    if (off == 0 || off == b->loaded) {
        if (n > CUR_INPUT_BYTES - off) return CUR_RC_TOO_LARGE;
        memcpy(b->input.bytes + off, data, n);
        b->loaded = off + n;
    }
    cur_cbor_write_map(w, 1);
    cur_cbor_write_text(w, "off");
    cur_cbor_write_u32(w, b->loaded);
    return 0;
}

static int run(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t kind;
    int keeps = 1;
    if (cur_cbor_get_u32(&rq->map, "kind", &kind) || kind > CUR_INPUT_LOG_MEL) return CUR_RC_MALFORMED;
    if (cur_cbor_get_bool(&rq->map, "keep", &keeps) == CUR_CBOR_MALFORMED) return CUR_RC_MALFORMED;
    if (b->continuous) return CUR_RC_BUSY;
    uint32_t want = kind == CUR_INPUT_PCM ? CUR_INPUT_BYTES : sizeof b->patch;
    if (b->loaded < want) return CUR_RC_INCOMPLETE;
    int rc = cur_infer(b, (enum cur_input_kind)kind, keeps);
    if (rc == 0) write_result(b, w);
    return rc;
}

static int has_audio(const struct cur_board *b) {
    return b->hal->audio_read && b->hal->audio_read(b->hal->ctx, NULL, 0) >= 0;
}

static int continuous(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t hop = 0;
    int on, e = cur_cbor_get_u32(&rq->map, "hop", &hop);
    int bad_hop = e == CUR_CBOR_MALFORMED || (e == 0 && (hop < CUR_HOP_MIN || hop > CUR_HOP_MAX));
    if (cur_cbor_get_bool(&rq->map, "on", &on) || bad_hop) return CUR_RC_MALFORMED;
    if (on && !has_audio(b)) return CUR_RC_UNSUPPORTED;
    if (on && !b->has_expert) return CUR_RC_NO_EXPERT;
    if (on) {
        if (cur_continuous_start(b, hop)) return CUR_RC_UNSUPPORTED;
    } else if (b->continuous) {
        cur_continuous_stop(b);
    }
    cur_cbor_write_map(w, 0);
    return 0;
}

static int features(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t what, off = 0;
    if (cur_cbor_get_u32(&rq->map, "what", &what) || what > 1 || cur_optional_u32(&rq->map, "off", &off)) {
        return CUR_RC_MALFORMED;
    }
    if (!b->last.inference) return CUR_RC_INCOMPLETE;
    const uint8_t *from = (const uint8_t *)(what == 0 ? b->patch : b->embedding);
    uint32_t len = what == 0 ? sizeof b->patch : 4 * b->last.embedding;
    if (off > len) return CUR_RC_BAD_OFFSET;
    /* 32 bytes are more than the map, its keys and the lengths take. */
    uint32_t room = (uint32_t)w->cap - 32, n = len - off < room ? len - off : room;
    cur_cbor_write_map(w, 2);
    cur_cbor_write_text(w, "data");
    cur_cbor_write_bytes(w, from + off, n & ~3u);
    cur_cbor_write_text(w, "len");
    cur_cbor_write_u32(w, len);
    return 0;
}

int cur_group_inference(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->op == CUR_OP_WRITE && rq->command == LOAD) return load(b, rq, w);
    if (rq->op == CUR_OP_WRITE && rq->command == RUN) return run(b, rq, w);
    if (rq->op == CUR_OP_WRITE && rq->command == CONTINUOUS) return continuous(b, rq, w);
    if (rq->op == CUR_OP_READ && rq->command == FEATURES) return features(b, rq, w);
    if (rq->op == CUR_OP_READ && rq->command == LAST) {
        if (!b->last.inference) return CUR_RC_INCOMPLETE;
        write_result(b, w);
        return 0;
    }
    return CUR_RC_UNSUPPORTED;
}
