#include "uncertain.h"

#include <string.h>

#include "test.h"
#include "../core/inference/inference.h"
#include "../core/link/crc.h"
#include "../core/mem.h"

uint8_t uncertain_heads[CUR_BUF_SIZE];
uint32_t uncertain_count;

int uncertain_set(uint32_t percent, uint32_t pace_s) {
    rig_request(2);
    rig_pair("uncertain", percent);
    rig_pair("pace", pace_s);
    return rig_ask(CUR_OP_WRITE, 67, 1);
}

static void noise(uint32_t seed, uint8_t *input) {
    test_seed(seed);
    /* The seeds differ in loudness, so that answers do, too. */
    float loud = (float)(seed * 37 % 11) / 3.0f;
    for (uint32_t i = 0; i < CUR_FRAMES * CUR_BANDS; i++)
        cur_put_f32(input + 4 * i, loud - (float)(test_noise() >> 8) / 4194304.0f);
}

int uncertain_infer_direct(uint32_t seed) {
    noise(seed, rig_board.input.bytes);
    return cur_infer(&rig_board, CUR_INPUT_LOG_MEL, 1);
}

int uncertain_infer(uint32_t seed) {
    noise(seed, rig_board.input.bytes);
    rig_board.loaded = CUR_FRAMES * CUR_BANDS * 4;
    rig_request(1);
    rig_pair("kind", CUR_INPUT_LOG_MEL);
    return rig_ask(CUR_OP_WRITE, 65, 1);
}

int uncertain_list(uint32_t after) {
    const uint8_t *bytes;
    size_t n;
    rig_request(1);
    rig_pair("after", after);
    int rc = rig_ask(CUR_OP_READ, 68, 0);
    if (rc) return rc;
    if (cur_cbor_get_string(&rig_map, "wins", CUR_CBOR_BYTES, NULL, 0, &bytes, &n)) return RIG_BROKEN;
    if (n % CUR_UNCERTAIN_HEAD) return RIG_BROKEN;
    memcpy(uncertain_heads, bytes, n);
    uncertain_count = (uint32_t)n / CUR_UNCERTAIN_HEAD;
    return 0;
}

int uncertain_read(uint32_t id, uint8_t entry[CUR_UNCERTAIN_SIZE]) {
    for (uint32_t off = 0; off < CUR_UNCERTAIN_SIZE;) {
        const uint8_t *bytes;
        size_t n;
        rig_request(2);
        rig_pair("id", id);
        rig_pair("off", off);
        int rc = rig_ask(CUR_OP_READ, 68, 1);
        if (rc) return rc;
        if (cur_cbor_get_string(&rig_map, "data", CUR_CBOR_BYTES, NULL, 0, &bytes, &n)) return RIG_BROKEN;
        if (n == 0 || n > CUR_UNCERTAIN_SIZE - off || rig_number("len") != CUR_UNCERTAIN_SIZE)
            return RIG_BROKEN;
        memcpy(entry + off, bytes, n);
        off += (uint32_t)n;
    }
    return 0;
}

int uncertain_drop(uint32_t id, uint32_t crc) {
    rig_request(2);
    rig_pair("id", id);
    rig_pair("crc", crc);
    return rig_ask(CUR_OP_WRITE, 68, 2);
}

int uncertain_sound(const uint8_t entry[CUR_UNCERTAIN_SIZE]) {
    uint32_t crc = cur_crc32(0, entry, CUR_UNCERTAIN_HEAD - 4);
    crc = cur_crc32(crc, entry + CUR_UNCERTAIN_HEAD, CUR_UNCERTAIN_SIZE - CUR_UNCERTAIN_HEAD);
    return cur_u32(entry + CUR_UNCERTAIN_HEAD - 4) == crc;
}
