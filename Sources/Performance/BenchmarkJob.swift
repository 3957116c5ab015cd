/// One of the commands that are measured, as a user would call it.
///
/// To measure another command, add it to `all`. It takes `--workers`, `--quiet` and a folder of photos, and prints one
/// JSON object; what may differ between runs of one job is named in `ResultFingerprint`.
struct BenchmarkJob: Sendable {
    let name: String
    /// What the command does, in a few words.
    let title: String
    /// The subcommand and its own options.
    let arguments: [String]
    /// The option that asks for JSON.
    var formatOption = "--format"
    /// Whether it writes images, into the folder given with `--output`; they are compared, too.
    var writesImages = false

    static let all = [
        BenchmarkJob(name: "decode", title: "decode only", arguments: ["stats", "--verify"]),
        BenchmarkJob(name: "hotpixels", title: "hot pixels", arguments: ["hotpixels", "--minimum-frames", "1"]),
        BenchmarkJob(name: "stats", title: "mean and deviation", arguments: ["stats", "--moments"]),
        // The published pre-processing: an image with its blur, written again.
        BenchmarkJob(
            name: "addweighted", title: "addweighted with blur",
            arguments: ["addweighted", "--blur", "15", "--alpha", "0.7", "--beta", "0.3"],
            formatOption: "--summary", writesImages: true),
    ]

    /// The command line without photos, for people.
    var command: String { (["fastpix"] + arguments).joined(separator: " ") }
}
