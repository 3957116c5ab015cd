import FastPixPlatform
import SystemPackage

/// What makes two paths the same file, whatever links lead to it.
package struct FileIdentity: Hashable {
    private let device: UInt64
    private let inode: UInt64

    package init(_ information: stat) {
        device = UInt64(truncatingIfNeeded: information.st_dev)
        inode = UInt64(information.st_ino)
    }

    /// Nil when there is no such file. Links are followed.
    init?(_ path: String) {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        self.init(information)
    }

    package init?(_ path: FilePath) {
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else { return nil }
        self.init(information)
    }
}
