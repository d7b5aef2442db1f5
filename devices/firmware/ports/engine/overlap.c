#include "overlap.h"
#include "../../core/mem.h"

/* The input, then what each layer gave, one after the other, each at a multiple of 16, for the window at
 * frame `kept_at`. Encoders without fused layers find room, and
 * others of no more work than a board does. */
static _Alignas(16) int8_t images[(1 + CUR_ENCODER_LAYERS) * CUR_ENCODER_ARENA];
static uint32_t kept_at;
static int kept;

/* Rows of an image from `from` to before `to` that are the rows `shift` further down of the one kept. */
struct same_rows {
    int32_t from, to, shift;
};

static const struct same_rows none = {0, 0, 0};

static struct same_rows same_input(uint32_t at) {
    uint32_t shift = at - kept_at;
    if (!kept || shift >= CUR_FRAMES) return none;
    return (struct same_rows){0, (int32_t)(CUR_FRAMES - shift), (int32_t)shift};
}

/* A row of the output is the same where its windows' rows all are, so that none of them is padding. */
static struct same_rows same_output(const struct cur_encoder_layer *layer, struct same_rows in) {
    int32_t stride = layer->window.stride, rows = layer->window.kernel_height;
    int32_t first = cur_window_place(&layer->window, 0, 0).row;
    if (in.from >= in.to || in.shift % stride || in.to - first < rows) return none;
    struct same_rows out = {(in.from - first + stride - 1) / stride, (in.to - first - rows) / stride + 1,
                            in.shift / stride};
    if (out.to > layer->rows - out.shift) out.to = layer->rows - out.shift;
    return out.from < out.to ? out : none;
}

static void take_over(int8_t *image, struct same_rows same, uint32_t row_bytes) {
    memmove(image + (uint32_t)same.from * row_bytes, image + (uint32_t)(same.from + same.shift) * row_bytes,
            (uint32_t)(same.to - same.from) * row_bytes);
}

static void run_layer(int8_t *out, const int8_t *in, const struct cur_encoder_layer *layer,
                      struct same_rows same, struct cur_conv_work *work) {
    uint32_t columns = layer->columns;
    struct cur_cells above = {0, (uint32_t)same.from * columns};
    struct cur_cells below = {(uint32_t)same.to * columns, layer->rows * columns};
    take_over(out, same, columns * layer->outputs);
    if (above.to) cur_encoder_layer_cells(out, in, layer, above, work);
    if (below.from < below.to) cur_encoder_layer_cells(out, in, layer, below, work);
}

void overlap_start(void) {
    kept = 0;
}

static uint32_t align_up(uint32_t at) {
    return (at + 15) & ~15u;
}

static uint32_t bytes_of(const struct cur_encoder_layer *layer) {
    return align_up((uint32_t)layer->rows * layer->columns * layer->outputs);
}

static int has_room(const struct cur_encoder *encoder) {
    uint32_t bytes = CUR_FRAMES * CUR_BANDS;
    for (int l = 0; l < encoder->layer_count; l++)
        bytes += bytes_of(&encoder->layers[l]);
    return bytes <= sizeof images;
}

void overlap_encode(float *embedding, const struct cur_encoder *encoder,
                    const float patch[CUR_FRAMES * CUR_BANDS], uint32_t at, struct cur_encoder_work *work) {
    static const struct cur_hal hal;
    if (!has_room(encoder)) {
        cur_encoder_run(encoder, patch, embedding, work, &hal);
        return;
    }
    struct same_rows same = same_input(at);
    uint32_t known = (uint32_t)same.to * CUR_BANDS;
    int8_t *in = images, *out = images + CUR_FRAMES * CUR_BANDS;
    take_over(in, same, CUR_BANDS);
    cur_encoder_quantize(in + known, patch + known, CUR_FRAMES * CUR_BANDS - known, encoder->offset,
                         encoder->scale);
    const struct cur_encoder_layer *layer = encoder->layers;
    for (int l = 0; l < encoder->layer_count; l++, layer++) {
        same = same_output(layer, same);
        run_layer(out, in, layer, same, &work->conv);
        in = out;
        out += bytes_of(layer);
    }
    layer--;
    cur_encoder_mean(embedding, in, (uint32_t)layer->rows * layer->columns, layer->outputs, encoder->unit);
    kept = 1;
    kept_at = at;
}
