/* What is done to every sample of a recording, in WebAssembly: the sums of sample rate conversion
 * (polyphase.ts and half-band.ts say of what), and the ways from 16 bits to floats and back.
 *
 * binary32 throughout. An output is one fixed sum, whichever outputs are asked for with it: the same bits
 * however the input is split. Pointers are at multiples of 4 bytes, `taps` at one of 16.
 */
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

/* Memory behind everything here is the caller's. */
extern uint8_t __heap_base;

EXPORT(heap_pointer) uint8_t *heap_pointer(void) {
    return &__heap_base;
}

static inline v128_t add_product(v128_t sum, const float *a, const float *b) {
    return wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(a), wasm_v128_load(b)));
}

/* The sum of each vector's lanes, (0 + 2) + (1 + 3). */
static inline v128_t sums_across(v128_t a, v128_t b, v128_t c, v128_t d) {
    v128_t ab = wasm_f32x4_add(wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), wasm_i32x4_shuffle(a, b, 2, 6, 3, 7));
    v128_t cd = wasm_f32x4_add(wasm_i32x4_shuffle(c, d, 0, 4, 1, 5), wasm_i32x4_shuffle(c, d, 2, 6, 3, 7));
    return wasm_f32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 1, 4, 5), wasm_i32x4_shuffle(ab, cd, 2, 3, 6, 7));
}

/* Conversion by up / down: output n is the sum over the `width` inputs from (phase + n * down) / up on, with
 * the taps of row (phase + n * down) % up. `width` is a multiple of 4; `out` has room for whole fours. */
EXPORT(polyphase)
void polyphase(float *out, uint32_t count, const float *in, const float *taps, uint32_t width, uint32_t up,
               uint32_t down, uint32_t phase) {
    uint32_t whole = down / up, part = down % up;
    for (uint32_t n = 0; n < count; n += 4, out += 4) {
        const float *x[4], *row[4];
        for (uint32_t i = 0; i < 4; i++) {
            x[i] = in;
            row[i] = taps + phase * width;
            if (n + i + 1 >= count) continue; /* what is beyond the last one is the last one again */
            in += whole;
            phase += part;
            if (phase < up) continue;
            phase -= up;
            in++;
        }
        v128_t a = wasm_f32x4_splat(0), b = a, c = a, d = a;
        for (uint32_t i = 0; i < width; i += 4) {
            a = add_product(a, row[0] + i, x[0] + i);
            b = add_product(b, row[1] + i, x[1] + i);
            c = add_product(c, row[2] + i, x[2] + i);
            d = add_product(d, row[3] + i, x[3] + i);
        }
        wasm_v128_store(out, sums_across(a, b, c, d));
    }
}

enum { VECTORS = 4, OUTPUTS = 4 * VECTORS };

/* The inputs of a half-band filter that have taps, every second one from the first on. */
static void take_outer(float *outer, const float *in, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 4, in += 8)
        wasm_v128_store(outer + i,
                        wasm_i32x4_shuffle(wasm_v128_load(in), wasm_v128_load(in + 4), 0, 2, 4, 6));
}

/* Sixteen outputs, the first one's nearest inputs with taps at outer[pairs - 1] and outer[pairs]. */
static void half_band_outputs(float *out, const float *centre, const float *outer, const float *taps,
                              uint32_t pairs) {
    v128_t half = wasm_f32x4_splat(0.5f), sum[VECTORS];
    for (int v = 0; v < VECTORS; v++)
        sum[v] = wasm_f32x4_splat(0);
    const float *near = outer + pairs - 1, *far = outer + pairs;
    for (uint32_t m = 0; m < pairs; m++, near--, far++) {
        v128_t tap = wasm_v128_load32_splat(taps + m);
        for (int v = 0; v < VECTORS; v++) {
            v128_t both = wasm_f32x4_add(wasm_v128_load(near + 4 * v), wasm_v128_load(far + 4 * v));
            sum[v] = wasm_f32x4_add(sum[v], wasm_f32x4_mul(tap, both));
        }
    }
    for (int v = 0; v < VECTORS; v++, centre += 8) {
        v128_t middle = wasm_i32x4_shuffle(wasm_v128_load(centre), wasm_v128_load(centre + 4), 0, 2, 4, 6);
        wasm_v128_store(out + 4 * v, wasm_f32x4_add(wasm_f32x4_mul(half, middle), sum[v]));
    }
}

/* Half the rate: output n is in[2 n + reach] / 2 and the sum over m of taps[m] times the inputs 2 m + 1 to
 * both sides of that one, reach = 2 pairs - 1. `outer` is scratch for count + 2 pairs + 20 numbers; `in` and
 * `out` may be read and written up to 40 and 16 numbers beyond what is used. */
EXPORT(half_band)
void half_band(float *out, uint32_t count, const float *in, float *outer, const float *taps, uint32_t pairs) {
    take_outer(outer, in, count + 2 * pairs - 1);
    const float *centre = in + 2 * pairs - 1;
    for (uint32_t n = 0; n < count; n += OUTPUTS)
        half_band_outputs(out + n, centre + 2 * n, outer + n, taps, pairs);
}

static inline v128_t scaled(v128_t steps) {
    return wasm_f32x4_mul(wasm_f32x4_convert_i32x4(steps), wasm_f32x4_splat(1.0f / 32768));
}

/* Samples of one of the channels that follow each other in `in`, full scale 1. Of one channel and of two
 * eight and four at a time: `out` has room for whole eights, and as much of `in` may be read. */
EXPORT(from_int16)
void from_int16(float *out, const int16_t *in, uint32_t count, uint32_t channels, uint32_t channel) {
    if (channels == 1) {
        for (uint32_t i = 0; i < count; i += 8) {
            v128_t x = wasm_v128_load(in + i);
            wasm_v128_store(out + i, scaled(wasm_i32x4_extend_low_i16x8(x)));
            wasm_v128_store(out + i + 4, scaled(wasm_i32x4_extend_high_i16x8(x)));
        }
    } else if (channels == 2) {
        uint32_t up = channel ? 0 : 16; /* the first one is each word's lower half */
        for (uint32_t i = 0; i < count; i += 4)
            wasm_v128_store(out + i,
                            scaled(wasm_i32x4_shr(wasm_i32x4_shl(wasm_v128_load(in + 2 * i), up), 16)));
    } else {
        for (uint32_t i = 0; i < count; i++)
            out[i] = (float)in[i * channels + channel] * (1.0f / 32768);
    }
}

/* To the nearest of 65,536 steps, halves upwards. */
static inline v128_t rounded(v128_t x) {
    v128_t steps = wasm_f32x4_mul(x, wasm_f32x4_splat(32768));
    v128_t below = wasm_f32x4_floor(steps);
    v128_t up = wasm_f32x4_ge(wasm_f32x4_sub(steps, below), wasm_f32x4_splat(0.5f));
    v128_t one = wasm_v128_and(up, wasm_f32x4_splat(1));
    return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_add(below, one));
}

/* The other way, clamped at full scale; what is no number becomes 0. Whole eights are read and written. */
EXPORT(to_int16) void to_int16(int16_t *out, const float *in, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 8)
        wasm_v128_store(out + i, wasm_i16x8_narrow_i32x4(rounded(wasm_v128_load(in + i)),
                                                         rounded(wasm_v128_load(in + i + 4))));
}
