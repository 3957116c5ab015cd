import Foundation
import TestSupport
import Testing

/// The result of a run is never lost with an output that it has besides: that one is named, and the exit code tells.
struct FailedOutputTests {
    private static func addStates(_ photos: Int, to folder: URL) throws -> [String] {
        for (name, photos) in [
            ("first.state", try Photos.example(photos).prefix(10)),
            ("second.state", try Photos.example(photos).dropFirst(10)),
        ] {
            let run = try CommandRun.fastpix(
                ["hotpixels", "--minimum-frames", "1", "--quiet", "--checkpoint", name] + photos.map(\.path), in: folder
            )
            #expect(run.exitCode == 0)
        }
        return ["first.state", "second.state"]
    }

    private static func expect(_ run: CommandRun, names output: String) throws -> HotPixelsResult {
        #expect(run.exitCode == 2, "\(run.stderr)")
        let result = try run.hotPixels()
        #expect(result.failedOutputs.map(\.path) == [output])
        #expect(run.stderr.contains("\(output): the output could not be written completely"), "\(run.stderr)")
        return result
    }

    @Test func mergedStates() throws {
        try withTemporaryFolder { folder in
            let states = try Self.addStates(32, to: folder)
            let merge = ["merge", "--format", "json", "--quiet"] + states
            let whole = try CommandRun.fastpix(merge, in: folder)
            #expect(whole.exitCode == 0)
            let run = try CommandRun.fastpix(merge + ["--save-state", "/dev/full"], in: folder)
            #expect(try Self.expect(run, names: "/dev/full").groups == whole.hotPixels().groups)
            #expect(try folder.entries() == ["first.state", "second.state"])
        }
    }

    @Test func mergedStatesOfChannels() throws {
        try withTemporaryFolder { folder in
            for (name, photos) in [
                ("1.state", try Photos.example(4).prefix(2)), ("2.state", try Photos.example(4).suffix(2)),
            ] {
                let run = try CommandRun.fastpix(
                    ["stats", "--moments", "--quiet", "--checkpoint", name] + photos.map(\.path), in: folder)
                #expect(run.exitCode == 0)
            }
            let merge = ["merge", "--quiet", "1.state", "2.state"]
            let whole = try CommandRun.fastpix(merge + ["--format", "csv"], in: folder)
            #expect(whole.exitCode == 0)
            let run = try CommandRun.fastpix(merge + ["--format", "csv", "--save-state", "/dev/full"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stdout == whole.stdout)
            #expect(run.stderr.contains("/dev/full: the output could not be written completely"), "\(run.stderr)")
            let told = try CommandRun.fastpix(merge + ["--format", "json", "--save-state", "/dev/full"], in: folder)
            #expect(try Self.failedOutputs(told) == ["/dev/full"])
        }
    }

    private static func failedOutputs(_ run: CommandRun) throws -> [String] {
        struct Report: Decodable {
            struct Output: Decodable { let path: String }
            let failedOutputs: [Output]
        }
        return try JSONDecoder().decode(Report.self, from: run.stdoutBytes).failedOutputs.map(\.path)
    }

    @Test func exports() throws {
        try withTemporaryFolder { folder in
            let export =
                ["--export", "list.json", "--export", "/dev/full"] + ["--export-format", "json"] + [
                    "--export-format", "csv",
                ]
            let options = ["--format", "json", "--quiet"] + export
            let found = try CommandRun.fastpix(["hotpixels", Repository.examplePhotos.path] + options, in: folder)
            #expect(try Self.expect(found, names: "/dev/full").groups.first?.defects?.count == 2)
            #expect(try folder.entries() == ["list.json"])
            let states = try Self.addStates(32, to: folder)
            let merged = try CommandRun.fastpix(["merge", "--overwrite"] + states + options, in: folder)
            #expect(try Self.expect(merged, names: "/dev/full").groups.count == 1)
        }
    }

    @Test func histograms() throws {
        try withTemporaryFolder { folder in
            try folder.addLink("full.svg", to: "/dev/full")
            let stats = ["stats", "--moments", "--quiet"] + (try Photos.example(2).map(\.path))
            let whole = try CommandRun.fastpix(stats + ["--count-values", "--format", "csv"], in: folder)
            let run = try CommandRun.fastpix(stats + ["--format", "csv", "--histogram", "full.svg"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stdout == whole.stdout)
            let told = try CommandRun.fastpix(stats + ["--format", "json", "--histogram", "full.svg"], in: folder)
            #expect(try Self.failedOutputs(told) == ["full.svg"])
        }
    }

    /// A state of sums is larger than a file may be here, the result goes through a pipe.
    @Test(arguments: [["hotpixels", "--minimum-frames", "1"], ["stats", "--moments"]])
    func checkpoints(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            let arguments = command + ["--quiet", "--format", "csv"] + (try Photos.example(4).map(\.path))
            let whole = try CommandRun.fastpix(arguments, in: folder)
            let run = try CommandRun.shell(
                "{ (ulimit -f 0; exec \"$0\" \"$@\" 2>/dev/null); echo \"exit $?\"; } | cat",
                arguments + ["--checkpoint", "run.state"], in: folder)
            #expect(whole.exitCode == 0)
            #expect(run.stdout == whole.stdout + "exit 2\n")
            #expect(try folder.entries() == [])
        }
    }
}
