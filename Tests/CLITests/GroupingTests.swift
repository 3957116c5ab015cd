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

    /// Fields that are asked for take the place of the camera's.
    @Test func camerasThatAreNotKeptApartAreAWarning() throws {
        try withTemporaryFolder { folder in
            try Photos.add(3, copiesOf: Self.withSerial, named: "a", to: folder)
            for photo in try Photos.example(3) { try folder.addCopy(of: photo) }
            let shape = try CommandRun.fastpix(
                ["hotpixels", ".", "-f", "json", "-q", "--minimum-frames", "1", "--group-by", "folder"], in: folder)
            // Frames of two sizes are two groups, of one camera each.
            #expect(try shape.hotPixels().warnings.allSatisfy { $0.kind != "several-cameras" || $0.group == nil })
        }
        try withTemporaryFolder { folder in
            for (number, model) in ["One", "Two"].enumerated() {
                for frame in 0..<3 {
                    let picture = RawPicture(
                        width: 12, height: 10, usual: 500, others: [(frame, number, UInt16(600 + frame))])
                    try folder.addFile("\(model)\(frame).fits", picture.fitsAsStored(["INSTRUME= '\(model)'"]))
                }
            }
            let options = [".", "-f", "json", "-q", "--minimum-frames", "1"]
            let run = try CommandRun.fastpix(["hotpixels", "--group-by", "gain"] + options, in: folder)
            let warnings = try run.hotPixels().warnings.filter { $0.kind == "several-cameras" }
            #expect(warnings.count == 1)
            #expect(warnings.first?.message.contains("One") == true && warnings.first?.message.contains("Two") == true)
            let named = try CommandRun.fastpix(["hotpixels", "--camera", "Mine"] + options, in: folder)
            #expect(try named.hotPixels().warnings.allSatisfy { $0.kind != "several-cameras" })
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
                "the group (unknown camera, 17 x 13, 8-bit grey) has 3 readable photos, "
                + "fewer than the 5 that are asked for"
            #expect(result.skipped.allSatisfy { $0.reason == reason })
            #expect(run.stderr.hasPrefix("fastpix: 3 photos left out: \(reason)\n"))
        }
    }

    // MARK: What tells sensors apart

    private static func groups(_ arguments: [String], in folder: URL) throws -> [HotPixelsResult.Group] {
        let run = try CommandRun.fastpix(
            ["hotpixels", "--format", "json", "--quiet", "--no-defects", "--minimum-frames", "1", "-r", "."]
                + arguments,
            in: folder)
        #expect(run.exitCode == 0)
        return try run.hotPixels().groups
    }

    /// Sensors of a drone share make, model and serial number.
    @Test func bandsAreKeptApart() throws {
        try withTemporaryFolder { folder in
            for name in ["band-element.tif", "band-attribute.tif"] {
                try folder.addCopy(of: Repository.fixture("tiff/\(name)"))
            }
            #expect(try Set(Self.groups([], in: folder).map(\.band)) == ["NIR", "Red edge"])
            #expect(try Self.groups(["--group-by", "make,model,serial"], in: folder).map(\.frames) == [2])
        }
    }

    @Test func fieldsAreNamed() throws {
        try withTemporaryFolder { folder in
            try Photos.add(2, copiesOf: Self.withSerial, named: "a", to: folder.addFolder("one"))
            try Photos.add(3, copiesOf: Self.withSerial, named: "b", to: folder.addFolder("two"))
            #expect(try Self.groups([], in: folder).map(\.frames) == [5])
            #expect(try Self.groups(["--group-by", "folder"], in: folder).map(\.folder) == ["./two", "./one"])
            let named = try Self.groups(["--camera", "My camera"], in: folder)
            #expect(named.map(\.camera) == [.init(model: "My camera")])
            let wrong = try CommandRun.fastpix(["hotpixels", ".", "--group-by", "lens"], in: folder)
            #expect(wrong.exitCode == 64)
        }
    }

    @Test func binningAndColourPatternsAreKeptApart() throws {
        try withTemporaryFolder { folder in
            for name in ["u16.fits", "camera.fits", "bottom-up-odd.fits"] {
                try folder.addCopy(of: Repository.fixture("fits/\(name)"))
            }
            let groups = try Self.groups(["--camera", "x"], in: folder)
            #expect(groups.map(\.frames) == [1, 1, 1])
            #expect(Set(groups.map(\.pattern?.letters)) == [nil, "GRBG", "RGGB"])
        }
    }

    // MARK: Copies

    @Test func copiesOfAPhotoCountOnce() throws {
        try withTemporaryFolder { folder in
            try Photos.add(3, to: folder)
            try folder.addCopy(of: folder.appendingPathComponent("photo-1.jpg"), as: "another.jpg")
            try folder.addCopy(of: folder.appendingPathComponent("photo-1.jpg"), as: "z.jpg")
            try folder.addCopy(of: Repository.fixture("tiff/stack.tif"), as: "s.tif")
            try folder.addCopy(of: Repository.fixture("tiff/stack.tif"), as: "t.tif")
            let run = try CommandRun.fastpix(
                ["hotpixels", "--format", "json", "--no-defects", "--minimum-frames", "1", "."], in: folder)
            #expect(run.exitCode == 0)
            let result = try run.hotPixels()
            #expect(result.groups.map(\.frames) == [5, 3])
            #expect(result.skipped.map(\.path) == ["./photo-1.jpg", "./t.tif", "./z.jpg"])
            #expect(result.skipped.map(\.copyOf) == ["./another.jpg", "./s.tif", "./another.jpg"])
            #expect(run.stderr.contains("3 photos left out: the same content as another photo"))
        }
    }
}
