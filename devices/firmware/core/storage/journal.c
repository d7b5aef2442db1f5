#include "journal.h"
#include "flash.h"
#include "../link/crc.h"
#include "../mem.h"

enum { HEAD = 8, SEAL = 4 };

static int sound(const struct cur_journal *j, const uint8_t *record) {
    uint32_t sealed = HEAD + j->payload;
    return cur_u32(record) == j->magic && cur_u32(record + sealed) == cur_crc32(0, record, sealed);
}

void cur_journal_resize(struct cur_journal *j, uint32_t payload) {
    uint32_t granule = j->hal->flash_granule;
    j->payload = payload;
    j->record = (HEAD + payload + SEAL + granule - 1) / granule * granule;
}

void cur_journal_open(struct cur_journal *j, const struct cur_hal *hal, uint32_t magic, uint32_t first,
                      uint32_t blocks, uint32_t payload) {
    uint32_t block = hal->flash_block;
    memset(j, 0, sizeof *j);
    j->hal = hal;
    j->magic = magic;
    j->from = first * block;
    j->size = blocks * block;
    cur_journal_resize(j, payload);

    uint32_t newest_block = blocks - 1;
    for (uint32_t b = 0; b < blocks; b++) {
        for (uint32_t at = 0; at + j->record <= block; at += j->record) {
            const uint8_t *record = hal->flash + j->from + b * block + at;
            if (!sound(j, record) || cur_u32(record + 4) <= j->sequence) continue;
            j->sequence = cur_u32(record + 4);
            j->newest = record + HEAD;
            newest_block = b;
        }
    }
    j->at = j->from + (newest_block + 1) % blocks * block;
}

/* The start of the block behind the one of `at`. */
static uint32_t next_block(const struct cur_journal *j, uint32_t at) {
    uint32_t next = (at / j->hal->flash_block + 1) * j->hal->flash_block;
    return next == j->from + j->size ? j->from : next;
}

int cur_journal_append(struct cur_journal *j, const uint8_t *payload) {
    uint8_t record[CUR_JOURNAL_RECORD + 64];
    uint32_t block = j->hal->flash_block, at = j->at;
    memset(record, 0xff, sizeof record);
    cur_put_u32(record, j->magic);
    cur_put_u32(record + 4, j->sequence + 1);
    memcpy(record + HEAD, payload, j->payload);
    cur_put_u32(record + HEAD + j->payload, cur_crc32(0, record, HEAD + j->payload));

    if ((at % block == 0 && cur_flash_erase(j->hal, at)) ||
        cur_flash_program(j->hal, at, record, j->record)) {
        /* The block that failed is left, unless the newest record lies in the next one. */
        uint32_t other = next_block(j, at);
        int keeps = j->newest && (uint32_t)(j->newest - j->hal->flash) / block == other / block;
        j->at = keeps ? at / block * block : other;
        return -1;
    }
    uint32_t left = block - at % block - j->record;
    j->at = left < j->record ? next_block(j, at) : at + j->record;
    j->sequence++;
    j->newest = j->hal->flash + at + HEAD;
    return 0;
}
