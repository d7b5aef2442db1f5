#ifndef CUR_FIELD25519_H
#define CUR_FIELD25519_H

#include <stdint.h>

/*
 * Numbers modulo p = 2^255 - 19, for checking signatures: time depends on the values, so never for secrets.
 * Eight 32-bit limbs, least significant first, any value below 2^256: 2^256 = 38 modulo p, so a carry out
 * of the top comes back as 38. A product of limbs and two more of them fit 64 bits. The result may be the
 * same variable as an operand.
 */
struct cur_field {
    uint32_t limb[8];
};

void cur_field_add(struct cur_field *r, const struct cur_field *a, const struct cur_field *b);
void cur_field_sub(struct cur_field *r, const struct cur_field *a, const struct cur_field *b);
void cur_field_mul(struct cur_field *r, const struct cur_field *a, const struct cur_field *b);

/* r = a^(p - 2): the inverse of a, and 0 of 0. */
void cur_field_invert(struct cur_field *r, const struct cur_field *a);

/* r = a^((p - 5) / 8): the power that square roots need (RFC 8032, section 5.1.3). */
void cur_field_root_power(struct cur_field *r, const struct cur_field *a);

/* Brings a below p: the one way to write a number, and what equality and parity are asked of. */
void cur_field_reduce(struct cur_field *a);

/* Whether a and b are the same number modulo p. */
int cur_field_equal(const struct cur_field *a, const struct cur_field *b);

/* Little-endian, 32 bytes; loading takes all 256 bits, storing reduces. */
void cur_field_load(struct cur_field *r, const uint8_t bytes[32]);
void cur_field_store(uint8_t bytes[32], const struct cur_field *a);

#endif
