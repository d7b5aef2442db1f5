#include "rows.h"
#include "variant.h"
#include "../mem.h"

#ifdef CUR_KERNELS_DSP
#include "dsp.h"

/*
 * Cortex-M's DSP instructions: SMLAD multiplies two pairs of 16-bit numbers and adds both products.
 * Activations are widened once a layer, in pairs ordered as the weights come out of their words. At 1 and 2
 * bits tables take fewer instructions.
 *
 * The loops are assembly because they need all registers: two rows share each load of activations, several
 * words are loaded by one instruction, and masking or sign extension comes with the shift. gcc 12 takes a
 * third more.
 */

/* For each word of eight 4-bit weights four pairs: of nibbles 0 and 4, 1 and 5, 2 and 6, 3 and 7. */
static void prepare_4_bits(uint32_t *pairs, const int8_t *codes, uint32_t blocks) {
    for (; blocks; blocks--, codes += 32) {
        for (uint32_t i = 0; i < 16; i += 4, pairs += 4) {
            uint32_t low = cur_u32((const uint8_t *)codes + i);
            uint32_t high = cur_u32((const uint8_t *)codes + 16 + i);
            pairs[0] = cur_bytes_0_2(low);
            pairs[1] = cur_bytes_0_2(high);
            pairs[2] = cur_bytes_1_3(low);
            pairs[3] = cur_bytes_1_3(high);
        }
    }
}

/* Four pairs with one word of a row; r9, the word, is spent. */
#define ADD_4_BITS(sum)                                                                                      \
    "and r10, %[mask], r9\n"                                                                                 \
    "smlad " sum ", r10, r4, " sum "\n"                                                                      \
    "and r10, %[mask], r9, lsr #4\n"                                                                         \
    "smlad " sum ", r10, r5, " sum "\n"                                                                      \
    "and r10, %[mask], r9, lsr #8\n"                                                                         \
    "smlad " sum ", r10, r6, " sum "\n"                                                                      \
    "and r10, %[mask], r9, lsr #12\n"                                                                        \
    "smlad " sum ", r10, r8, " sum "\n"

#define WORD_4_BITS                                                                                          \
    "ldmia %[pairs]!, {r4, r5, r6, r8}\n"                                                                    \
    "ldr r9, [%[a]], #4\n" ADD_4_BITS("%[sum_a]") "ldr r9, [%[b]], #4\n" ADD_4_BITS("%[sum_b]")

static void two_rows_4_bits(int32_t *sums, const uint8_t *a, const uint8_t *b, uint32_t blocks,
                            const void *pairs, int32_t start) {
    int32_t sum_a = start, sum_b = start;
    const uint8_t *end = b + 16 * blocks;
    __asm volatile("1:\n" WORD_4_BITS WORD_4_BITS WORD_4_BITS WORD_4_BITS "cmp %[b], %[end]\n"
                   "bne 1b\n"
                   : [pairs] "+r"(pairs), [a] "+r"(a), [b] "+r"(b), [sum_a] "+r"(sum_a), [sum_b] "+r"(sum_b)
                   : [end] "r"(end), [mask] "r"(0x000f000f)
                   : "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
    sums[0] = sum_a;
    sums[1] = sum_b;
}

static void rows_4_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    two_rows_4_bits(sums, row[0], row[1], blocks, activations, start);
    two_rows_4_bits(sums + 2, row[2], row[3], blocks, activations, start);
}

/* For each word of four 8-bit weights two pairs: of bytes 0 and 2, 1 and 3. */
static void prepare_8_bits(uint32_t *pairs, const int8_t *codes, uint32_t blocks) {
    for (uint32_t i = 0; i < 16 * blocks; i += 4, pairs += 2) {
        uint32_t four = cur_u32((const uint8_t *)codes + i);
        pairs[0] = cur_bytes_0_2(four);
        pairs[1] = cur_bytes_1_3(four);
    }
}

/* Four pairs with two words of a row; r9 and r10, the words, are spent. */
#define ADD_8_BITS(sum)                                                                                      \
    "sxtb16 r12, r9\n"                                                                                       \
    "smlad " sum ", r12, r4, " sum "\n"                                                                      \
    "sxtb16 r9, r9, ror #8\n"                                                                                \
    "smlad " sum ", r9, r5, " sum "\n"                                                                       \
    "sxtb16 r12, r10\n"                                                                                      \
    "smlad " sum ", r12, r6, " sum "\n"                                                                      \
    "sxtb16 r10, r10, ror #8\n"                                                                              \
    "smlad " sum ", r10, r8, " sum "\n"

#define WORDS_8_BITS                                                                                         \
    "ldmia %[pairs]!, {r4, r5, r6, r8}\n"                                                                    \
    "ldmia %[a]!, {r9, r10}\n" ADD_8_BITS("%[sum_a]") "ldmia %[b]!, {r9, r10}\n" ADD_8_BITS("%[sum_b]")

static void two_rows_8_bits(int32_t *sums, const uint8_t *a, const uint8_t *b, uint32_t blocks,
                            const void *pairs, int32_t start) {
    int32_t sum_a = start, sum_b = start;
    const uint8_t *end = b + 16 * blocks;
    __asm volatile("1:\n" WORDS_8_BITS WORDS_8_BITS "cmp %[b], %[end]\n"
                   "bne 1b\n"
                   : [pairs] "+r"(pairs), [a] "+r"(a), [b] "+r"(b), [sum_a] "+r"(sum_a), [sum_b] "+r"(sum_b)
                   : [end] "r"(end)
                   : "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory");
    sums[0] = sum_a;
    sums[1] = sum_b;
}

static void rows_8_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                        int32_t start) {
    two_rows_8_bits(sums, row[0], row[1], blocks, activations, start);
    two_rows_8_bits(sums + 2, row[2], row[3], blocks, activations, start);
}

/* Pairs in order. */
static void prepare_16_bits(int16_t *wide, const int8_t *codes, uint32_t blocks) {
    for (uint32_t i = 0; i < 8 * blocks; i++)
        wide[i] = codes[i];
}

/* Four pairs with four words of a row. */
#define ADD_16_BITS(row, sum)                                                                                \
    "ldmia " row "!, {r9, r10, r11, r12}\n"                                                                  \
    "smlad " sum ", r9, r4, " sum "\n"                                                                       \
    "smlad " sum ", r10, r5, " sum "\n"                                                                      \
    "smlad " sum ", r11, r6, " sum "\n"                                                                      \
    "smlad " sum ", r12, r8, " sum "\n"

static void two_rows_16_bits(int32_t *sums, const uint8_t *a, const uint8_t *b, uint32_t blocks,
                             const void *pairs, int32_t start) {
    int32_t sum_a = start, sum_b = start;
    const uint8_t *end = b + 16 * blocks;
    __asm volatile("1:\n"
                   "ldmia %[pairs]!, {r4, r5, r6, r8}\n" ADD_16_BITS("%[a]", "%[sum_a]")
                       ADD_16_BITS("%[b]", "%[sum_b]") "cmp %[b], %[end]\n"
                                                       "bne 1b\n"
                   : [pairs] "+r"(pairs), [a] "+r"(a), [b] "+r"(b), [sum_a] "+r"(sum_a), [sum_b] "+r"(sum_b)
                   : [end] "r"(end)
                   : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "cc", "memory");
    sums[0] = sum_a;
    sums[1] = sum_b;
}

static void rows_16_bits(int32_t *sums, const uint8_t *const *row, uint32_t blocks, const void *activations,
                         int32_t start) {
    two_rows_16_bits(sums, row[0], row[1], blocks, activations, start);
    two_rows_16_bits(sums + 2, row[2], row[3], blocks, activations, start);
}

void cur_linear(int32_t *acc, const struct cur_linear *layer, const int8_t *codes,
                struct cur_linear_work *work) {
    uint32_t blocks = layer->row_bytes / 16;
    switch (layer->bits) {
    case 4:
        prepare_4_bits(work->pairs_of_codes, codes, blocks);
        cur_rows_run(acc, layer, rows_4_bits, work->pairs_of_codes, -8 * cur_sum_codes(codes, layer->inputs));
        break;
    case 8:
        prepare_8_bits(work->pairs_of_codes, codes, blocks);
        cur_rows_run(acc, layer, rows_8_bits, work->pairs_of_codes, 0);
        break;
    case 16:
        prepare_16_bits(work->wide, codes, blocks);
        cur_rows_run(acc, layer, rows_16_bits, work->wide, 0);
        break;
    default:
        cur_linear_portable(acc, layer, codes, work);
    }
}

#endif
