import FastPixPlatform
import SystemPackage

/// A folder of this process's own in the system's folder for temporary files, removed with all that is in it when the
/// last reference goes, or the process ends by `StagedFile.abandonAll`.
package final class TemporaryFolder {
    package let path: FilePath

    /// Throws when the system's folder for temporary files cannot be written to.
    package init() throws(FastPixError) {
        let parent = FileManager.default.temporaryDirectory.path
        var name = (parent + (parent.hasSuffix("/") ? "" : "/") + "fastpix.XXXXXX").utf8CString.map { $0 }
        let made = PartialFiles.makeTemporaryFolder {
            mkdtemp(&name) == nil ? nil : FilePath(platformString: name)
        }
        guard let made else {
            throw FastPixError(
                .unwritable, path: parent, systemErrno: errno,
                "no temporary folder can be made; TMPDIR chooses where")
        }
        path = made
    }

    deinit { PartialFiles.removeTemporaryFolder(path) }
}
