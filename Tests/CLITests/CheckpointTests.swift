import Foundation
import TestSupport
import Testing

/// `--checkpoint`: a run that goes on from a state gives the bits of a run that was never interrupted.
struct CheckpointTests {
    /// CSV and the exact sums of all example photos.
    struct Whole: Equatable {
        let csv: String
        let sums: [Data]

        init(_ run: CommandRun, sums folder: URL) throws {
            csv = run.stdout
            sums = try ["sum.npy", "sum_of_squares.npy"].map {
                try Data(contentsOf: folder.appendingPathComponent($0))
            }
        }
    }

    private static let photos = Repository.examplePhotos.path

    private static func whole(_ arguments: [String], in folder: URL) throws -> Whole {
        let run = try CommandRun.fastpix(
            ["hotpixels", "--no-defects", photos, "--format", "csv", "--quiet", "--save-sums", "sums", "--overwrite"]
                + arguments, in: folder)
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        return try Whole(run, sums: folder.appendingPathComponent("sums"))
    }

    @Test(arguments: ["0", "60"])
    func aCheckpointChangesNothing(_ interval: String) throws {
        try withTemporaryFolder { folder in
            let expected = try Self.whole([], in: folder)
            let arguments = ["--checkpoint", "all.state", "--checkpoint-interval", interval, "--batch", "2"]
            #expect(try Self.whole(arguments, in: folder) == expected)
            let state = try Data(contentsOf: folder.appendingPathComponent("all.state"))
            // Nothing is left to take in.
            #expect(try Self.whole(arguments, in: folder) == expected)
            #expect(try Data(contentsOf: folder.appendingPathComponent("all.state")) == state)
            #expect(try folder.entries() == ["all.state", "sums"])
        }
    }

    @Test func aLaterRunTakesInOnlyWhatIsNew() throws {
        try withTemporaryFolder { folder in
            let expected = try Self.whole([], in: folder)
            let first = try Photos.example(17).map(\.path)
            let begin = try CommandRun.fastpix(
                ["hotpixels"] + first + ["--checkpoint", "all.state", "--quiet"], in: folder)
            #expect(begin.exitCode == 0)
            #expect(try Self.whole(["--checkpoint", "all.state"], in: folder) == expected)
        }
    }

    /// Photos that moved are known, and copies of them count once.
    @Test func contentCountsNotTheName() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for (number, photo) in try Photos.example(12).enumerated() {
                try photos.addCopy(of: photo, as: "\(number).jpg")
            }
            let arguments = ["hotpixels", "--no-defects", "photos", "--format", "csv", "--quiet"]
            let checkpoint = ["--checkpoint", "all.state"]
            let before = try CommandRun.fastpix(arguments + checkpoint, in: folder)
            try FileManager.default.moveItem(
                at: photos.appendingPathComponent("3.jpg"), to: photos.appendingPathComponent("moved.jpg"))
            let renamed = try CommandRun.fastpix(arguments + checkpoint, in: folder)
            #expect(renamed.stdout == before.stdout)
            try photos.addCopy(of: photos.appendingPathComponent("moved.jpg"), as: "copy.jpg")
            let copied = try CommandRun.fastpix(arguments + checkpoint, in: folder)
            #expect(copied.stdout == (try CommandRun.fastpix(arguments, in: folder).stdout))
            #expect(copied.stdout == before.stdout)
        }
    }

    @Test func damagedPhotosAreNotInTheState() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for photo in try Photos.example(12) { try photos.addCopy(of: photo) }
            let other = try #require(try Photos.example(13).last)
            try photos.addFile("cut.jpg", Data(contentsOf: other).dropLast(5000))
            let arguments = ["hotpixels", "--no-defects", "photos", "--format", "csv", "--quiet"]
            let expected = try CommandRun.fastpix(arguments, in: folder)
            #expect(expected.exitCode == 2)
            for _ in 0..<2 {
                let run = try CommandRun.fastpix(arguments + ["--checkpoint", "all.state"], in: folder)
                #expect(run.exitCode == 2)
                #expect(run.stdout == expected.stdout)
                #expect(run.stderr == expected.stderr)
            }
            // Repaired, it is taken in.
            try photos.addCopy(of: other, as: "whole.jpg")
            try FileManager.default.removeItem(at: photos.appendingPathComponent("cut.jpg"))
            let repaired = try CommandRun.fastpix(arguments + ["--checkpoint", "all.state"], in: folder)
            #expect(repaired.exitCode == 0)
            #expect(repaired.stdout == (try CommandRun.fastpix(arguments, in: folder).stdout))
        }
    }

    /// Two cameras: two states, found again whichever group is the larger one now.
    @Test func eachGroupHasItsState() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for photo in try Photos.example(11) { try photos.addCopy(of: photo) }
            try Photos.add(10, to: photos)
            let arguments = ["hotpixels", "--no-defects", "photos", "--format", "csv", "--quiet"]
            let checkpoint = ["--checkpoint", "all.state"]
            let first = try CommandRun.fastpix(arguments + checkpoint, in: folder)
            #expect(first.stdout == (try CommandRun.fastpix(arguments, in: folder).stdout))
            #expect(try folder.entries() == ["all-2.state", "all.state", "photos"])
            try Photos.add(3, named: "more", to: photos)
            let second = try CommandRun.fastpix(arguments + checkpoint, in: folder)
            #expect(second.stdout == (try CommandRun.fastpix(arguments, in: folder).stdout))
            #expect(try folder.entries() == ["all-2.state", "all.state", "photos"])
        }
    }

    /// Judged from the moments alone, a resumed run finds what an uninterrupted one does.
    @Test func defectsAreJudgedFromAResumedState() throws {
        try withTemporaryFolder { folder in
            let first = try Photos.example(20).map(\.path)
            let begin = try CommandRun.fastpix(
                ["hotpixels"] + first + ["--checkpoint", "all.state", "--quiet"], in: folder)
            #expect(begin.exitCode == 0)
            let arguments = ["hotpixels", Self.photos, "--quiet", "--format", "json"]
            let resumed = try CommandRun.fastpix(arguments + ["--checkpoint", "all.state"], in: folder).hotPixels()
            #expect(try resumed.groups == CommandRun.fastpix(arguments).hotPixels().groups)
            #expect(try #require(resumed.groups[0].defects).count > 0)
        }
    }

    /// They are named every time, and taken in once they are repaired.
    @Test func damagedPhotosAreTriedAgain() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for photo in try Photos.example(20) { try photos.addCopy(of: photo) }
            let other = try #require(try Photos.example(21).last)
            try photos.addFile("0.jpg", Data(contentsOf: other).dropLast(5000))
            let arguments = ["hotpixels", "photos", "--format", "csv", "--quiet"]
            let expected = try CommandRun.fastpix(arguments, in: folder)
            #expect(expected.exitCode == 2)
            for _ in 0..<2 {
                let run = try CommandRun.fastpix(arguments + ["--checkpoint", "all.state"], in: folder)
                #expect(run.exitCode == 2)
                #expect(run.stdout == expected.stdout)
                #expect(run.stderr == expected.stderr)
            }
            try FileManager.default.removeItem(at: photos.appendingPathComponent("0.jpg"))
            try photos.addCopy(of: other, as: "0.jpg")
            let repaired = try CommandRun.fastpix(arguments + ["--checkpoint", "all.state"], in: folder)
            #expect(repaired.exitCode == 0)
            #expect(repaired.stdout == (try CommandRun.fastpix(arguments, in: folder).stdout))
        }
    }

    // MARK: Refusals

    @Test func roundedMomentsAreRefused() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(
                ["hotpixels", Self.photos, "--checkpoint", "all.state", "--accumulator", "welford"], in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stderr.contains("a checkpoint"))
            #expect(try folder.entries().isEmpty)
        }
    }

    /// Without the counts that judging needs there is no list, and no empty one either.
    @Test func statesWithoutCountsAreNotJudged() throws {
        try withTemporaryFolder { folder in
            let arguments = ["hotpixels", Self.photos, "--checkpoint", "all.state", "--quiet", "--format", "csv"]
            #expect(try CommandRun.fastpix(arguments + ["--no-defects"], in: folder).exitCode == 0)
            let state = try Data(contentsOf: folder.appendingPathComponent("all.state"))
            let run = try CommandRun.fastpix(arguments, in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("made without looking for defects"))
            #expect(try Data(contentsOf: folder.appendingPathComponent("all.state")) == state)
        }
    }

    @Test func foreignStatesAreRefused() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(12).map(\.path)
            let begin = try CommandRun.fastpix(
                ["hotpixels"] + photos + ["--checkpoint", "all.state", "--quiet"], in: folder)
            #expect(begin.exitCode == 0)
            let state = folder.appendingPathComponent("all.state")
            let before = try Data(contentsOf: state)
            func expectRefusal(_ arguments: [String], _ reason: String) throws {
                let run = try CommandRun.fastpix(["hotpixels", "--checkpoint", "all.state"] + arguments, in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stdout == "")
                #expect(run.stderr.contains("fastpix: error: all.state: "))
                #expect(run.stderr.contains(reason), "\(run.stderr)")
                #expect(try Data(contentsOf: state) == before)
                #expect(try folder.entries() == ["all.state"])
            }
            try expectRefusal(Array(photos.dropFirst(2)), "2 photos that are not among those given")
            try expectRefusal(photos + ["--channels", "luma"], "no group of the photos given is")
            try expectRefusal([Repository.fixture("sixteen-bit").path], "no group of the photos given is")
        }
    }

    struct Spoiling: Sendable, CustomTestStringConvertible {
        let reason: String
        let apply: @Sendable (inout Data) -> Void
        var testDescription: String { reason }
    }

    @Test(arguments: [
        Spoiling(reason: "not a state file") { $0[1] = 0 },
        Spoiling(reason: "not a state file") { $0 = $0.prefix(7) },
        Spoiling(reason: "not a state file") { $0 = Data() },
        Spoiling(reason: "of version 1, and this fastpix reads version 5") { $0[8] = 1 },
        Spoiling(reason: "shorter than it says") { $0[15] = 0x7f },
        Spoiling(reason: "its checksum is wrong") { $0[40] ^= 1 },
        Spoiling(reason: "its checksum is wrong") { $0[$0.count / 2] ^= 0x80 },
        Spoiling(reason: "its checksum is wrong") { $0[$0.count - 1] ^= 1 },
        Spoiling(reason: "its checksum is wrong") { $0 = $0.dropLast() },
        Spoiling(reason: "its checksum is wrong") { $0 += [0] },
    ])
    func damagedStatesAreRefused(_ spoiling: Spoiling) throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(10, to: photos)
            let arguments = ["hotpixels", "photos", "--checkpoint", "all.state", "--quiet"]
            #expect(try CommandRun.fastpix(arguments, in: folder).exitCode == 0)
            let state = folder.appendingPathComponent("all.state")
            var bytes = try Data(contentsOf: state)
            spoiling.apply(&bytes)
            try bytes.write(to: state)
            for command in [arguments, ["merge", "all.state"]] {
                let run = try CommandRun.fastpix(command, in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stdout == "")
                #expect(run.stderr.contains("all.state: "))
                #expect(run.stderr.contains(spoiling.reason), "\(run.stderr)")
            }
            #expect(try Data(contentsOf: state) == bytes)
        }
    }

    @Test func aPhotoIsNoPlaceForAState() throws {
        try withTemporaryFolder { folder in
            try Photos.add(10, to: folder)
            let run = try CommandRun.fastpix(["hotpixels", ".", "--checkpoint", "photo-3.jpg"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("the output is one of the photos"))
        }
    }
}
