import Foundation
import TestSupport
import Testing

/// The result is the same to the last bit however the work is cut up.
struct DeterminismTests {
    enum Accumulator: String, CaseIterable, Sendable {
        case exact, welford
    }

    /// Enough for several batches, with a last one that is not full.
    private static let photoCount = 19

    private static func groups(
        _ accumulator: Accumulator, _ arguments: [String], environment: [String: String] = [:],
        binary: URL = FastPixBinary.tested
    ) throws -> [HotPixelsResult.Group] {
        let run = try CommandRun.fastpix(
            ["hotpixels", "--format", "json", "--quiet", "--overwrite", "--accumulator", accumulator.rawValue]
                + arguments,
            environment: environment, binary: binary)
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let groups = try run.hotPixels().groups
        #expect(groups.map(\.lowestVariance.count) == [10])
        return groups
    }

    private static func photos() throws -> [String] { try Photos.example(photoCount).map(\.path) }

    @Test(arguments: Accumulator.allCases)
    func schedulingChangesNothing(_ accumulator: Accumulator) throws {
        let photos = try Self.photos()
        let reference = try Self.groups(accumulator, photos)
        #expect(reference.first?.frames == Self.photoCount)
        let settings =
            (1...4).map { ["--workers", "\($0)"] }
            + [1000, 12_345, 1_000_000].map { ["--tile", "\($0)"] }
            + [1, 3, 8, 16].map { ["--batch", "\($0)"] }
            + [["--workers", "4", "--batch", "3", "--tile", "1000"]]
        for setting in settings {
            #expect(try Self.groups(accumulator, photos + setting) == reference, "\(setting)")
        }
    }

    /// Judging defects takes the photos in two halves; the statistics must not notice.
    @Test(arguments: Accumulator.allCases)
    func judgingDefectsChangesNoStatistics(_ accumulator: Accumulator) throws {
        let photos = try Self.photos()
        let judged = try #require(try Self.groups(accumulator, photos).first)
        let run = try CommandRun.fastpix(
            ["hotpixels", "--no-defects", "--format", "json", "--quiet", "--accumulator", accumulator.rawValue]
                + photos)
        let plain = try #require(try run.hotPixels().groups.first)
        #expect(judged.defects != nil && plain.defects == nil)
        #expect(judged.frames == plain.frames)
        #expect(judged.variance == plain.variance)
        #expect(judged.lowestVariance == plain.lowestVariance)
    }

    /// Where no maps are wanted, accumulators of a few strips of rows are all there is.
    @Test func keepingOnlyAFewRowsChangesNothing() throws {
        try withTemporaryFolder { folder in
            let sixteenBit = [Repository.fixture("sixteen-bit").path]
            for (photos, settings) in [
                (try Self.photos(), [[], ["--workers", "4", "--batch", "3"], ["--workers", "1", "--tile", "1000"]]),
                (try Self.photos() + ["--channels", "luma"], [[], ["--workers", "3"]]), (sixteenBit, [[]]),
            ] {
                // Sums of the whole frame are to be written.
                let whole = try Self.groups(.exact, photos + ["--no-defects", "--save-sums", folder.path])
                for setting in settings {
                    #expect(try Self.groups(.exact, photos + ["--no-defects"] + setting) == whole, "\(setting)")
                }
            }
        }
    }

    /// The same where defects are judged: strips so low that accumulators of a part of the frame are enough.
    @Test(arguments: [[], ["--sensitivity", "high"], ["--channels", "luma"]])
    func keepingOnlyAFewRowsFindsTheSameDefects(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(24).map(\.path) + options
            let whole = try Self.groups(.exact, photos + ["--save-sums", folder.path])
            #expect(whole.first?.defects != nil)
            for setting in [
                ["--workers", "2", "--tile", "18432"], ["--workers", "3", "--tile", "20000", "--batch", "3"],
                ["--workers", "1", "--tile", "6000"],
            ] {
                #expect(try Self.groups(.exact, photos + setting) == whole, "\(setting)")
            }
        }
    }

    @Test(arguments: Accumulator.allCases)
    func orderOfPathsChangesNothing(_ accumulator: Accumulator) throws {
        let photos = try Self.photos()
        let reference = try Self.groups(accumulator, photos)
        // Steps of 7 visit all 19, since neither divides the other.
        let shuffled = photos.indices.map { photos[($0 * 7 + 3) % photos.count] }
        #expect(Set(shuffled) == Set(photos))
        for order in [Array(photos.reversed()), shuffled] {
            #expect(try Self.groups(accumulator, order) == reference)
        }
        try withTemporaryFolder { folder in
            for photo in photos { try folder.addCopy(of: URL(fileURLWithPath: photo)) }
            #expect(try Self.groups(accumulator, [folder.path]) == reference)
        }
    }

    /// All means and variances, not only what the report lists.
    @Test(arguments: Accumulator.allCases)
    func mapsAreEqual(_ accumulator: Accumulator) throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(12).map(\.path)
            let settings = [
                ["--workers", "1", "--batch", "1", "--tile", "1000"],
                ["--workers", "3", "--batch", "16", "--tile", "1000000"],
            ]
            let maps = try settings.enumerated().map { index, setting in
                let target = folder.appendingPathComponent("\(index)")
                _ = try Self.groups(accumulator, photos + setting + ["--save-maps", target.path])
                return try ["mean.npy", "variance.npy"].map { try Data(contentsOf: target.appendingPathComponent($0)) }
            }
            #expect(maps[0] == maps[1])
        }
    }

    @Test func welfordAgreesWithExact() throws {
        try withTemporaryFolder { folder in
            let maps = try Accumulator.allCases.map { accumulator in
                let target = folder.appendingPathComponent(accumulator.rawValue)
                _ = try Self.groups(
                    accumulator, [Repository.fixture("sixteen-bit").path, "--save-maps", target.path])
                return try ["mean.npy", "variance.npy"].map {
                    try NumPyArray(target.appendingPathComponent($0)).elements(as: Double.self)
                }
            }
            for (exact, welford) in zip(maps[0], maps[1]) {
                #expect(exact.count == 64 * 96 * 3)
                #expect(zip(exact, welford).allSatisfy { abs($0 - $1) <= 1e-9 * abs($0) })
            }
        }
    }

    // MARK: Processors and builds

    private static let inputs: [[String]] = [
        [Repository.fixture("sixteen-bit").path],
        (try? Photos.example(12).map(\.path)) ?? [],
    ]

    /// Levels that this machine does not have are ignored; `c` is everywhere.
    @Test(arguments: Accumulator.allCases)
    func instructionSetChangesNothing(_ accumulator: Accumulator) throws {
        for input in Self.inputs {
            let reference = try Self.groups(accumulator, input)
            for level in ["c", "avx2", "avx512", "neon", "no such level"] {
                let groups = try Self.groups(accumulator, input, environment: ["FASTPIX_ISA": level])
                #expect(groups == reference, "\(level)")
            }
        }
    }

    @Test(
        .enabled(if: FastPixBinary.other != nil, "FASTPIX_OTHER_BINARY names no other build"),
        arguments: Accumulator.allCases)
    func anotherBuildChangesNothing(_ accumulator: Accumulator) throws {
        let other = try #require(FastPixBinary.other)
        for input in Self.inputs {
            let reference = try Self.groups(accumulator, input)
            #expect(try Self.groups(accumulator, input, binary: other) == reference)
        }
    }
}
