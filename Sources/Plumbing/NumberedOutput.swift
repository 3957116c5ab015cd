import Foundation

/// Names of outputs of which every group of photos has one.
package enum NumberedOutput {
    /// `path` for group 1, and with `-2` before the extension for group 2, and so on.
    package static func file(_ path: String, _ number: Int) -> String {
        guard number > 1 else { return path }
        let url = URL(fileURLWithPath: path)
        let name = url.deletingPathExtension().lastPathComponent
        let suffix = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
        return url.deletingLastPathComponent().appendingPathComponent("\(name)-\(number)\(suffix)").path
    }
}
