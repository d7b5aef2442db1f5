#include "rig.h"
#include "test.h"
#include "../core/mem.h"

/* The time of day: its text, and the board that is told it. */

static int64_t read_time(const char *text) {
    uint64_t wall_ms;
    return cur_clock_read(&wall_ms, (const uint8_t *)text, strlen(text)) ? -1 : (int64_t)wall_ms;
}

static void reads_rfc_3339(void) {
    static const struct {
        const char *text;
        int64_t wall_ms;
    } times[] = {
        {"2000-01-01T00:00:00", 946684800000},
        {"2000-02-29T23:59:59.999", 951868799999},
        {"2000-03-01T00:00:00.000", 951868800000},
        {"2026-11-28T03:25:23.1", 1795836323100},
        {"2026-11-28T03:25:23.123999999", 1795836323123},
        {"2026-11-28T03:25:23Z", 1795836323000},
        {"2026-11-28T03:25:23.5+01:30", 1795830923500},
        {"2026-11-28T03:25:23-08:00", 1795865123000},
        {"2100-02-28T12:00:00", 4107499200000},
        {"2100-03-01T12:00:00", 4107585600000},
        {"2199-12-31T23:59:59", 7258118399000},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        CHECK_AT(i, read_time(times[i].text) == times[i].wall_ms);
}

static void refuses_what_is_no_time(void) {
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-11-28",
                                      "2026-11-28T03:25",
                                      "2026-11-28 03:25:23",
                                      "2026-13-28T03:25:23",
                                      "2026-00-28T03:25:23",
                                      "2026-11-31T03:25:23",
                                      "2026-02-29T03:25:23",
                                      "2100-02-29T03:25:23",
                                      "2026-11-00T03:25:23",
                                      "2026-11-28T24:00:00",
                                      "2026-11-28T03:60:23",
                                      "2026-11-28T03:25:60",
                                      "1999-12-31T23:59:59",
                                      "2200-01-01T00:00:00",
                                      "2026-11-28T03:25:23.",
                                      "2026-11-28T03:25:23.1234567890",
                                      "2026-11-28T03:25:23z ",
                                      "2026-11-28T03:25:23+1:00",
                                      "2026-11-28T03:25:23+24:00",
                                      "2026-11-28T3:25:23",
                                      "-026-11-28T03:25:23",
                                      "2026-11-28T03:25:23.1.2",
                                      "2026-11-28T03:25:23+01:00Z",
                                      "2026-11-28T03:25:23+01"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_AT(i, read_time(bad[i]) == -1);
    /* Cut anywhere, a time without a fraction is none. */
    for (size_t n = 0; n < 19; n++) {
        uint64_t wall_ms;
        CHECK_AT(n, cur_clock_read(&wall_ms, (const uint8_t *)"2026-11-28T03:25:23", n) == -1);
    }
}

static void writes_what_it_reads(void) {
    uint8_t text[CUR_CLOCK_TEXT];
    uint64_t wall_ms, step = 86399999;
    for (uint64_t at = 946684800000; at < 7258118400000; at += step) {
        cur_clock_write(text, at);
        CHECK_AT(at / 1000, cur_clock_read(&wall_ms, text, sizeof text) == 0 && wall_ms == at);
    }
    cur_clock_write(text, 0);
    CHECK(memcmp(text, "1970-01-01T00:00:00.000", sizeof text) == 0);
    cur_clock_write(text, 253402300799999);
    CHECK(memcmp(text, "9999-12-31T23:59:59.999", sizeof text) == 0);
}

static int set_clock(const char *text) {
    rig_request(1);
    cur_cbor_write_text(&rig_writer, "datetime");
    cur_cbor_write_text(&rig_writer, text);
    return rig_ask(CUR_OP_WRITE, 0, 4);
}

static uint64_t wall_of(uint32_t sequence) {
    const uint8_t *record = cur_telemetry_record(&rig_board.telemetry, sequence);
    return cur_u32(record + 80) | (uint64_t)cur_u32(record + 84) << 32;
}

static void records_tell_the_time(void) {
    rig_start();
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 0, 4) == 4);
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0 && wall_of(1) == 0 && rig_board.clock.sets == 0);
    CHECK(set_clock("2026-11-28T03:25:23.500") == 0 && rig_infer(1) == 0);
    CHECK(wall_of(2) >= 1795836323500 && wall_of(2) < 1795836323500 + 10000 && rig_board.clock.sets == 1);
    rig_fake.skipped_ns = 31ull * 86400 * 1000000000;
    CHECK(rig_infer(1) == 0);
    CHECK(wall_of(3) - wall_of(2) >= 31ull * 86400000 && wall_of(3) - wall_of(2) < 31ull * 86400000 + 10000);
    /* What is no time changes nothing. */
    CHECK(set_clock("yesterday") == 2 && rig_infer(1) == 0 && rig_board.clock.sets == 1 &&
          wall_of(4) >= wall_of(3));
    rig_request(1);
    rig_pair("datetime", 5);
    CHECK(rig_ask(CUR_OP_WRITE, 0, 4) == 3);
    const uint8_t *text;
    size_t n;
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 0, 4) == 0);
    CHECK(cur_cbor_get_string(&rig_map, "datetime", CUR_CBOR_TEXT, NULL, 0, &text, &n) == 0);
    CHECK(n == CUR_CLOCK_TEXT && memcmp(text, "2026-12-29T03:25:2", 18) == 0);
    /* A clock that is set back tells it, and a start forgets the time. */
    CHECK(set_clock("2026-11-28T03:25:23") == 0 && rig_infer(1) == 0 && rig_board.clock.sets == 2);
    CHECK(wall_of(5) < wall_of(4));
    rig_restart(CUR_CAUSE_WATCHDOG);
    rig_request(0);
    CHECK(rig_ask(CUR_OP_READ, 0, 4) == 4 && rig_infer(1) == 0 && wall_of(1) == 0);
    CHECK(cur_telemetry_record(&rig_board.telemetry, 1)[74] == CUR_CAUSE_WATCHDOG);
}

TEST_LIST(clock_tests) = {
    {"times are read as RFC 3339 writes them, with a zone or without", reads_rfc_3339},
    {"what is no time, or of another century, is refused", refuses_what_is_no_time},
    {"what is written is what was read, on every day of two centuries", writes_what_it_reads},
    {"records tell the time once the clock is set, and how often it was", records_tell_the_time},
    TEST_END,
};
