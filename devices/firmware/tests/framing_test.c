#include "test.h"
#include "../core/link/framing.h"

static struct cur_receiver receiver;
static uint8_t body[CUR_BUF_SIZE], frame[CUR_FRAME_SIZE];

static void fill(size_t len, int kind) {
    for (size_t i = 0; i < len; i++)
        body[i] = kind == 0 ? 0 : kind == 1 ? 0xff : (uint8_t)(test_noise() >> 7);
}

/* Feeds bytes; returns how many messages equal to body[0..len) came, or -1 if another one did. */
static int feed(const uint8_t *bytes, size_t n, size_t len, enum cur_framing *seen) {
    int messages = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *got;
        size_t got_len;
        enum cur_framing framing = cur_receive(&receiver, bytes[i], &got, &got_len);
        if (framing == CUR_FRAMING_NONE) continue;
        if (got_len != len || memcmp(got, body, len)) return -1;
        if (seen) *seen = framing;
        messages++;
    }
    return messages;
}

static void round_trip(enum cur_framing framing) {
    memset(&receiver, 0, sizeof receiver);
    for (int kind = 0; kind < 3; kind++) {
        for (size_t len = 1; len <= CUR_BUF_SIZE; len += len < 600 ? 1 : 71) {
            enum cur_framing seen = CUR_FRAMING_NONE;
            fill(len, kind);
            size_t n = cur_frame(framing, body, len, frame);
            CHECK_AT(len, n <= CUR_FRAME_SIZE);
            CHECK_AT(len, feed(frame, n, len, &seen) == 1 && seen == framing);
        }
    }
    CHECK(receiver.discarded == 0);
}

static void binary_round_trip(void) {
    round_trip(CUR_FRAMING_BINARY);
}

static void console_round_trip(void) {
    round_trip(CUR_FRAMING_CONSOLE);
}

static void known_console_frame(void) {
    /* An SMP echo request: 02 00 00 09 00 00 00 00 a1 61 64 65 hello */
    static const uint8_t message[] = {2,    0,    0,    9,   0,   0,   0,   0,  0xa1,
                                      0x61, 0x64, 0x65, 'h', 'e', 'l', 'l', 'o'};
    memcpy(body, message, sizeof message);
    size_t n = cur_frame(CUR_FRAMING_CONSOLE, body, sizeof message, frame);
    static const char want[] = "\x06\x09"
                               "ABMCAAAJAAAAAKFhZGVoZWxsb";
    CHECK(memcmp(frame, want, sizeof want - 1) == 0);
    CHECK(frame[n - 1] == '\n' && n == 2 + 28 + 1);
}

static void lines_are_short(void) {
    fill(CUR_BUF_SIZE, 2);
    size_t n = cur_frame(CUR_FRAMING_CONSOLE, body, CUR_BUF_SIZE, frame), line = 0;
    for (size_t i = 0; i < n; i++) {
        line++;
        CHECK_AT(i, line <= 127);
        if (frame[i] == '\n') line = 0;
    }
}

static void takes_both_in_turn(void) {
    memset(&receiver, 0, sizeof receiver);
    for (int turn = 0; turn < 200; turn++) {
        enum cur_framing framing = test_noise() & 1 ? CUR_FRAMING_BINARY : CUR_FRAMING_CONSOLE;
        enum cur_framing seen = CUR_FRAMING_NONE;
        size_t len = 1 + test_noise() % 300;
        fill(len, 2);
        size_t n = cur_frame(framing, body, len, frame);
        CHECK_AT(turn, feed(frame, n, len, &seen) == 1 && seen == framing);
    }
    CHECK(receiver.discarded == 0);
}

static void finds_frames_in_noise(void) {
    memset(&receiver, 0, sizeof receiver);
    uint32_t noise = 0;
    for (int turn = 0; turn < 300; turn++) {
        enum cur_framing framing = test_noise() & 1 ? CUR_FRAMING_BINARY : CUR_FRAMING_CONSOLE;
        size_t len = 1 + test_noise() % 300, count = test_noise() % 3000;
        fill(len, 2);
        for (size_t i = 0; i < count; i++) {
            uint8_t byte = (uint8_t)(1 + test_noise() % 255);
            CHECK_AT(turn, feed(&byte, 1, 0, NULL) == 0);
        }
        static const uint8_t flush = 0;
        CHECK_AT(turn, feed(&flush, 1, 0, NULL) == 0);
        noise += (uint32_t)count + (count ? 1 : 0);
        size_t n = cur_frame(framing, body, len, frame);
        CHECK_AT(turn, feed(frame, n, len, NULL) == 1);
        CHECK_AT(turn, receiver.discarded == noise);
    }
}

static void refuses_any_flipped_bit(enum cur_framing framing) {
    memset(&receiver, 0, sizeof receiver);
    fill(150, 2);
    size_t n = cur_frame(framing, body, 150, frame);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        static const uint8_t flush = 0;
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_AT(bit, feed(frame, n, 0, NULL) == 0);
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        feed(&flush, 1, 0, NULL);
        CHECK_AT(bit, feed(frame, n, 150, NULL) == 1);
    }
}

static void refuses_flipped_binary(void) {
    refuses_any_flipped_bit(CUR_FRAMING_BINARY);
}

static void refuses_flipped_console(void) {
    refuses_any_flipped_bit(CUR_FRAMING_CONSOLE);
}

static void refuses_what_is_too_long(void) {
    memset(&receiver, 0, sizeof receiver);
    for (int i = 0; i < 100000; i++) {
        static const uint8_t letter = 'A', ff = 0xff;
        CHECK_AT(i, feed(i & 1 ? &letter : &ff, 1, 0, NULL) == 0);
    }
    /* Console lines without end: each line is right, the packet announces more than fits. */
    static const char first[] = "\x06\x09"
                                "//8AAAAA\n",
                      more[] = "\x04\x14"
                               "AAAAAAAA\n";
    CHECK(feed((const uint8_t *)first, sizeof first - 1, 0, NULL) == 0);
    for (int i = 0; i < 2000; i++)
        CHECK_AT(i, feed((const uint8_t *)more, sizeof more - 1, 0, NULL) == 0);
    fill(100, 2);
    static const uint8_t flush = 0;
    feed(&flush, 1, 0, NULL);
    CHECK(feed(frame, cur_frame(CUR_FRAMING_BINARY, body, 100, frame), 100, NULL) == 1);
    CHECK(feed(frame, cur_frame(CUR_FRAMING_CONSOLE, body, 100, frame), 100, NULL) == 1);
}

static void cut_frames_do_not_harm_the_next(void) {
    for (int f = CUR_FRAMING_CONSOLE; f <= CUR_FRAMING_BINARY; f++) {
        fill(200, 2);
        size_t n = cur_frame((enum cur_framing)f, body, 200, frame);
        for (size_t cut = 0; cut < n; cut++) {
            static const uint8_t flush = 0;
            memset(&receiver, 0, sizeof receiver);
            CHECK_AT(cut, feed(frame, cut, 200, NULL) == 0);
            /* The binary framing needs its flush; a console frame's mark is one by itself. */
            if (f == CUR_FRAMING_BINARY) feed(&flush, 1, 0, NULL);
            CHECK_AT(cut, feed(frame, n, 200, NULL) == 1);
        }
    }
}

/* A crafted image may hold bytes that look like a request in the other framing. */
static void takes_no_packet_from_within_a_frame(void) {
    static const uint8_t newline = '\n';
    static uint8_t packet[CUR_FRAME_SIZE];
    fill(40, 1);
    size_t n = cur_frame(CUR_FRAMING_CONSOLE, body, 40, packet);
    memset(&receiver, 0, sizeof receiver);
    fill(10, 2);
    CHECK(feed(frame, cur_frame(CUR_FRAMING_BINARY, body, 10, frame), 10, NULL) == 1);
    for (size_t at = 1; at < 600; at++) {
        fill(800, 2);
        body[at - 1] = '\n';
        memcpy(body + at, packet, n);
        CHECK_AT(at, feed(frame, cur_frame(CUR_FRAMING_BINARY, body, 800, frame), 800, NULL) == 1);
        /* By itself the packet is taken: behind a frame, and behind noise once the line has been quiet. */
        fill(40, 1);
        CHECK_AT(at, feed(packet, n, 40, NULL) == 1);
        feed((const uint8_t *)"noise", 5, 0, NULL);
        CHECK_AT(at, feed(packet, n, 40, NULL) == 0);
        cur_receive_pause(&receiver);
        CHECK_AT(at, feed(&newline, 1, 40, NULL) == 0);
        CHECK_AT(at, feed(packet, n, 40, NULL) == 1);
    }
}

TEST_LIST(framing_tests) = {
    {"binary frames of every length carry any bytes", binary_round_trip},
    {"console frames of every length carry any bytes", console_round_trip},
    {"a console frame looks as SMP says", known_console_frame},
    {"no console line is longer than 127 bytes", lines_are_short},
    {"both framings are taken in turn", takes_both_in_turn},
    {"frames are found in noise, and the noise is counted", finds_frames_in_noise},
    {"a binary frame with any bit flipped is refused", refuses_flipped_binary},
    {"a console frame with any bit flipped is refused", refuses_flipped_console},
    {"a console packet within a binary frame is no request", takes_no_packet_from_within_a_frame},
    {"what is too long is dropped, and what follows is taken", refuses_what_is_too_long},
    {"a frame cut short anywhere does not harm the next one", cut_frames_do_not_harm_the_next},
    TEST_END,
};
