import FastPixCodecs
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Where blended images go and what they are called.
public struct BlendNaming: Sendable {
    /// A file, for one image, or a folder, in which the tree of the first images is repeated.
    public var output: FilePath
    /// Whether the path was given with a slash at its end, which says that it is a folder's.
    public var isFolder: Bool
    /// Put between the first image's name and its extension, in a folder.
    public var suffix: String
    /// Nil: the format that the output's name says, or else the first image's.
    public var format: PhotoFormat?

    /// Names; nothing is looked up yet.
    public init(output: FilePath, isFolder: Bool = false, suffix: String = "", format: PhotoFormat? = nil) {
        self.output = output
        self.isFolder = isFolder
        self.suffix = suffix
        self.format = format
    }

    /// Throws when `suffix` would lead into another folder.
    public func validate() throws(FastPixError) {
        guard !output.isEmpty else {
            throw FastPixError(.invalidArgument, "the output is empty; name a file or a folder")
        }
        guard !suffix.contains("/"), !suffix.utf8.contains(0) else {
            throw FastPixError(.invalidArgument, "the suffix \(suffix) contains a slash; it is a part of a file name")
        }
    }

    /// Whether the output is one file: one image is made, and the path is not a folder's.
    func isFile(oneImage: Bool) throws(FastPixError) -> Bool {
        var information = stat()
        let exists = output.withPlatformString { stat($0, &information) } == 0
        let isThere = exists && information.st_mode & S_IFMT == S_IFDIR
        if oneImage && !isThere && !isFolder { return true }
        guard isThere || !exists else {
            throw FastPixError(
                .invalidArgument, path: output, "is a file and a folder is expected; choose another output folder")
        }
        return false
    }

    /// The one file's format; throws when its name says another than `format`, or one that is not written.
    func formatOfFile() throws(FastPixError) -> PhotoFormat? {
        guard let ending = output.extension else { return format }
        guard let named = PhotoFormat(fileExtension: ending) else {
            throw FastPixError(
                .contradiction, path: output,
                "blended images are JPEG or PNG, and .\(ending) is the ending of neither; give a name that ends in .jpg or "
                    + ".png, or a folder with a slash at its end")
        }
        if let format, format != named {
            throw FastPixError(
                .contradiction, path: output,
                "is the name of a \(named.rawValue.uppercased()) file and the format asked for is \(format.rawValue); "
                    + "leave out one of them or let them agree")
        }
        return named
    }

    /// The file for an image at `relative` in the folder of first images.
    func file(for relative: FilePath) -> FilePath {
        var name = output.appending(relative.components)
        let given = name.extension
        let keeps = format == nil || given.flatMap(PhotoFormat.init(fileExtension:)) == format
        // As bytes: names need not be valid UTF-8.
        let whole = name.bytes
        name.extension = nil
        let stem = name.bytes
        let ending = keeps ? Array(whole.dropFirst(stem.count)) : (format?.fileExtension).map { Array(".\($0)".utf8) }
        return FilePath(bytes: stem + Array(suffix.utf8) + (ending ?? []))
    }
}

extension PhotoFormat {
    init?(fileExtension: String) {
        switch fileExtension.lowercased() {
        case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
        case "png": self = .png
        default: return nil
        }
    }

    /// For new names.
    var fileExtension: String { self == .jpeg ? "jpg" : "png" }
}
