#include "rig.h"

#include <string.h>

#include "test.h"

struct fake rig_fake;
struct cur_board rig_board;
uint8_t rig_image[16384] __attribute__((aligned(16)));
uint32_t rig_image_len;
uint8_t rig_reply[CUR_BUF_SIZE];
size_t rig_reply_len;
struct cur_cbor_map rig_map;

uint32_t rig_slot;
int rig_direct;

static struct cur_receiver receiver;

void rig_start(void) {
    rig_start_with(FLASH_MAX, 4096, 8);
}

void rig_restart(int cause) {
    rig_fake.hal.cause = (uint8_t)cause;
    cur_init(&rig_board, &rig_fake.hal);
}

void rig_start_with(uint32_t flash_size, uint32_t block, uint32_t granule) {
    fake_start_with(&rig_fake, flash_size, block, granule);
    rig_fake.hal.cause = CUR_CAUSE_POWER;
    cur_init(&rig_board, &rig_fake.hal);
    memset(&receiver, 0, sizeof receiver);
    rig_image_len = fake_image(rig_image, 1);
}

void rig_poll_all(void) {
    while (cur_poll(&rig_board)) {
    }
}

/* Takes one rig_reply from what the rig_board sent: 1 if there was one. */
int rig_take_reply(enum cur_framing framing) {
    size_t at = 0;
    int found = 0;
    while (at < rig_fake.out_len && !found) {
        const uint8_t *body;
        enum cur_framing seen = cur_receive(&receiver, rig_fake.out[at++], &body, &rig_reply_len);
        if (seen == CUR_FRAMING_NONE) continue;
        if (seen != framing) return 0;
        memcpy(rig_reply, body, rig_reply_len);
        found = 1;
    }
    memmove(rig_fake.out, rig_fake.out + at, rig_fake.out_len - at);
    rig_fake.out_len -= at;
    return found;
}

void rig_put(const uint8_t *bytes, size_t n) {
    if (rig_fake.in_at == rig_fake.in_len) rig_fake.in_at = rig_fake.in_len = 0;
    memcpy(rig_fake.in + rig_fake.in_len, bytes, n);
    rig_fake.in_len += n;
}

static size_t write_message(uint8_t *message, int op, int group, int command, const uint8_t *payload,
                            size_t n) {
    const uint8_t header[8] = {(uint8_t)(8 | op), 0,  (uint8_t)(n >> 8), (uint8_t)n, 0,
                               (uint8_t)group,    42, (uint8_t)command};
    memcpy(message, header, 8);
    memcpy(message + 8, payload, n);
    return 8 + n;
}

void rig_send(enum cur_framing framing, int op, int group, int command, const uint8_t *payload, size_t n) {
    static uint8_t message[CUR_BUF_SIZE], frame[CUR_FRAME_SIZE];
    size_t len = write_message(message, op, group, command, payload, n);
    rig_put(frame, cur_frame(framing, message, len, frame));
}

uint32_t rig_numbers(const char *key, uint32_t numbers[12]) {
    size_t count;
    return cur_cbor_get_u32s(&rig_map, key, numbers, 12, &count) ? 0xdeadbeef : (uint32_t)count;
}

uint32_t rig_number(const char *key) {
    uint32_t value = 0xdeadbeef;
    return cur_cbor_get_u32(&rig_map, key, &value) ? 0xdeadbeef : value;
}

/* One request and its rig_reply; 0, the error's rc, or RIG_BROKEN. The rig_reply's rig_map is in `rig_map`.
 */
int rig_ask_bytes(int op, int group, int command, const uint8_t *payload, size_t n) {
    if (rig_direct) {
        static uint8_t message[CUR_BUF_SIZE];
        rig_reply_len =
            cur_smp_answer(&rig_board, message, write_message(message, op, group, command, payload, n));
        memcpy(rig_reply, rig_board.reply, rig_reply_len);
    } else {
        rig_send(CUR_FRAMING_BINARY, op, group, command, payload, n);
        rig_poll_all();
        if (!rig_take_reply(CUR_FRAMING_BINARY)) return RIG_BROKEN;
    }
    if (rig_reply[0] != (8 | (op + 1)) || rig_reply[5] != group || rig_reply[6] != 42 ||
        rig_reply[7] != command)
        return RIG_BROKEN;
    if (rig_reply_len != 8u + ((size_t)rig_reply[2] << 8 | rig_reply[3])) return RIG_BROKEN;
    if (cur_cbor_map_check(&rig_map, rig_reply + 8, rig_reply_len - 8)) return RIG_BROKEN;
    /* {"err": {"group": g, "rc": n}} ends with the number. */
    if (rig_reply_len > 12 && rig_reply[8] == 0xa1 &&
        memcmp(rig_reply + 9,
               "\x63"
               "err",
               4) == 0)
        return rig_reply[rig_reply_len - 1] & 31;
    /* SMP's own error: {"rc": n}. */
    if (rig_reply_len == 13 && memcmp(rig_reply + 8, "\xa1\x62rc", 4) == 0) return rig_reply[12];
    return 0;
}

struct cur_cbor_writer rig_writer;

uint8_t rig_payload[CUR_BUF_SIZE];

struct cur_cbor_writer *rig_request(uint32_t pairs) {
    rig_writer = (struct cur_cbor_writer){.bytes = rig_payload, .cap = sizeof rig_payload};
    cur_cbor_write_map(&rig_writer, pairs);
    return &rig_writer;
}

void rig_pair(const char *key, uint32_t value) {
    cur_cbor_write_text(&rig_writer, key);
    cur_cbor_write_u32(&rig_writer, value);
}

void rig_pair_bytes(const char *key, const uint8_t *bytes, size_t n) {
    cur_cbor_write_text(&rig_writer, key);
    cur_cbor_write_bytes(&rig_writer, bytes, n);
}

int rig_ask(int op, int group, int command) {
    return rig_ask_bytes(op, group, command, rig_payload, rig_writer.len);
}

int rig_ask_slot(int command, uint32_t slot) {
    rig_request(1);
    rig_pair("slot", slot);
    return rig_ask(CUR_OP_WRITE, 64, command);
}

int rig_ask_experts(int command) {
    rig_request(0);
    return rig_ask(CUR_OP_WRITE, 64, command);
}

int rig_activate(uint32_t slot) {
    return rig_activate_bank(&slot, 1, -1);
}

int rig_activate_bank(const uint32_t *slots, uint32_t count, int router) {
    rig_request(router < 0 ? 1 : 2);
    cur_cbor_write_text(&rig_writer, "slots");
    cur_cbor_write_array(&rig_writer, count);
    for (uint32_t i = 0; i < count; i++)
        cur_cbor_write_u32(&rig_writer, slots[i]);
    if (router >= 0) rig_pair("router", (uint32_t)router);
    return rig_ask(CUR_OP_WRITE, 64, 4);
}

int rig_upload(void) {
    uint8_t sha[32];
    fake_sha256(rig_image, rig_image_len, sha);
    rig_request(2);
    rig_pair("len", rig_image_len);
    rig_pair_bytes("sha", sha, 32);
    int rc = rig_ask(CUR_OP_WRITE, 64, 1);
    if (rc) return rc;
    rig_slot = rig_number("slot");
    for (uint32_t off = rig_number("off"); off < rig_image_len; off = rig_number("off")) {
        uint32_t n = rig_image_len - off < 2048 ? rig_image_len - off : 2048;
        rig_request(3);
        rig_pair("slot", rig_slot);
        rig_pair("off", off);
        rig_pair_bytes("data", rig_image + off, n);
        rc = rig_ask(CUR_OP_WRITE, 64, 2);
        if (rc) return rc;
    }
    return 0;
}

int rig_deploy(void) {
    int rc = rig_upload();
    if (!rc) rc = rig_ask_slot(3, rig_slot);
    return rc ? rc : rig_activate(rig_slot);
}

int rig_infer(uint32_t seed) {
    static int16_t pcm[CUR_WINDOW_SAMPLES];
    test_seed(seed);
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
        pcm[i] = (int16_t)test_noise();
    for (uint32_t off = 0; off < sizeof pcm; off = rig_number("off")) {
        uint32_t n = sizeof pcm - off < 2048 ? (uint32_t)sizeof pcm - off : 2048;
        rig_request(2);
        rig_pair("off", off);
        rig_pair_bytes("data", (const uint8_t *)pcm + off, n);
        int rc = rig_ask(CUR_OP_WRITE, 65, 0);
        if (rc) return rc;
    }
    rig_request(1);
    rig_pair("kind", 0);
    return rig_ask(CUR_OP_WRITE, 65, 1);
}
