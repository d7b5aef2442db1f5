#ifndef CUR_UNCERTAIN_H
#define CUR_UNCERTAIN_H

#include "store_state.h"
#include "../inference/expert.h"
#include "../inference/features.h"
#include "../inference/telemetry.h"

/*
 * The least certain windows, kept in what flash the images leave: of each, what PROTOCOL.md lays out (group
 * 68). The store's blocks are cut into places of one entry each, counted from its first block; an entry lies
 * in a place that no image touches, and an image takes whatever place it needs. Of each stretch of time (the
 * setting `pace`) the window of the highest entropy waits in RAM and then goes into a free place; where as
 * many are kept as may be, it takes the turn of the least uncertain one, if that is more certain. Its header
 * is written last, so that an entry is there wholly or not at all.
 *
 * All work on the flash is put off until nobody is waiting: one block erased or CUR_UNCERTAIN_PIECE bytes
 * programmed at a time.
 */

enum {
    CUR_UNCERTAIN_MOST = 64, /* entries that are kept at most */
    CUR_UNCERTAIN_PIECE = 256,
    CUR_UNCERTAIN_HEAD = 128,
    CUR_UNCERTAIN_CODES = CUR_FRAMES * CUR_BANDS,
    CUR_UNCERTAIN_SIZE = CUR_UNCERTAIN_HEAD + 4 * CUR_IMAGE_CLASSES + CUR_UNCERTAIN_CODES,
};

/* Where log-mel values lie that no encoder asks to be quantized its own way: from -6.93 to 6.43, which holds
 * all that the front end can give. */
#define CUR_UNCERTAIN_OFFSET -0.25f
#define CUR_UNCERTAIN_SCALE  19.0f

struct cur_kept_window {
    uint32_t id;
    float entropy;
    uint16_t first; /* erase block */
    uint8_t gone;   /* acknowledged: its header is to be erased */
};

enum cur_uncertain_job { CUR_UNCERTAIN_IDLE, CUR_UNCERTAIN_ERASING, CUR_UNCERTAIN_PROGRAMMING };

struct cur_uncertain {
    uint8_t limit;     /* entries that the setting allows; 0: nothing is kept */
    uint8_t count;     /* of `kept` */
    uint8_t waiting;   /* `entry` holds the least certain window since `since_ms` */
    uint8_t job;       /* enum cur_uncertain_job: `entry` is being written */
    uint16_t first;    /* erase block of the place that it is written to */
    uint16_t next;     /* block from where a place is looked for, so that wear spreads */
    uint32_t done;     /* blocks erased, or the byte of the entry where programming goes on */
    uint32_t replaces; /* id of the entry that makes way once the new one is whole; 0 none */
    uint32_t last_id;
    uint32_t pace_ms;
    uint64_t since_ms; /* uptime */
    struct cur_kept_window kept[CUR_UNCERTAIN_MOST];
    _Alignas(4) uint8_t entry[CUR_UNCERTAIN_SIZE];
};

/* A window that was answered, and the record that was kept of it. */
struct cur_answered {
    const struct cur_record *record;
    uint32_t sequence; /* of the record */
    uint32_t boot;
    const struct cur_scores *scores;
    uint32_t classes;
    const float *patch;                /* 96 frames x 64 bands */
    const struct cur_encoder *encoder; /* that took it in; NULL: log-mel statistics */
};

/* Begins anew, with `percent` of the store's blocks (0: nothing is kept) and at most one window in `pace_s`
 * seconds: finds what the flash holds, and forgets what waits. Nothing is written. */
void cur_uncertain_open(struct cur_uncertain *u, const struct cur_store *s, uint32_t percent, uint32_t pace_s,
                        uint64_t now_ms);

/* Takes a copy of the window, if none that waits or is kept is to be preferred. */
void cur_uncertain_offer(struct cur_uncertain *u, const struct cur_store *s,
                         const struct cur_answered *answered);

/* Does the next piece of work. 0 when there was nothing to do. */
int cur_uncertain_poll(struct cur_uncertain *u, const struct cur_store *s, uint64_t now_ms);

/* An image's extent was allocated: forgets what lies there. */
void cur_uncertain_make_way(struct cur_uncertain *u, const struct cur_store *s);

/* How many entries there is room for beside the images, within the setting. */
uint32_t cur_uncertain_room(const struct cur_uncertain *u, const struct cur_store *s);

/* The entry of the lowest id above `id`, and the entry of that id; NULL where there is none. */
const struct cur_kept_window *cur_uncertain_after(const struct cur_uncertain *u, uint32_t id);
const struct cur_kept_window *cur_uncertain_find(const struct cur_uncertain *u, uint32_t id);

/* An entry's CUR_UNCERTAIN_SIZE bytes. */
const uint8_t *cur_uncertain_bytes(const struct cur_store *s, const struct cur_kept_window *kept);

/* Gives an entry up, if it has that CRC. */
void cur_uncertain_drop(struct cur_uncertain *u, const struct cur_store *s, uint32_t id, uint32_t crc);

#endif
