#include "../crypto/hash.h"
#include "../mem.h"
#include "../watchdog.h"
#include "crc.h"
#include "request.h"

/* The standard file-system group over the store: /experts/new takes an upload, /experts/N is slot N. */

enum { FILE = 0, STATUS = 1, HASH = 2, HASH_TYPES = 3 };

enum file_rc {
    RC_UNKNOWN = 1,
    RC_INVALID_NAME = 2,
    RC_NOT_FOUND = 3,
    RC_IS_DIRECTORY = 4,
    RC_OPEN_FAILED = 5,
    RC_WRITE_FAILED = 10,
    RC_OFFSET_LARGER = 12,
    RC_HASH_NOT_FOUND = 13,
    RC_NO_MOUNT = 14,
    RC_READ_ONLY = 15,
    RC_EMPTY = 16,
};

enum { NAME_MAX = 32, NEW = CUR_SLOTS };

static int same(const uint8_t *text, size_t n, const char *word) {
    size_t i = 0;
    while (i < n && word[i] && (uint8_t)word[i] == text[i])
        i++;
    return i == n && word[i] == 0;
}

/* NEW or a slot's number into *file; 0 or a file_rc. */
static int named(const struct cur_request *rq, int *file) {
    static const char folder[] = "/experts";
    const size_t at = sizeof folder - 1;
    uint8_t scratch[NAME_MAX];
    const uint8_t *name;
    size_t n;
    if (cur_cbor_get_string(&rq->map, "name", CUR_CBOR_TEXT, scratch, sizeof scratch, &name, &n)) {
        return RC_INVALID_NAME;
    }
    if (n == 0 || name[0] != '/') return RC_INVALID_NAME;
    if (n < at || memcmp(name, folder, at) || (n > at && name[at] != '/')) return RC_NO_MOUNT;
    if (n <= at + 1) return RC_IS_DIRECTORY;
    name += at + 1;
    n -= at + 1;
    if (same(name, n, "new")) {
        *file = NEW;
        return 0;
    }
    if (n > 2 || (n == 2 && name[0] == '0')) return RC_NOT_FOUND;
    *file = 0;
    for (size_t i = 0; i < n; i++) {
        if (name[i] < '0' || name[i] > '9') return RC_NOT_FOUND;
        *file = 10 * *file + name[i] - '0';
    }
    return *file < CUR_SLOTS ? 0 : RC_NOT_FOUND;
}

/* The slot of a file that can be read. */
static int readable(const struct cur_board *b, const struct cur_request *rq, int *slot) {
    int rc = named(rq, slot);
    if (rc) return rc;
    return *slot < CUR_SLOTS && b->store.slot[*slot].state == CUR_SLOT_VERIFIED ? 0 : RC_NOT_FOUND;
}

static void pair_u32(struct cur_cbor_writer *w, const char *key, uint32_t value) {
    cur_cbor_write_text(w, key);
    cur_cbor_write_u32(w, value);
}

/* The slot that a file is being written to, or -1. */
static int upload_slot(const struct cur_store *s) {
    for (int i = 0; i < CUR_SLOTS; i++) {
        if (s->slot[i].state == CUR_SLOT_PARTIAL && s->slot[i].is_file) return i;
    }
    return -1;
}

static int upload(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t off, n, len = 0;
    const uint8_t *data;
    int file, rc = named(rq, &file);
    if (rc) return rc;
    if (cur_cbor_get_u32(&rq->map, "off", &off) || cur_need_bytes(b, &rq->map, "data", &data, &n)) {
        return RC_UNKNOWN;
    }
    if (off == 0 && cur_cbor_get_u32(&rq->map, "len", &len)) return RC_UNKNOWN;
    if (file != NEW) return RC_READ_ONLY;
    if (off == 0 && len == 0) return RC_EMPTY;
    if (off == 0 && n > len) return RC_OFFSET_LARGER;

    int slot = upload_slot(&b->store);
    if (off == 0 && cur_store_begin(&b->store, len, NULL, &slot)) return RC_OPEN_FAILED;
    if (off == 0) cur_uncertain_make_way(&b->uncertain, &b->store);
    uint32_t wanted = slot < 0 ? 0 : b->store.slot[slot].off;
    if (slot >= 0 && off == wanted) {
        const struct cur_slot *to = &b->store.slot[slot];
        if (n > to->len - off) return RC_OFFSET_LARGER;
        if (cur_store_write(&b->store, slot, data, n)) return RC_WRITE_FAILED;
        wanted = to->off;
        if (wanted == to->len && cur_store_verify(&b->store, slot)) return RC_WRITE_FAILED;
    }
    cur_cbor_write_map(w, 1);
    pair_u32(w, "off", wanted);
    return 0;
}

static int download(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    uint32_t off;
    int slot, rc = readable(b, rq, &slot);
    if (rc) return rc;
    if (cur_cbor_get_u32(&rq->map, "off", &off)) return RC_UNKNOWN;
    uint32_t len = b->store.slot[slot].len;
    if (off > len) return RC_OFFSET_LARGER;
    /* 32 bytes are more than the map, its keys and the numbers take. */
    uint32_t room = (uint32_t)w->cap - 32, n = len - off < room ? len - off : room;
    cur_cbor_write_map(w, off ? 2 : 3);
    pair_u32(w, "off", off);
    cur_cbor_write_text(w, "data");
    cur_cbor_write_bytes(w, cur_store_bytes(&b->store, slot) + off, n);
    if (off == 0) pair_u32(w, "len", len);
    return 0;
}

static int status(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    int slot, rc = readable(b, rq, &slot);
    if (rc) return rc;
    cur_cbor_write_map(w, 1);
    pair_u32(w, "len", b->store.slot[slot].len);
    return 0;
}

/* CRC-32 of as many bytes as a file has: the watchdog is fed meanwhile. */
static uint32_t crc32(const uint8_t *bytes, uint32_t len, const struct cur_hal *hal) {
    enum { PIECE = 16384 };
    uint32_t crc = 0;
    while (len) {
        uint32_t n = len < PIECE ? len : PIECE;
        crc = cur_crc32(crc, bytes, n);
        cur_watchdog_feed(hal);
        bytes += n;
        len -= n;
    }
    return crc;
}

static int hash(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    static const char *const types[] = {"sha256", "crc32"};
    uint8_t scratch[NAME_MAX];
    const uint8_t *type = (const uint8_t *)types[0];
    size_t type_len = 6;
    uint32_t off = 0, len;
    int slot, rc = readable(b, rq, &slot);
    if (rc) return rc;
    int e = cur_cbor_get_string(&rq->map, "type", CUR_CBOR_TEXT, scratch, sizeof scratch, &type, &type_len);
    if (e == CUR_CBOR_MALFORMED || cur_optional_u32(&rq->map, "off", &off)) return RC_UNKNOWN;
    int is_sha = same(type, type_len, types[0]);
    if (!is_sha && !same(type, type_len, types[1])) return RC_HASH_NOT_FOUND;
    uint32_t whole = b->store.slot[slot].len;
    if (off > whole) return RC_OFFSET_LARGER;
    len = whole - off;
    if (cur_optional_u32(&rq->map, "len", &len)) return RC_UNKNOWN;
    if (len > whole - off) len = whole - off;

    const uint8_t *bytes = cur_store_bytes(&b->store, slot) + off;
    cur_cbor_write_map(w, 3);
    cur_cbor_write_text(w, "type");
    cur_cbor_write_text(w, types[!is_sha]);
    pair_u32(w, "len", len);
    if (is_sha) {
        uint8_t digest[32];
        cur_hash(digest, bytes, len, b->hal);
        cur_cbor_write_text(w, "output");
        cur_cbor_write_bytes(w, digest, sizeof digest);
    } else {
        pair_u32(w, "output", crc32(bytes, len, b->hal));
    }
    return 0;
}

static int hash_types(struct cur_cbor_writer *w) {
    static const struct {
        const char *name;
        uint32_t format, size; /* format 0 a number, 1 bytes */
    } types[] = {{"sha256", 1, 32}, {"crc32", 0, 4}};
    cur_cbor_write_map(w, 1);
    cur_cbor_write_text(w, "types");
    cur_cbor_write_map(w, 2);
    for (int i = 0; i < 2; i++) {
        cur_cbor_write_text(w, types[i].name);
        cur_cbor_write_map(w, 2);
        pair_u32(w, "format", types[i].format);
        pair_u32(w, "size", types[i].size);
    }
    return 0;
}

int cur_group_files(struct cur_board *b, const struct cur_request *rq, struct cur_cbor_writer *w) {
    if (rq->command == FILE && rq->op == CUR_OP_WRITE) return upload(b, rq, w);
    if (rq->op != CUR_OP_READ) return CUR_STD_NOT_SUPPORTED;
    switch (rq->command) {
    case FILE:
        return download(b, rq, w);
    case STATUS:
        return status(b, rq, w);
    case HASH:
        return hash(b, rq, w);
    case HASH_TYPES:
        return hash_types(w);
    default:
        return CUR_STD_NOT_SUPPORTED;
    }
}
