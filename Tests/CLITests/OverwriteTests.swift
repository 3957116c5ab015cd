import Foundation
import TestSupport
import Testing

/// A file that is there is not replaced by any output of any command unless `--overwrite` says so.
struct OverwriteTests {
    private static let old = Data("somebody's work".utf8)

    struct Output: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let file: String
        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let hotpixels = ["hotpixels", Photos.tiny.path, "--minimum-frames", "1", "--quiet"]
    private static let few = ["hotpixels", Repository.fixture("sixteen-bit").path, "--quiet"]

    static let outputs = [
        Output(arguments: hotpixels + ["--output", "a.txt"], file: "a.txt"),
        Output(arguments: hotpixels + ["--output", "a.json"], file: "a.json"),
        Output(arguments: hotpixels + ["--report", "a.html"], file: "a.html"),
        Output(arguments: hotpixels + ["--variance-map", "a.png"], file: "a.png"),
        Output(arguments: hotpixels + ["--save-maps", "maps"], file: "maps/mean.npy"),
        Output(arguments: hotpixels + ["--save-maps", "maps", "--map-format", "tiff"], file: "maps/mean.tif"),
        Output(arguments: hotpixels + ["--save-maps", "maps", "--map-format", "fits"], file: "maps/variance.fits"),
        Output(arguments: hotpixels + ["--save-sums", "maps"], file: "maps/sum_of_squares.npy"),
        Output(arguments: few + ["--export", "a.json"], file: "a.json"),
        Output(arguments: few + ["--export", "a.badpixels"], file: "a.badpixels"),
        Output(arguments: few + ["--export", "a.png"], file: "a.png"),
        Output(arguments: few + ["--export", "a.tif"], file: "a.tif"),
        Output(arguments: few + ["--export", "a.fits"], file: "a.fits"),
        Output(arguments: ["stats", Photos.tiny.path, "-q", "--output", "a.csv"], file: "a.csv"),
        Output(arguments: ["stats", Photos.tiny.path, "-q", "--histogram", "a.svg"], file: "a.svg"),
        Output(
            arguments: [
                "bench", Photos.tiny.path, "-q", "--runs", "1", "--workers", "1", "--jobs", "decode", "--plot", "a.png",
            ], file: "a.png"),
        Output(arguments: ["info", "--output", "a.csv"], file: "a.csv"),
    ]

    @Test(arguments: outputs)
    func whatIsThereStays(_ output: Output) throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("maps")
            let file = try folder.addFile(output.file, Self.old)
            let refused = try CommandRun.fastpix(output.arguments, in: folder)
            #expect(refused.exitCode == 1, "\(refused.stderr)")
            #expect(refused.stdout == "")
            #expect(refused.stderr == "fastpix: error: \(output.file): is there already; --overwrite replaces it\n")
            #expect(try Data(contentsOf: file) == Self.old)

            let replaced = try CommandRun.fastpix(output.arguments + ["--overwrite"], in: folder)
            #expect(replaced.exitCode == 0, "\(replaced.stderr)")
            #expect(try Data(contentsOf: file) != Self.old)
        }
    }

    /// A run that failed has left nothing to lose: the same command may replace its result, and no other.
    @Test(arguments: [["stats"], ["hotpixels", "--minimum-frames", "1"]]) func aFailedResultIsReplaced(
        _ command: [String]
    )
        throws
    {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try photos.addFile("broken.png", Data("no photo".utf8))
            let arguments = command + ["photos", "-q"]
            for name in ["a.json"] + (command[0] == "hotpixels" ? ["b.jsonl"] : []) {
                let failed = try CommandRun.fastpix(arguments + ["-o", name], in: folder)
                #expect(failed.exitCode == 1)
                let left = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                #expect(left.contains("\"failed\" : true") || left.contains("\"failed\":true"))
            }
            try photos.addCopy(of: Photos.tiny)
            for name in ["a.json"] + (command[0] == "hotpixels" ? ["b.jsonl"] : []) {
                #expect(try CommandRun.fastpix(arguments + ["-o", name], in: folder).exitCode == 2)
                // What has a result stays.
                let refused = try CommandRun.fastpix(arguments + ["-o", name], in: folder)
                #expect(refused.exitCode == 1 && refused.stderr.contains("is there already"))
            }
        }
    }

    @Test func mergedStatesAndComparisonsStay() throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(Self.few + ["--checkpoint", "a.state", "--export", "a.json"], in: folder)
            for arguments in [
                ["merge", "a.state", "-q", "--save-state", "old"], ["merge", "a.state", "-q", "-o", "old"],
                ["merge", "a.state", "-q", "--report", "old.html"], ["merge", "a.state", "-q", "--export", "old.csv"],
                ["compare", "a.json", "a.json", "-o", "old"],
            ] {
                let file = try folder.addFile(try #require(arguments.last), Self.old)
                let refused = try CommandRun.fastpix(arguments, in: folder)
                #expect(refused.exitCode == 1)
                #expect(try Data(contentsOf: file) == Self.old)
                let replaced = try CommandRun.fastpix(arguments + ["--overwrite"], in: folder)
                #expect(replaced.exitCode == 0, "\(replaced.stderr)")
                #expect(try Data(contentsOf: file) != Self.old)
            }
        }
    }

    /// The second group's file has a name that is known only when there is a second group.
    @Test func filesOfFurtherGroupsStayToo() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for size in [24, 32] {
                var scenes = SyntheticScenes(width: size, height: 16, channels: 3)
                for number in 0..<3 {
                    try photos.addFile("\(size)-\(number).png", TestPhoto.png(scenes.next(), width: size, channels: 3))
                }
            }
            let file = try folder.addFile("map-2.png", Self.old)
            let run = try CommandRun.fastpix(
                ["hotpixels", "photos", "-q", "--minimum-frames", "2", "--variance-map", "map.png"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderr.contains("map-2.png: is there already; --overwrite replaces it"))
            #expect(try Data(contentsOf: file) == Self.old)
        }
    }

    /// A checkpoint is what a run goes on from, and is replaced by more of itself; a file that is none stays.
    @Test func onlyAStateIsACheckpoint() throws {
        try withTemporaryFolder { folder in
            let file = try folder.addFile("run.state", Self.old)
            let run = try CommandRun.fastpix(Self.few + ["--checkpoint", "run.state"], in: folder)
            #expect(run.exitCode == 1)
            #expect(try Data(contentsOf: file) == Self.old)
        }
    }

    @Test func aHyphenIsStandardOutput() throws {
        try withTemporaryFolder { folder in
            let plain = try CommandRun.fastpix(Self.few + ["--format", "csv"], in: folder)
            let named = try CommandRun.fastpix(Self.few + ["--format", "csv", "-o", "-"], in: folder)
            #expect(named.exitCode == 0)
            #expect(named.stdout == plain.stdout)
            let page = try CommandRun.fastpix(Self.few + ["--report", "-"], in: folder)
            #expect(page.exitCode == 64)
            #expect(page.stderr.contains("--report needs a file"))
            #expect(try folder.entries() == [])
        }
    }

    /// What a name promises, the file holds.
    @Test(arguments: [
        ["--report", "page.pdf"], ["--variance-map", "map.jpg"], ["--output", "report.html"],
        ["--output", "report.csv", "--format", "json"], ["--export", "list.png", "--export-format", "csv"],
        ["--variance-map", "map"], ["--checkpoint", "run.json"], ["--save-maps", "maps.npy"], ["--save-sums", "-"],
    ])
    func aNameOfAnotherFormIsRefused(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(Self.few + options, in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stdout == "")
            #expect(run.stderr.contains(options[1]))
            #expect(try folder.entries() == [])
        }
    }

    @Test(arguments: ["x.tif", "x.webp"])
    func blendedImagesAreJPEGOrPNG(_ name: String) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.addWeighted(
                [Blends.fixture("rgb8.png").path, "--blur", "3", "--output", name], in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stderr.contains(name) && run.stderr.contains(".jpg or .png"))
            #expect(try folder.entries() == [])
        }
    }

    @Test func theNameOfTheResultTellsItsForm() throws {
        try withTemporaryFolder { folder in
            for (name, beginning) in [("a.json", "{\n"), ("a.csv", "make,model"), ("a.jsonl", "{\""), ("a", "unknown")]
            {
                let run = try CommandRun.fastpix(Self.few + ["--output", name], in: folder)
                #expect(run.exitCode == 0)
                let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                #expect(text.hasPrefix(beginning), "\(name): \(text.prefix(40))")
            }
        }
    }
}
