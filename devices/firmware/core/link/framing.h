#ifndef CUR_FRAMING_H
#define CUR_FRAMING_H

#include <stddef.h>
#include <stdint.h>

/* Largest message (header and payload), bytes: `buf_size`. A write of 2048 data bytes fits. */
#define CUR_BUF_SIZE 2304u

enum cur_framing { CUR_FRAMING_NONE = 0, CUR_FRAMING_CONSOLE = 1, CUR_FRAMING_BINARY = 2 };

/*
 * Receives both framings at once: every byte goes to both decoders, and whichever completes a message with
 * a right checksum wins and clears the other. Once a binary frame was accepted, a console packet begins only
 * where no binary frame can be open: one inside an image's bytes must not be taken for a request.
 */
struct cur_receiver {
    /* console: base64 lines */
    uint8_t console[CUR_BUF_SIZE + 4]; /* length, body, CRC-16 */
    uint32_t console_len;              /* bytes decoded so far */
    uint32_t console_wire;             /* bytes on the line of the packet so far */
    uint8_t line_state;
    uint8_t line_len;   /* bytes of this line so far, its two-byte mark included */
    uint8_t quad_len;   /* base64 characters waiting for their quad to fill */
    uint8_t line_ended; /* padding was seen: only the line's end may follow */
    uint8_t in_packet;  /* a start line was accepted, continuations may follow */
    uint32_t quad;
    /* binary: COBS */
    uint8_t binary[CUR_BUF_SIZE + 4]; /* body, CRC-32 */
    uint32_t binary_len;
    uint32_t binary_wire; /* bytes on the line of the frame so far */
    uint8_t block_left;   /* bytes of the current COBS block still to come */
    uint8_t block_zero;   /* a zero follows the current block, unless the frame ends */
    uint8_t binary_bad;   /* this frame cannot be right; wait for its end */
    /* of both */
    uint8_t binary_used; /* a binary frame was accepted: what follows one may be the inside of the next */
    uint8_t paused;      /* the line was quiet before the next byte */
    uint32_t received, accepted;
    uint32_t discarded; /* bytes that fit no frame, as of the last message accepted; wraps */
};

/* The line has been quiet for some tens of milliseconds: whatever frame is open may be given up. */
void cur_receive_pause(struct cur_receiver *r);

/* One byte in. Returns the framing of a completed message and where it is (valid until the next byte). */
enum cur_framing cur_receive(struct cur_receiver *r, uint8_t byte, const uint8_t **body, size_t *len);

/* Bytes that `cur_frame` writes at most for a message of CUR_BUF_SIZE: the console framing is the larger. */
#define CUR_FRAME_SIZE (((CUR_BUF_SIZE + 4 + 92) / 93) * 127u)

/* Frames a message of at most CUR_BUF_SIZE bytes into `out` (CUR_FRAME_SIZE bytes); returns its length. */
size_t cur_frame(enum cur_framing framing, const uint8_t *body, size_t len, uint8_t *out);

#endif
