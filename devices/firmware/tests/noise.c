#include "test.h"

static uint32_t state;

void test_seed(uint32_t seed) {
    state = seed;
}

uint32_t test_noise(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
