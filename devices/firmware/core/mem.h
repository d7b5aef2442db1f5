#ifndef CUR_MEM_H
#define CUR_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Freestanding targets have no <string.h>; their ports bring these four (ports/freestanding.c). */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* Loads and stores by __builtin_memcpy: one instruction where the target allows unaligned access, and no
 * breach of aliasing rules. All targets are little-endian. */
static inline uint16_t cur_u16(const uint8_t *p) {
    uint16_t v;
    __builtin_memcpy(&v, p, 2);
    return v;
}

static inline uint32_t cur_u32(const uint8_t *p) {
    uint32_t v;
    __builtin_memcpy(&v, p, 4);
    return v;
}

static inline float cur_f32(const uint8_t *p) {
    float v;
    __builtin_memcpy(&v, p, 4);
    return v;
}

static inline void cur_put_u16(uint8_t *p, uint16_t v) {
    __builtin_memcpy(p, &v, 2);
}

static inline void cur_put_u32(uint8_t *p, uint32_t v) {
    __builtin_memcpy(p, &v, 4);
}

static inline void cur_put_f32(uint8_t *p, float v) {
    __builtin_memcpy(p, &v, 4);
}

#endif
