import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that was left out of a result, and why.
public struct SkippedPhoto: Sendable, Codable, Equatable {
    public let path: String
    public let reason: String
    /// False for files that are sound but were not wanted (a group that is too small, for instance).
    public let isFailure: Bool

    enum CodingKeys: String, CodingKey { case path, reason }

    public init(path: String, reason: String, isFailure: Bool = true) {
        self.path = path
        self.reason = reason
        self.isFailure = isFailure
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            path: try container.decode(String.self, forKey: .path),
            reason: try container.decode(String.self, forKey: .reason))
    }
}

/// Finds the files to try among files and folders named by the user.
public struct PhotoDiscovery: Sendable {
    /// Files to try, in the order of their paths' bytes.
    public private(set) var files: [FilePath] = []
    /// Named paths and folder entries that cannot be tried.
    public private(set) var skipped: [SkippedPhoto] = []
    /// Paths that led to files already found (named twice, links); each file is taken once.
    public private(set) var repeatedPaths = 0

    /// The folder for outputs, where one was met and left out.
    public private(set) var leftOut: FilePath?

    private var seenFiles: Set<FileIdentity> = []
    private var seenFolders: Set<FileIdentity> = []
    private var outputFolder: FileIdentity?

    private static let photoExtensions: Set<String> = ["jpg", "jpeg", "jpe", "jfif", "png"]

    /// Looks through `paths`. Named files are always tried. Of a folder's files those are tried that are called
    /// like photos or begin like photos; hidden ones are left alone. Subfolders are entered when `recursive`;
    /// links are followed, each folder is entered once.
    ///
    /// `output`: a folder that results go to, which is left out when it lies inside one of `paths`, so that a second run
    /// does not take the results of the first for photos. Named itself, it is looked through.
    public init(paths: [FilePath], recursive: Bool = false, output: FilePath? = nil) {
        if let output, let folder = FileIdentity(output), !paths.contains(where: { FileIdentity($0) == folder }) {
            outputFolder = folder
        }
        for path in paths {
            visitNamed(path, recursive: recursive)
        }
        files.sort { $0.bytesPrecede($1) }
        skipped.sort { $0.path < $1.path }
    }

    private mutating func visitNamed(_ path: FilePath, recursive: Bool) {
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else {
            skip(path, errno == ENOENT ? "no such file or folder; check the path" : systemReason(errno))
            return
        }
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            visitFolder(path, information, recursive: recursive, named: true)
        case S_IFREG:
            add(path, information)
        default:
            skip(path, "neither a regular file nor a folder")
        }
    }

    private mutating func visitFolder(_ path: FilePath, _ information: stat, recursive: Bool, named: Bool) {
        guard FileIdentity(information) != outputFolder else {
            leftOut = path
            return
        }
        guard seenFolders.insert(FileIdentity(information)).inserted else {
            if named { repeatedPaths += 1 }
            return
        }
        guard let folder = path.withPlatformString({ opendir($0) }) else {
            skip(path, "the folder cannot be opened: \(systemReason(errno))")
            return
        }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CInterop.PlatformChar.self, capacity: 1) { FilePath(platformString: $0) }
            }
            guard let component = name.lastComponent, !component.string.hasPrefix(".") else { continue }
            visitEntry(path.appending(component), recursive: recursive)
        }
    }

    private mutating func visitEntry(_ path: FilePath, recursive: Bool) {
        let isCalledLikePhoto = Self.photoExtensions.contains(path.extension?.lowercased() ?? "")
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else {
            if isCalledLikePhoto {
                skip(path, errno == ENOENT ? "a link to a file that does not exist" : systemReason(errno))
            }
            return
        }
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            if recursive { visitFolder(path, information, recursive: true, named: false) }
        case S_IFREG:
            if isCalledLikePhoto || Self.beginsLikePhoto(path) { add(path, information) }
        default:
            if isCalledLikePhoto { skip(path, "not a regular file") }
        }
    }

    private mutating func add(_ path: FilePath, _ information: stat) {
        if seenFiles.insert(FileIdentity(information)).inserted {
            files.append(path)
        } else {
            repeatedPaths += 1
        }
    }

    private mutating func skip(_ path: FilePath, _ reason: String) {
        skipped.append(SkippedPhoto(path: path.string, reason: reason))
    }

    /// Throws when writing to `path` would replace one of the photos found.
    public func refuseOverwriting(_ path: FilePath) throws(FastPixError) {
        guard let file = FileIdentity(path), seenFiles.contains(file) else { return }
        throw FastPixError(
            .invalidArgument, path: path.string, "the output is one of the photos to read; choose another name for it")
    }

    /// The same for a path as text.
    public func refuseOverwriting(_ path: String) throws(FastPixError) { try refuseOverwriting(FilePath(path)) }

    private func systemReason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func beginsLikePhoto(_ path: FilePath) -> Bool {
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
        guard read(descriptor, &start, 4) == 4 else { return false }
        return (start.0 == 0xff && start.1 == 0xd8 && start.2 == 0xff)
            || start == (0x89, UInt8(ascii: "P"), UInt8(ascii: "N"), UInt8(ascii: "G"))
    }
}

extension FilePath {
    /// Orders paths by their bytes: the same on every machine, whatever its language.
    func bytesPrecede(_ other: FilePath) -> Bool {
        withPlatformString { mine in other.withPlatformString { theirs in strcmp(mine, theirs) < 0 } }
    }
}
