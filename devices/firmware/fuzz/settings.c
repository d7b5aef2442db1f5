/* A board that starts on any flash: the journals of state and settings, the headers of slots, the images. An
 * input is a list of patches to erased flash, each a block, an offset in granules, a length (u16,
 * little-endian), the bytes; then every record, header and uncertain window gets a right checksum. */
#include "fuzz.h"
#include "../core/link/crc.h"
#include "../core/curlew.h"
#include "../core/link/request.h"
#include "../core/link/smp.h"
#include "../core/mem.h"

enum { PATCH = 4, GRANULE = 8, HEADER_SEALED = 44 };

static struct cur_board board;

static void seal_journal(const struct cur_journal *j) {
    uint32_t sealed = 8 + j->payload;
    for (uint32_t at = j->from; at < j->from + j->size; at += FUZZ_BLOCK) {
        for (uint32_t in = 0; in + j->record <= FUZZ_BLOCK; in += j->record) {
            uint8_t *record = fuzz_flash + at + in;
            if (cur_u32(record) == j->magic) cur_put_u32(record + sealed, cur_crc32(0, record, sealed));
        }
    }
}

static void seal_headers(void) {
    for (uint32_t at = (CUR_STORE_BLOCKS + CUR_SETTINGS_BLOCKS) * FUZZ_BLOCK; at < FUZZ_FLASH;
         at += FUZZ_BLOCK) {
        uint8_t *header = fuzz_flash + at;
        if (memcmp(header, "CLHD", 4) == 0)
            cur_put_u32(header + HEADER_SEALED, cur_crc32(0, header, HEADER_SEALED));
    }
}

/* As cur_uncertain.c seals an entry; in blocks of 1 KiB one may begin in each seventh. */
static void seal_windows(void) {
    for (uint32_t at = (CUR_STORE_BLOCKS + CUR_SETTINGS_BLOCKS) * FUZZ_BLOCK;
         at + CUR_UNCERTAIN_SIZE <= FUZZ_FLASH; at += FUZZ_BLOCK) {
        uint8_t *entry = fuzz_flash + at;
        if (memcmp(entry, "CLUW", 4)) continue;
        uint32_t crc = cur_crc32(0, entry, CUR_UNCERTAIN_HEAD - 4);
        crc = cur_crc32(crc, entry + CUR_UNCERTAIN_HEAD, CUR_UNCERTAIN_SIZE - CUR_UNCERTAIN_HEAD);
        cur_put_u32(entry + CUR_UNCERTAIN_HEAD - 4, crc);
    }
}

static void patch(const uint8_t *input, size_t len) {
    while (len > PATCH) {
        uint32_t at = input[0] * FUZZ_BLOCK % FUZZ_FLASH + input[1] * GRANULE % FUZZ_BLOCK,
                 n = cur_u16(input + 2);
        if (n > len - PATCH) n = (uint32_t)len - PATCH;
        if (n > FUZZ_FLASH - at) n = FUZZ_FLASH - at;
        memcpy(fuzz_flash + at, input + PATCH, n);
        input += PATCH + n;
        len -= PATCH + n;
    }
}

static void ask(int op, uint8_t group, uint8_t command) {
    const uint8_t message[] = {(uint8_t)(8 | op), 0, 0, 1, 0, group, 1, command, 0xa0};
    FUZZ_CHECK(cur_smp_answer(&board, message, sizeof message) >= CUR_SMP_HEADER);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len) {
    fuzz_start();
    /* On erased flash the journals tell their places and sizes. */
    struct cur_journal state, settings;
    cur_store_open(&board.store, &fuzz_hal);
    state = board.store.journal;
    cur_settings_open(&board.settings, &settings, &fuzz_hal);
    patch(input, len);
    seal_journal(&state);
    seal_journal(&settings);
    seal_headers();
    seal_windows();

    cur_init(&board, &fuzz_hal);
    FUZZ_CHECK(cur_settings_valid(&board.settings, &fuzz_hal));
    for (int slot = 0; slot < CUR_SLOTS; slot++) {
        if (board.store.slot[slot].state == CUR_SLOT_EMPTY) continue;
        const uint8_t *bytes = cur_store_bytes(&board.store, slot);
        FUZZ_CHECK(bytes >= fuzz_flash && bytes + board.store.slot[slot].len <= fuzz_flash + FUZZ_FLASH);
        FUZZ_CHECK(board.store.slot[slot].off <= board.store.slot[slot].len);
    }
    FUZZ_CHECK(board.uncertain.count <= board.uncertain.limit && board.uncertain.limit <= CUR_UNCERTAIN_MOST);
    const struct cur_kept_window *kept = NULL;
    while ((kept = cur_uncertain_after(&board.uncertain, kept ? kept->id : 0)) != NULL) {
        const uint8_t *bytes = cur_uncertain_bytes(&board.store, kept);
        FUZZ_CHECK(bytes >= fuzz_flash && bytes + CUR_UNCERTAIN_SIZE <= fuzz_flash + FUZZ_FLASH);
        if (kept->id % 2) cur_uncertain_drop(&board.uncertain, &board.store, kept->id, cur_u32(bytes + 124));
    }
    while (cur_uncertain_poll(&board.uncertain, &board.store, 0)) {
    }
    ask(CUR_OP_READ, CUR_GROUP_UNCERTAIN, 0);
    ask(CUR_OP_READ, CUR_GROUP_EXPERTS, 0);
    ask(CUR_OP_READ, CUR_GROUP_EXPERTS, 7);
    ask(CUR_OP_READ, CUR_GROUP_BOARD, 1);
    ask(CUR_OP_WRITE, CUR_GROUP_EXPERTS, 6);
    ask(CUR_OP_WRITE, CUR_GROUP_EXPERTS, 8);
    cur_init(&board, &fuzz_hal);
    return 0;
}
