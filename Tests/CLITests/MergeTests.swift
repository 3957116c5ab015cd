import Foundation
import TestSupport
import Testing

/// `fastpix merge`: states of parts add up to the whole.
struct MergeTests {
    private static func makeState(_ name: String, _ photos: some Sequence<URL>, in folder: URL) throws {
        let run = try CommandRun.fastpix(
            ["hotpixels", "--minimum-frames", "1", "--quiet", "--checkpoint", name]
                + photos.map(\.path), in: folder)
        #expect(run.exitCode == 0)
    }

    private static func folderOfSums(_ folder: URL) throws -> [Data] {
        try ["sum.npy", "sum_of_squares.npy"].map { try Data(contentsOf: folder.appendingPathComponent($0)) }
    }

    @Test(arguments: [1, 5, 23])
    func partsGiveTheBitsOfTheWhole(_ portion: Int) throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(24)
            var states: [String] = []
            for start in stride(from: 0, to: photos.count, by: portion) {
                states.append("part-\(start).state")
                try Self.makeState(states.last!, photos[start..<min(photos.count, start + portion)], in: folder)
            }
            try Self.makeState("whole.state", photos, in: folder)
            let output = ["--format", "csv", "--quiet", "--top", "25", "--save-sums"]
            let whole = try CommandRun.fastpix(
                ["hotpixels", "--no-defects"] + photos.map(\.path) + output + ["whole"], in: folder)
            let merged = try CommandRun.fastpix(
                ["merge", "--no-defects"] + states.reversed() + output + ["merged", "--save-state", "merged.state"],
                in: folder)
            #expect(merged.exitCode == 0)
            #expect(merged.stderr == "")
            #expect(merged.stdout == whole.stdout)
            let sums = try Self.folderOfSums(folder.appendingPathComponent("merged"))
            #expect(try sums == Self.folderOfSums(folder.appendingPathComponent("whole")))
            // The combined state is the one that a single run writes, and can be gone on from.
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("merged.state"))
                    == Data(contentsOf: folder.appendingPathComponent("whole.state")))
        }
    }

    @Test func anyNumberOfWorkersGivesTheSame() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(40)
            try Self.makeState("first.state", photos.prefix(20), in: folder)
            try Self.makeState("second.state", photos.dropFirst(20), in: folder)
            func merge(_ workers: String) throws -> CommandRun {
                try CommandRun.fastpix(
                    [
                        "merge", "first.state", "second.state", "--format", "json", "--quiet", "--save-state",
                        "\(workers).state", "--workers", workers,
                    ], in: folder)
            }
            func state(_ workers: String) throws -> Data {
                try Data(contentsOf: folder.appendingPathComponent("\(workers).state"))
            }
            struct Told: Decodable {
                struct Settings: Decodable { let workers: Int }
                let settings: Settings
            }
            let one = try merge("1")
            for workers in ["1", "2", "7"] {
                let run = try workers == "1" ? one : merge(workers)
                #expect(run.exitCode == 0, "\(run.stderr)")
                #expect(try run.hotPixels().groups == one.hotPixels().groups)
                #expect(try JSONDecoder().decode(Told.self, from: run.stdoutBytes).settings.workers == Int(workers))
                #expect(try state(workers) == state("1"))
            }
            for wrong in ["0", "513"] {
                let run = try merge(wrong)
                #expect(run.exitCode == 64)
                #expect(run.stderr.contains("workers must be 1 to 512"), "\(run.stderr)")
            }
        }
    }

    /// More states than a command line has room for are named in a file, or by `find`.
    @Test func listsNameStates() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(4)
            for (index, photo) in photos.enumerated() { try Self.makeState("\(index).state", [photo], in: folder) }
            let arguments = ["merge", "--no-defects", "--quiet", "--format", "csv"]
            let named = try CommandRun.fastpix(arguments + photos.indices.map { "\($0).state" }, in: folder)
            #expect(named.exitCode == 0)
            try folder.addFile("list", Data("3.state\n\n1.state\n0.state\n".utf8))
            let listed = try CommandRun.fastpix(arguments + ["2.state", "--files-from", "list"], in: folder)
            #expect(listed.exitCode == 0)
            #expect(listed.stdout == named.stdout)
            let found = try CommandRun.shell(
                "find . -name '*.state' -print0 | $0 \(arguments.joined(separator: " ")) -0 --files-from -", in: folder)
            #expect(found.stdout == named.stdout)
            let twice = try CommandRun.fastpix(arguments + ["2.state", "2.state"], in: folder)
            let twiceListed = try CommandRun.fastpix(arguments + ["3.state", "--files-from", "list"], in: folder)
            #expect(twice.exitCode == 1 && twiceListed.exitCode == 1)
            try folder.addFile("nothing", Data("\n".utf8))
            let nothing = try CommandRun.fastpix(arguments + ["--files-from", "nothing"], in: folder)
            #expect(nothing.exitCode == 1)
            #expect(nothing.stderr.contains("name no state"))
            let overList = try CommandRun.fastpix(
                arguments + ["--files-from", "list", "--output", "./list", "--overwrite"], in: folder)
            #expect(overList.exitCode != 0)
            #expect(try Data(contentsOf: folder.appendingPathComponent("list")).starts(with: Data("3.state".utf8)))
        }
    }

    @Test func sixteenBitPartsGiveTheBitsOfTheWhole() throws {
        try withTemporaryFolder { folder in
            let frames = try Repository.fixture("sixteen-bit").entries().map {
                Repository.fixture("sixteen-bit").appendingPathComponent($0)
            }
            try Self.makeState("first.state", frames.prefix(5), in: folder)
            try Self.makeState("second.state", frames.dropFirst(5), in: folder)
            let output = ["--format", "json", "--quiet", "--save-sums"]
            let whole = try CommandRun.fastpix(
                ["hotpixels", "--no-defects", Repository.fixture("sixteen-bit").path] + output + ["whole"], in: folder)
            let merged = try CommandRun.fastpix(
                ["merge", "--no-defects", "first.state", "second.state"] + output + ["merged"], in: folder)
            #expect(try merged.hotPixels().groups == whole.hotPixels().groups)
            let sums = try Self.folderOfSums(folder.appendingPathComponent("merged"))
            #expect(try sums == Self.folderOfSums(folder.appendingPathComponent("whole")))
        }
    }

    @Test func defectsAreJudgedFromTheWhole() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(48)
            try Self.makeState("first.state", photos.prefix(20), in: folder)
            try Self.makeState("second.state", photos.dropFirst(20), in: folder)
            let output = ["--format", "json", "--quiet"]
            let whole = try CommandRun.fastpix(
                ["hotpixels", Repository.examplePhotos.path] + output)
            let merged = try CommandRun.fastpix(
                ["merge", "first.state", "second.state"] + output, in: folder)
            #expect(try merged.hotPixels().groups == whole.hotPixels().groups)
        }
    }

    /// States of runs that looked for no defects are not taken for ones without any.
    @Test func whatWasNotCountedIsNotJudged() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(12).map(\.path)
            let made = try CommandRun.fastpix(
                ["hotpixels", "--no-defects", "--quiet", "--checkpoint", "sums.state"] + photos, in: folder)
            #expect(made.exitCode == 0)
            let judged = try CommandRun.fastpix(["merge", "sums.state", "--quiet"], in: folder)
            #expect(judged.exitCode == 1)
            #expect(judged.stdout == "")
            #expect(judged.stderr.contains("sums.state") && judged.stderr.contains("--no-defects"), "\(judged.stderr)")
            let sums = try CommandRun.fastpix(["merge", "sums.state", "--no-defects", "--quiet"], in: folder)
            #expect(sums.exitCode == 0)
        }
    }

    /// The state of all photos, made in one run or in two, is the same file.
    @Test func statesAddUpToTheStateOfAll() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(28)
            try Self.makeState("first.state", photos.prefix(14), in: folder)
            let begin = try CommandRun.fastpix(
                ["hotpixels", "--quiet", "--checkpoint", "second.state"] + photos.suffix(14).map(\.path), in: folder)
            #expect(begin.exitCode == 0)
            try Self.makeState("whole.state", photos, in: folder)
            let merged = try CommandRun.fastpix(
                ["merge", "first.state", "second.state", "--save-state", "merged.state"], in: folder)
            #expect(merged.exitCode == 0)
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("merged.state"))
                    == Data(contentsOf: folder.appendingPathComponent("whole.state")))
        }
    }

    @Test func setsThatOverlapAreRefused() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(12)
            try Self.makeState("first.state", photos.prefix(8), in: folder)
            // The shared photo has another name here.
            let copy = try folder.addCopy(of: photos[7], as: "copy.jpg")
            try Self.makeState("second.state", [copy] + photos.dropFirst(8), in: folder)
            for states in [["first.state", "second.state"], ["second.state", "first.state"]] {
                let run = try CommandRun.fastpix(["merge"] + states + ["--save-state", "sum.state"], in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stdout == "")
                #expect(run.stderr.contains("\(states[1]): 1 photo of this state is in \(states[0])"), "\(run.stderr)")
            }
            let twice = try CommandRun.fastpix(["merge", "first.state", "first.state"], in: folder)
            #expect(twice.exitCode == 1)
            #expect(twice.stderr.contains("8 photos of this state"))
            #expect(try folder.entries() == ["copy.jpg", "first.state", "second.state"])
        }
    }

    @Test func otherFramesAreRefused() throws {
        try withTemporaryFolder { folder in
            try Self.makeState("first.state", try Photos.example(3), in: folder)
            try Self.makeState("tiny.state", [Photos.tiny], in: folder)
            let luma = try CommandRun.fastpix(
                ["hotpixels", "--minimum-frames", "1", "--channels", "luma", "--checkpoint", "luma.state", "--quiet"]
                    + Photos.example(4).suffix(1).map(\.path), in: folder)
            #expect(luma.exitCode == 0)
            for other in ["tiny.state", "luma.state"] {
                let run = try CommandRun.fastpix(["merge", "first.state", other], in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stderr.contains("\(other): a state of "))
                #expect(run.stderr.contains("384 x 896, 8-bit RGB"))
            }
        }
    }

    /// Names may be the same where the cameras are not.
    @Test func whatDiffersIsSaid() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(6)
            try Self.makeState("first.state", photos.prefix(3), in: folder)
            let made = try CommandRun.fastpix(
                [
                    "hotpixels", "--minimum-frames", "1", "--quiet", "--group-by", "model", "--checkpoint",
                    "second.state",
                ] + photos.suffix(3).map(\.path), in: folder)
            #expect(made.exitCode == 0)
            let run = try CommandRun.fastpix(["merge", "first.state", "second.state"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("but the maker is not known here, and Canon there"), "\(run.stderr)")
        }
    }

    @Test func statesAreNeverReplaced() throws {
        try withTemporaryFolder { folder in
            try Self.makeState("first.state", try Photos.example(3), in: folder)
            let before = try Data(contentsOf: folder.appendingPathComponent("first.state"))
            for option in ["--output", "--save-state", "--variance-map"] {
                let run = try CommandRun.fastpix(["merge", "first.state", option, "first.state"], in: folder)
                #expect(run.exitCode == 64)
            }
            #expect(try Data(contentsOf: folder.appendingPathComponent("first.state")) == before)
        }
    }

    @Test func wrongUsageIsSaid() throws {
        #expect(try CommandRun.fastpix(["merge"]).exitCode == 64)
        #expect(try CommandRun.fastpix(["merge", "a", "--no-defects", "--export", "a.json"]).exitCode == 64)
        #expect(try CommandRun.fastpix(["merge", "a", "--output", "b", "--save-state", "b"]).exitCode == 64)
        let missing = try CommandRun.fastpix(["merge", "/no/such.state"])
        #expect(missing.exitCode == 1)
        #expect(missing.stderr.contains("/no/such.state"))
    }
}
