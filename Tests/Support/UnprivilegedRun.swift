import Foundation

/// Root may read and write everything, so that tests of what is forbidden must run fastpix as somebody else.
extension CommandRun {
    private static let nobody: UInt32 = 65534

    /// Whether `unprivileged` can keep its word here: tests that run as root need `setpriv` (util-linux) for it, and
    /// nobody must be able to start the program.
    public static let canBeUnprivileged: Bool =
        geteuid() != 0
        || (try? withTemporaryFolder { try unprivileged(["--version"], in: $0).exitCode == 0 }) == true

    /// Runs fastpix in `folder`, a temporary one, without rights beyond those of its owner: when the tests run as root,
    /// all that is in it is given to the user nobody first.
    public static func unprivileged(_ arguments: [String], in folder: URL) throws -> CommandRun {
        guard geteuid() == 0 else { return try fastpix(arguments, in: folder) }
        guard let setpriv = Program.named("setpriv") else { throw NoSetpriv() }
        return try withTemporaryFolder { place in
            // The checkout may be where nobody may look.
            let copy = try place.addCopy(of: FastPixBinary.tested, as: "fastpix")
            chmod(place.path, 0o755)
            chmod(copy.path, 0o755)
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                lchown(folder.appendingPathComponent(path).path, nobody, nobody)
            }
            lchown(folder.path, nobody, nobody)
            return try of(
                setpriv, ["--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups", copy.path] + arguments, in: folder
            )
        }
    }

    private struct NoSetpriv: Error {}
}
