/// Annotations that tell Swift what C cannot say, made harmless for compilers that do not know them: which pointers may
/// be null, how many elements they point to, and that a function keeps none. With the last two, Swift makes overloads
/// of its own that take `Span` and `MutableSpan` (`-enable-experimental-feature SafeInteropWrappers`).
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

/// The pointer is to `count` elements, of which `count` is another argument.
#define FPX_COUNTED_BY(count)
/// The pointer is not kept.
#define FPX_NOESCAPE

#if defined(__has_feature)
#if __has_feature(bounds_safety_attributes)
#undef FPX_COUNTED_BY
#define FPX_COUNTED_BY(count) __attribute__((__counted_by__(count)))
#endif
#endif
#if defined(__clang__) && defined(__has_attribute)
#if __has_attribute(noescape)
#undef FPX_NOESCAPE
#define FPX_NOESCAPE __attribute__((noescape))
#endif
#endif

#endif
