/* One frame of FLAC (RFC 9639, 9): from bits to samples, in WebAssembly. What a frame's header says of its
 * place and length flac-frames.ts has read; everything after it is read here. Integers of 64 bits throughout,
 * as the difference of two channels of 32 bits takes 33; sums wrap, so that no input does harm.
 */
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

enum { MOST_CHANNELS = 8, MOST_ORDER = 32, LEFT_SIDE = 8, SIDE_RIGHT = 9, MID_SIDE = 10 };

/* The frame as words of eight bytes, the first one highest, and two words more. */
struct bits {
    const uint64_t *words;
    uint32_t at, end; /* counted in bits */
};

/* The next 64 bits; what lies behind the end may be anything. */
static inline uint64_t ahead(const struct bits *bits) {
    if (bits->at >= bits->end) return 0;
    const uint64_t *word = bits->words + bits->at / 64;
    uint32_t shift = bits->at % 64;
    return word[0] << shift | word[1] >> 1 >> (63 - shift);
}

/* `count` up to 64. */
static inline uint64_t take(struct bits *bits, uint32_t count) {
    uint64_t value = count ? ahead(bits) >> (64 - count) : 0;
    bits->at += count;
    return value;
}

static inline int64_t take_signed(struct bits *bits, uint32_t count) {
    int64_t value = count ? (int64_t)ahead(bits) >> (64 - count) : 0;
    bits->at += count;
    return value;
}

/* How many zeros there are before the next one, which is taken as well. -1: the frame ends before. */
static inline int64_t take_unary(struct bits *bits) {
    uint32_t from = bits->at;
    uint64_t next = ahead(bits);
    while (next == 0) {
        if (bits->at >= bits->end) return -1;
        bits->at += 64;
        next = ahead(bits);
    }
    bits->at += (uint32_t)__builtin_clzll(next) + 1;
    return bits->at - from - 1;
}

/* Numbers with a sign, as Rice codes with a parameter below 31. 0, or -1 where the frame ends before. */
static int take_rice(struct bits *bits, int64_t *out, uint32_t count, uint32_t parameter) {
    uint64_t next = 0;
    uint32_t held = 0, at = bits->at; /* `next` begins at `at`, with so many bits that count */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t used = next ? (uint32_t)__builtin_clzll(next) + 1 + parameter : 65;
        if (used > held) {
            bits->at = at;
            next = ahead(bits);
            held = 64;
            used = next ? (uint32_t)__builtin_clzll(next) + 1 + parameter : 65;
        }
        uint64_t code;
        if (used < 64) {
            uint64_t high = used - 1 - parameter;
            code = high << parameter | (next << high << 1 >> 1 >> (63 - parameter));
            next <<= used;
            held -= used;
            at += used;
        } else {
            int64_t high = take_unary(bits);
            if (high < 0) return -1;
            code = (uint64_t)high << parameter | take(bits, parameter);
            at = bits->at;
            held = 0;
            next = 0;
        }
        out[i] = (int64_t)(code >> 1 ^ (0 - (code & 1)));
    }
    bits->at = at;
    return 0;
}

/* What prediction leaves, of all samples but the first `order`. */
static int take_residual(struct bits *bits, int64_t *out, uint32_t count, uint32_t order) {
    uint32_t method = (uint32_t)take(bits, 2), partition_order = (uint32_t)take(bits, 4);
    uint32_t width = method ? 5 : 4, escape = method ? 31 : 15, of_partition = count >> partition_order;
    if (method > 1 || of_partition << partition_order != count || of_partition < order) return -1;
    for (uint32_t at = order, end = of_partition; at < count; at = end, end += of_partition) {
        uint32_t parameter = (uint32_t)take(bits, width);
        if (parameter < escape) {
            if (take_rice(bits, out + at, end - at, parameter)) return -1;
        } else {
            uint32_t bits_of_each = (uint32_t)take(bits, 5);
            for (uint32_t i = at; i < end; i++)
                out[i] = take_signed(bits, bits_of_each);
        }
        if (bits->at > bits->end) return -1;
    }
    return 0;
}

/* Fixed predictors, 9.2.5: the residual is the difference of its order, which is summed up as often. */
static void add_fixed(int64_t *x, uint32_t count, uint32_t order) {
    for (uint32_t i = order; i < count; i++) {
        int64_t *at = x + i;
        if (order == 1)
            at[0] += at[-1];
        else if (order == 2)
            at[0] += 2 * at[-1] - at[-2];
        else if (order == 3)
            at[0] += 3 * (at[-1] - at[-2]) + at[-3];
        else if (order == 4)
            at[0] += 4 * (at[-1] + at[-3]) - 6 * at[-2] - at[-4];
    }
}

/* `factors` the nearest sample's first. */
static void add_linear(int64_t *x, uint32_t count, uint32_t order, const int64_t *factors, uint32_t shift) {
    for (uint32_t i = order; i < count; i++) {
        int64_t sum = 0;
        for (uint32_t k = 0; k < order; k++)
            sum += factors[k] * x[i - 1 - k];
        x[i] += sum >> shift;
    }
}

static int take_linear(struct bits *bits, int64_t *out, uint32_t count, uint32_t order) {
    int64_t factors[MOST_ORDER];
    uint32_t precision = (uint32_t)take(bits, 4) + 1, shift = (uint32_t)take(bits, 5);
    if (precision == 16 || shift > 15) return -1;
    for (uint32_t k = 0; k < order; k++)
        factors[k] = take_signed(bits, precision);
    if (take_residual(bits, out, count, order)) return -1;
    add_linear(out, count, order, factors, shift);
    return 0;
}

/* The samples of one channel, `depth` bits each. 0, or -1 where they are no such thing. */
static int take_subframe(struct bits *bits, int64_t *out, uint32_t count, uint32_t depth) {
    uint32_t head = (uint32_t)take(bits, 8), kind = head >> 1, wasted = 0;
    if (head & 1) {
        int64_t zeros = take_unary(bits);
        if (zeros < 0 || zeros + 1 >= depth) return -1;
        wasted = (uint32_t)zeros + 1;
    }
    depth -= wasted;
    uint32_t order = kind >= 32 && kind < 64 ? kind - 31 : kind >= 8 && kind <= 12 ? kind - 8 : 0;
    if (order > count) return -1;
    for (uint32_t i = 0; i < order; i++)
        out[i] = take_signed(bits, depth);
    if (kind == 0) {
        int64_t all = take_signed(bits, depth);
        for (uint32_t i = 0; i < count; i++)
            out[i] = all;
    } else if (kind == 1) {
        for (uint32_t i = 0; i < count; i++)
            out[i] = take_signed(bits, depth);
    } else if (kind >= 8 && kind <= 12) {
        if (take_residual(bits, out, count, order)) return -1;
        add_fixed(out, count, order);
    } else if (kind >= 32 && kind < 64) {
        if (take_linear(bits, out, count, order)) return -1;
    } else {
        return -1;
    }
    if (wasted)
        for (uint32_t i = 0; i < count; i++)
            out[i] = (int64_t)((uint64_t)out[i] << wasted);
    return bits->at > bits->end ? -1 : 0;
}

/* Left and right out of what stands for them. */
static void part(int64_t *first, int64_t *second, uint32_t count, uint32_t assignment) {
    for (uint32_t i = 0; i < count; i++) {
        int64_t a = first[i], b = second[i];
        if (assignment == LEFT_SIDE) {
            second[i] = a - b;
        } else if (assignment == SIDE_RIGHT) {
            first[i] = a + b;
        } else {
            int64_t both = (int64_t)((uint64_t)a << 1) | (b & 1);
            first[i] = (both + b) >> 1;
            second[i] = (both - b) >> 1;
        }
    }
}

/* Sixteen bytes beyond `length` are read, and as many written beyond its last word. */
static void as_words(uint64_t *words, const uint8_t *bytes, uint32_t length) {
    for (uint32_t i = 0; i < length; i += 16, words += 2) {
        v128_t x = wasm_v128_load(bytes + i);
        wasm_v128_store(words,
                        wasm_i8x16_shuffle(x, x, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
    }
    wasm_v128_store(words, wasm_i64x2_splat(0));
}

/* [8][256]: the checksum (x^16 + x^15 + x^2 + 1) of a byte that so many zero bytes follow. */
static uint16_t checksums[8][256];

static void make_checksums(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? crc << 1 ^ 0x8005 : crc << 1;
        checksums[0][i] = (uint16_t)crc;
    }
    for (uint32_t row = 1; row < 8; row++)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t crc = checksums[row - 1][i];
            checksums[row][i] = (uint16_t)(crc << 8 ^ checksums[0][crc >> 8]);
        }
}

static uint32_t checksum(const uint8_t *bytes, uint32_t length) {
    if (checksums[0][1] == 0) make_checksums();
    uint32_t crc = 0, i = 0;
    for (; i + 8 <= length; i += 8, bytes += 8)
        crc = checksums[7][crc >> 8 ^ bytes[0]] ^ checksums[6][(crc & 255) ^ bytes[1]] ^
              checksums[5][bytes[2]] ^ checksums[4][bytes[3]] ^ checksums[3][bytes[4]] ^
              checksums[2][bytes[5]] ^ checksums[1][bytes[6]] ^ checksums[0][bytes[7]];
    for (; i < length; i++)
        crc = (crc << 8 & 0xffff) ^ checksums[0][crc >> 8 ^ *bytes++];
    return crc;
}

/* The frame at `bytes`, of which `length` may belong to it: its channels at `out`, `count` samples each, full
 * scale 1. `header` is its header's length, `depth` the stream's bits a sample; `samples` is scratch for as
 * many numbers as `out`, `words` for length / 8 + 4. Returns the frame's length; 0 where it ends before, its
 * checksum does not hold or it is written in no way that there is. */
EXPORT(flac_frame)
uint32_t flac_frame(float *out, uint32_t count, const uint8_t *bytes, uint32_t length, uint32_t header,
                    uint32_t depth, int64_t *samples, uint64_t *words) {
    static const uint8_t depths[8] = {0, 8, 12, 0, 16, 20, 24, 32};
    uint32_t assignment = bytes[3] >> 4, code = bytes[3] >> 1 & 7;
    uint32_t channels = assignment < MOST_CHANNELS ? assignment + 1 : 2;
    if (code) depth = depths[code];
    if (depth < 4 || depth > 32 || assignment > MID_SIDE) return 0;
    as_words(words, bytes, length);
    struct bits bits = {words, 8 * header, 8 * length};
    for (uint32_t c = 0; c < channels; c++) {
        int is_side = c == (assignment == SIDE_RIGHT ? 0 : 1) && assignment >= MOST_CHANNELS;
        if (take_subframe(&bits, samples + c * count, count, depth + (uint32_t)is_side)) return 0;
    }
    uint32_t end = (bits.at + 7) / 8 + 2;
    if (end > length || checksum(bytes, end) != 0) return 0;
    if (assignment >= MOST_CHANNELS) part(samples, samples + count, count, assignment);
    double scale = 1.0 / (double)(1ull << (depth - 1));
    for (uint32_t i = 0; i < channels * count; i++)
        out[i] = (float)((double)samples[i] * scale);
    return end;
}
