#include "rows.h"
#include "tables.h"
#include "../mem.h"

static void rows_4_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    const int8_t *a = activations;
    int32_t s[CUR_ROWS] = {start, start, start, start};
    for (uint32_t at = 0; at < 16 * blocks; at += 16, a += 32) {
        for (uint32_t j = 0; j < 16; j++) {
            for (int r = 0; r < CUR_ROWS; r++) {
                int32_t w = row[r][at + j];
                s[r] += (w & 15) * a[j] + (w >> 4) * a[16 + j];
            }
        }
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = s[r];
}

static void rows_8_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    const int8_t *a = activations;
    int32_t s[CUR_ROWS] = {start, start, start, start};
    for (uint32_t i = 0; i < 16 * blocks; i++) {
        for (int r = 0; r < CUR_ROWS; r++)
            s[r] += (int8_t)row[r][i] * a[i];
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = s[r];
}

static void rows_16_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                         int32_t start) {
    const int8_t *a = activations;
    int32_t s[CUR_ROWS] = {start, start, start, start};
    for (uint32_t i = 0; i < 8 * blocks; i++) {
        for (int r = 0; r < CUR_ROWS; r++)
            s[r] += (int16_t)cur_u16(row[r] + 2 * i) * a[i];
    }
    for (int r = 0; r < CUR_ROWS; r++)
        sums[r] = s[r];
}

void cur_linear_portable(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                         struct cur_linear_work *work) {
    switch (layer->bits) {
    case 4:
        cur_rows_run(acc, layer, rows_4_bits, codes, -8 * cur_sum_codes(codes, layer->inputs));
        break;
    case 8:
        cur_rows_run(acc, layer, rows_8_bits, codes, 0);
        break;
    case 16:
        cur_rows_run(acc, layer, rows_16_bits, codes, 0);
        break;
    default:
        if (layer->ternary_activations)
            cur_linear_bitwise(acc, layer, codes, work);
        else
            cur_linear_tables(acc, layer, codes, work);
    }
}
