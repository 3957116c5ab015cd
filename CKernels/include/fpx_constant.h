/// Constants with a type, of which C before C23 knows none that can size an array.
///
/// In Swift they are constants of that type, `Int` for size_t. They are no macros: `#if` cannot ask for them.
#ifndef FPX_CONSTANT_H
#define FPX_CONSTANT_H

// An integer, also where a constant expression is asked for. In C before C23 only Clang has enumerations with a type;
// elsewhere it is an int there.
#if defined(__cplusplus)
#define FPX_CONSTANT(type, name, value) static constexpr type name = value
#elif defined(__clang__)
#define FPX_CONSTANT(type, name, value) __extension__ enum : type { name = value }
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L
#define FPX_CONSTANT(type, name, value) static constexpr type name = value
#else
#define FPX_CONSTANT(type, name, value) enum { name = value }
#endif

// A floating-point number.
#define FPX_FLOATING_CONSTANT(type, name, value) static const type name = value

#endif
