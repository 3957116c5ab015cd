/// What tells Swift that an enumeration has no values but those it names, and what they are called there: its switches
/// need no default, so that a new value is found by the compiler. Nothing to compilers that do not know it.
#ifndef FPX_CODEC_ENUM_H
#define FPX_CODEC_ENUM_H

#define FPX_CODEC_ENUM
#define FPX_CODEC_NAME(name)

#if defined(__clang__) && defined(__has_attribute)
#if __has_attribute(enum_extensibility) && __has_attribute(swift_name)
#undef FPX_CODEC_ENUM
#define FPX_CODEC_ENUM __attribute__((enum_extensibility(closed)))
#undef FPX_CODEC_NAME
#define FPX_CODEC_NAME(name) __attribute__((swift_name(name)))
#endif
#endif

#endif
