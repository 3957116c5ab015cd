import Foundation
import TestSupport
import Testing

/// TIFF, FITS and raw files through the program: each page a photo, and the same result in whatever file it lies.
struct StackAndFormatTests {
    private static func hotpixels(_ arguments: [String], in folder: URL) throws -> HotPixelsResult {
        let run = try CommandRun.fastpix(["hotpixels", "--format", "json", "--quiet"] + arguments, in: folder)
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        return try run.hotPixels()
    }

    /// Hot pixels of the dark frames whose value doubles with the exposure (README of the frames' source).
    private static let hot = [
        [7, 156], [26, 227], [29, 204], [38, 243], [43, 377], [44, 206], [63, 71], [64, 14], [85, 336], [86, 0],
        [149, 234], [188, 196], [200, 109], [274, 278], [285, 170], [315, 33], [317, 33], [319, 33], [340, 286],
    ]

    @Test func darkFramesAreRead() throws {
        let folder = Repository.fixture("darks")
        let result = try Self.hotpixels(["--top", "0", "."], in: folder)
        let group = try #require(result.groups.first)
        #expect(result.groups.count == 1 && result.skipped.isEmpty)
        #expect(group.frames == 14 && group.shape == [344, 408, 1] && group.bitsPerSample == 8)
        // The pixel that varies most is one of those known to grow with the exposure.
        #expect(Self.hot.contains([group.variance.max.row, group.variance.max.column]))
        let stats = try CommandRun.fastpix(["stats", "--moments", "--format", "json", "--quiet", "."], in: folder)
        #expect(stats.exitCode == 0)
        let statistics = try stats.statistics()
        #expect(statistics.photos == 14)
        #expect(statistics.formats.map(\.format) == ["tiff"])
        #expect(statistics.bytesDecoded == 14 * 344 * 408)
    }

    /// A stack gives what its pages as files of their own give.
    @Test func aStackIsItsPages() throws {
        try withTemporaryFolder { folder in
            let (width, height, pages) = (24, 18, 12)
            try folder.addFolder("stack").addFile(
                "stack.tif", TIFFFile.stack(pages: pages, width: width, height: height))
            let files = try folder.addFolder("files")
            for page in 0..<pages {
                let bytes = TIFFFile.samples(page: page, width: width, height: height)
                let samples = stride(from: 0, to: bytes.count, by: 2).map {
                    UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
                }
                try files.addFile("page-\(page).tif", TIFFFile.grey16(samples, width: width))
            }
            let stack = try Self.hotpixels(["stack"], in: folder)
            let pagesAlone = try Self.hotpixels(["files"], in: folder)
            #expect(stack.groups.map(\.frames) == [pages])
            #expect(stack.groups == pagesAlone.groups)
            // And the sums that were written: mean and variance of one pixel over the pages.
            let values = (0..<pages).map { page in
                let bytes = TIFFFile.samples(page: page, width: width, height: height)
                return Double(Int(bytes[0]) | Int(bytes[1]) << 8)
            }
            let mean = values.reduce(0, +) / Double(pages)
            let m2 = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let all = try Self.hotpixels(["stack", "--top", "1000"], in: folder)
            let first = try #require(all.groups[0].lowestVariance.first { $0.row == 0 && $0.column == 0 })
            #expect(abs(first.mean - mean) < 1e-9 && abs(first.m2 - m2) < 1e-6 * m2)
            // One page of a damaged stack is named by its number, the others count.
            let whole = TIFFFile.stack(pages: pages, width: width, height: height)
            try folder.addFolder("cut").addFile("stack.tif", whole.dropLast(2))
            let cut = try CommandRun.fastpix(["hotpixels", "--format", "json", "--quiet", "cut"], in: folder)
            #expect(cut.exitCode == 2)
            let rest = try cut.hotPixels()
            #expect(rest.groups.map(\.frames) == [pages - 1])
            #expect(rest.skipped.map(\.path) == ["cut/stack.tif#\(pages - 1)"])
        }
    }

    @Test func statsCountsPagesOnce() throws {
        let folder = Repository.fixture("tiff")
        let run = try CommandRun.fastpix(["stats", "--format", "json", "--quiet", "stack.tif"], in: folder)
        let result = try run.statistics()
        #expect(result.photos == 5)
        #expect(result.bytesOnDisk == (try Data(contentsOf: folder.appendingPathComponent("stack.tif")).count))
    }

    @Test func rawAndFITSAreRead() throws {
        let raw = try Self.hotpixels(
            ["--minimum-frames", "1", "--no-defects", "bayer-rggb.dng"], in: Repository.fixture("raw"))
        #expect(raw.groups.map(\.camera) == [.init(make: "Fixture", model: "Model 7", serial: "S-123")])
        #expect(raw.groups[0].shape == [36, 44, 1])
        let fits = try Self.hotpixels(
            ["--minimum-frames", "1", "--no-defects", "cube.fits"], in: Repository.fixture("fits"))
        #expect(fits.groups.map(\.frames) == [5])
    }

    /// Floating-point frames have no exact sums: theirs are Welford's, asked for or not.
    @Test func floatingPointFramesAreSummedAfterWelford() throws {
        try withTemporaryFolder { folder in
            for name in ["float32-strips.tif", "float32-tiles.tif"] {
                try folder.addCopy(of: Repository.fixture("tiff/\(name)"))
            }
            let run = try CommandRun.fastpix(
                ["hotpixels", "--format", "json", "--quiet", "--minimum-frames", "2", "."], in: folder)
            #expect(run.exitCode == 0)
            let welford = try Self.hotpixels(
                ["--minimum-frames", "2", "--accumulator", "welford", "--no-defects", "."], in: folder)
            // Both files hold the same picture.
            #expect(welford.groups.map(\.frames) == [2])
            #expect(welford.groups[0].variance.max.value == 0)
        }
    }

    /// Dark frames of two sensors of one level that name no camera: their defects do not agree. Those of one sensor do.
    @Test(arguments: [true, false]) func twoSensorsAreAWarning(_ isMixed: Bool) throws {
        try withTemporaryFolder { folder in
            let side = 64
            for number in 0..<20 {
                var state = UInt64(number + 1)
                var samples = (0..<side * side).map { _ -> UInt16 in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return 500 + UInt16(truncatingIfNeeded: state >> 60)
                }
                let sensor = isMixed ? number % 2 : 0
                for defect in 0..<5 { samples[(9 + 10 * defect) * side + 10 + 25 * sensor] += 700 }
                let picture = RawPicture(
                    width: side, height: side, usual: 0,
                    others: samples.enumerated().map { ($0.offset / side, $0.offset % side, $0.element) })
                try folder.addFile("\(number).fits", picture.fitsAsStored([]))
            }
            let run = try CommandRun.fastpix(["hotpixels", ".", "--format", "json"], in: folder)
            let result = try run.hotPixels()
            #expect(result.groups.first?.defects?.count == (isMixed ? 10 : 5))
            #expect(result.warnings.contains { $0.kind == "two-kinds" } == isMixed, "\(run.stderr)")
            #expect(run.stderr.contains("10 of 10 defects show in a part of them only") == isMixed)
        }
    }

    /// Pictures of another kind do not stay behind without a word, when others are repaired or blended; other files do.
    @Test func picturesThatAreNotReadAreNamed() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try photos.addFile("a.tif", TIFFFile.grey16([UInt16](repeating: 900, count: 400), width: 20))
            try photos.addFile("b.heic", Data([1]))
            try photos.addFile("notes.txt", Data([1]))
            try folder.addFile("list.csv", Data("width,height,row,column\n20,20,3,4\n".utf8))
            for arguments in [
                ["repair", "photos", "--map", "list.csv", "--output", "repaired"],
                ["addweighted", "photos", "--blur", "3", "--format", "png", "--output", "blended"],
            ] {
                let run = try CommandRun.fastpix(arguments, in: folder)
                #expect(run.exitCode == 0 && run.stderr.contains("left out: 1 .heic (convert"), "\(run.stderr)")
                #expect(!run.stderr.contains(".txt"))
            }
        }
    }

    /// A colour pattern of letters that nobody knows is not taken for grey without a word.
    @Test func unknownPatternsAreAWarning() throws {
        try withTemporaryFolder { folder in
            for (number, pattern) in ["QXYZ", "rggb", "NONE", ""].enumerated() {
                let name = try folder.addFolder("p\(number)")
                for index in 0..<5 {
                    let picture = RawPicture(
                        width: 32, height: 32, usual: 900, others: [(index, 3, UInt16(1000 + index)), (9, 9, 4000)])
                    try name.addFile(
                        "\(index).fits", picture.fitsAsStored(pattern.isEmpty ? [] : ["BAYERPAT= '\(pattern)'"]))
                }
                let run = try CommandRun.fastpix(["hotpixels", "p\(number)", "--format", "json"], in: folder)
                let isUnknown = pattern == "QXYZ"
                #expect(run.stdout.contains("\"unknown-pattern\"") == isUnknown)
                #expect(run.stderr.contains("no four letters of R, G, B, C, M, Y, W: QXYZ") == isUnknown)
                #expect(run.stdout.contains("\"letters\" : \"RGGB\"") == (pattern == "rggb"), "\(run.stdout)")
            }
        }
    }

    /// addweighted blends numbers with a range, and says what it takes of a file that is more than one picture.
    @Test func addWeightedNamesWhatItDoesNotBlend() throws {
        try withTemporaryFolder { folder in
            try folder.addCopy(of: Repository.fixture("tiff/float32-strips.tif"))
            try folder.addCopy(of: Repository.fixture("tiff/stack.tif"))
            try folder.addCopy(of: Repository.fixture("raw/bayer-rggb.dng"))
            func blend(_ name: String) throws -> CommandRun {
                try CommandRun.fastpix(
                    ["addweighted", name, "--blur", "3", "--format", "png", "-o", "out/"], in: folder)
            }
            let float = try blend("float32-strips.tif")
            #expect(float.exitCode == 1 && float.stderr.contains("floating-point samples"), "\(float.stderr)")
            let stack = try blend("stack.tif")
            #expect(stack.exitCode == 0 && stack.stderr.contains("only the first of its 5 pictures"), "\(stack.stderr)")
            let mosaic = try blend("bayer-rggb.dng")
            #expect(mosaic.exitCode == 0 && mosaic.stderr.contains("mosaic of colours"), "\(mosaic.stderr)")
            #expect(try folder.appendingPathComponent("out").entries() == ["bayer-rggb.png", "stack.png"])
        }
    }
}
