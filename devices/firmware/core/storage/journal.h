#ifndef CUR_JOURNAL_H
#define CUR_JOURNAL_H

#include "../../hal/hal.h"

/*
 * One small piece of state that is replaced as a whole and never lost: a ring of records of one size over two
 * erase blocks or more. A record is
 *   u32 magic, u32 sequence number, payload, u32 CRC-32 of all before it, 0xff up to a whole granule
 * and the valid one with the highest number counts. A block is erased only when it is entered, so the newest
 * record lies in another one meanwhile and survives. The first record after a start enters a new block: what
 * lies behind the newest record in its own may have been begun, even where it still looks erased.
 */

enum {
    CUR_JOURNAL_PAYLOAD = 892, /* largest payload, bytes */
    CUR_JOURNAL_RECORD = 904,  /* largest record without padding: with any it fits a block of 1 KiB */
};

struct cur_journal {
    const struct cur_hal *hal;
    uint32_t magic;
    uint32_t from, size;   /* in flash, bytes */
    uint32_t payload;      /* bytes */
    uint32_t record;       /* bytes, padded */
    uint32_t sequence;     /* of the newest record, 0 none */
    uint32_t at;           /* in flash, where the next record goes; at a block's start it is erased first */
    const uint8_t *newest; /* payload of the newest record, in flash; NULL none */
};

/* Finds the newest record in `blocks` erase blocks (2 or more) from block `first`. Nothing is written. */
void cur_journal_open(struct cur_journal *j, const struct cur_hal *hal, uint32_t magic, uint32_t first,
                      uint32_t blocks, uint32_t payload);

/* Goes on with payloads of another size. What was found stays the newest until the next is written. */
void cur_journal_resize(struct cur_journal *j, uint32_t payload);

/* Adds a record. 0, or -1 when the flash failed: the newest record is the old one then. */
int cur_journal_append(struct cur_journal *j, const uint8_t *payload);

#endif
