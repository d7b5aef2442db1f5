#include "cbor.h"
#include "../mem.h"

static uint8_t *reserve(struct cur_cbor_writer *w, size_t n) {
    if (w->overflow || n > w->cap - w->len) {
        w->overflow = 1;
        return NULL;
    }
    w->len += n;
    return w->bytes + w->len - n;
}

static void write_head(struct cur_cbor_writer *w, int major, uint32_t value) {
    int width = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
    uint8_t *p = reserve(w, 1 + (size_t)width);
    if (!p) return;
    int info = width == 0 ? (int)value : width == 1 ? 24 : width == 2 ? 25 : 26;
    *p++ = (uint8_t)(major << 5 | info);
    for (int i = width - 1; i >= 0; i--)
        *p++ = (uint8_t)(value >> (8 * i));
}

void cur_cbor_write_u32(struct cur_cbor_writer *w, uint32_t value) {
    write_head(w, 0, value);
}

void cur_cbor_write_u64(struct cur_cbor_writer *w, uint64_t value) {
    if (value <= 0xffffffffu) {
        write_head(w, 0, (uint32_t)value);
        return;
    }
    uint8_t *p = reserve(w, 9);
    if (!p) return;
    *p++ = 0x1b;
    for (int i = 7; i >= 0; i--)
        *p++ = (uint8_t)(value >> (8 * i));
}

void cur_cbor_write_int(struct cur_cbor_writer *w, int32_t value) {
    if (value < 0) {
        write_head(w, 1, ~(uint32_t)value);
    } else {
        write_head(w, 0, (uint32_t)value);
    }
}

void cur_cbor_write_bool(struct cur_cbor_writer *w, int value) {
    uint8_t *p = reserve(w, 1);
    if (p) *p = value ? 0xf5 : 0xf4;
}

void cur_cbor_write_f32(struct cur_cbor_writer *w, float value) {
    uint8_t *p = reserve(w, 5);
    if (!p) return;
    uint32_t bits;
    memcpy(&bits, &value, 4);
    *p++ = 0xfa;
    for (int i = 3; i >= 0; i--)
        *p++ = (uint8_t)(bits >> (8 * i));
}

uint8_t *cur_cbor_reserve_bytes(struct cur_cbor_writer *w, size_t n) {
    write_head(w, CUR_CBOR_BYTES, (uint32_t)n);
    return reserve(w, n);
}

void cur_cbor_write_bytes(struct cur_cbor_writer *w, const uint8_t *bytes, size_t n) {
    uint8_t *p = cur_cbor_reserve_bytes(w, n);
    if (p) memcpy(p, bytes, n);
}

void cur_cbor_write_text_n(struct cur_cbor_writer *w, const uint8_t *text, size_t n) {
    write_head(w, CUR_CBOR_TEXT, (uint32_t)n);
    uint8_t *p = reserve(w, n);
    if (p) memcpy(p, text, n);
}

void cur_cbor_write_text(struct cur_cbor_writer *w, const char *text) {
    size_t n = 0;
    while (text[n])
        n++;
    cur_cbor_write_text_n(w, (const uint8_t *)text, n);
}

void cur_cbor_write_map(struct cur_cbor_writer *w, uint32_t pairs) {
    write_head(w, 5, pairs);
}

void cur_cbor_write_array(struct cur_cbor_writer *w, uint32_t items) {
    write_head(w, 4, items);
}
