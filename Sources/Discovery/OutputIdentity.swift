import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// What makes two outputs the same file, whether it is there yet or not: equal for `a` and `./a`, for links and what they
/// lead to, for names in a folder under its different paths and, where the disk does not tell them apart, in different
/// spellings.
package struct OutputIdentity: Hashable {
    private let place: FileIdentity?
    /// What has yet to be made at `place`, if anything; all of the path when nothing of it is there.
    private let missing: [[UInt8]]

    package init(_ path: FilePath) {
        // As given, as far as it is there: what `..` leads to depends on links.
        var there = path
        var names: [FilePath.Component] = []
        while FileIdentity(there.orHere) == nil, let name = there.lastComponent {
            names.append(name)
            there.removeLastComponent()
        }
        // What has yet to be made has none.
        var missing: [FilePath.Component] = []
        for name in names.reversed() where name.kind != .currentDirectory {
            if missing.isEmpty, FileIdentity(there.appending(name)) != nil {
                there.append(name)
            } else if name.kind == .regular {
                missing.append(name)
            } else {
                missing.removeLast()
            }
        }
        place = FileIdentity(there.orHere)
        var folder = there
        self.missing = missing.map { name in
            defer { folder.append(name) }
            return Self.comparable(FilePath(root: nil, components: name), in: folder)
        }
    }

    /// A name's bytes, or where letters' cases are the same to the disk, its letters in one case.
    private static func comparable(_ name: FilePath, in folder: FilePath) -> [UInt8] {
        #if canImport(Darwin)
            guard folder.orHere.withPlatformString({ pathconf($0, _PC_CASE_SENSITIVE) }) != 1 else { return name.bytes }
            return Array(name.string.lowercased().decomposedStringWithCanonicalMapping.utf8)
        #else
            return name.bytes
        #endif
    }

    /// Whether it is there and neither a file nor a folder: devices and pipes take any number of outputs.
    static func isDevice(_ path: FilePath) -> Bool {
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else { return false }
        let kind = information.st_mode & S_IFMT
        return kind != S_IFREG && kind != S_IFDIR
    }
}

extension FilePath {
    /// The folder that a path without components means.
    var orHere: FilePath { isEmpty ? "." : self }
}
