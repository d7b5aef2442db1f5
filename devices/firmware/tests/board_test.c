#include "rig.h"
#include "test.h"
#include "../core/mem.h"

/* What a board answers to requests, right and wrong. */

static void answers_in_the_framing_asked(void) {
    rig_start();
    for (int turn = 0; turn < 20; turn++) {
        enum cur_framing framing = turn & 1 ? CUR_FRAMING_BINARY : CUR_FRAMING_CONSOLE;
        rig_request(1);
        cur_cbor_write_text(&rig_writer, "d");
        cur_cbor_write_text(&rig_writer, "echo");
        rig_send(framing, CUR_OP_WRITE, 0, 0, rig_payload, rig_writer.len);
        rig_poll_all();
        CHECK_AT(turn, rig_take_reply(framing));
        CHECK_AT(turn, memcmp(rig_reply + 8,
                              "\xa1\x61r\x64"
                              "echo",
                              8) == 0);
    }
    CHECK(rig_fake.out_len == 0);
}

static void answers_each_of_several(void) {
    rig_start();
    rig_request(0);
    for (int i = 0; i < 7; i++)
        rig_send(CUR_FRAMING_BINARY, CUR_OP_READ, 67, 0, rig_payload, rig_writer.len);
    rig_poll_all();
    for (int i = 0; i < 7; i++)
        CHECK_AT(i, rig_take_reply(CUR_FRAMING_BINARY));
    CHECK(!rig_take_reply(CUR_FRAMING_BINARY));
}

static void refuses_what_it_does_not_know(void) {
    rig_start();
    rig_request(0);
    for (int group = 0; group < 256; group++) {
        for (int command = 0; command < 256; command += command < 10 ? 1 : 49) {
            int known = (group == 0 && (command == 4 || command == 6)) ||
                        (group == 64 && (command == 0 || command == 7)) ||
                        (group == 65 && (command == 3 || command == 4)) || (group == 66 && command == 0) ||
                        (group == 67 && command <= 1) || (group == 68 && command <= 1) ||
                        (group == 8 && command <= 3);
            if (known) continue;
            int rc = rig_ask(CUR_OP_READ, group, command);
            CHECK_AT(1000 * group + command, rc == (group >= 64 && group <= 68 ? CUR_RC_UNSUPPORTED : 8));
        }
    }
}

static void never_answers_responses(void) {
    rig_start();
    rig_request(0);
    for (int op = 0; op < 8; op++) {
        rig_send(CUR_FRAMING_BINARY, op, 67, 0, rig_payload, rig_writer.len);
        rig_poll_all();
        CHECK_AT(op, rig_take_reply(CUR_FRAMING_BINARY) == (op == CUR_OP_READ || op == CUR_OP_WRITE));
    }
}

static void answers_the_first_version(void) {
    rig_start();
    static const uint8_t message[] = {0, 0, 0, 1, 0, 64, 9, 99, 0xa0};
    uint8_t frame[64];
    rig_put(frame, cur_frame(CUR_FRAMING_CONSOLE, message, sizeof message, frame));
    rig_poll_all();
    CHECK(rig_take_reply(CUR_FRAMING_CONSOLE));
    CHECK(rig_reply_len == 13 && rig_reply[0] == 1 && memcmp(rig_reply + 8, "\xa1\x62rc\x02", 5) == 0);
}

/* Everything a rig_board holds apart from the line's state and its replies. */
static uint8_t before[sizeof(struct cur_board)];

static void malformed_changes_nothing(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0 && (fake_image(rig_image, 2), rig_upload()) == 0);
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
            uint32_t writes = rig_fake.flash.operations;
            memcpy(before, &rig_board, sizeof rig_board);
            int rc = rig_ask_bytes(CUR_OP_WRITE, commands[c][0], commands[c][1],
                                   (const uint8_t *)bad[i].bytes, bad[i].len);
            CHECK_AT(100 * c + i, rc == CUR_RC_MALFORMED);
            CHECK_AT(100 * c + i, rig_fake.flash.operations == writes);
            size_t from = offsetof(struct cur_board, store);
            CHECK_AT(100 * c + i,
                     memcmp(before + from, (uint8_t *)&rig_board + from, sizeof rig_board - from) == 0);
        }
    }
}

static void refuses_features_that_are_no_numbers(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0);
    cur_put_u32(rig_board.input.bytes + 400, 0x7fc00000u);
    rig_request(1);
    rig_pair("kind", 1);
    CHECK(rig_ask(CUR_OP_WRITE, 65, 1) == CUR_RC_MALFORMED && rig_board.last.inference == 1);
}

static void survives_noise(void) {
    rig_start();
    CHECK(rig_deploy() == 0);
    static uint8_t noise[200];
    for (int turn = 0; turn < 20000; turn++) {
        size_t n = test_noise() % sizeof noise;
        for (size_t i = 0; i < n; i++)
            noise[i] = (uint8_t)test_noise();
        if (n) noise[0] = (uint8_t)(0xa0 | (noise[0] & 3));
        rig_send(CUR_FRAMING_BINARY, test_noise() & 1 ? CUR_OP_WRITE : CUR_OP_READ,
                 64 + (int)(test_noise() % 4), (int)(test_noise() % 8), noise, n);
        rig_poll_all();
        rig_fake.out_len = 0;
    }
    CHECK(rig_infer(1) == 0);
}

TEST_LIST(board_tests) = {
    {"a request is answered in the framing it came in", answers_in_the_framing_asked},
    {"several requests at once are each answered", answers_each_of_several},
    {"an unknown group or command is refused", refuses_what_it_does_not_know},
    {"a message that is no request is not answered", never_answers_responses},
    {"a request of SMP version 1 gets a version 1 error", answers_the_first_version},
    {"a malformed request gets an error and changes nothing", malformed_changes_nothing},
    {"log-mel input that is not finite is refused", refuses_features_that_are_no_numbers},
    {"random requests do no harm", survives_noise},
    TEST_END,
};
