#include "operations.h"
#include "encoder.h"

/* About the instructions that a Cortex-M4 takes, rounded up (profiles/kernels-cortex-m4f.json). */
enum {
    OF_CELL = 200,           /* a cell of an encoder's output: finding its window */
    OF_NUMBER = 40,          /* a number in it: requantizing */
    OF_KERNEL_ROW = 32,      /* a row of a convolution's window: copying */
    OF_CODE = 4,             /* a code of the window: copied, cleared */
    OF_KERNEL_CELL = 16,     /* of a depthwise convolution: finding it */
    OF_DEPTHWISE_WEIGHT = 4, /* a multiply-accumulate */
    OF_POOLED = 10,          /* a number that a pool folds in */
    OF_FUSED_ROW = 500,      /* a row of a fused layer; besides, one for each byte that may be moved */
    OF_VALUE = 128, /* what goes into or comes out of a layer of an expert: norms, rounding, tables */
    OF_FLOAT_WEIGHT = 8,
};

static uint32_t round_up(uint32_t n, uint32_t to) {
    return (n + to - 1) / to * to;
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

uint32_t cur_encoder_cell_operations(const struct cur_encoder_layer *layer) {
    const struct cur_window *window = &layer->window;
    uint32_t outputs = layer->outputs, cells = (uint32_t)window->kernel_height * window->kernel_width;
    switch (layer->kind) {
    case CUR_ENCODER_CONV: {
        uint32_t codes = round_up(cells * window->channels, 16);
        outputs = round_up(outputs, 4);
        return OF_CELL + OF_KERNEL_ROW * window->kernel_height + codes * (outputs + OF_CODE) +
               OF_NUMBER * outputs;
    }
    case CUR_ENCODER_DEPTHWISE:
        return OF_CELL + OF_KERNEL_CELL * cells + (OF_DEPTHWISE_WEIGHT * cells + OF_NUMBER) * outputs;
    default: {
        uint32_t inside =
            least(window->kernel_height, window->height) * least(window->kernel_width, window->width);
        return OF_CELL + (OF_POOLED * inside + OF_NUMBER) * outputs;
    }
    }
}

uint64_t cur_encoder_operations(const struct cur_encoder *encoder) {
    uint64_t sum = 0;
    for (int l = 0; l < encoder->layer_count; l++) {
        const struct cur_encoder_layer *layer = &encoder->layers[l];
        uint64_t row = (uint64_t)layer->columns * cur_encoder_cell_operations(layer);
        if (l < encoder->fused) row += OF_FUSED_ROW + cur_encoder_held(layer);
        sum += layer->rows * row;
    }
    return sum;
}

static uint64_t layer_operations(const struct cur_layer *layer) {
    uint32_t inputs = layer->linear.inputs, outputs = layer->linear.outputs;
    uint32_t weight = layer->kind == CUR_LAYER_FLOAT ? OF_FLOAT_WEIGHT : 1;
    return OF_VALUE * (inputs + outputs) + weight * inputs * outputs;
}

uint64_t cur_image_operations(const struct cur_image *image, uint32_t passes) {
    uint64_t sum = 0;
    uint32_t times = 1; /* no pass differs from another before the first dropout */
    for (int l = 0; l < image->layer_count; l++) {
        sum += times * layer_operations(&image->layers[l]);
        if (passes && image->layers[l].flags & CUR_LAYER_DROPOUT) times = passes;
    }
    return sum;
}
