/// One of the commands that are measured, as a user would call it.
///
/// To measure another command, add it to `all`. It takes `--workers`, `--format json` and `--quiet`, and prints one JSON
/// object; what may differ between runs of one job is named in `ResultFingerprint`.
struct BenchmarkJob: Sendable {
    let name: String
    /// What the command does, in a few words.
    let title: String
    /// The subcommand and its own options.
    let arguments: [String]

    static let all = [
        BenchmarkJob(name: "decode", title: "decode only", arguments: ["stats", "--verify"]),
        BenchmarkJob(name: "hotpixels", title: "hot pixels", arguments: ["hotpixels", "--minimum-frames", "1"]),
        BenchmarkJob(name: "stats", title: "mean and deviation", arguments: ["stats", "--moments"]),
    ]

    /// The command line without photos, for people.
    var command: String { (["fastpix"] + arguments).joined(separator: " ") }
}
