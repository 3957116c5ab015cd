import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension FilePath {
    /// Orders paths by their bytes: the same on every machine, whatever its language.
    package func bytesPrecede(_ other: FilePath) -> Bool {
        withPlatformString { mine in other.withPlatformString { theirs in strcmp(mine, theirs) < 0 } }
    }
}
