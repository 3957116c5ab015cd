import FastPixPlatform
import SystemPackage

extension FilePath {
    /// Orders paths by their bytes: the same on every machine, whatever its language.
    package func bytesPrecede(_ other: FilePath) -> Bool {
        withPlatformString { mine in other.withPlatformString { theirs in strcmp(mine, theirs) < 0 } }
    }
}

extension FilePath {
    /// Without its folders.
    package var nameAlone: FilePath { FilePath(root: nil, lastComponent.map { [$0] } ?? []) }

    /// The path as one below any folder: without its root; the name alone when it leads up.
    package var insideNothing: FilePath {
        let path = lexicallyNormalized()
        return path.components.contains { $0.kind == .parentDirectory }
            ? nameAlone : FilePath(root: nil, path.components)
    }
}
