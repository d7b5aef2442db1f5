#ifndef CUR_SMP_H
#define CUR_SMP_H

#include "../board.h"

enum { CUR_SMP_HEADER = 8 };

enum cur_group {
    CUR_GROUP_OS = 0,
    CUR_GROUP_FILES = 8,
    CUR_GROUP_EXPERTS = 64,
    CUR_GROUP_INFERENCE = 65,
    CUR_GROUP_TELEMETRY = 66,
    CUR_GROUP_BOARD = 67,
    CUR_GROUP_UNCERTAIN = 68,
};

/* Answers one message (header and payload) into b->reply; returns the length, 0 for no answer. */
size_t cur_smp_answer(struct cur_board *b, const uint8_t *message, size_t len);

#endif
