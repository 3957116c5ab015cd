import Foundation
import TestSupport
import Testing

/// Photos of several cameras and sizes in one folder.
struct GroupingTests {
    private static let grey = Photos.decoderFixture("png-grey8-17x13.png")
    private static let deep = Photos.decoderFixture("png-rgb16-17x13.png")
    private static let withSerial = Photos.decoderFixture("jpeg-exif.jpg")

    @Test func largerGroupsComeFirst() throws {
        try withTemporaryFolder { folder in
            try Photos.add(10, to: folder)
            try Photos.add(11, copiesOf: Self.grey, named: "grey", to: folder)
            let run = try CommandRun.fastpix(["hotpixels", ".", "--format", "json", "--quiet"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let result = try run.hotPixels()
            #expect(result.groups.map(\.frames) == [11, 10])
            #expect(result.groups.map(\.channels) == [1, 3])
            #expect(result.skipped.isEmpty)
            // Copies of one photo do not vary, and ties are in order of row, column and channel.
            #expect(result.groups.allSatisfy { $0.variance.max.value == 0 })
            #expect(
                result.groups[1].lowestVariance.map(\.position)
                    == (0..<10).map { [0, $0 / 3, $0 % 3] })
        }
    }

    @Test func equalGroupsAreOrderedByCameraAndShape() throws {
        try withTemporaryFolder { folder in
            try Photos.add(2, copiesOf: Self.withSerial, named: "a", to: folder)
            try Photos.add(2, copiesOf: Self.deep, named: "b", to: folder)
            try Photos.add(2, named: "c", to: folder)
            try Photos.add(2, copiesOf: Self.grey, named: "d", to: folder)
            let run = try CommandRun.fastpix(
                ["hotpixels", ".", "--format", "json", "--minimum-frames", "2", "--quiet"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let groups = try run.hotPixels().groups
            #expect(groups.map(\.channels) == [1, 3, 3, 3])
            #expect(groups.map(\.bitsPerSample) == [8, 8, 16, 8])
            #expect(groups.map { $0.camera.serial != nil } == [false, false, false, true])

            let text = try CommandRun.fastpix(["hotpixels", ".", "--minimum-frames", "2", "--quiet"], in: folder)
            #expect(text.exitCode == 0)
            #expect(text.stdout.contains("unknown camera, 17 x 13, 8-bit grey, 2 photos\n"))
            #expect(text.stdout.contains("unknown camera, 17 x 13, 16-bit RGB, 2 photos\n"))
            #expect(text.stdout.contains("\n8 photos in 4 groups, 0 skipped.\n"))
        }
    }

    @Test func smallGroupsAreLeftOut() throws {
        try withTemporaryFolder { folder in
            try Photos.add(10, to: folder)
            try Photos.add(3, copiesOf: Self.grey, named: "grey", to: folder)
            let run = try CommandRun.fastpix(["hotpixels", ".", "--format", "json"], in: folder)
            // Nothing failed; there was only too little of it.
            #expect(run.exitCode == 0)
            let result = try run.hotPixels()
            #expect(result.groups.map(\.frames) == [10])
            #expect(result.skipped.map(\.path) == (0..<3).map { "./grey-\($0).png" })
            let reason =
                "its group (unknown camera, 17 x 13, 8-bit grey) has 3 readable photos, "
                + "fewer than the 10 of --minimum-frames"
            #expect(result.skipped.allSatisfy { $0.reason == reason })
            #expect(run.stderr.hasPrefix("fastpix: 3 photos left out: \(reason)\n"))
        }
    }
}
