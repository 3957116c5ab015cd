import FastPixCodecs
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// A temporary folder with links to the photos, one folder for each set, and room for what a job writes. Removed at the
/// end.
///
/// Links, because photos of one set may lie in many folders under equal names, and because a folder is a short argument
/// however many photos it has.
final class BenchmarkFolder {
    private let folder: TemporaryFolder
    private var root: FilePath { folder.path }

    /// Throws when the system's folder for temporary files cannot be written to.
    init() throws(FastPixError) { folder = try TemporaryFolder() }

    /// Where a job writes its images.
    var output: FilePath { root.appending("output") }

    /// A folder of links to `photos`, in their order.
    func addSet(_ name: String, _ photos: [PhotoFile]) throws(FastPixError) -> FilePath {
        let folder = root.appending(name)
        var failed = folder.withPlatformString { mkdir($0, 0o700) } != 0
        for (index, photo) in photos.enumerated() where !failed {
            let digits = String(index)
            let link = folder.appending(
                String(repeating: "0", count: 8 - digits.count) + digits + "."
                    + (photo.path.extension ?? photo.header.format.rawValue))
            let target = FilePath(FileManager.default.currentDirectoryPath).pushing(photo.path)
            failed = target.withPlatformString { target in link.withPlatformString { symlink(target, $0) } } != 0
        }
        if failed {
            throw FastPixError(
                .unwritable, path: folder, systemErrno: errno, "links to the photos cannot be made")
        }
        return folder
    }

    /// What a job wrote; the folder is empty for the next one then.
    func takeOutput() -> [String: Int] {
        let manager = FileManager.default
        var contents: [String: Int] = [:]
        for name in (try? manager.contentsOfDirectory(atPath: output.string)) ?? [] {
            // 64 bits of SipHash, keyed anew in every process: enough to tell different images apart within one.
            var hasher = Hasher()
            hasher.combine(manager.contents(atPath: output.appending(name).string))
            contents[name] = hasher.finalize()
        }
        try? manager.removeItem(atPath: output.string)
        return contents
    }
}
