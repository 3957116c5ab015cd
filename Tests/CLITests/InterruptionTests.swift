import Foundation
import TestSupport
import Testing

/// Signals, at any moment: nothing half-made stays, and what a checkpoint holds is never lost.
///
/// The moments are chosen by short random pauses; whatever they hit, the outcome must be the same.
struct InterruptionTests {
    /// Runs fastpix on the example photos with `arguments` and sends it `signal` after some milliseconds. The exit
    /// code is that of fastpix.
    private static func interrupted(
        _ signal: String, after milliseconds: Int, _ arguments: [String], in folder: URL
    ) throws -> CommandRun {
        let pause = String(format: "0.%03d", milliseconds)
        // A shell without job control has its background programs ignore Ctrl-C; monitor mode keeps the default.
        return try CommandRun.of(
            URL(fileURLWithPath: "/bin/bash"),
            [
                "-c", #"set -m; "$0" "$@" & pid=$!; sleep \#(pause); kill -\#(signal) $pid 2>/dev/null; wait $pid"#,
                FastPixBinary.tested.path,
            ] + arguments, in: folder)
    }

    private static let photos = Repository.examplePhotos.path

    @Test(arguments: [("INT", Int32(130)), ("TERM", Int32(143)), ("HUP", Int32(129))])
    func nothingStaysOfAnInterruptedRun(_ signal: String, _ code: Int32) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5 {
            try withTemporaryFolder { folder in
                let run = try Self.interrupted(
                    signal, after: Int.random(in: 1..<250, using: &generator),
                    [
                        "hotpixels", Self.photos, "--save-maps", "maps", "--variance-map", "map.png", "--output",
                        "a.csv",
                    ],
                    in: folder)
                // It may have been faster.
                #expect([code, 0].contains(run.exitCode), "exit code \(run.exitCode)")
                let maps = folder.appendingPathComponent("maps")
                let left = try folder.entries() + ((try? maps.entries()) ?? [])
                #expect(left.allSatisfy { !$0.contains("partial") }, "\(left)")
            }
        }
    }

    /// A run that waits (for a reader of a named pipe that never comes) ends all the same.
    @Test(arguments: [("INT", Int32(130)), ("TERM", Int32(143))])
    func aWaitingRunEnds(_ signal: String, _ code: Int32) throws {
        try withTemporaryFolder { folder in
            #expect(mkfifo(folder.appendingPathComponent("pipe").path, 0o600) == 0)
            let run = try Self.interrupted(
                signal, after: 300, ["hotpixels", Self.photos, "--output", "pipe"], in: folder)
            #expect(run.exitCode == code)
        }
    }

    @Test func ignoredSignalsStayIgnored() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.of(
                URL(fileURLWithPath: "/bin/bash"),
                [
                    "-c",
                    #"trap "" INT TERM HUP; "$0" hotpixels "$1" -q & p=$!; kill -INT $p; kill -TERM $p; wait $p"#,
                    FastPixBinary.tested.path, Self.photos,
                ], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stdout.contains("48 photos"))
        }
    }

    /// Any number of interruptions later, the result has the bits of a run without any.
    @Test(arguments: ["KILL", "TERM", "INT"])
    func aStateOutlivesInterruptions(_ signal: String) throws {
        try withTemporaryFolder { folder in
            let report = ["hotpixels", Self.photos, "--no-defects", "--format", "csv", "--quiet", "--save-sums"]
            let expected = try CommandRun.fastpix(report + ["expected"], in: folder)
            let arguments = ["--checkpoint", "run.state", "--checkpoint-interval", "0", "--batch", "1"]
            let state = folder.appendingPathComponent("run.state")
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<12 {
                let run = try Self.interrupted(
                    signal, after: Int.random(in: 20..<400, using: &generator), report + ["sums"] + arguments,
                    in: folder)
                #expect([137, 143, 130, 0].contains(run.exitCode), "exit code \(run.exitCode)")
                if FileManager.default.fileExists(atPath: state.path) {
                    // Sound at every moment; only the first save may still be without photos.
                    let check = try CommandRun.fastpix(["merge", "run.state", "--quiet"], in: folder)
                    #expect(check.exitCode == 0 || check.stderr.contains("no photo is in these states"))
                }
                if signal != "KILL" { #expect(try folder.entries().allSatisfy { !$0.contains("partial") }) }
            }
            let resumed = try CommandRun.fastpix(report + ["sums"] + arguments, in: folder)
            #expect(resumed.exitCode == 0)
            #expect(resumed.stdout == expected.stdout)
            for name in ["sum.npy", "sum_of_squares.npy"] {
                #expect(
                    try Data(contentsOf: folder.appendingPathComponent("sums/\(name)"))
                        == Data(contentsOf: folder.appendingPathComponent("expected/\(name)")))
            }
            // What killed runs left half-written is gone.
            #expect(try folder.entries() == ["expected", "run.state", "sums"])
        }
    }

    /// The state is saved at the signal, not only every so often.
    @Test func theStateIsSavedAtTheEnd() throws {
        try withTemporaryFolder { folder in
            var hasSaved = false
            // Some of the moments are before the first photo or after the last.
            for attempt in 0..<20 where !hasSaved {
                let run = try Self.interrupted(
                    "TERM", after: 40 + 20 * attempt,
                    ["hotpixels", Self.photos, "--batch", "1", "--workers", "1", "--checkpoint", "\(attempt).state"],
                    in: folder)
                guard run.stderr.contains("stopping; once more") else { continue }
                #expect(run.exitCode == 143)
                hasSaved = run.stderr.contains("is saved, run the same command again to go on")
                #expect(hasSaved)
                let merged = try CommandRun.fastpix(["merge", "\(attempt).state"], in: folder)
                #expect(merged.exitCode == 0)
            }
            #expect(hasSaved)
        }
    }
}
