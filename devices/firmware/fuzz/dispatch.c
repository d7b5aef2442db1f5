/* The whole board, fed with requests. An input is a list of them, each a group, a command with the operation
 * in its top bit, the payload's length (u16, little-endian), the payload; or 0xff: the board restarts. */
#include "fuzz.h"
#include "../core/curlew.h"
#include "../core/link/request.h"
#include "../core/link/smp.h"
#include "../core/mem.h"

enum { HEADER = 4, RESTART = 0xff, POLLS = 4 };

static const uint8_t groups[] = {
    CUR_GROUP_OS,    8,  CUR_GROUP_EXPERTS,  CUR_GROUP_INFERENCE, CUR_GROUP_TELEMETRY,
    CUR_GROUP_BOARD, 99, CUR_GROUP_UNCERTAIN};
static struct cur_board board;

static void poll_board(void) {
    for (int i = 0; i < POLLS && cur_poll(&board); i++) {
    }
}

static size_t ask(const uint8_t *request, size_t payload) {
    static uint8_t message[CUR_BUF_SIZE];
    uint8_t header[CUR_SMP_HEADER] = {(uint8_t)(8 | (request[1] & 0x80 ? CUR_OP_WRITE : CUR_OP_READ)),
                                      0,
                                      (uint8_t)(payload >> 8),
                                      (uint8_t)payload,
                                      0,
                                      groups[request[0] % sizeof groups],
                                      7,
                                      request[1] & 0x7f};
    memcpy(message, header, sizeof header);
    memcpy(message + sizeof header, request + HEADER, payload);
    size_t n = cur_smp_answer(&board, message, sizeof header + payload);
    FUZZ_CHECK(n >= CUR_SMP_HEADER && n <= CUR_BUF_SIZE && board.reply[6] == 7);
    poll_board();
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len) {
    fuzz_start();
    cur_init(&board, &fuzz_hal);
    while (len > 0) {
        if (*input == RESTART) {
            cur_init(&board, &fuzz_hal);
            input++;
            len--;
            continue;
        }
        if (len < HEADER) break;
        size_t payload = cur_u16(input + 2);
        if (payload > len - HEADER) payload = len - HEADER;
        if (payload > CUR_BUF_SIZE - CUR_SMP_HEADER) payload = CUR_BUF_SIZE - CUR_SMP_HEADER;
        ask(input, payload);
        input += HEADER + payload;
        len -= HEADER + payload;
    }
    return 0;
}
