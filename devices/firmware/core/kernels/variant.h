#ifndef CUR_VARIANT_H
#define CUR_VARIANT_H

/* Which kernels this build has: the files of the others are empty. */
#if defined(__ARM_FEATURE_MVE)
#define CUR_KERNELS_MVE
#elif defined(__ARM_FEATURE_DSP)
#define CUR_KERNELS_DSP
#elif defined(__wasm_simd128__)
#define CUR_KERNELS_WASM
#else
#define CUR_KERNELS_PORTABLE
#endif

#endif
