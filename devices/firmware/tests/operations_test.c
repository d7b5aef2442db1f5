#include "images.h"
#include "rig.h"
#include "test.h"
#include "../core/inference/operations.h"

static uint8_t bytes[IMAGES_LARGEST] __attribute__((aligned(16)));
static const struct cur_hal quiet; /* wants to know nothing */

/* Pools of one channel over the whole patch: eight of 96 x 1 and one of `rows` x 1, 58,982,400 operations and
 * 6144 x (240 + 10 rows). */
enum { ROWS_AT_THE_LIMIT = 57 };

static uint32_t build_pools(uint8_t *to, uint8_t rows) {
    struct images_encoder_layer layers[9];
    for (int l = 0; l < 9; l++)
        layers[l] = (struct images_encoder_layer){CUR_ENCODER_MAX_POOL, l < 8 ? 96 : rows, 1, 1, 1, 0, 1};
    return images_build_encoder(to, layers, 9, 1);
}

static void counts_encoders(void) {
    static struct cur_encoder encoder;
    uint32_t len = build_pools(bytes, 57);
    CHECK(cur_encoder_open(&encoder, bytes, len, &quiet) == 0);
    CHECK(cur_encoder_operations(&encoder) == 58982400 + 6144 * 810);
    /* Windows of 9 codes make a block, 14 outputs count as 16; 48 x 32 cells. Then 24 x 16. */
    const struct images_encoder_layer layers[] = {{CUR_ENCODER_CONV, 3, 3, 2, 1, 1, 14},
                                                  {CUR_ENCODER_DEPTHWISE, 3, 3, 2, 2, 0, 14},
                                                  {CUR_ENCODER_AVERAGE_POOL, 255, 16, 1, 1, 0, 14}};
    len = images_build_encoder(bytes, layers, 3, 1);
    CHECK(cur_encoder_open(&encoder, bytes, len, &quiet) == 0);
    CHECK(cur_encoder_operations(&encoder) == 48 * 32 * (200 + 3 * 32 + 16 * (16 + 4) + 40 * 16) +
                                                  24 * 16 * (200 + 9 * 16 + (9 * 4 + 40) * 14) +
                                                  24 * 16 * (200 + (24 * 16 * 10 + 40) * 14));
}

/* Each row of a fused layer: 500, and what is held of its input. */
static void counts_fused_layers(void) {
    static struct cur_encoder encoder;
    const struct images_encoder_layer layers[] = {{CUR_ENCODER_CONV, 3, 3, 2, 1, 1, 14},
                                                  {CUR_ENCODER_DEPTHWISE, 3, 3, 1, 1, 0, 14}};
    uint32_t len = images_build_encoder(bytes, layers, 2, 1);
    CHECK(cur_encoder_open(&encoder, bytes, len, &quiet) == 0);
    uint64_t whole = cur_encoder_operations(&encoder);
    encoder.fused = 1;
    CHECK(cur_encoder_operations(&encoder) == whole + 48 * (500 + 3 * 64));
    encoder.fused = 2;
    CHECK(cur_encoder_operations(&encoder) == whole + 48 * (500 + 3 * 64) + 48 * (500 + 3 * 32 * 14));
}

static void counts_experts_and_passes(void) {
    struct cur_image image;
    uint8_t hashes[96] = {0};
    static const float prior[3] = {0};
    struct images_plan plan = images_expert(4, 0);
    uint32_t len = images_build(bytes, &plan, 1);
    CHECK(cur_image_open(&image, bytes, len, &quiet) == 0);
    uint64_t first = 128 * (384 + 20) + 384 * 20, second = 128 * (20 + 12) + 20 * 12,
             third = 128 * (12 + 3) + 8 * 12 * 3;
    CHECK(cur_image_operations(&image, 0) == first + second + third);
    plan = images_router(hashes, prior);
    len = images_build(bytes, &plan, 1);
    CHECK(cur_image_open(&image, bytes, len, &quiet) == 0);
    CHECK(cur_image_operations(&image, 0) == first + second + third);
    CHECK(cur_image_operations(&image, 64) == first + 64 * (second + third));
    image.layers[0].flags = CUR_LAYER_NORM;
    CHECK(cur_image_operations(&image, 64) == first + second + 64 * third);
}

static int send(void) {
    int rc = rig_upload();
    return rc ? rc : rig_ask_slot(3, rig_slot);
}

static uint8_t encoder_hash[32];

static int send_pools(uint8_t rows) {
    rig_image_len = build_pools(rig_image, rows);
    fake_sha256(rig_image, rig_image_len, encoder_hash);
    return send();
}

/* Of the encoder sent last; some 64,000 operations. */
static int send_expert(uint8_t sha[32]) {
    struct images_plan plan = images_expert(4, 0);
    plan.encoder_hash = encoder_hash;
    plan.embedding = 1;
    plan.layer[0].outputs = plan.layer[1].outputs = 100;
    rig_image_len = images_build(rig_image, &plan, 1);
    fake_sha256(rig_image, rig_image_len, sha);
    return send();
}

static void refuses_too_much(void) {
    uint8_t sha[32];
    rig_start();
    CHECK(send_pools(ROWS_AT_THE_LIMIT + 1) == CUR_RC_TOO_SLOW);
    CHECK(rig_board.store.slot[rig_slot].state == CUR_SLOT_PARTIAL && rig_ask_slot(5, rig_slot) == 0);
    /* The encoder alone fits; with an expert behind it there is too much to do. */
    CHECK(send_pools(ROWS_AT_THE_LIMIT) == 0 && send_expert(sha) == 0);
    CHECK(rig_activate(rig_slot) == CUR_RC_TOO_SLOW && !rig_board.has_expert);
    CHECK(send_pools(ROWS_AT_THE_LIMIT - 1) == 0 && send_expert(sha) == 0 && rig_activate(rig_slot) == 0);
    CHECK(rig_board.has_expert);
}

static void refuses_too_many_passes(void) {
    static const float prior[3] = {0, 0.5f, 1};
    uint8_t hashes[96];
    rig_start();
    CHECK(send_pools(ROWS_AT_THE_LIMIT - 4) == 0 && send_expert(hashes) == 0);
    uint32_t slots[3] = {rig_slot, rig_slot, rig_slot};
    memcpy(hashes + 32, hashes, 32);
    memcpy(hashes + 64, hashes, 32);
    struct images_plan plan = images_router(hashes, prior);
    plan.encoder_hash = encoder_hash;
    plan.embedding = 1;
    plan.passes = 2;
    rig_image_len = images_build(rig_image, &plan, 2);
    CHECK(send() == 0 && rig_activate_bank(slots, 3, (int)rig_slot) == 0);
    for (uint32_t top_k = 1; top_k <= 3; top_k += 2) {
        rig_request(5);
        cur_cbor_write_text(&rig_writer, "slots");
        cur_cbor_write_array(&rig_writer, 3);
        for (int i = 0; i < 3; i++)
            cur_cbor_write_u32(&rig_writer, slots[i]);
        rig_pair("router", rig_slot);
        cur_cbor_write_text(&rig_writer, "alpha");
        cur_cbor_write_f32(&rig_writer, 1);
        rig_pair("passes", top_k == 1 ? 64 : 2);
        rig_pair("topk", top_k);
        CHECK_AT(top_k, rig_ask(CUR_OP_WRITE, 64, 4) == (top_k == 1 ? CUR_RC_TOO_SLOW : 0));
        CHECK_AT(top_k, rig_board.has_expert);
    }
}

static uint32_t feedings;

static void feed(void *ctx) {
    (void)ctx;
    feedings++;
}

/* Runs the encoder in `large`; 1 if the watchdog heard at least once every million operations. */
static uint8_t large[300000] __attribute__((aligned(16)));

static int fed_enough(uint32_t len, uint8_t fused) {
    static struct cur_encoder encoder;
    static struct cur_encoder_work work;
    static const struct cur_hal fed = {.watchdog_feed = feed};
    static float patch[CUR_FRAMES * CUR_BANDS], embedding[CUR_EMBEDDING];
    if (cur_encoder_open(&encoder, large, len, &quiet)) return 0;
    encoder.fused = fused;
    feedings = 0;
    cur_encoder_run(&encoder, patch, embedding, &work, &fed);
    return feedings >= 10 && feedings >= cur_encoder_operations(&encoder) / 1000000;
}

static void the_watchdog_hears_within_a_layer(void) {
    /* One row of 61 windows, 208 thousand products each. */
    const struct images_encoder_layer row[] = {{CUR_ENCODER_AVERAGE_POOL, 96, 1, 1, 0, 0, 1},
                                               {CUR_ENCODER_CONV, 1, 1, 1, 0, 0, 512},
                                               {CUR_ENCODER_CONV, 1, 4, 1, 0, 0, 100}};
    CHECK(fed_enough(images_build_encoder(large, row, 3, 1), 0));
    CHECK(fed_enough(images_build_encoder(large, row, 3, 1), 3));
    CHECK(fed_enough(build_pools(large, 57), 0));
}

TEST_LIST(operations_tests) = {
    {"an encoder's operations are counted as IMAGE.md says", counts_encoders},
    {"each row of a fused layer is some more", counts_fused_layers},
    {"those of an expert, and of a router with its passes, too", counts_experts_and_passes},
    {"an image, and a bank, of more operations than a board does is refused", refuses_too_much},
    {"so is a bank whose own passes would be too many, and the one before answers on",
     refuses_too_many_passes},
    {"the watchdog hears within a layer", the_watchdog_hears_within_a_layer},
    TEST_END,
};
