#include "image_sections.h"
#include "fmath.h"
#include "../crypto/hash.h"
#include "../link/utf8.h"
#include "../mem.h"

enum { ENTRY = 12, FORMAT = 2, LOG_MEL = 1, BAD = -1 };

int cur_all_zero(const uint8_t *p, uint32_t n) {
    while (n--) {
        if (*p++) return 0;
    }
    return 1;
}

static uint32_t align_up(uint32_t at) {
    return (at + 15) & ~15u;
}

static const uint8_t *entry_of(const uint8_t *image, uint32_t i) {
    return image + CUR_IMAGE_HEADER + ENTRY * i;
}

static int check_name(const uint8_t *name) {
    uint32_t used = 0;
    while (used < CUR_IMAGE_NAME_SIZE && name[used])
        used++;
    if (used == CUR_IMAGE_NAME_SIZE || !cur_all_zero(name + used, CUR_IMAGE_NAME_SIZE - used)) return BAD;
    return cur_utf8_valid(name, used) ? 0 : BAD;
}

static int check_header(const uint8_t *h, uint32_t len) {
    if (len < CUR_IMAGE_HEADER || len % 16 || len > CUR_IMAGE_LONGEST) return BAD;
    if (memcmp(h, "CRLW", 4) || cur_u16(h + 4) != FORMAT || cur_u16(h + 6) != CUR_IMAGE_HEADER) return BAD;
    if (cur_u32(h + 8) != len || h[26] != LOG_MEL) return BAD;
    return check_name(h + CUR_IMAGE_NAME);
}

static int check_seal(const uint8_t *bytes, uint32_t len, const struct cur_hal *hal) {
    static const uint8_t zeros[CUR_IMAGE_HASH];
    uint8_t digest[CUR_IMAGE_HASH];
    struct cur_sha256 sha;
    cur_sha256_start(&sha);
    cur_sha256_feed(&sha, bytes, CUR_IMAGE_SEAL);
    cur_sha256_feed(&sha, zeros, sizeof zeros);
    cur_hash_feed(&sha, bytes + CUR_IMAGE_HEADER, len - CUR_IMAGE_HEADER, hal);
    cur_sha256_finish(&sha, digest);
    return memcmp(digest, bytes + CUR_IMAGE_SEAL, sizeof digest) ? BAD : 0;
}

static int check_sections(const uint8_t *bytes, uint32_t image_len, uint32_t most) {
    uint32_t sections = cur_u16(bytes + CUR_IMAGE_SECTIONS);
    uint32_t end = CUR_IMAGE_HEADER + ENTRY * sections;
    if (sections > most || end > image_len) return BAD;
    for (uint32_t i = 0; i < sections; i++) {
        const uint8_t *entry = entry_of(bytes, i);
        uint32_t from = cur_u32(entry + 4), len = cur_u32(entry + 8);
        if (from != align_up(end) || from > image_len || len > image_len - from) return BAD;
        if (!cur_all_zero(bytes + end, from - end)) return BAD;
        end = from + len;
    }
    return align_up(end) == image_len && cur_all_zero(bytes + end, image_len - end) ? 0 : BAD;
}

int cur_image_check(const uint8_t *bytes, uint32_t len, uint32_t sections, const struct cur_hal *hal) {
    if (check_header(bytes, len) || check_seal(bytes, len, hal)) return BAD;
    return check_sections(bytes, len, sections);
}

int cur_section_find(const uint8_t *image, uint16_t type, uint16_t layer, struct cur_section *out) {
    uint32_t sections = cur_u16(image + CUR_IMAGE_SECTIONS);
    for (uint32_t i = 0; i < sections; i++) {
        const uint8_t *entry = entry_of(image, i);
        if (cur_u16(entry) != type || cur_u16(entry + 2) != layer) continue;
        out->bytes = image + cur_u32(entry + 4);
        out->len = cur_u32(entry + 8);
        return 0;
    }
    return BAD;
}

int cur_section_sized(const uint8_t *image, uint16_t type, uint16_t layer, uint32_t len,
                      const uint8_t **out) {
    struct cur_section s;
    if (cur_section_find(image, type, layer, &s) || s.len != len) return BAD;
    *out = s.bytes;
    return 0;
}

int cur_section_floats(const uint8_t *image, uint16_t type, uint16_t layer, uint32_t count,
                       const uint8_t **out) {
    if (cur_section_sized(image, type, layer, 4 * count, out)) return BAD;
    for (uint32_t i = 0; i < count; i++) {
        if (!cur_finite(cur_f32(*out + 4 * i))) return BAD;
    }
    return 0;
}
