#ifndef CUR_SETTINGS_H
#define CUR_SETTINGS_H

#include "journal.h"

enum { CUR_HOP_MIN = 1600, CUR_HOP_MAX = 160000 };

enum { CUR_STARTS_EACH = 1024, CUR_STARTS_DRAWN = 16 };

/* What a person sets and the board keeps: ranges and defaults as PROTOCOL.md lays them down. */
struct cur_settings {
    char name[64];             /* UTF-8, zero-terminated; "" the board's own */
    float latitude, longitude; /* degrees; both NaN: not known */
    uint32_t mic_rate;         /* of the microphone, samples a second */
    uint32_t listen_s;         /* of each period, seconds; 0 always */
    uint32_t period_s;         /* seconds, at least listen_s */
    uint32_t hop;              /* samples of 16 kHz between windows */
    uint32_t interval_ms;      /* shortest time between telemetry records */
    float min_p;               /* below: no class */
    float max_entropy;         /* nats, above: no class; 0 off */
    uint8_t auto_start;        /* continuous inference at boot */
    uint32_t uncertain;        /* of the store's blocks, percent, for the least certain windows; 0 none */
    uint32_t pace_s;           /* shortest time between two of them, seconds */

    uint32_t starts[CUR_CAUSES]; /* so far, by enum cur_cause: counted, not set */
};

/* Reads the settings; the defaults where there are none or they are out of range. */
void cur_settings_open(struct cur_settings *settings, struct cur_journal *journal, const struct cur_hal *hal);

/* 1 if every setting is in its range on this board. Does not ask the microphone about its rate. */
int cur_settings_valid(const struct cur_settings *settings, const struct cur_hal *hal);

/*
 * Counts this start by its cause (hal->cause) and makes that durable. As a start that is written costs an
 * erase, no more than CUR_STARTS_EACH are counted each; from then on one in CUR_STARTS_DRAWN, drawn by
 * hal->boot, counts for all of them, so that a board whose supply fails again and again does not wear its
 * flash out. 0, or -1 when the flash failed.
 */
int cur_settings_count_start(struct cur_settings *settings, struct cur_journal *journal,
                             const struct cur_hal *hal);

/* Makes the settings durable. 0, or -1 when the flash failed. */
int cur_settings_save(const struct cur_settings *settings, struct cur_journal *journal);

#endif
