import ArgumentParser
import FastPix

/// How much memory may be used. It does not affect the result.
struct MemoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Memory to stay below, such as 512M or 2G. (default: three quarters of the machine's)",
            discussion: """
                Batches become smaller first, then fewer workers decode; accumulators that still do not fit lie in a \
                temporary file (in TMPDIR, else /var/tmp), and only the rows in work are in memory.
                """,
            valueName: "size"))
    var memoryLimit: MemorySize?
}

/// How much memory photos may take in commands that hold them one by one. It does not affect the result of a photo.
struct PhotoMemoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Memory to stay below, such as 512M or 2G. (default: three quarters of the machine's)",
            discussion: """
                Fewer photos are worked on at the same time; one that takes more alone is named and left out.
                """,
            valueName: "size"))
    var memoryLimit: MemorySize?
}

extension Console {
    /// Says so when accumulators did not fit the memory limit: it takes longer.
    func noteTemporaryFile(_ report: HotPixelsReport) {
        guard report.temporaryFileBytes > 0 else { return }
        note(
            "the accumulators did not fit the memory limit of \(report.settings.memoryLimitBytes >> 20) MiB and lay in a "
                + "temporary file of \(report.temporaryFileBytes >> 20) MiB; the result is the same")
    }
}
