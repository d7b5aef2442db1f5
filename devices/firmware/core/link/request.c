#include "request.h"

int cur_optional_u32(const struct cur_cbor_map *map, const char *key, uint32_t *value) {
    int e = cur_cbor_get_u32(map, key, value);
    return e == CUR_CBOR_ABSENT ? 0 : e;
}

int cur_need_bytes(struct cur_board *b, const struct cur_cbor_map *map, const char *key,
                   const uint8_t **value, uint32_t *len) {
    size_t n;
    int e = cur_cbor_get_string(map, key, CUR_CBOR_BYTES, b->scratch, sizeof b->scratch, value, &n);
    if (e == 0) *len = (uint32_t)n;
    return e;
}
