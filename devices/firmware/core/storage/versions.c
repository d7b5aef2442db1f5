#include "versions.h"
#include "../crypto/sha256.h"
#include "../inference/image.h"
#include "../mem.h"
#include "../rc.h"

static struct cur_version version_of(const uint8_t *image) {
    struct cur_version version = {.version = cur_u32(image + CUR_IMAGE_VERSION)};
    struct cur_sha256 sha;
    uint8_t digest[32];
    cur_sha256_start(&sha);
    cur_sha256_feed(&sha, image + CUR_IMAGE_KIND, 4);
    cur_sha256_feed(&sha, image + CUR_IMAGE_NAME, CUR_IMAGE_NAME_SIZE);
    cur_sha256_finish(&sha, digest);
    memcpy(version.who, digest, sizeof version.who);
    memcpy(version.seal, image + CUR_IMAGE_SEAL, sizeof version.seal);
    return version;
}

/* Where a kind and name is known; -1: nowhere. */
static int find(const struct cur_versions *v, const struct cur_version *version) {
    for (int i = 0; i < v->count; i++) {
        if (memcmp(v->known[i].who, version->who, sizeof version->who) == 0) return i;
    }
    return -1;
}

int cur_versions_allow(const struct cur_versions *v, const uint8_t *image) {
    struct cur_version version = version_of(image);
    int at = find(v, &version);
    if (at < 0) return version.version < v->floor ? CUR_RC_TOO_OLD : 0;
    const struct cur_version *known = &v->known[at];
    if (version.version != known->version) return version.version < known->version ? CUR_RC_TOO_OLD : 0;
    return memcmp(version.seal, known->seal, sizeof version.seal) ? CUR_RC_SAME_VERSION : 0;
}

/* The place of the lowest version, which is forgotten. */
static int push_out(struct cur_versions *v, int protect) {
    int lowest = 0;
    for (int i = 1; i < v->count; i++) {
        if (v->known[i].version < v->known[lowest].version) lowest = i;
    }
    uint32_t version = v->known[lowest].version;
    if (protect && version >= v->floor) v->floor = version < 0xffffffffu ? version + 1 : version;
    return lowest;
}

void cur_versions_note(struct cur_versions *v, const uint8_t *image, int protect) {
    struct cur_version version = version_of(image);
    int at = find(v, &version);
    if (at >= 0 && version.version < v->known[at].version) return;
    if (at < 0) at = v->count < CUR_VERSIONS ? v->count++ : push_out(v, protect);
    v->known[at] = version;
}

void cur_version_put(uint8_t *p, const struct cur_version *version) {
    memcpy(p, version->who, sizeof version->who);
    cur_put_u32(p + 8, version->version);
    memcpy(p + 12, version->seal, sizeof version->seal);
}

void cur_version_get(struct cur_version *version, const uint8_t *p) {
    memcpy(version->who, p, sizeof version->who);
    version->version = cur_u32(p + 8);
    memcpy(version->seal, p + 12, sizeof version->seal);
}
