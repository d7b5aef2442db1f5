#include "encoder.h"
#include "encoder_report.h"
#include "encoder_rows.h"
#include "fmath.h"
#include "operations.h"
#include "report.h"
#include "../watchdog.h"

/* Operations between two feedings of the watchdog; one cell of the output may be a few more. */
enum { OPERATIONS_AT_ONCE = 1000000 };

void cur_encoder_quantize(int8_t *codes, const float *x, uint32_t n, float offset, float scale) {
    for (uint32_t i = 0; i < n; i++)
        codes[i] = cur_round_to_code((x[i] - offset) * scale, 127.0f);
}

void cur_encoder_mean(float *embedding, const int8_t *in, uint32_t cells, uint32_t channels, float unit) {
    for (uint32_t c = 0; c < channels; c++) {
        int32_t sum = 0; /* below 2^20, as there are at most 6144 cells: exact as a float */
        for (uint32_t i = 0; i < cells; i++)
            sum += in[i * channels + c];
        embedding[c] = (float)sum * unit;
    }
}

void cur_encoder_layer_cells(int8_t *out, const int8_t *in, const struct cur_encoder_layer *layer,
                             struct cur_cells cells, struct cur_conv_work *work) {
    switch (layer->kind) {
    case CUR_ENCODER_CONV:
        cur_conv(out, in, &layer->window, cells, &layer->weights, &layer->by, work);
        break;
    case CUR_ENCODER_DEPTHWISE:
        cur_depthwise(out, in, &layer->window, cells, &layer->weights, &layer->by, work);
        break;
    case CUR_ENCODER_AVERAGE_POOL:
        cur_average_pool(out, in, &layer->window, cells);
        break;
    default:
        cur_max_pool(out, in, &layer->window, cells);
    }
}

void cur_encoder_layer_run(int8_t *out, const int8_t *in, const struct cur_encoder_layer *layer,
                           struct cur_conv_work *work, const struct cur_hal *hal) {
    struct cur_cells cells = cur_window_cells(&layer->window);
    uint32_t at_once = cells.to; /* without a watchdog */
    if (hal->watchdog_feed) at_once = OPERATIONS_AT_ONCE / cur_encoder_cell_operations(layer);
    if (at_once == 0) at_once = 1;
    for (uint32_t end = cells.to; cells.from < end; cells.from = cells.to) {
        cells.to = end - cells.from < at_once ? end : cells.from + at_once;
        cur_encoder_layer_cells(out, in, layer, cells, work);
        cur_watchdog_feed(hal);
    }
}

static uint32_t numbers_of(const struct cur_encoder_layer *layer) {
    return (uint32_t)layer->rows * layer->columns * layer->outputs;
}

/* So many bytes at the arena's end, aligned. */
static int8_t *at_end(struct cur_encoder_work *work, uint32_t bytes) {
    return work->arena + ((sizeof work->arena - bytes) & ~15u);
}

/* What comes before the first layer that is computed whole; returns its input. */
static const int8_t *run_first(const struct cur_encoder *encoder, const float *patch,
                               struct cur_encoder_work *work, const struct cur_hal *hal) {
    int8_t *in = work->arena;
    if (encoder->fused) {
        in = at_end(work, numbers_of(&encoder->layers[encoder->fused - 1]));
        cur_encoder_rows_run(encoder, patch, work->arena, in, NULL, &work->conv, hal);
    } else {
        cur_encoder_quantize(in, patch, CUR_FRAMES * CUR_BANDS, encoder->offset, encoder->scale);
    }
    return in;
}

static void run_layers(const struct cur_encoder *encoder, const float *patch, float *embedding,
                       struct cur_encoder_work *work, const struct cur_hal *hal) {
    const int8_t *in = run_first(encoder, patch, work, hal);
    const struct cur_encoder_layer *layer = encoder->layers + encoder->fused;
    for (int l = encoder->fused; l < encoder->layer_count; l++, layer++) {
        /* At the end that the input does not lie at. */
        int8_t *out = in == work->arena ? at_end(work, numbers_of(layer)) : work->arena;
        cur_encoder_layer_run(out, in, layer, &work->conv, hal);
        cur_encoder_report(hal, layer);
        in = out;
    }
    layer--;
    cur_encoder_mean(embedding, in, (uint32_t)layer->rows * layer->columns, layer->outputs, encoder->unit);
}

static void run_rows(const struct cur_encoder *encoder, const float *patch, float *embedding,
                     struct cur_encoder_work *work, const struct cur_hal *hal) {
    cur_encoder_rows_run(encoder, patch, work->arena, NULL, embedding, &work->conv, hal);
    for (uint32_t c = 0; c < encoder->embedding; c++)
        embedding[c] *= encoder->unit;
}

void cur_encoder_run(const struct cur_encoder *encoder, const float patch[CUR_FRAMES * CUR_BANDS],
                     float *embedding, struct cur_encoder_work *work, const struct cur_hal *hal) {
    cur_report(hal, CUR_KERNEL_INPUT, CUR_FRAMES * CUR_BANDS);
    if (encoder->fused < encoder->layer_count)
        run_layers(encoder, patch, embedding, work, hal);
    else
        run_rows(encoder, patch, embedding, work, hal);
    cur_report(hal, CUR_KERNEL_MEAN, numbers_of(&encoder->layers[encoder->layer_count - 1]));
}
