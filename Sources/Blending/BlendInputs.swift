import FastPixDiscovery
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// The images that one path of the user's stands for.
struct BlendInputs {
    struct Image {
        let path: FilePath
        /// Inside the folder that was named; the name alone for a file that was named itself.
        let relative: FilePath
        /// `relative` without the extension: what images of different formats have in common.
        var stem: FilePath {
            var stem = relative
            stem.extension = nil
            return stem
        }
    }

    let root: FilePath
    let isFolder: Bool
    /// In the order of their paths' bytes.
    let images: [Image]
    /// Entries of a folder that cannot be tried.
    let skipped: [SkippedPhoto]

    /// The folder for outputs, where it lies inside `root` and was left out.
    let leftOut: FilePath?
    /// Pictures of a kind that is not read.
    let notRead: [LeftOutFiles]

    /// Of lists of images, which keep their paths. Throws when one cannot be read.
    init(_ lists: [PhotoList], selection: PhotoSelection) throws(FastPixError) {
        root = ""
        isFolder = true
        leftOut = nil
        notRead = []
        let discovery = try PhotoDiscovery(PhotoSource(paths: [], lists: lists, selection: selection))
        skipped = discovery.skipped
        images = discovery.files.map { Image(path: $0, relative: $0.insideNothing) }
        unselected = discovery.unselected
        repeatedPaths = discovery.repeatedPaths
    }

    /// Images of lists that were not selected.
    private(set) var unselected = 0
    /// Paths that led to images already found.
    let repeatedPaths: Int

    /// Throws `notFound` when there is nothing at `root`.
    init(_ root: FilePath, recursive: Bool, output: FilePath) throws(FastPixError) {
        var information = stat()
        guard root.withPlatformString({ stat($0, &information) }) == 0 else {
            throw FastPixError(.notFound, path: root, systemErrno: errno, "cannot be read; check the path")
        }
        self.root = root
        isFolder = information.st_mode & S_IFMT == S_IFDIR
        let discovery = PhotoDiscovery(paths: [root], recursive: recursive, output: output)
        leftOut = discovery.outputLeftOut
        notRead = discovery.leftOut.pictures
        repeatedPaths = discovery.repeatedPaths
        skipped = discovery.skipped
        let isFolder = isFolder
        images = discovery.files.map { path in
            var relative = path
            if isFolder {
                _ = relative.removePrefix(root)
            } else {
                relative = FilePath(root: nil, components: path.lastComponent!)
            }
            return Image(path: path, relative: relative)
        }
    }
}
