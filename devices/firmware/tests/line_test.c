#include "rig.h"
#include "test.h"

/* The rate of the line: switched on request, kept once proved, left again otherwise. */

enum { GROUP_BOARD = 67, INFO = 0, LINE = 2 };

static const uint64_t second = 1000000000u;

static int ask_line(uint32_t baud) {
    rig_request(1);
    rig_pair("baud", baud);
    return rig_ask(CUR_OP_WRITE, GROUP_BOARD, LINE);
}

/* The rate as the board says it; asking is also a request that arrives whole. */
static uint32_t ask_baud(void) {
    rig_request(0);
    return rig_ask(CUR_OP_READ, GROUP_BOARD, INFO) ? 0 : rig_number("baud");
}

static void pass(uint64_t ns) {
    rig_fake.skipped_ns = ns;
    rig_poll_all();
}

static uint32_t baud_at_write;

static void watch_write(void *ctx, const uint8_t *bytes, size_t n) {
    struct fake *f = ctx;
    (void)bytes;
    (void)n;
    baud_at_write = f->baud;
}

static void answers_at_the_old_rate(void) {
    rig_start();
    rig_fake.hal.uart_write = watch_write;
    CHECK(ask_line(115200) == RIG_BROKEN); /* the answer went to watch_write */
    CHECK(baud_at_write == 921600);
    CHECK(rig_fake.baud == 115200 && rig_board.line.baud == 115200);
}

static void goes_back_unless_a_request_arrives(void) {
    rig_start();
    CHECK(ask_line(115200) == 0 && rig_fake.baud == 115200);
    pass(second * 19 / 10);
    CHECK(rig_fake.baud == 115200);
    static const uint8_t noise[] = {0, 3, 77, 12, 0, 6, 9, 'A', 10, 0};
    rig_put(noise, sizeof noise);
    pass(second / 10);
    CHECK(rig_fake.baud == 921600 && rig_board.line.baud == 921600);
    CHECK(ask_baud() == 921600);
}

static void keeps_a_rate_that_was_proved(void) {
    rig_start();
    CHECK(ask_line(115200) == 0);
    pass(second);
    CHECK(ask_baud() == 115200);
    pass(30 * second);
    CHECK(ask_baud() == 115200);
    /* From one proved rate to another, and back to the proved one only. */
    CHECK(ask_line(57600) == 0 && rig_fake.baud == 57600);
    pass(3 * second);
    CHECK(rig_fake.baud == 115200);
}

static void returns_to_the_first_rate_when_left_alone(void) {
    rig_start();
    CHECK(ask_line(115200) == 0 && ask_baud() == 115200);
    pass(59 * second);
    CHECK(rig_fake.baud == 115200);
    pass(2 * second);
    CHECK(rig_fake.baud == 921600);
    pass(100 * second);
    CHECK(rig_fake.baud == 921600 && ask_baud() == 921600);
}

static void refuses_what_is_not_to_be_had(void) {
    rig_start();
    CHECK(ask_line(2000000) == CUR_RC_UNSUPPORTED && ask_line(0) == CUR_RC_UNSUPPORTED);
    CHECK(rig_fake.baud == 921600 && ask_baud() == 921600);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_WRITE, GROUP_BOARD, LINE) == CUR_RC_MALFORMED);
    rig_fake.hal.uart_baud = NULL;
    CHECK(ask_line(115200) == CUR_RC_UNSUPPORTED && rig_fake.baud == 921600);
    rig_start();
    rig_board.line.baud = rig_fake.hal.baud = 0;
    CHECK(ask_line(115200) == CUR_RC_UNSUPPORTED && rig_fake.baud == 921600);
}

static void starts_again_at_the_first_rate(void) {
    rig_start();
    CHECK(ask_line(115200) == 0 && ask_baud() == 115200);
    cur_init(&rig_board, &rig_fake.hal);
    CHECK(ask_baud() == 921600);
}

TEST_LIST(line_tests) = {
    {"a new rate is answered at the old one", answers_at_the_old_rate},
    {"a new rate at which nothing arrives whole within 2 s is left", goes_back_unless_a_request_arrives},
    {"a new rate at which a request arrives whole is kept", keeps_a_rate_that_was_proved},
    {"a board left alone for a minute is back at its first rate", returns_to_the_first_rate_when_left_alone},
    {"a rate that is not to be had is refused", refuses_what_is_not_to_be_had},
    {"a restarted board is at its first rate", starts_again_at_the_first_rate},
    TEST_END,
};
