#include <math.h>

#include "test.h"
#include "../core/inference/fmath.h"

/* |got - want| in units of the last place of want. */
static double ulps(float got, double want) {
    int exponent;
    frexp(want, &exponent);
    return fabs((double)got - want) / ldexp(1.0, exponent - 24);
}

static void logarithm(void) {
    double worst = 0;
    for (uint32_t bits = 1; bits < 0x7f800000u; bits += 977) {
        float x;
        memcpy(&x, &bits, 4);
        double error = ulps(cur_logf(x), log((double)x));
        if (error > worst) worst = error;
    }
    CHECK_AT(worst * 1000, worst < 1.0);
    CHECK(cur_logf(1.0f) == 0.0f);
    CHECK(isinf(cur_logf(0.0f)) && cur_logf(0.0f) < 0 && isnan(cur_logf(-1.0f)) && isnan(cur_logf(NAN)));
    CHECK(isinf(cur_logf(INFINITY)));
}

static void exponential(void) {
    double worst = 0;
    for (double x = -87.3; x < 88.7; x += 1.7e-4) {
        double error = ulps(cur_expf((float)x), exp((double)(float)x));
        if (error > worst) worst = error;
    }
    CHECK_AT(worst * 1000, worst < 1.0);
    CHECK(cur_expf(0.0f) == 1.0f && cur_expf(-1000.0f) == 0.0f && isinf(cur_expf(1000.0f)));
    CHECK(isnan(cur_expf(NAN)) && cur_expf(-INFINITY) == 0.0f && isinf(cur_expf(INFINITY)));
}

static void finiteness(void) {
    CHECK(cur_finite(0.0f) && cur_finite(-3.4e38f) && cur_finite(1e-45f));
    CHECK(!cur_finite(INFINITY) && !cur_finite(-INFINITY) && !cur_finite(NAN));
}

static void soft_root(void) {
    for (uint32_t bits = 0; bits <= 0x7f800000u; bits += 997) {
        float x;
        memcpy(&x, &bits, 4);
        CHECK_AT(bits, cur_soft_sqrtf(x) == sqrtf(x));
    }
    /* Around every power of two, where exponents change and rounding carries. */
    for (uint32_t bits = 0x00800000u; bits < 0x7f800000u; bits += 0x00800000u) {
        for (uint32_t off = 0; off < 64; off++) {
            uint32_t near = bits + off - 32;
            float x;
            memcpy(&x, &near, 4);
            CHECK_AT(near, cur_soft_sqrtf(x) == sqrtf(x));
        }
    }
    CHECK(cur_soft_sqrtf(1e-45f) == sqrtf(1e-45f) && isinf(cur_soft_sqrtf(INFINITY)));
    CHECK(cur_soft_sqrtf(-0.0f) == 0.0f && signbit(cur_soft_sqrtf(-0.0f)));
    CHECK(isnan(cur_soft_sqrtf(-1.0f)) && isnan(cur_soft_sqrtf(NAN)) && isnan(cur_soft_sqrtf(-INFINITY)));
}

TEST_LIST(fmath_tests) = {
    {"the logarithm is within 1 ulp over all positive floats", logarithm},
    {"the exponential is within 1 ulp", exponential},
    {"the square root without an FPU gives the same bits as the instruction", soft_root},
    {"infinities and NaN are not finite", finiteness},
    TEST_END,
};
