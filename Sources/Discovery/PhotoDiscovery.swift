import FastPixCodecs
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Finds the files to try among files and folders named by the user.
public struct PhotoDiscovery: Sendable {
    /// Files to try, in the order of their paths' bytes.
    public private(set) var files: [FilePath] = []
    /// Named paths and folder entries that cannot be tried, and folders that cannot be read to their end.
    public private(set) var skipped: [SkippedPhoto] = []
    /// Paths that led to files already found (named twice, links); each file is taken once, under the first of its paths.
    public private(set) var repeatedPaths = 0
    /// Files of folders that are no photos by name and beginning, or photos that this build does not read, by kind.
    package private(set) var leftOut: [LeftOutFiles] = []

    /// Which files were to be taken.
    public private(set) var selection = PhotoSelection()
    /// How many files were not taken because of `selection`.
    public private(set) var unselected = 0

    /// The folder for outputs, where one was met and left out.
    public private(set) var outputLeftOut: FilePath?

    private var found: [(path: FilePath, identity: FileIdentity)] = []
    private var seenFiles: Set<FileIdentity> = []
    private var seenFolders: Set<FileIdentity> = []
    private var lists: Set<FileIdentity> = []
    private var others = LeftOutCount()
    private var outputFolder: FileIdentity?

    /// Looks through `paths`. Named files are always tried. Of a folder's files those are tried that are called
    /// like photos or begin like photos; hidden ones are left alone. Subfolders are entered when `recursive`;
    /// links are followed, each folder is entered once. One folder is open at a time, however deep they lie.
    ///
    /// `output`: a folder that results go to, which is left out when it lies inside one of `paths`, so that a second run
    /// does not take the results of the first for photos. Named itself, it is looked through.
    public init(paths: [FilePath], recursive: Bool = false, output: FilePath? = nil) {
        leaveOut(output, paths)
        look(through: paths, recursive: recursive)
        finish()
    }

    /// The same for paths and lists of files, of which those are taken that `source` selects. A list names files, not
    /// folders, and none of it is kept but what is taken. Throws when a list cannot be read or is none.
    public init(_ source: PhotoSource, output: FilePath? = nil) throws(FastPixError) {
        selection = source.selection
        leaveOut(output, source.paths)
        for list in source.lists {
            if let path = list.path, !OutputIdentity.isDevice(path), let file = FileIdentity(path) {
                lists.insert(file)
            }
            try list.readNames { visitListed($0) }
        }
        look(through: source.paths, recursive: source.recursive)
        finish()
    }

    private mutating func leaveOut(_ output: FilePath?, _ paths: [FilePath]) {
        guard let output, let folder = FileIdentity(output), !paths.contains(where: { FileIdentity($0) == folder })
        else {
            return
        }
        outputFolder = folder
    }

    private mutating func look(through paths: [FilePath], recursive: Bool) {
        var folders: [FilePath] = []
        for path in paths {
            visitNamed(path, &folders)
        }
        // Breadth first: folders that are found wait in line, and none of them is open.
        var next = 0
        while next < folders.count {
            visitFolder(folders[next], recursive: recursive, &folders)
            next += 1
        }
    }

    private mutating func finish() {
        leftOut = others.kinds
        // Sorted before links are told from files, so that the order of a folder's entries on the disk decides nothing.
        found.sort { $0.path.bytesPrecede($1.path) }
        for (path, identity) in found {
            if seenFiles.insert(identity).inserted { files.append(path) } else { repeatedPaths += 1 }
        }
        found = []
        skipped = skipped.byPath
    }

    private mutating func visitNamed(_ path: FilePath, _ folders: inout [FilePath]) {
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else {
            skip(path, errno == ENOENT ? "no such file or folder; check the path" : Self.systemReason(errno))
            return
        }
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            if seenFolders.insert(FileIdentity(information)).inserted {
                folders.append(path)
            } else {
                repeatedPaths += 1
            }
        case S_IFREG:
            take(path, information)
        default:
            skip(path, "neither a regular file nor a folder")
        }
    }

    /// `listed`: with a zero at its end. Most of a long list may belong to other shards: what the name tells comes first.
    private mutating func visitListed(_ listed: UnsafePointer<CChar>) {
        let slash = strrchr(listed, Int32(UInt8(ascii: "/")))
        guard selection.mayTake(name: slash.map { UnsafePointer($0 + 1) } ?? listed) else {
            unselected += 1
            return
        }
        let path = FilePath(platformString: listed)
        var information = stat()
        guard stat(listed, &information) == 0 else {
            skip(path, errno == ENOENT ? "no such file; check the list" : Self.systemReason(errno))
            return
        }
        switch information.st_mode & S_IFMT {
        case S_IFREG: take(path, information)
        case S_IFDIR: skip(path, "a folder in a list of files; list the files in it, or name it as an argument")
        default: skip(path, "not a regular file")
        }
    }

    private mutating func take(_ path: FilePath, _ information: stat) {
        guard selection.takes(path, information) else {
            unselected += 1
            return
        }
        found.append((path, FileIdentity(information)))
    }

    private mutating func visitFolder(_ path: FilePath, recursive: Bool, _ folders: inout [FilePath]) {
        let names: [FilePath.Component]
        switch entries(of: path) {
        case .complete(let found): names = found
        case .unreadable(let reason):
            skip(path, "the folder cannot be opened: \(reason)")
            return
        case .incomplete(let found, let reason):
            skip(
                path,
                "the folder cannot be read to its end (\(reason)); of its entries \(found.count) were seen, others may be "
                    + "missing")
            names = found
        }
        for name in names where !name.string.hasPrefix(".") {
            visitEntry(path.appending(name), recursive: recursive, &folders)
        }
    }

    private enum Entries {
        case complete([FilePath.Component])
        case incomplete([FilePath.Component], reason: String)
        case unreadable(reason: String)
    }

    /// In the order of their bytes. Files that are left out by their names are counted and forgotten at once.
    private mutating func entries(of path: FilePath) -> Entries {
        guard let folder = path.withPlatformString({ opendir($0) }) else {
            return .unreadable(reason: Self.systemReason(errno))
        }
        defer { closedir(folder) }
        var names: [FilePath] = []
        var failure: Int32 = 0
        while true {
            // Only errno tells an error from the end.
            errno = 0
            guard let entry = readdir(folder) else {
                failure = errno
                break
            }
            let isFile = Int(entry.pointee.d_type) == Int(DT_REG)
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CInterop.PlatformChar.self, capacity: 1) { name -> FilePath? in
                    guard isFile, name.pointee != CChar(UInt8(ascii: ".")), !selection.mayTake(name: name) else {
                        return FilePath(platformString: name)
                    }
                    unselected += 1
                    return nil
                }
            }
            if let name { names.append(name) }
        }
        names.sort { $0.bytesPrecede($1) }
        let components = names.compactMap(\.lastComponent)
        return failure == 0 ? .complete(components) : .incomplete(components, reason: Self.systemReason(failure))
    }

    private mutating func visitEntry(_ path: FilePath, recursive: Bool, _ folders: inout [FilePath]) {
        let format = PhotoFormat.called(path)
        let isCalledLikePhoto = format?.isBuiltIn ?? false
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else {
            let failure = errno
            if failure == ENAMETOOLONG {
                // It may be a folder full of photos.
                skip(path, "the path is longer than the system takes; name a folder on the way to it")
            } else if isCalledLikePhoto {
                skip(path, failure == ENOENT ? "a link to a file that does not exist" : Self.systemReason(failure))
            }
            return
        }
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            guard FileIdentity(information) != outputFolder else {
                outputLeftOut = path
                return
            }
            if recursive, !selection.leavesOut(folder: path), seenFolders.insert(FileIdentity(information)).inserted {
                folders.append(path)
            }
        case S_IFREG:
            guard selection.takes(path, information) else {
                unselected += 1
                return
            }
            if isCalledLikePhoto || Self.beginsLikePhoto(path) {
                found.append((path, FileIdentity(information)))
            } else {
                others.add(path, format)
            }
        default:
            if isCalledLikePhoto { skip(path, "not a regular file") }
        }
    }

    private mutating func skip(_ path: FilePath, _ reason: String) {
        skipped.append(SkippedPhoto(path: path, reason: reason))
    }

    /// Whether all that was found belongs to other shards, which is no failure: of few photos some shards have none.
    public var isEmptyShard: Bool {
        selection.shard != nil && unselected > 0 && files.isEmpty && skipped.isEmpty
    }

    /// Throws when writing to `path` would replace one of the photos found, or a list that names them.
    package func refuseOverwriting(_ path: FilePath) throws(FastPixError) {
        guard let file = FileIdentity(path), seenFiles.contains(file) || lists.contains(file) else { return }
        throw FastPixError(
            .invalidArgument, path: path,
            "the output is \(lists.contains(file) ? "the list that names the photos" : "one of the photos to read"); choose "
                + "another name for it")
    }

    private static func systemReason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func beginsLikePhoto(_ path: FilePath) -> Bool {
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 8)
        guard read(descriptor, &start, start.count) == start.count else { return false }
        return PhotoFormat.beginning(with: start)?.isBuiltIn ?? false
    }
}
