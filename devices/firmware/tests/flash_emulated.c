#include "flash_emulated.h"

#include <string.h>

void flash_start(struct flash *f, uint32_t size, uint32_t block, uint32_t granule) {
    f->size = size;
    f->block = block;
    f->granule = granule;
    memset(f->bytes, 0xff, size);
    memset(f->begun, 0, size / granule);
    memset(f->erases, 0, sizeof f->erases);
    f->operations = f->cut_at = f->pattern = 0;
    f->rule_broken = 0;
}

static uint8_t noise(uint32_t *state) {
    *state = *state * 1664525 + 1013904223;
    return (uint8_t)(*state >> 24);
}

static int power_fails(struct flash *f) {
    return ++f->operations == f->cut_at;
}

/* An erase cut short: the block as it was, erased, on the way there (ones appear), or anything at all (many
 * flashes program a block with zeros before they erase it). */
static void tear_erase(struct flash *f, uint32_t off) {
    uint32_t state = f->pattern;
    uint8_t way = noise(&state) & 3;
    for (uint32_t i = 0; i < f->block; i++) {
        uint8_t *byte = &f->bytes[off + i], random = noise(&state);
        if (way == 1) *byte = 0xff;
        if (way == 2) *byte |= random;
        if (way == 3) *byte = random;
    }
    memset(f->begun + off / f->granule, 1, f->block / f->granule);
}

/* A granule cut short: none of its bits, all, some, or anything at all. */
static void tear_program(struct flash *f, uint32_t off, const uint8_t *bytes) {
    uint32_t state = f->pattern;
    uint8_t way = noise(&state) & 7;
    for (uint32_t i = 0; i < f->granule; i++) {
        uint8_t *byte = &f->bytes[off + i], random = noise(&state);
        if (way == 1) *byte &= bytes[i];
        if (way == 2) *byte = random;
        if (way > 2) *byte &= (uint8_t)(bytes[i] | random);
    }
    f->begun[off / f->granule] = 1;
}

int flash_erase(struct flash *f, uint32_t off) {
    if (off % f->block || off >= f->size) {
        f->rule_broken = 1;
        return -1;
    }
    if (power_fails(f)) {
        tear_erase(f, off);
        longjmp(f->power, 1);
    }
    memset(f->bytes + off, 0xff, f->block);
    memset(f->begun + off / f->granule, 0, f->block / f->granule);
    f->erases[off / f->block]++;
    return 0;
}

int flash_program(struct flash *f, uint32_t off, const uint8_t *bytes, uint32_t n) {
    if (off % f->granule || n % f->granule || off > f->size || n > f->size - off) {
        f->rule_broken = 1;
        return -1;
    }
    for (uint32_t at = 0; at < n; at += f->granule) {
        uint8_t *begun = &f->begun[(off + at) / f->granule];
        f->rule_broken |= *begun;
        *begun = 1;
        if (power_fails(f)) {
            tear_program(f, off + at, bytes + at);
            longjmp(f->power, 1);
        }
        for (uint32_t i = at; i < at + f->granule; i++)
            f->bytes[off + i] &= bytes[i];
    }
    return 0;
}
