import Foundation
import TestSupport
import Testing

/// What the system or the user's own files limit.
struct LimitTests {
    /// Many workers with many photos each must not run out of file descriptors and take sound photos for damaged ones.
    @Test(arguments: ["exact", "welford"])
    func fewFileDescriptorsAreEnough(_ accumulator: String) throws {
        let arguments = [
            "hotpixels", Repository.fixture("sixteen-bit").path, "--accumulator", accumulator, "--format", "csv",
        ]
        let usual = try CommandRun.fastpix(arguments + ["--workers", "1"])
        let limited = try CommandRun.shell(
            "ulimit -n 20 && exec \"$0\" \"$@\"", arguments + ["--workers", "8", "--batch", "16"])
        #expect(limited.exitCode == 0)
        #expect(limited.stdout == usual.stdout)
        #expect(!limited.stderr.contains("skipped"))
    }

    /// An output that is one of the photos would destroy it.
    @Test(arguments: ["--output", "--variance-map"])
    func outputsNeverReplaceAPhoto(_ option: String) throws {
        try withTemporaryFolder { folder in
            let photo = try folder.addCopy(of: Repository.fixture("sixteen-bit/frame-00.png"))
            let before = try Data(contentsOf: photo)
            try folder.addLink("alias", to: "frame-00.png")
            for target in ["frame-00.png", "alias"] {
                let run = try CommandRun.fastpix(
                    ["hotpixels", ".", "--minimum-frames", "1", option, target], in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stdout == "")
                #expect(run.stderr.contains("\(target): the output is one of the photos"))
            }
            #expect(try Data(contentsOf: photo) == before)
            #expect(try folder.entries() == ["alias", "frame-00.png"])
        }
    }

    @Test func outputsNeverReplaceAList() throws {
        try withTemporaryFolder { folder in
            let names = Data("\(Repository.fixture("sixteen-bit/frame-00.png").path)\n".utf8)
            try folder.addFile("list", names)
            let run = try CommandRun.fastpix(
                ["stats", "--files-from", "list", "--output", "./list", "--overwrite"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("./list: the output is the list that names the photos"))
            #expect(try Data(contentsOf: folder.appendingPathComponent("list")) == names)
        }
    }

    @Test func tuneNeverReplacesAPhotoEither() throws {
        try withTemporaryFolder { folder in
            let photo = try folder.addCopy(of: Repository.fixture("sixteen-bit/frame-00.png"))
            let before = try Data(contentsOf: photo)
            let run = try CommandRun.fastpix(["tune", ".", "--runs", "1", "--output", "frame-00.png"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("the output is one of the photos"))
            #expect(try Data(contentsOf: photo) == before)
        }
    }

    @Test func twoOutputsNeedTwoNames() throws {
        let run = try CommandRun.fastpix([
            "hotpixels", Repository.fixture("sixteen-bit").path, "--output", "same.png", "--variance-map", "same.png",
        ])
        #expect(run.exitCode == 64)
        #expect(run.stdout == "")
    }

    /// Messages that nobody can read must not cost the result, nor end up in it.
    @Test(arguments: ["2>&-", "2>/dev/full", "2>&- </dev/null 0<&-"])
    func aClosedOrFullStderrDoesNoHarm(_ redirection: String) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.shell(
                "\"$0\" hotpixels \"$1\" /no/such/file --format json --output result.json \(redirection)",
                [Repository.fixture("sixteen-bit").path], in: folder)
            #expect(run.exitCode == 2)
            let result = try Data(contentsOf: folder.appendingPathComponent("result.json"))
            #expect(try JSONDecoder().decode(HotPixelsResult.self, from: result).skipped.count == 1)
            #expect(try folder.entries() == ["result.json"])
        }
    }

    /// A header may claim any size; with the limit off it still must not bring the program down.
    @Test func aClaimOfAnySizeIsRefused() throws {
        try withTemporaryFolder { folder in
            // The longest sides that PNG has, in an otherwise sound 8-bit grey header.
            var png = HostilePNG(width: .max >> 1, height: .max >> 1)
            png.finish(width: 1, height: 1)
            try folder.addFile("huge.png", Data(png.bytes))
            let run = try CommandRun.fastpix(
                ["hotpixels", ".", "--max-pixels", "0", "--minimum-frames", "1"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("2147483647 x 2147483647 pixels are more than the limit"))
        }
    }
}
