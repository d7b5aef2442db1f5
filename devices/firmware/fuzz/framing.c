/* The frame decoder on any bytes: what it accepts must come through both framings again. */
#include "fuzz.h"
#include "../core/link/framing.h"
#include "../core/mem.h"

static void round_trip(enum cur_framing framing, const uint8_t *body, size_t len) {
    static struct cur_receiver receiver;
    static uint8_t frame[CUR_FRAME_SIZE];
    const uint8_t *seen;
    size_t seen_len = 0, n = cur_frame(framing, body, len, frame);
    memset(&receiver, 0, sizeof receiver);
    /* A binary line: a console packet inside a frame is that frame's content. */
    receiver.binary_used = framing == CUR_FRAMING_BINARY;
    for (size_t i = 0; i < n; i++) {
        enum cur_framing got = cur_receive(&receiver, frame[i], &seen, &seen_len);
        FUZZ_CHECK(got == (i + 1 == n ? framing : CUR_FRAMING_NONE));
    }
    FUZZ_CHECK(seen_len == len && memcmp(seen, body, len) == 0);
}

static void check(const uint8_t *body, size_t len) {
    round_trip(CUR_FRAMING_CONSOLE, body, len);
    round_trip(CUR_FRAMING_BINARY, body, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len) {
    static struct cur_receiver receiver;
    static uint8_t kept[CUR_BUF_SIZE];
    memset(&receiver, 0, sizeof receiver);
    for (size_t i = 0; i < len; i++) {
        const uint8_t *body;
        size_t n;
        if (cur_receive(&receiver, input[i], &body, &n) == CUR_FRAMING_NONE) continue;
        FUZZ_CHECK(n <= CUR_BUF_SIZE);
        memcpy(kept, body, n);
        check(kept, n);
    }
    /* As a message of its own it must come through, too. */
    if (len > 0 && len <= CUR_BUF_SIZE) check(input, len);
    return 0;
}
