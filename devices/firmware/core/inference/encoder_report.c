#include "encoder_report.h"
#include "report.h"
#include "../kernels/window.h"

/* What all windows of a layer have in common. */
struct windows {
    uint32_t count;
    uint32_t whole;  /* that lie wholly inside the image */
    uint32_t cells;  /* inside the image, over all windows */
    uint32_t rows;   /* of windows that lie inside */
    uint32_t copies; /* words, and bytes that fill none, of those rows */
};

/* How many turns copying or clearing that many bytes takes. */
static uint32_t turns(uint32_t bytes) {
    return bytes / 4 + bytes % 4;
}

static struct windows windows_of(const struct cur_encoder_layer *layer) {
    const struct cur_window *window = &layer->window;
    uint32_t rows = 0, columns = 0, whole_rows = 0, whole_columns = 0, copies = 0;
    for (uint32_t y = 0; y < layer->rows; y++) {
        struct cur_place at = cur_window_place(window, y, 0);
        rows += (uint32_t)(at.bottom - at.top);
        whole_rows += at.bottom - at.top == window->kernel_height;
    }
    for (uint32_t x = 0; x < layer->columns; x++) {
        struct cur_place at = cur_window_place(window, 0, x);
        uint32_t inside = (uint32_t)(at.right - at.left);
        columns += inside;
        whole_columns += inside == window->kernel_width;
        copies += turns(inside * window->channels);
    }
    return (struct windows){.count = (uint32_t)layer->rows * layer->columns,
                            .whole = whole_rows * whole_columns,
                            .cells = rows * columns,
                            .rows = rows * layer->columns,
                            .copies = rows * copies};
}

static void report_conv(const struct cur_hal *hal, const struct cur_encoder_layer *layer,
                        const struct windows *windows) {
    const struct cur_linear *weights = &layer->weights;
    /* Two cells and two outputs at a time. */
    uint32_t blocks = weights->row_bytes / 16, outputs = (layer->outputs + 1u) & ~1u;
    uint32_t count = (windows->count + 1u) & ~1u;
    cur_report(hal, CUR_KERNEL_CONV_WINDOW, windows->count);
    if (cur_conv_gathers(&layer->window, weights)) {
        uint32_t clears = (windows->count - windows->whole) * turns(weights->inputs);
        cur_report(hal, CUR_KERNEL_GATHER_ROW, windows->rows);
        cur_report(hal, CUR_KERNEL_GATHER, windows->copies + clears);
        cur_report(hal, CUR_KERNEL_GATHER_WINDOW, count);
    }
    cur_report(hal, CUR_KERNEL_CONV_PREPARE, count * blocks);
    cur_report(hal, CUR_KERNEL_CONV_BLOCK, count * blocks * outputs);
    cur_report(hal, CUR_KERNEL_CONV_OUTPUT, count * outputs);
}

static void report_depthwise(const struct cur_hal *hal, const struct cur_encoder_layer *layer,
                             const struct windows *windows) {
    uint32_t blocks = (layer->outputs + 3u) / 4, taps = layer->weights.outputs;
    int unrolled = layer->window.kernel_height == 3 && layer->window.kernel_width == 3;
    uint32_t whole = unrolled ? windows->whole : 0;
    cur_report(hal, CUR_KERNEL_DEPTHWISE_ROW, layer->rows * blocks);
    cur_report(hal, CUR_KERNEL_DEPTHWISE_WHOLE, whole * blocks);
    cur_report(hal, CUR_KERNEL_DEPTHWISE_PART, (windows->count - whole) * blocks);
    cur_report(hal, CUR_KERNEL_DEPTHWISE_TAP, (windows->cells - whole * taps) * blocks);
}

void cur_encoder_report(const struct cur_hal *hal, const struct cur_encoder_layer *layer) {
    if (!hal->work) return;
    struct windows windows = windows_of(layer);
    uint32_t outputs = windows.count * layer->outputs;
    switch (layer->kind) {
    case CUR_ENCODER_CONV:
        report_conv(hal, layer, &windows);
        break;
    case CUR_ENCODER_DEPTHWISE:
        report_depthwise(hal, layer, &windows);
        break;
    case CUR_ENCODER_AVERAGE_POOL:
        cur_report(hal, CUR_KERNEL_AVERAGE_CELL, windows.cells * layer->outputs);
        cur_report(hal, CUR_KERNEL_AVERAGE_OUTPUT, outputs);
        break;
    default:
        cur_report(hal, CUR_KERNEL_MAX_CELL, windows.cells * layer->outputs);
        cur_report(hal, CUR_KERNEL_MAX_OUTPUT, outputs);
    }
}
