#ifndef CUR_CBOR_H
#define CUR_CBOR_H

#include <stddef.h>
#include <stdint.h>

/*
 * CBOR (RFC 8949), as much as the protocol needs. Reading never allocates, never recurses and never looks
 * outside the bytes given; definite and indefinite lengths are both read. Writing is checked against the
 * buffer's end: an overflow is remembered and nothing beyond is written.
 */

enum { CUR_CBOR_DEPTH = 8 }; /* deepest nesting that is read: arrays, maps, tags, strings in pieces */

enum cur_cbor_error {
    CUR_CBOR_OK = 0,
    CUR_CBOR_ABSENT = -1,    /* the key is not there */
    CUR_CBOR_MALFORMED = -2, /* not CBOR, wrong type, out of range, too deep, or a key twice */
};

/* A payload that cur_cbor_map_check has found well-formed. */
struct cur_cbor_map {
    const uint8_t *bytes;
    size_t len;
};

/* Checks that `bytes` is one well-formed map with text keys and nothing after it. */
int cur_cbor_map_check(struct cur_cbor_map *map, const uint8_t *bytes, size_t len);

/* Values by key; each returns CUR_CBOR_OK, CUR_CBOR_ABSENT or CUR_CBOR_MALFORMED. */
int cur_cbor_get_u32(const struct cur_cbor_map *map, const char *key, uint32_t *value);
int cur_cbor_get_bool(const struct cur_cbor_map *map, const char *key, int *value);

/* A number of any kind CBOR has, as the nearest float32. */
int cur_cbor_get_f32(const struct cur_cbor_map *map, const char *key, float *value);

/* An array of at most `cap` u32. */
int cur_cbor_get_u32s(const struct cur_cbor_map *map, const char *key, uint32_t *values, size_t cap,
                      size_t *count);

/* Byte string (major 2) or text (major 3). A definite one is pointed at where it lies; one in pieces is
 * joined in `scratch` (`cap` bytes; more is malformed). */
int cur_cbor_get_string(const struct cur_cbor_map *map, const char *key, int major, uint8_t *scratch,
                        size_t cap, const uint8_t **value, size_t *len);

enum { CUR_CBOR_BYTES = 2, CUR_CBOR_TEXT = 3 };

struct cur_cbor_writer {
    uint8_t *bytes;
    size_t cap;
    size_t len;
    int overflow;
};

void cur_cbor_write_int(struct cur_cbor_writer *w, int32_t value);
void cur_cbor_write_u32(struct cur_cbor_writer *w, uint32_t value);
void cur_cbor_write_u64(struct cur_cbor_writer *w, uint64_t value);
void cur_cbor_write_bool(struct cur_cbor_writer *w, int value);
void cur_cbor_write_f32(struct cur_cbor_writer *w, float value);
void cur_cbor_write_bytes(struct cur_cbor_writer *w, const uint8_t *bytes, size_t n);
void cur_cbor_write_text(struct cur_cbor_writer *w, const char *text);
void cur_cbor_write_text_n(struct cur_cbor_writer *w, const uint8_t *text, size_t n);
void cur_cbor_write_map(struct cur_cbor_writer *w, uint32_t pairs);
void cur_cbor_write_array(struct cur_cbor_writer *w, uint32_t items);

/* Opens a byte string of n bytes and returns where to put them; NULL if they do not fit. */
uint8_t *cur_cbor_reserve_bytes(struct cur_cbor_writer *w, size_t n);

#endif
