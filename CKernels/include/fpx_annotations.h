/// Annotations that tell Swift what C cannot say, made harmless for compilers that do not know them: which pointers may
/// be null, how many elements they point to, that a function keeps none, and that an enumeration will have no other
/// values. With the second and the third, Swift makes overloads of its own that take `Span` and `MutableSpan`
/// (`-enable-experimental-feature SafeInteropWrappers`), which check the lengths.
#ifndef FPX_ANNOTATIONS_H
#define FPX_ANNOTATIONS_H

#if !defined(__clang__)
#if !defined(_Nonnull)
#define _Nonnull
#endif
#if !defined(_Nullable)
#define _Nullable
#endif
#endif

/// The pointer is to `count` elements, of which `count` is another argument, or is computed of others. A product stands
/// in parentheses of its own, or formatters take it for the declaration of a pointer.
#define FPX_COUNTED_BY(count)
/// The pointer is not kept.
#define FPX_NOESCAPE
/// An enumeration with no values but those it names: an enum of Swift, whose switches need no default.
#define FPX_CLOSED_ENUM
/// What Swift calls an enumerator.
#define FPX_SWIFT_NAME(name)

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
#if __has_attribute(enum_extensibility) && __has_attribute(swift_name)
#undef FPX_CLOSED_ENUM
#define FPX_CLOSED_ENUM __attribute__((enum_extensibility(closed)))
#undef FPX_SWIFT_NAME
#define FPX_SWIFT_NAME(name) __attribute__((swift_name(name)))
#endif
#endif

#endif
