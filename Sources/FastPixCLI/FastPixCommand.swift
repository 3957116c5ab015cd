import ArgumentParser
import FastPix

@main
struct FastPixCommand: ParsableCommand {
    static func main() {
        StandardStream.prepare()
        LargeMemory.returnWhenFreed()
        SignalWatch.begin()
        main(nil)
    }

    static let configuration = CommandConfiguration(
        commandName: "fastpix",
        abstract: "Finds the bad pixels of a camera in its ordinary photos, and blends and counts folders of them.",
        discussion: """
            Start with:  fastpix hotpixels my-photos/

            Exit codes: 0 all well, 2 some files failed (they are named on stderr), 3 compare found changes, \
            1 nothing could be done, 64 wrong usage, 130 or 143 interrupted.
            """,
        version: fastPixVersion,
        subcommands: [
            HotPixelsCommand.self, MergeCommand.self, CompareCommand.self, RepairCommand.self, AddWeightedCommand.self,
            StatsCommand.self, BenchCommand.self, TuneCommand.self, InfoCommand.self,
        ])
}
