#include "image_sections.h"
#include "fmath.h"
#include "../mem.h"

enum { ENTRY = 12, SECTIONS_MAX = 64, BAD = -1 };

int cur_all_zero(const uint8_t *p, uint32_t n) {
    while (n--) {
        if (*p++) return 0;
    }
    return 1;
}

static uint32_t align_up(uint32_t at) {
    return (at + 15) & ~15u;
}

static const uint8_t *entry_of(const struct cur_image *image, uint32_t i) {
    return image->bytes + CUR_IMAGE_HEADER + ENTRY * i;
}

int cur_sections_check(const struct cur_image *image) {
    uint32_t sections = cur_u16(image->bytes + 30);
    uint32_t end = CUR_IMAGE_HEADER + ENTRY * sections;
    if (sections > SECTIONS_MAX || end > image->len) return BAD;
    for (uint32_t i = 0; i < sections; i++) {
        const uint8_t *entry = entry_of(image, i);
        uint32_t from = cur_u32(entry + 4), len = cur_u32(entry + 8);
        if (from != align_up(end) || from > image->len || len > image->len - from) return BAD;
        if (!cur_all_zero(image->bytes + end, from - end)) return BAD;
        end = from + len;
    }
    return align_up(end) == image->len && cur_all_zero(image->bytes + end, image->len - end) ? 0 : BAD;
}

int cur_section_find(const struct cur_image *image, uint16_t type, uint16_t layer, struct cur_section *out) {
    uint32_t sections = cur_u16(image->bytes + 30);
    for (uint32_t i = 0; i < sections; i++) {
        const uint8_t *entry = entry_of(image, i);
        if (cur_u16(entry) != type || cur_u16(entry + 2) != layer) continue;
        out->bytes = image->bytes + cur_u32(entry + 4);
        out->len = cur_u32(entry + 8);
        return 0;
    }
    return BAD;
}

int cur_section_floats(const struct cur_image *image, uint16_t type, uint16_t layer, uint32_t count,
                       const uint8_t **out) {
    struct cur_section s;
    if (cur_section_find(image, type, layer, &s) || s.len != 4 * count) return BAD;
    for (uint32_t i = 0; i < count; i++) {
        if (!cur_finite(cur_f32(s.bytes + 4 * i))) return BAD;
    }
    *out = s.bytes;
    return 0;
}
