#ifndef CUR_SMP_H
#define CUR_SMP_H

#include "cbor.h"
#include "../curlew.h"

enum { CUR_SMP_HEADER = 8 };

enum cur_smp_op { CUR_OP_READ = 0, CUR_OP_WRITE = 2 };

enum cur_group {
    CUR_GROUP_OS = 0,
    CUR_GROUP_FILES = 8,
    CUR_GROUP_EXPERTS = 64,
    CUR_GROUP_INFERENCE = 65,
    CUR_GROUP_TELEMETRY = 66,
    CUR_GROUP_BOARD = 67,
};

/* SMP's own errors, whatever the group: `{"rc": n}` on the line, negative here to tell them from a group's.
 */
enum cur_standard_rc {
    CUR_STD_UNKNOWN = -1,
    CUR_STD_INVALID = -3,
    CUR_STD_NOT_SUPPORTED = -8,
};

/* `rc` of groups 64 to 67; 0 is success. */
enum cur_rc {
    CUR_RC_OK = 0,
    CUR_RC_MALFORMED = 1,
    CUR_RC_UNSUPPORTED = 2,
    CUR_RC_NO_EXPERT = 3,
    CUR_RC_BAD_SLOT = 4,
    CUR_RC_TOO_LARGE = 5,
    CUR_RC_BAD_OFFSET = 6,
    CUR_RC_BAD_HASH = 7,
    CUR_RC_BAD_IMAGE = 8,
    CUR_RC_FLASH = 9,
    CUR_RC_BUSY = 10,
    CUR_RC_NOT_VERIFIED = 11,
    CUR_RC_INCOMPLETE = 12,
    CUR_RC_FULL = 13,
    CUR_RC_BAD_BANK = 14,
    CUR_RC_NOT_SIGNED = 15,
    CUR_RC_TOO_OLD = 16,
    CUR_RC_BAD_SETTING = 17,
    CUR_RC_NO_ENCODER = 18,
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
    cur_group_board;

/* Answers one message (header and payload) into b->reply; returns the length, 0 for no answer. */
size_t cur_smp_answer(struct cur_board *b, const uint8_t *message, size_t len);

/* Key of a u32 that may be left out: `*value` keeps its default then. 0, or CUR_CBOR_MALFORMED. */
int cur_optional_u32(const struct cur_cbor_map *map, const char *key, uint32_t *value);

/* Key of a byte string that must be there. Pieces are joined in b->scratch. 0 or negative. */
int cur_need_bytes(struct cur_board *b, const struct cur_cbor_map *map, const char *key,
                   const uint8_t **value, uint32_t *len);

#endif
