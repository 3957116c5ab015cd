// What rooms use of the system, under one name: its modules are called differently on each.

// Of Foundation only what is written in Swift. All of it would bring ICU and its tables of languages: three quarters of a
// program that has Swift's libraries inside it.
#if canImport(FoundationEssentials)
    @_exported import FoundationEssentials
#else
    @_exported import Foundation
#endif

#if canImport(Glibc)
    @_exported import Glibc
#elseif canImport(Musl)
    @_exported import Musl
#else
    @_exported import Darwin
#endif
