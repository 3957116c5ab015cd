/// Clang's nullability annotations, which tell Swift which pointers may be null, made harmless for other compilers.
#ifndef FPX_NULLABILITY_H
#define FPX_NULLABILITY_H

#if !defined(__clang__)
#if !defined(_Nonnull)
#define _Nonnull
#endif
#if !defined(_Nullable)
#define _Nullable
#endif
#endif

#endif
