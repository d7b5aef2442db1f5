#include "encoder_rows.h"
#include "encoder_report.h"
#include "report.h"
#include "../mem.h"

/* Some rows of an image, one after the other. They are moved to the beginning rather than wrapped around, so
 * that kernels find those of a window beside each other: that takes less than one instruction in a hundred.
 */
struct rows {
    int8_t *bytes;
    uint32_t row_bytes;
    uint16_t first; /* the row of the image that lies at the beginning */
    uint16_t next;  /* the one that is computed next */
};

struct run {
    const struct cur_encoder *encoder;
    const struct cur_hal *hal;
    uint32_t moved;                           /* bytes */
    struct rows rows[CUR_ENCODER_LAYERS + 1]; /* the input of each layer; the output of the last */
};

/* Lets the rows before `first` go. Where it is further than what was computed, those between are of no use to
 * anybody and never will be computed. */
static void forget(struct run *run, struct rows *rows, uint32_t first) {
    uint32_t forgotten = first - rows->first, kept = 0;
    if (rows->next > first) kept = rows->next - first;
    /* Row by row, as those that are kept may overlap where they go. */
    for (uint32_t i = 0; forgotten && i < kept; i++) {
        int8_t *to = rows->bytes + i * rows->row_bytes;
        memcpy(to, to + forgotten * rows->row_bytes, rows->row_bytes);
        run->moved += rows->row_bytes;
    }
    rows->first = (uint16_t)first;
    rows->next = (uint16_t)(first + kept);
}

static int8_t *row_at(const struct rows *rows, uint32_t row) {
    return rows->bytes + (row - rows->first) * rows->row_bytes;
}

static void start(struct run *run, int8_t *held, int8_t *out) {
    const struct cur_encoder *encoder = run->encoder;
    const struct cur_encoder_layer *last = &encoder->layers[encoder->fused - 1];
    for (int l = 0; l < encoder->fused; l++) {
        const struct cur_encoder_layer *layer = &encoder->layers[l];
        run->rows[l] = (struct rows){.bytes = held, .row_bytes = cur_window_row_bytes(&layer->window)};
        held += cur_encoder_held(layer);
    }
    run->rows[encoder->fused] =
        (struct rows){.bytes = out ? out : held, .row_bytes = (uint32_t)last->columns * last->outputs};
}

static void quantize_row(const struct cur_encoder *encoder, struct rows *to, const float *patch) {
    cur_encoder_quantize(row_at(to, to->next), patch + CUR_BANDS * to->next, CUR_BANDS, encoder->offset,
                         encoder->scale);
    to->next++;
}

/* Exact in float, as cur_encoder_mean says. */
static void add_to_sums(float *sums, const int8_t *row, uint32_t cells, uint32_t channels) {
    for (uint32_t c = 0; c < channels; c++) {
        int32_t sum = 0;
        for (uint32_t i = 0; i < cells; i++)
            sum += row[i * channels + c];
        sums[c] += (float)sum;
    }
}

static void report(const struct run *run) {
    const struct cur_encoder *encoder = run->encoder;
    uint32_t rows = 0;
    for (int l = 0; l < encoder->fused; l++) {
        cur_encoder_report(run->hal, &encoder->layers[l]);
        rows += encoder->layers[l].rows;
    }
    cur_report(run->hal, CUR_KERNEL_FUSED_ROW, rows);
    cur_report(run->hal, CUR_KERNEL_FUSED_MOVE, run->moved / 4);
}

void cur_encoder_rows_run(const struct cur_encoder *encoder, const float patch[CUR_FRAMES * CUR_BANDS],
                          int8_t *held, int8_t *out, float *sums, struct cur_conv_work *work,
                          const struct cur_hal *hal) {
    struct run run = {.encoder = encoder, .hal = hal};
    const struct rows *done = &run.rows[encoder->fused];
    int last = encoder->fused - 1, l = last;
    start(&run, held, out);
    for (uint32_t c = 0; !out && c < encoder->layers[last].outputs; c++)
        sums[c] = 0.0f;
    while (done->next < encoder->layers[last].rows) {
        struct rows *from = &run.rows[l], *to = from + 1;
        struct cur_encoder_layer layer = encoder->layers[l];
        uint32_t first;
        layer.window = cur_window_row(&encoder->layers[l].window, to->next, &first);
        if (from->next < first + layer.window.height) {
            /* A row of the layer before has to come first. */
            forget(&run, from, first);
            if (l > 0)
                l--;
            else
                quantize_row(encoder, from, patch);
            continue;
        }
        cur_encoder_layer_run(row_at(to, to->next), row_at(from, first), &layer, work, hal);
        to->next++;
        if (l < last) {
            l++;
        } else if (!out) {
            add_to_sums(sums, to->bytes, layer.columns, layer.outputs);
            to->first = to->next;
        }
    }
    report(&run);
}
