#ifndef CUR_EARLY_H
#define CUR_EARLY_H

#include <stdint.h>

/*
 * Pieces of an upload that came before the one they follow: what was lost in between is sent again, and these
 * need not be (selective repeat). Held in RAM only; a piece for which there is no room comes once more.
 */

enum { CUR_EARLY_PIECES = 8, CUR_EARLY_BYTES = 7168 };

struct cur_early {
    struct {
        uint32_t off, len;
        uint16_t at; /* in bytes[] */
    } piece[CUR_EARLY_PIECES];
    uint32_t count, used;
    uint32_t slot;
    uint8_t bytes[CUR_EARLY_BYTES];
};

/* Forgets all: the slot they were for begins anew. */
void cur_early_clear(struct cur_early *early);

/* Keeps n bytes for `off` of a slot's upload; 1, or 0 where there is no room. Another slot's are forgotten.
 */
int cur_early_keep(struct cur_early *early, uint32_t slot, uint32_t off, const uint8_t *bytes, uint32_t n);

/* What is kept from `off`, the next byte wanted of the slot: returns the bytes, valid until the next keep,
 * and how many; NULL where byte `off` is not among it. */
const uint8_t *cur_early_at(struct cur_early *early, uint32_t slot, uint32_t off, uint32_t *n);

#endif
