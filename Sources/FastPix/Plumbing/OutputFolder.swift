import Foundation

/// Folders that outputs go to.
enum OutputFolder {
    /// Whether there is something of this name, be it a link that leads nowhere.
    static func holds(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0
    }

    /// Makes it, with those above it, unless it is there.
    static func make(_ path: String) throws(FastPixError) {
        guard !path.isEmpty else {
            throw FastPixError(.invalidArgument, "the output folder has an empty name; give its path")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            throw FastPixError(.invalidArgument, path: path, "a file, and a folder is expected; choose another name")
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FastPixError(
                .unwritable, path: path, systemErrno: errno,
                "the folder cannot be made; choose a place that you may write to")
        }
    }
}
