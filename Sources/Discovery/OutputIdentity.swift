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

/// Sees to it, before work begins, that no output of a run is one of its inputs or another of its outputs.
///
/// ```swift
/// var files = DistinctFiles(photos: discovery)
/// try files.reads(map, as: "--map")
/// try files.writes(report, as: "--output")
/// try files.writes(picture, as: "--variance-map", isNumbered: true)
/// ```
package struct DistinctFiles {
    private struct Known {
        let role: String
        let path: FilePath
        let isNumbered: Bool
        let isInput: Bool
    }

    private let photos: PhotoDiscovery?
    private var known: [OutputIdentity: Known] = [:]

    /// `photos`: what is read besides.
    package init(photos: PhotoDiscovery? = nil) { self.photos = photos }

    /// Takes in a file that is read. `role`: what the user calls it, such as an option's name.
    package mutating func reads(_ path: FilePath, as role: String) {
        known[OutputIdentity(path)] = Known(role: role, path: path, isNumbered: false, isInput: true)
    }

    /// Takes in a file that will be written. `isNumbered`: with several groups the second's file has `-2` before the
    /// extension, and so on.
    ///
    /// - Throws: `invalidArgument` when it is one of the photos; `contradiction` when it is another file of the run, by
    ///   whatever path, or would be with a number.
    package mutating func writes(_ path: FilePath, as role: String, isNumbered: Bool = false) throws(FastPixError) {
        try photos?.refuseOverwriting(path)
        guard !OutputIdentity.isDevice(path) else { return }
        let identity = OutputIdentity(path)
        if let other = known[identity] {
            let same = path == other.path ? path.string : "\(other.path.string) and \(path.string)"
            throw FastPixError(
                .contradiction,
                "\(other.role) and \(role) name the same file (\(same)); "
                    + (other.isInput ? "it would be replaced while it is needed; " : "")
                    + "give them different names")
        }
        let new = Known(role: role, path: path, isNumbered: isNumbered, isInput: false)
        for other in known.values
        where Self.isNumber(path, of: other) || isNumbered && Self.isNumber(other.path, of: new) {
            throw FastPixError(
                .contradiction,
                "with several groups of photos \(other.role) and \(role) could write the same file "
                    + "(\(other.path.string) and \(path.string)); give them different names")
        }
        known[identity] = new
    }

    /// Whether `path` is what the file of a further group would be called.
    private static func isNumber(_ path: FilePath, of file: Known) -> Bool {
        guard file.isNumbered, let name = file.path.lastComponent, let other = path.lastComponent,
            name.extension == other.extension, other.stem.hasPrefix("\(name.stem)-"),
            let number = Int(other.stem.dropFirst(name.stem.count + 1)), number > 1
        else { return false }
        return OutputIdentity(path.removingLastComponent().orHere)
            == OutputIdentity(file.path.removingLastComponent().orHere)
    }
}

extension FilePath {
    /// The folder that a path without components means.
    fileprivate var orHere: FilePath { isEmpty ? "." : self }
}
