#ifndef CUR_RC_H
#define CUR_RC_H

/* `rc` of groups 64 to 68; 0 is success. */
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
    CUR_RC_TOO_SLOW = 19,
    CUR_RC_SAME_VERSION = 20,
};

#endif
