#ifndef CUR_VERSIONS_H
#define CUR_VERSIONS_H

#include <stdint.h>

/*
 * What has run on the board, for roll-back protection: of each kind and name of image the highest version
 * that outlived its trial, and which image that was. Names beyond CUR_VERSIONS push out the entry of the
 * lowest version.
 */

enum { CUR_VERSIONS = 24, CUR_VERSION_SIZE = 28 };

struct cur_version {
    uint8_t who[8]; /* first bytes of the SHA-256 of kind and name */
    uint32_t version;
    uint8_t seal[16]; /* first bytes of the image's */
};

struct cur_versions {
    uint32_t floor; /* a name that is not known must have at least this version */
    uint8_t count;
    struct cur_version known[CUR_VERSIONS];
};

/* 0 if an image (its header, checked) is newer than what ran under its kind and name, or is that one;
 * CUR_RC_TOO_OLD; CUR_RC_SAME_VERSION where another image of the same version ran. */
int cur_versions_allow(const struct cur_versions *v, const uint8_t *image);

/* Remembers that the image ran. Under protection what is pushed out raises the floor. */
void cur_versions_note(struct cur_versions *v, const uint8_t *image, int protect);

/* As the journal keeps an entry: CUR_VERSION_SIZE bytes. */
void cur_version_put(uint8_t *p, const struct cur_version *version);
void cur_version_get(struct cur_version *version, const uint8_t *p);

#endif
