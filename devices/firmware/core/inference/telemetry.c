#include "telemetry.h"
#include "../link/crc.h"
#include "../mem.h"

enum { VERSION = 5, CRC_AT = CUR_RECORD_SIZE - 4 };

uint32_t cur_telemetry_append(struct cur_telemetry *t, const struct cur_record *record) {
    uint32_t sequence = ++t->last;
    uint8_t *p = t->records[sequence % CUR_RING];
    cur_put_u32(p, sequence);
    cur_put_u32(p + 4, (uint32_t)record->uptime_ms);
    cur_put_u32(p + 8, record->inference);
    memcpy(p + 12, record->expert, 8);
    cur_put_u16(p + 20, (uint16_t)record->top);
    p[22] = record->source;
    p[23] = VERSION;
    cur_put_f32(p + 24, record->p);
    cur_put_f32(p + 28, record->entropy);
    for (int i = 0; i < 4; i++)
        cur_put_u32(p + 32 + 4 * i, record->latency_us[i]);
    cur_put_u32(p + 48, record->energy_nj);
    cur_put_u16(p + 52, record->supply_mv);
    cur_put_u16(p + 54, (uint16_t)record->temperature_cc);
    cur_put_u32(p + 56, record->stack);
    cur_put_f32(p + 60, record->curiosity);
    cur_put_u32(p + 64, record->place | (uint32_t)(record->uptime_ms >> 32) << 8);
    cur_put_u16(p + 68, (uint16_t)record->level.level);
    cur_put_u16(p + 70, (uint16_t)record->level.floor);
    cur_put_u16(p + 72, record->level.clipped);
    p[74] = record->cause;
    p[75] = record->encoders;
    cur_put_u32(p + 76, record->free_flash);
    cur_put_u32(p + 80, (uint32_t)record->wall_ms);
    cur_put_u32(p + 84, (uint32_t)(record->wall_ms >> 32));
    cur_put_f32(p + 88, record->score);
    cur_put_u32(p + 92, record->skipped);
    cur_put_u32(p + CRC_AT, cur_crc32(0, p, CRC_AT));
    return sequence;
}

uint32_t cur_telemetry_oldest(const struct cur_telemetry *t) {
    return t->last <= CUR_RING ? t->last != 0 : t->last - CUR_RING + 1;
}

const uint8_t *cur_telemetry_record(const struct cur_telemetry *t, uint32_t sequence) {
    return t->records[sequence % CUR_RING];
}
