/* The CBOR reader on any bytes: what it hands out lies inside them. */
#include "fuzz.h"
#include "../core/link/cbor.h"

static void read_key(const struct cur_cbor_map *map, const char *key) {
    static uint8_t scratch[64];
    const uint8_t *value;
    uint32_t numbers[8];
    size_t len;
    uint32_t number;
    float real;
    int flag;
    cur_cbor_get_u32(map, key, &number);
    cur_cbor_get_f32(map, key, &real);
    if (cur_cbor_get_u32s(map, key, numbers, sizeof numbers / sizeof *numbers, &len) == CUR_CBOR_OK)
        FUZZ_CHECK(len <= sizeof numbers / sizeof *numbers);
    if (cur_cbor_get_bool(map, key, &flag) == CUR_CBOR_OK) FUZZ_CHECK(flag == 0 || flag == 1);
    for (int major = CUR_CBOR_BYTES; major <= CUR_CBOR_TEXT; major++) {
        if (cur_cbor_get_string(map, key, major, scratch, sizeof scratch, &value, &len)) continue;
        volatile uint8_t sum = 0;
        for (size_t i = 0; i < len; i++)
            sum = (uint8_t)(sum + value[i]);
        int inside = value >= map->bytes && len <= map->len && value + len <= map->bytes + map->len;
        FUZZ_CHECK(len == 0 || inside || (value == scratch && len <= sizeof scratch));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len) {
    static const char *const keys[] = {"", "d", "sha", "slot", "data", "name"};
    struct cur_cbor_map map;
    if (cur_cbor_map_check(&map, input, len)) return 0;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        read_key(&map, keys[k]);
    return 0;
}
