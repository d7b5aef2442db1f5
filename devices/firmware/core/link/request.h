#ifndef CUR_REQUEST_H
#define CUR_REQUEST_H

#include "cbor.h"
#include "../board.h"
#include "../rc.h"

/* What the groups of commands answer, and the keys that several of them read. */

enum cur_smp_op { CUR_OP_READ = 0, CUR_OP_WRITE = 2 };

/* SMP's own errors, whatever the group: `{"rc": n}` on the line, negative here to tell them from a group's.
 */
enum cur_standard_rc {
    CUR_STD_UNKNOWN = -1,
    CUR_STD_INVALID = -3,
    CUR_STD_NOT_SUPPORTED = -8,
};

/* A request whose payload is a well-formed map. */
struct cur_request {
    uint8_t op, command;
    struct cur_cbor_map map;
};

/* Answers one command of a group: writes the response map and returns 0, or returns an rc. A handler reads
 * all it needs before it changes anything. */
typedef int cur_handler(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w);

cur_handler cur_group_os, cur_group_files, cur_group_experts, cur_group_inference, cur_group_telemetry,
    cur_group_board, cur_group_uncertain;

/* Key of a u32 that may be left out: `*value` keeps its default then. 0, or CUR_CBOR_MALFORMED. */
int cur_optional_u32(const struct cur_cbor_map *map, const char *key, uint32_t *value);

/* Key of a byte string that must be there. Pieces are joined in b->scratch. 0 or negative. */
int cur_need_bytes(struct cur_board *b, const struct cur_cbor_map *map, const char *key,
                   const uint8_t **value, uint32_t *len);

#endif
