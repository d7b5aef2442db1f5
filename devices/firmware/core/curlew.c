#include "curlew.h"
#include "inference/inference.h"
#include "mem.h"
#include "link/smp.h"

/* Front end and encoder are to run in 128 KiB, of which the stack takes no more than 8. */
_Static_assert(sizeof(union cur_input) + sizeof((struct cur_board){0}.patch) +
                       sizeof((struct cur_board){0}.embedding) + sizeof(struct cur_encoder) +
                       sizeof(struct cur_encoder_work) <=
                   120 * 1024,
               "front end and encoder take too much memory");

void cur_init(struct cur_board *b, const struct cur_hal *hal) {
    memset(b, 0, sizeof *b);
    b->hal = hal;
    b->started_ns = hal->now_ns(hal->ctx);
    cur_line_start(&b->line, hal);
    cur_settings_open(&b->settings, &b->settings_journal, hal);
    /* If the flash fails now the start is not counted; there is nobody to tell. */
    (void)cur_settings_count_start(&b->settings, &b->settings_journal, hal);
    cur_store_open(&b->store, hal);
    /* A bank that cannot be opened any more makes way for the previous one, and that one for none. */
    while (cur_expert_load(b) && cur_store_discard_active(&b->store) == 0) {
    }
    cur_uncertain_open(&b->uncertain, &b->store, b->settings.uncertain, b->settings.pace_s, 0);
    if (b->settings.auto_start && b->has_expert) (void)cur_continuous_start(b, 0);
}

static void answer(struct cur_board *b, enum cur_framing framing, const uint8_t *message, size_t len) {
    const struct cur_hal *hal = b->hal;
    size_t n = cur_smp_answer(b, message, len);
    if (n == 0) return;
    cur_line_heard(&b->line, hal);
    hal->uart_write(hal->ctx, b->frame, cur_frame(framing, b->reply, n, b->frame));
    cur_line_answered(&b->line, hal);
    if (b->reset_wanted) {
        b->reset_wanted = 0;
        hal->reset(hal->ctx);
    }
}

/* A line that is quiet this long is between frames; a frame that is being sent stutters for less. */
static const uint64_t pause_ns = 50000000;

int cur_poll(struct cur_board *b) {
    const struct cur_hal *hal = b->hal;
    uint8_t byte;
    int worked = 0;
    cur_line_poll(&b->line, hal);
    while (hal->uart_read(hal->ctx, &byte, 1)) {
        const uint8_t *message;
        size_t len;
        worked = 1;
        enum cur_framing framing = cur_receive(&b->receiver, byte, &message, &len);
        if (framing == CUR_FRAMING_NONE) continue;
        answer(b, framing, message, len);
        b->heard_ns = hal->now_ns(hal->ctx);
        return 1;
    }
    if (worked) {
        b->heard_ns = hal->now_ns(hal->ctx);
    } else if (hal->now_ns(hal->ctx) - b->heard_ns >= pause_ns) {
        cur_receive_pause(&b->receiver);
    }
    if (cur_continuous_poll(b) || worked) return 1;
    return cur_uncertain_poll(&b->uncertain, &b->store, cur_uptime_ms(b));
}
