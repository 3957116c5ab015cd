import Foundation
import TestSupport
import Testing

/// Signals, at any moment: nothing half-made stays, and what a checkpoint holds is never lost.
///
/// A moment is a call that a run makes to the system: between two of them nothing changes outside the process.
@Suite(.enabled(if: FaultInjection.isPossible, "takes Linux's LD_PRELOAD and a C compiler"))
struct InterruptionTests {
    /// Each with the shell's exit code for it.
    static let signals: [(Int32, Int32)] = [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)]

    private static let changes: [FaultInjection.Call] = [.write, .sync, .rename]

    /// Twelve photos that are quickly read and whose state is a few calls long.
    private static func addPhotos(to folder: URL) throws {
        let photos = try folder.addFolder("photos")
        var scenes = SyntheticScenes(width: 96, height: 64, channels: 3)
        for number in 10..<22 {
            try photos.addFile("\(number).png", TestPhoto.png(scenes.next(), width: 96, channels: 3))
        }
    }

    private static let outputs = [
        "hotpixels", "photos", "--quiet", "--save-maps", "maps", "--save-sums", "maps", "--variance-map", "map.png",
        "--report", "page.html", "--export", "list.csv", "--output", "a.csv", "--format", "csv",
    ]

    @Test(arguments: LongTests.all(signals, otherwiseEvery: 2))
    func nothingStaysOfAnInterruptedRun(_ signal: Int32, _ code: Int32) throws {
        // A thread that opens a file may be about to list it among those to remove, and must be let on with it.
        for (calls, isHolding) in [([.open], false), ([.read], true), (Self.changes, true)] {
            let count = try withTemporaryFolder { folder in
                try Self.addPhotos(to: folder)
                let whole = try FaultInjection.fastpix(Self.outputs, calls: calls, in: folder)
                #expect(whole.run.exitCode == 0)
                return whole.calls
            }
            try #require(count >= 10)
            for number in FaultInjection.moments(count, most: signal == SIGTERM ? 12 : 4) {
                try withTemporaryFolder { folder in
                    try Self.addPhotos(to: folder)
                    let run = try FaultInjection.fastpix(
                        Self.outputs, calls: calls, number: number,
                        fault: .signal(signal, holding: isHolding), in: folder
                    ).run
                    // Where it was let on, it may have been faster.
                    #expect(
                        run.exitCode == code || !isHolding && run.exitCode == 0,
                        "exit code \(run.exitCode) at \(calls) \(number) of \(count)")
                    let files = try Blends.files(folder)
                    #expect(files.allSatisfy { !$0.contains("partial") }, "\(files) at \(calls) \(number) of \(count)")
                }
            }
        }
    }

    /// A run that waits (for a reader of a named pipe that never comes) ends all the same.
    @Test(arguments: signals)
    func aWaitingRunEnds(_ signal: Int32, _ code: Int32) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            #expect(mkfifo(folder.appendingPathComponent("pipe").path, 0o600) == 0)
            // Before the first file is opened, and so before the pipe: it never gets beyond that.
            let run = try FaultInjection.fastpix(
                ["hotpixels", "photos", "--output", "pipe"], calls: [.open], number: 1, fault: .signal(signal),
                in: folder
            ).run
            #expect(run.exitCode == code)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func ignoredSignalsStayIgnored(_ signal: Int32) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            let arguments = ["hotpixels", "photos", "--quiet", "--format", "csv"]
            let usual = try FaultInjection.fastpix(arguments, calls: [.read], in: folder)
            let run = try FaultInjection.fastpix(
                arguments, calls: [.read], number: usual.calls / 2, fault: .signal(signal), ignoring: signal, in: folder
            ).run
            #expect(run.exitCode == 0)
            #expect(run.stdout == usual.run.stdout)
        }
    }

    // MARK: Checkpoints

    private static let report = [
        "hotpixels", "photos", "--format", "csv", "--quiet", "--save-sums", "sums",
    ]
    private static let resumable =
        report + [
            "--checkpoint", "run.state", "--checkpoint-interval", "0", "--batch", "1", "--workers", "2", "--overwrite",
        ]

    /// Any number of interruptions later, the result has the bits of a run without any.
    @Test(arguments: LongTests.all([SIGKILL, SIGINT, SIGTERM], otherwiseEvery: 2))
    func aStateOutlivesInterruptions(_ signal: Int32) throws {
        var expected: [String: Data] = [:]
        var counts: [Int] = []
        let walks: [[FaultInjection.Call]] = [[.open, .read], Self.changes]
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            let run = try CommandRun.fastpix(Self.report, in: folder)
            #expect(run.exitCode == 0)
            expected = try Self.results(run, folder)
        }
        for calls in walks {
            try withTemporaryFolder { folder in
                try Self.addPhotos(to: folder)
                let whole = try FaultInjection.fastpix(Self.resumable, calls: calls, in: folder)
                #expect(try Self.results(whole.run, folder) == expected)
                counts.append(whole.calls)
            }
        }
        for (calls, count) in zip(walks, counts) {
            try #require(count >= 15)
            for number in FaultInjection.moments(count, most: signal == SIGKILL ? 12 : 4) {
                try withTemporaryFolder { folder in
                    try Self.addPhotos(to: folder)
                    // The second run begins with what the first has saved.
                    for moment in [number, (number + 1) / 2] {
                        try Self.interrupt(calls, moment, signal, in: folder)
                    }
                    let resumed = try CommandRun.fastpix(Self.resumable, in: folder)
                    #expect(resumed.exitCode == 0, "\(resumed.stderr) after \(calls) \(number) of \(count)")
                    #expect(try Self.results(resumed, folder) == expected, "after \(calls) \(number) of \(count)")
                    // What killed runs left half-written beside the state is gone.
                    #expect(try folder.entries() == ["photos", "run.state", "sums"])
                }
            }
        }
    }

    private static func interrupt(
        _ calls: [FaultInjection.Call], _ number: Int, _ signal: Int32, in folder: URL
    ) throws {
        let run = try FaultInjection.fastpix(
            resumable, calls: calls, number: number, fault: .signal(signal), in: folder
        ).run
        let codes = signal == SIGKILL ? [137] : [128 + signal]
        // What is asked politely to end may be faster, and a resumed run may have fewer calls.
        #expect((codes + [0]).contains(run.exitCode), "exit code \(run.exitCode) at \(calls) \(number)")
        if FileManager.default.fileExists(atPath: folder.appendingPathComponent("run.state").path) {
            // Sound at every moment; only the first save may still be without photos.
            let check = try CommandRun.fastpix(["merge", "run.state", "--quiet"], in: folder)
            #expect(
                check.exitCode == 0 || check.stderr.contains("no photo is in these states")
                    || check.stderr.contains("run the same command again to finish it"),
                "\(check.stderr) at \(calls) \(number)")
        }
        if signal != SIGKILL {
            let files = try Blends.files(folder)
            #expect(files.allSatisfy { !$0.contains("partial") }, "\(files) at \(calls) \(number)")
        }
    }

    /// The table and the exact sums.
    private static func results(_ run: CommandRun, _ folder: URL) throws -> [String: Data] {
        var results = ["stdout": run.stdoutBytes]
        for name in ["sum.npy", "sum_of_squares.npy"] {
            results[name] = try Data(contentsOf: folder.appendingPathComponent("sums/\(name)"))
        }
        return results
    }

    /// The state is saved at the signal, not only every so often.
    @Test func theStateIsSavedAtTheEnd() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "hotpixels", Repository.examplePhotos.path, "--batch", "1", "--workers", "1", "--format", "json",
            ]
            let usual = try FaultInjection.fastpix(arguments + ["--checkpoint", "0.state"], calls: [.read], in: folder)
            #expect(usual.run.exitCode == 0)
            var hasSaved = false
            // While headers are read there is nothing to save yet.
            for part in 1...6 {
                let run = try FaultInjection.fastpix(
                    arguments + ["--checkpoint", "\(part).state"], calls: [.read], number: usual.calls * part / 8,
                    fault: .signal(SIGTERM), in: folder
                ).run
                #expect(run.exitCode == 143)
                guard run.stderr.contains("stopping; once more") else { continue }
                hasSaved = run.stderr.contains("is saved, run the same command again to go on")
                #expect(hasSaved)
                let resumed = try CommandRun.fastpix(arguments + ["--checkpoint", "\(part).state"], in: folder)
                #expect(try resumed.hotPixels().groups == usual.run.hotPixels().groups)
            }
            #expect(hasSaved)
        }
    }
}
