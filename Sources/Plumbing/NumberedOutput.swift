import SystemPackage

/// Names of outputs of which every group of photos has one.
package enum NumberedOutput {
    /// `path` for group 1, and with `-2` before the extension for group 2, and so on.
    package static func file(_ path: FilePath, _ number: Int) -> FilePath {
        guard number > 1, let name = path.lastComponent else { return path }
        let suffix = name.extension.map { ".\($0)" } ?? ""
        return path.removingLastComponent().appending("\(name.stem)-\(number)\(suffix)")
    }
}
