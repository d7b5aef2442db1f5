#ifndef CUR_TELEMETRY_H
#define CUR_TELEMETRY_H

#include <stdint.h>

#include "level.h"

enum { CUR_RING = 1024, CUR_RECORD_SIZE = 100 };

/* One inference, as PROTOCOL.md lays a record out. */
struct cur_record {
    uint64_t uptime_ms; /* below 2^56 */
    uint32_t inference;
    uint8_t expert[8];
    int16_t top;
    uint8_t source;
    float p, entropy;
    uint32_t latency_us[4]; /* features, encoder, router, expert */
    uint32_t energy_nj;
    uint16_t supply_mv;
    int16_t temperature_cc;
    uint32_t stack;
    float curiosity; /* 0 without a router */
    uint8_t place;   /* in the bank, of the expert that answered */
    struct cur_level level;
    uint8_t cause;       /* enum cur_cause of this start */
    uint32_t free_flash; /* bytes of the largest image that fits */
    uint64_t wall_ms;    /* since 1970; 0: the clock was not set */
    uint8_t encoders;    /* bit i: the bank's encoder i ran */
    float score;         /* of a cascade; 0 without one */
    uint32_t skipped;    /* windows since the start */
};

/* The last CUR_RING records, written out; sequence numbers start at 1. All zero is an empty ring. */
struct cur_telemetry {
    uint32_t last; /* sequence number of the newest record, 0 none */
    uint8_t records[CUR_RING][CUR_RECORD_SIZE];
};

/* Appends, over the oldest if the ring is full; returns the sequence number. */
uint32_t cur_telemetry_append(struct cur_telemetry *t, const struct cur_record *record);

/* Sequence number of the oldest record, 0 if there is none. */
uint32_t cur_telemetry_oldest(const struct cur_telemetry *t);

/* The record's bytes; `sequence` must be in the ring. */
const uint8_t *cur_telemetry_record(const struct cur_telemetry *t, uint32_t sequence);

#endif
