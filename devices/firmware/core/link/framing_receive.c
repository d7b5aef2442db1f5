#include "framing.h"
#include "crc.h"
#include "../mem.h"

enum line_state { LINE_IDLE, LINE_MARK_START, LINE_MARK_GO_ON, LINE_CONTENT };

enum { LINE_MAX = 127 };

static int base64_value(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    if (c == '/') return 63;
    return -1;
}

static void console_drop(struct cur_receiver *r) {
    r->line_state = LINE_IDLE;
    r->in_packet = 0;
    r->console_wire = 0;
    r->console_len = 0;
}

static void line_begin(struct cur_receiver *r) {
    r->line_state = LINE_CONTENT;
    r->line_len = 2;
    r->quad_len = 0;
    r->quad = 0;
    r->line_ended = 0;
    r->console_wire += 2;
}

/* Takes one base64 character; 0, or -1 if the line cannot be right. */
static int console_char(struct cur_receiver *r, uint8_t c) {
    int padding = c == '=';
    int value = padding ? 0 : base64_value(c);
    if (value < 0 || (r->line_ended && (!padding || r->quad_len == 0))) return -1;
    if (padding && r->quad_len < 2) return -1;
    if (padding) r->line_ended++;
    r->quad = r->quad << 6 | (uint32_t)value;
    if (++r->quad_len < 4) return 0;
    uint32_t n = 3u - r->line_ended;
    /* Bits under the padding must be zero: each text has one encoding only. */
    if (r->quad & ((1u << 8 * r->line_ended) - 1)) return -1;
    if (r->console_len + n > sizeof r->console) return -1;
    for (uint32_t i = 0; i < n; i++)
        r->console[r->console_len++] = (uint8_t)(r->quad >> (16 - 8 * i));
    r->quad_len = 0;
    r->quad = 0;
    return 0;
}

/* At a line's end: 1 if the packet is whole and right, 0 if more lines must follow, -1 if it is wrong. */
static int console_line_end(struct cur_receiver *r) {
    if (r->quad_len || r->console_len < 2) return -1;
    uint32_t want = 2u + ((uint32_t)r->console[0] << 8 | r->console[1]);
    if (r->console_len < want) return 0;
    if (r->console_len > want || want < 4) return -1;
    /* The CRC over the body and its own CRC, big-endian, is 0. */
    return cur_crc16(0, r->console + 2, want - 2) == 0 ? 1 : -1;
}

/* 1 where the byte that comes now may begin a console packet; asked before the binary decoder has seen it. */
static int packet_may_start(const struct cur_receiver *r) {
    return !r->binary_used || r->paused || r->binary_wire == 0 || r->binary_bad;
}

static int console_byte(struct cur_receiver *r, uint8_t byte) {
    if (byte == 0x06 && !r->in_packet && !packet_may_start(r)) return 0;
    if (byte == 0x06 || byte == 0x04) {
        /* Neither byte is base64: whatever line was open has lost its end. */
        if (byte == 0x06 || r->line_state == LINE_CONTENT) console_drop(r);
        r->line_state = byte == 0x06 ? LINE_MARK_START : LINE_MARK_GO_ON;
        return 0;
    }
    switch (r->line_state) {
    case LINE_MARK_START:
        if (byte != 0x09) break;
        r->in_packet = 1;
        r->console_len = 0;
        r->console_wire = 0;
        line_begin(r);
        return 0;
    case LINE_MARK_GO_ON:
        if (byte != 0x14 || !r->in_packet) break;
        line_begin(r);
        return 0;
    case LINE_CONTENT:
        r->console_wire++;
        if (++r->line_len > LINE_MAX) break;
        if (byte != 0x0a) {
            if (console_char(r, byte)) break;
            return 0;
        }
        r->line_state = LINE_IDLE;
        int state = console_line_end(r);
        if (state < 0) break;
        return state;
    default:
        return 0;
    }
    console_drop(r);
    return 0;
}

static void binary_restart(struct cur_receiver *r) {
    r->binary_len = 0;
    r->binary_wire = 0;
    r->block_left = 0;
    r->block_zero = 0;
    r->binary_bad = 0;
}

static void binary_put(struct cur_receiver *r, uint8_t byte) {
    if (r->binary_len == sizeof r->binary) {
        r->binary_bad = 1;
    } else {
        r->binary[r->binary_len++] = byte;
    }
}

/* 1 at the end of a right frame (binary_len holds body and CRC). */
static int binary_byte(struct cur_receiver *r, uint8_t byte) {
    r->binary_wire++;
    if (byte == 0) {
        if (r->binary_bad || r->block_left || r->binary_len < 5) return 0;
        uint32_t n = r->binary_len - 4;
        return cur_crc32(0, r->binary, n) == cur_u32(r->binary + n);
    }
    if (r->binary_bad) return 0;
    if (r->block_left) {
        r->block_left--;
        binary_put(r, byte);
        return 0;
    }
    if (r->block_zero) binary_put(r, 0);
    r->block_left = (uint8_t)(byte - 1);
    r->block_zero = byte != 0xff;
    return 0;
}

void cur_receive_pause(struct cur_receiver *r) {
    r->paused = 1;
}

enum cur_framing cur_receive(struct cur_receiver *r, uint8_t byte, const uint8_t **body, size_t *len) {
    enum cur_framing framing = CUR_FRAMING_NONE;
    r->received++;
    if (console_byte(r, byte)) {
        framing = CUR_FRAMING_CONSOLE;
        *body = r->console + 2;
        *len = r->console_len - 4;
        r->accepted += r->console_wire;
    }
    if (binary_byte(r, byte)) {
        framing = CUR_FRAMING_BINARY;
        *body = r->binary;
        *len = r->binary_len - 4;
        r->accepted += r->binary_wire;
    } else if (byte == 0 && r->binary_wire == 1) {
        r->accepted++; /* an empty frame: flushes noise, is none itself */
    }
    if (byte != '\n' && byte != '\r') r->paused = 0;
    if (framing != CUR_FRAMING_NONE) {
        r->binary_used |= framing == CUR_FRAMING_BINARY;
        r->discarded = r->received - r->accepted;
    }
    if (byte == 0 || framing != CUR_FRAMING_NONE) {
        console_drop(r); /* no console packet has a zero */
        binary_restart(r);
    }
    return framing;
}
