import ArgumentParser
import FastPix

/// How a long run is kept from being lost.
struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep what has been accumulated in a file, and go on from it.",
            discussion: """
                Saved now and then, at the end, and at Ctrl-C. The same command run again takes in only what is not in \
                it, and so does a later one with more photos. fastpix merge adds such files up.
                """,
            valueName: "file"),
        completion: .file())
    var checkpoint: String?

    @Option(
        help: ArgumentHelp("Seconds between two saves of the checkpoint, at least.", valueName: "seconds"))
    var checkpointInterval = CheckpointSettings.defaultInterval

    var settings: CheckpointSettings? {
        checkpoint.map { CheckpointSettings(path: ArgumentPaths.asGiven($0), interval: checkpointInterval) }
    }
}
