#include "framing.h"
#include "crc.h"
#include "../mem.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { LINE_BYTES = 93 }; /* 124 base64 characters, two mark bytes and a line feed make 127 */

/* Byte i of the packet: length, body, CRC-16. */
static uint8_t packet_byte(const uint8_t *body, size_t len, uint16_t crc, size_t i) {
    if (i < 2) return (uint8_t)((len + 2) >> (8 * (1 - i)));
    if (i < len + 2) return body[i - 2];
    return (uint8_t)(crc >> (8 * (len + 3 - i)));
}

static size_t frame_console(const uint8_t *body, size_t len, uint8_t *out) {
    uint16_t crc = cur_crc16(0, body, len);
    size_t total = len + 4;
    uint8_t *o = out;
    for (size_t start = 0; start < total; start += LINE_BYTES) {
        size_t end = total - start < LINE_BYTES ? total : start + LINE_BYTES;
        *o++ = start ? 0x04 : 0x06;
        *o++ = start ? 0x14 : 0x09;
        for (size_t i = start; i < end; i += 3) {
            uint32_t quad = 0;
            for (size_t j = i; j < i + 3; j++) {
                quad = quad << 8 | (j < end ? packet_byte(body, len, crc, j) : 0u);
            }
            *o++ = (uint8_t)alphabet[quad >> 18];
            *o++ = (uint8_t)alphabet[quad >> 12 & 63];
            *o++ = i + 1 < end ? (uint8_t)alphabet[quad >> 6 & 63] : '=';
            *o++ = i + 2 < end ? (uint8_t)alphabet[quad & 63] : '=';
        }
        *o++ = '\n';
    }
    return (size_t)(o - out);
}

/* COBS: each block is its length + 1, then bytes without a zero; 0xff means that no zero follows. */
static size_t frame_binary(const uint8_t *body, size_t len, uint8_t *out) {
    uint8_t crc[4];
    cur_put_u32(crc, cur_crc32(0, body, len));
    uint8_t *code = out, *o = out + 1;
    for (size_t i = 0; i < len + 4; i++) {
        uint8_t byte = i < len ? body[i] : crc[i - len];
        if (o - code == 255) {
            *code = 0xff;
            code = o++;
        }
        if (byte) {
            *o++ = byte;
        } else {
            *code = (uint8_t)(o - code);
            code = o++;
        }
    }
    *code = (uint8_t)(o - code);
    *o++ = 0;
    return (size_t)(o - out);
}

size_t cur_frame(enum cur_framing framing, const uint8_t *body, size_t len, uint8_t *out) {
    return framing == CUR_FRAMING_BINARY ? frame_binary(body, len, out) : frame_console(body, len, out);
}
