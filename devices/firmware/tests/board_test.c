#include "fake.h"
#include "test.h"
#include "../core/cbor.h"
#include "../core/mem.h"
#include "../core/smp.h"

/* The whole board through its line: requests in, replies out. */

static struct fake fake;
static struct cur_board board;
static struct cur_receiver receiver;
static uint8_t image[8192] __attribute__((aligned(16)));
static uint32_t image_len;

/* The last reply. */
static uint8_t reply[CUR_BUF_SIZE];
static size_t reply_len;
static struct cur_cbor_map map;

static void start(void) {
    fake_start(&fake);
    cur_init(&board, &fake.hal);
    memset(&receiver, 0, sizeof receiver);
    image_len = fake_image(image, 1);
}

static void poll_all(void) {
    while (cur_poll(&board)) {
    }
}

/* Takes one reply from what the board sent: 1 if there was one. */
static int take_reply(enum cur_framing framing) {
    size_t at = 0;
    int found = 0;
    while (at < fake.out_len && !found) {
        const uint8_t *body;
        enum cur_framing seen = cur_receive(&receiver, fake.out[at++], &body, &reply_len);
        if (seen == CUR_FRAMING_NONE) continue;
        if (seen != framing) return 0;
        memcpy(reply, body, reply_len);
        found = 1;
    }
    memmove(fake.out, fake.out + at, fake.out_len - at);
    fake.out_len -= at;
    return found;
}

static void put(const uint8_t *bytes, size_t n) {
    if (fake.in_at == fake.in_len) fake.in_at = fake.in_len = 0;
    memcpy(fake.in + fake.in_len, bytes, n);
    fake.in_len += n;
}

static void send(enum cur_framing framing, int op, int group, int command, const uint8_t *payload, size_t n) {
    static uint8_t message[CUR_BUF_SIZE], frame[CUR_FRAME_SIZE];
    const uint8_t header[8] = {(uint8_t)(8 | op), 0,  (uint8_t)(n >> 8), (uint8_t)n, 0,
                               (uint8_t)group,    42, (uint8_t)command};
    memcpy(message, header, 8);
    memcpy(message + 8, payload, n);
    put(frame, cur_frame(framing, message, 8 + n, frame));
}

static uint32_t number(const char *key) {
    uint32_t value = 0xdeadbeef;
    return cur_cbor_get_u32(&map, key, &value) ? 0xdeadbeef : value;
}

enum { BROKEN = -1 };

/* One request and its reply; 0, the error's rc, or BROKEN. The reply's map is in `map`. */
static int ask_bytes(int op, int group, int command, const uint8_t *payload, size_t n) {
    send(CUR_FRAMING_BINARY, op, group, command, payload, n);
    poll_all();
    if (!take_reply(CUR_FRAMING_BINARY)) return BROKEN;
    if (reply[0] != (8 | (op + 1)) || reply[5] != group || reply[6] != 42 || reply[7] != command)
        return BROKEN;
    if (reply_len != 8u + ((size_t)reply[2] << 8 | reply[3])) return BROKEN;
    if (cur_cbor_map_check(&map, reply + 8, reply_len - 8)) return BROKEN;
    /* {"err": {"group": g, "rc": n}} ends with the number. */
    if (reply_len > 12 && reply[8] == 0xa1 &&
        memcmp(reply + 9,
               "\x63"
               "err",
               4) == 0)
        return reply[reply_len - 1] & 31;
    return 0;
}

static struct cur_cbor_writer writer;
static uint8_t payload[CUR_BUF_SIZE];

static struct cur_cbor_writer *request(uint32_t pairs) {
    writer = (struct cur_cbor_writer){.bytes = payload, .cap = sizeof payload};
    cur_cbor_write_map(&writer, pairs);
    return &writer;
}

static void pair(const char *key, uint32_t value) {
    cur_cbor_write_text(&writer, key);
    cur_cbor_write_u32(&writer, value);
}

static void pair_bytes(const char *key, const uint8_t *bytes, size_t n) {
    cur_cbor_write_text(&writer, key);
    cur_cbor_write_bytes(&writer, bytes, n);
}

static int ask(int op, int group, int command) {
    return ask_bytes(op, group, command, payload, writer.len);
}

static int ask_slot(int command, uint32_t slot) {
    request(1);
    pair("slot", slot);
    return ask(CUR_OP_WRITE, 64, command);
}

static int upload(uint32_t slot) {
    uint8_t sha[32];
    fake_sha256(image, image_len, sha);
    request(3);
    pair("len", image_len);
    pair("slot", slot);
    pair_bytes("sha", sha, 32);
    int rc = ask(CUR_OP_WRITE, 64, 1);
    if (rc) return rc;
    for (uint32_t off = number("off"); off < image_len; off = number("off")) {
        uint32_t n = image_len - off < 2048 ? image_len - off : 2048;
        request(3);
        pair("slot", slot);
        pair("off", off);
        pair_bytes("data", image + off, n);
        rc = ask(CUR_OP_WRITE, 64, 2);
        if (rc) return rc;
    }
    return 0;
}

static int deploy(uint32_t slot) {
    int rc = upload(slot);
    if (!rc) rc = ask_slot(3, slot);
    return rc ? rc : ask_slot(4, slot);
}

static int infer(uint32_t seed) {
    static int16_t pcm[CUR_WINDOW_SAMPLES];
    test_seed(seed);
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
        pcm[i] = (int16_t)test_noise();
    for (uint32_t off = 0; off < sizeof pcm; off = number("off")) {
        uint32_t n = sizeof pcm - off < 2048 ? (uint32_t)sizeof pcm - off : 2048;
        request(2);
        pair("off", off);
        pair_bytes("data", (const uint8_t *)pcm + off, n);
        int rc = ask(CUR_OP_WRITE, 65, 0);
        if (rc) return rc;
    }
    request(1);
    pair("kind", 0);
    return ask(CUR_OP_WRITE, 65, 1);
}

static void answers_in_the_framing_asked(void) {
    start();
    for (int turn = 0; turn < 20; turn++) {
        enum cur_framing framing = turn & 1 ? CUR_FRAMING_BINARY : CUR_FRAMING_CONSOLE;
        request(1);
        cur_cbor_write_text(&writer, "d");
        cur_cbor_write_text(&writer, "echo");
        send(framing, CUR_OP_WRITE, 0, 0, payload, writer.len);
        poll_all();
        CHECK_AT(turn, take_reply(framing));
        CHECK_AT(turn, memcmp(reply + 8,
                              "\xa1\x61r\x64"
                              "echo",
                              8) == 0);
    }
    CHECK(fake.out_len == 0);
}

static void answers_each_of_several(void) {
    start();
    request(0);
    for (int i = 0; i < 7; i++)
        send(CUR_FRAMING_BINARY, CUR_OP_READ, 67, 0, payload, writer.len);
    poll_all();
    for (int i = 0; i < 7; i++)
        CHECK_AT(i, take_reply(CUR_FRAMING_BINARY));
    CHECK(!take_reply(CUR_FRAMING_BINARY));
}

static void refuses_what_it_does_not_know(void) {
    start();
    request(0);
    for (int group = 0; group < 256; group++) {
        for (int command = 0; command < 256; command += command < 10 ? 1 : 49) {
            int known = (group == 0 && (command == 6)) || (group == 64 && (command == 0 || command == 7)) ||
                        (group == 65 && (command == 3 || command == 4)) || (group == 66 && command == 0) ||
                        (group == 67 && command == 0);
            if (known) continue;
            int rc = ask(CUR_OP_READ, group, command);
            CHECK_AT(1000 * group + command, rc == (group >= 64 ? CUR_RC_UNSUPPORTED : 8));
        }
    }
}

static void never_answers_responses(void) {
    start();
    request(0);
    for (int op = 0; op < 8; op++) {
        send(CUR_FRAMING_BINARY, op, 67, 0, payload, writer.len);
        poll_all();
        CHECK_AT(op, take_reply(CUR_FRAMING_BINARY) == (op == CUR_OP_READ || op == CUR_OP_WRITE));
    }
}

static void answers_the_first_version(void) {
    start();
    static const uint8_t message[] = {0, 0, 0, 1, 0, 64, 9, 99, 0xa0};
    uint8_t frame[64];
    put(frame, cur_frame(CUR_FRAMING_CONSOLE, message, sizeof message, frame));
    poll_all();
    CHECK(take_reply(CUR_FRAMING_CONSOLE));
    CHECK(reply_len == 13 && reply[0] == 1 && memcmp(reply + 8, "\xa1\x62rc\x02", 5) == 0);
}

/* Everything a board holds apart from the line's state and its replies. */
static uint8_t before[sizeof(struct cur_board)];

static void malformed_changes_nothing(void) {
    start();
    CHECK(deploy(0) == 0 && infer(1) == 0 && upload(1) == 0);
    static const int commands[][2] = {{64, 1}, {64, 2}, {64, 3}, {64, 4}, {64, 5}, {65, 0}, {65, 1}, {65, 2}};
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"", 0},
        {"\xa0", 1},
        {"\xff", 1},
        {"\xa1\x64slot", 6},
        {"\xa1\x64slot\x20", 7},
        {"\xa1\x64slot\x61x", 8},
        {"\xa2\x64slot\x01\x64slot\x01", 13},
        {"\xa1\x64kind\x02", 7},
        {"\xa1\x64kind\xf5", 7},
        {"\xa1\x62on\x01", 5},
        {"\xa2\x62on\xf5\x63hop\x01", 10},
        {"\xa1\x63off\x00", 6},
        {"\xa2\x63off\x00\x64"
         "data\x61x",
         13},
        {"\xa2\x63len\x10\x63sha\x43"
         "abc",
         13},
        {"\x9f\xff", 2},
        {"\xa0\xa0", 2},
    };
    for (size_t c = 0; c < sizeof commands / sizeof *commands; c++) {
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            uint32_t writes = fake.flash_writes;
            memcpy(before, &board, sizeof board);
            int rc = ask_bytes(CUR_OP_WRITE, commands[c][0], commands[c][1], (const uint8_t *)bad[i].bytes,
                               bad[i].len);
            CHECK_AT(100 * c + i, rc == CUR_RC_MALFORMED);
            CHECK_AT(100 * c + i, fake.flash_writes == writes);
            size_t from = offsetof(struct cur_board, slots);
            CHECK_AT(100 * c + i, memcmp(before + from, (uint8_t *)&board + from, sizeof board - from) == 0);
        }
    }
}

static void deploys_and_answers(void) {
    start();
    CHECK(infer(1) == CUR_RC_NO_EXPERT);
    CHECK(deploy(0) == 0 && number("active") == 0);
    CHECK(infer(1) == 0 && number("id") == 1 && number("seq") == 1);
    CHECK(ask_slot(5, 0) == CUR_RC_BAD_SLOT && upload(0) == CUR_RC_BAD_SLOT);
    request(0);
    CHECK(ask(CUR_OP_WRITE, 64, 6) == CUR_RC_NOT_VERIFIED);
    image_len = fake_image(image, 2);
    CHECK(deploy(1) == 0 && number("active") == 1 && number("previous") == 0);
    request(0);
    CHECK(ask(CUR_OP_WRITE, 64, 6) == 0 && number("active") == 0 && number("previous") == 1);
    CHECK(infer(1) == 0 && number("id") == 2);
    CHECK(!fake.rule_broken);
}

static void keeps_the_old_expert(void) {
    start();
    CHECK(deploy(0) == 0 && infer(1) == 0);
    uint8_t logits[12];
    memcpy(logits, board.last.scores.logits, 12);
    for (uint32_t at = 0; at < image_len; at += 613) {
        /* Announced with the hash of what is sent, so that the structure is what is wrong. */
        fake_image(image, 2);
        image[at] ^= 0x40;
        CHECK_AT(at, upload(1) == 0);
        CHECK_AT(at, ask_slot(3, 1) == CUR_RC_BAD_IMAGE && ask_slot(4, 1) == CUR_RC_NOT_VERIFIED);
        CHECK_AT(at, infer(1) == 0 && memcmp(logits, board.last.scores.logits, 12) == 0);
    }
    /* Cut short: not all of it came. */
    fake_image(image, 2);
    request(3);
    pair("len", image_len);
    pair("slot", 1);
    pair_bytes("sha", image, 32);
    CHECK(ask(CUR_OP_WRITE, 64, 1) == 0 && ask_slot(3, 1) == CUR_RC_BAD_HASH);
    CHECK(infer(1) == 0 && memcmp(logits, board.last.scores.logits, 12) == 0);
}

static void a_wrong_upload_can_be_tried_again(void) {
    start();
    uint8_t sha[32];
    fake_sha256(image, image_len, sha);
    image[3000] ^= 1;
    request(2);
    pair("len", image_len);
    pair_bytes("sha", sha, 32);
    CHECK(ask(CUR_OP_WRITE, 64, 1) == 0 && number("slot") == 0 && number("off") == 0);
    for (uint32_t off = 0; off < image_len; off = number("off")) {
        request(3);
        pair("slot", 0);
        pair("off", off);
        pair_bytes("data", image + off, image_len - off < 2048 ? image_len - off : 2048);
        CHECK(ask(CUR_OP_WRITE, 64, 2) == 0);
    }
    CHECK(ask_slot(3, 0) == CUR_RC_BAD_HASH);
    image[3000] ^= 1;
    CHECK(deploy(0) == 0);
}

static void repeated_pieces_change_nothing(void) {
    start();
    CHECK(upload(0) == 0 && board.slots.slot[0].off == image_len);
    for (uint32_t off = 0; off < image_len + 5000; off += 500) {
        if (off == image_len) continue;
        request(3);
        pair("slot", 0);
        pair("off", off);
        pair_bytes("data", image, 16);
        CHECK_AT(off, ask(CUR_OP_WRITE, 64, 2) == 0 && number("off") == image_len);
    }
    request(3);
    pair("slot", 0);
    pair("off", image_len);
    pair_bytes("data", image, 1);
    CHECK(ask(CUR_OP_WRITE, 64, 2) == CUR_RC_TOO_LARGE);
}

static void telemetry_wraps(void) {
    start();
    CHECK(deploy(0) == 0 && infer(1) == 0);
    for (int i = 0; i < CUR_RING + 10; i++) {
        request(1);
        pair("kind", 0);
        CHECK_AT(i, ask(CUR_OP_WRITE, 65, 1) == 0);
    }
    uint32_t total = CUR_RING + 11, after = 0, expected = total - CUR_RING + 1;
    for (;;) {
        const uint8_t *records;
        size_t n;
        request(1);
        pair("after", after);
        CHECK(ask(CUR_OP_READ, 66, 0) == 0);
        CHECK(number("boot") == 77 && number("next") == total + 1 &&
              number("oldest") == total - CUR_RING + 1);
        CHECK(cur_cbor_get_string(&map, "recs", CUR_CBOR_BYTES, NULL, 0, &records, &n) == 0 && n % 64 == 0);
        if (n == 0) break;
        for (size_t i = 0; i < n; i += 64) {
            CHECK_AT(after, cur_u32(records + i) == expected++);
            after = cur_u32(records + i);
        }
    }
    CHECK(after == total);
    request(2);
    pair("after", total - 5);
    pair("max", 2);
    CHECK(ask(CUR_OP_READ, 66, 0) == 0 && cur_u32(reply + reply_len - 128) == total - 4);
    request(1);
    pair("after", 0xffffffffu);
    CHECK(ask(CUR_OP_READ, 66, 0) == 0);
}

static void resets(void) {
    start();
    CHECK(deploy(0) == 0);
    request(0);
    CHECK(ask(CUR_OP_WRITE, 0, 5) == 0 && fake.resets == 1);
    cur_init(&board, &fake.hal);
    CHECK(board.slots.active == 0 && board.has_expert && infer(1) == 0 && number("seq") == 1);
}

static void damaged_flash_is_not_run(void) {
    start();
    CHECK(deploy(0) == 0);
    fake.flash[0x4000 + 3000] ^= 1;
    cur_init(&board, &fake.hal);
    CHECK(!board.has_expert && infer(1) == CUR_RC_NO_EXPERT);
}

static int continuous(int on, uint32_t hop) {
    request(2);
    cur_cbor_write_text(&writer, "on");
    cur_cbor_write_bool(&writer, on);
    pair("hop", hop);
    return ask(CUR_OP_WRITE, 65, 2);
}

static void listens(void) {
    static int16_t audio[200000];
    static const uint32_t hops[] = {1600, 7680, 15600, 40000};
    for (size_t h = 0; h < sizeof hops / sizeof *hops; h++) {
        start();
        CHECK(deploy(0) == 0 && continuous(1, hops[h]) == CUR_RC_UNSUPPORTED);
        for (int i = 0; i < 200000; i++)
            audio[i] = (int16_t)test_noise();
        fake.audio = audio;
        CHECK(continuous(1, hops[h]) == 0 && infer(1) == CUR_RC_BUSY);
        for (int given = 0; given < 200000; given += 1000) {
            fake.audio = audio + given;
            fake.audio_left = 1000;
            poll_all();
        }
        uint32_t windows = (200000 - CUR_WINDOW_SAMPLES) / hops[h] + 1;
        CHECK_AT(hops[h], board.last.inference == windows);
        /* The last window was the right samples. */
        float logits[3];
        memcpy(logits, board.last.scores.logits, sizeof logits);
        fake.audio = NULL;
        poll_all();
        CHECK(!board.continuous);
        memcpy(board.input.pcm, audio + (windows - 1) * hops[h], CUR_INPUT_BYTES);
        board.loaded = CUR_INPUT_BYTES;
        request(1);
        pair("kind", 0);
        CHECK_AT(hops[h], ask(CUR_OP_WRITE, 65, 1) == 0 && memcmp(logits, board.last.scores.logits, 12) == 0);
    }
}

static void refuses_features_that_are_no_numbers(void) {
    start();
    CHECK(deploy(0) == 0 && infer(1) == 0);
    cur_put_u32(board.input.bytes + 400, 0x7fc00000u);
    request(1);
    pair("kind", 1);
    CHECK(ask(CUR_OP_WRITE, 65, 1) == CUR_RC_MALFORMED && board.last.inference == 1);
}

static void survives_noise(void) {
    start();
    CHECK(deploy(0) == 0);
    static uint8_t noise[200];
    for (int turn = 0; turn < 20000; turn++) {
        size_t n = test_noise() % sizeof noise;
        for (size_t i = 0; i < n; i++)
            noise[i] = (uint8_t)test_noise();
        if (n) noise[0] = (uint8_t)(0xa0 | (noise[0] & 3));
        send(CUR_FRAMING_BINARY, test_noise() & 1 ? CUR_OP_WRITE : CUR_OP_READ, 64 + (int)(test_noise() % 4),
             (int)(test_noise() % 8), noise, n);
        poll_all();
        fake.out_len = 0;
    }
    CHECK(infer(1) == 0);
}

TEST_LIST(board_tests) = {
    {"a request is answered in the framing it came in", answers_in_the_framing_asked},
    {"several requests at once are each answered", answers_each_of_several},
    {"an unknown group or command is refused", refuses_what_it_does_not_know},
    {"a message that is no request is not answered", never_answers_responses},
    {"a request of SMP version 1 gets a version 1 error", answers_the_first_version},
    {"a malformed request gets an error and changes nothing", malformed_changes_nothing},
    {"an expert is deployed, answers, and is rolled back to", deploys_and_answers},
    {"an altered or cut image is refused and the old expert goes on answering", keeps_the_old_expert},
    {"an upload that failed its hash can be tried again", a_wrong_upload_can_be_tried_again},
    {"pieces that were received before change nothing", repeated_pieces_change_nothing},
    {"the telemetry ring wraps and is read from any cursor", telemetry_wraps},
    {"a reset keeps the expert and starts the sequence anew", resets},
    {"a damaged expert is not run", damaged_flash_is_not_run},
    {"continuous inference takes every window of the source", listens},
    {"log-mel input that is not finite is refused", refuses_features_that_are_no_numbers},
    {"random requests do no harm", survives_noise},
    TEST_END,
};
