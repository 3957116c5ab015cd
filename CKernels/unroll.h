/// Loops of few rounds, known to the compiler, that have to be written out: what they index is in registers then.
#ifndef FPX_UNROLL_H
#define FPX_UNROLL_H

// GCC does so by itself with -O3, and not with -O2.
#if defined(__clang__)
#define FPX_UNROLL _Pragma("clang loop unroll(full)")
#else
#define FPX_UNROLL _Pragma("GCC unroll 16")
#endif

#endif
