import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPix

/// The pipeline on real photos, against sums made sample by sample, and against itself in every setting.
struct PhotoAccumulationTests {
    static let example: [PhotoFile] = {
        let found = PhotoDiscovery(paths: [FilePath(Repository.examplePhotos.path)])
        return found.files.prefix(13).map { try! PhotoFile(probing: $0, maximumPixels: 0) }
    }()
    static let sixteenBit: [PhotoFile] = {
        let found = PhotoDiscovery(paths: [FilePath(Repository.fixture("sixteen-bit").path)])
        return found.files.map { try! PhotoFile(probing: $0, maximumPixels: 0) }
    }()

    /// Sums computed without kernels, ring or workers.
    struct ReferenceMoments: Equatable {
        var sum: [UInt64]
        var sumOfSquares: [UInt64]

        init(_ photos: [PhotoFile]) throws {
            let shape = photos[0].header.shape
            sum = [UInt64](repeating: 0, count: shape.sampleCount)
            sumOfSquares = sum
            for photo in photos {
                let file = try OpenFile(photo.path)
                let decoder = try PhotoDecoder(file, maximumPixels: 0)
                let rows = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: shape.bytesPerRow * shape.height, alignment: 8)
                defer { rows.deallocate() }
                try decoder.readRows(shape.height, into: rows.baseAddress!)
                add(rows, bytesPerSample: shape.bytesPerSample)
            }
        }

        private mutating func add(_ rows: UnsafeMutableRawBufferPointer, bytesPerSample: Int) {
            sum.withUnsafeMutableBufferPointer { sum in
                sumOfSquares.withUnsafeMutableBufferPointer { squares in
                    var index = 0
                    while index < sum.count {
                        let sample =
                            bytesPerSample == 1
                            ? UInt64(rows[index]) : UInt64(rows.load(fromByteOffset: index * 2, as: UInt16.self))
                        sum[index] += sample
                        squares[index] += sample * sample
                        index += 1
                    }
                }
            }
        }

        init(_ accumulators: Accumulators) {
            let count = accumulators.shape.sampleCount
            sum = UnsafeBufferPointer(start: accumulators.sum(at: 0), count: count).map(UInt64.init)
            sumOfSquares =
                accumulators.shape.bitsPerSample == 8
                ? UnsafeBufferPointer(start: accumulators.sumOfSquares8(at: 0), count: count).map(UInt64.init)
                : Array(UnsafeBufferPointer(start: accumulators.sumOfSquares16(at: 0), count: count))
        }
    }

    @Test(arguments: [example, sixteenBit])
    func exactMomentsEqualIntegerSums(_ photos: [PhotoFile]) throws {
        let outcome = try accumulate(photos, AccumulationSettings(workers: 2))
        #expect(outcome.failed.isEmpty)
        #expect(outcome.accumulators.frameCount == photos.count)
        #expect(ReferenceMoments(outcome.accumulators) == (try ReferenceMoments(photos)))
    }

    @Test(arguments: AccumulatorKind.allCases)
    func everySettingGivesTheSameBits(_ kind: AccumulatorKind) throws {
        let photos = Array(Self.example.prefix(9))
        let expected = try bits(photos, AccumulationSettings(workers: 1, accumulator: kind))
        for workers in 1...4 {
            for (tile, batch) in [(1, 8), (1000, 1), (12_345, 3), (384 * 3 * 16, 4), (10_000_000, 16)] {
                let settings = AccumulationSettings(
                    workers: workers, tileSampleCount: tile, batch: batch, accumulator: kind)
                #expect(try bits(photos, settings) == expected, "\(workers) workers, tile \(tile), batch \(batch)")
            }
        }
    }

    @Test(arguments: AccumulatorKind.allCases)
    func sixteenBitSettingsGiveTheSameBits(_ kind: AccumulatorKind) throws {
        let expected = try bits(Self.sixteenBit, AccumulationSettings(workers: 1, accumulator: kind))
        for workers in 1...4 {
            for (tile, batch) in [(1, 5), (100, 1), (96 * 3, 12), (10_000_000, 2)] {
                let settings = AccumulationSettings(
                    workers: workers, tileSampleCount: tile, batch: batch, accumulator: kind)
                #expect(try bits(Self.sixteenBit, settings) == expected)
            }
        }
    }

    @Test func exactMomentsDoNotDependOnTheOrderOfPhotos() throws {
        let photos = Array(Self.example.prefix(9))
        let expected = try bits(photos, AccumulationSettings())
        #expect(try bits(photos.reversed(), AccumulationSettings(workers: 3, batch: 2)) == expected)
    }

    @Test(arguments: [example, sixteenBit])
    func welfordAgreesWithExact(_ photos: [PhotoFile]) throws {
        let exact = try accumulate(photos, AccumulationSettings()).accumulators
        let welford = try accumulate(photos, AccumulationSettings(accumulator: .welford)).accumulators
        let exactReader = MomentsReader(accumulators: exact)
        let welfordReader = MomentsReader(accumulators: welford)
        var worst = 0.0
        for sample in stride(from: 0, to: exact.shape.sampleCount, by: 7) {
            let expected = exactReader.moments(sample)
            let actual = welfordReader.moments(sample)
            worst = max(worst, abs(actual.mean - expected.mean) / max(1, expected.mean))
            worst = max(worst, abs(actual.m2 - expected.m2) / max(1, expected.m2))
        }
        #expect(worst < 1e-12)
    }

    /// Damage is found after some strips were added: they must be taken out again, to the last bit.
    @Test(arguments: AccumulatorKind.allCases, [0.4, 0.7, 0.97, 1])
    func damagedPhotosLeaveNoTrace(_ kind: AccumulatorKind, _ kept: Double) throws {
        let good = Array(Self.example.prefix(6))
        let expected = try bits(good, AccumulationSettings(workers: 1, accumulator: kind))
        try withTemporaryFolder { folder in
            // Cut where the picture is at `kept` of its bytes; 1: only the end marker is missing.
            let damaged = try Self.example.suffix(3).map { photo in
                let bytes = try Data(contentsOf: URL(fileURLWithPath: photo.path.string))
                let file = folder.appendingPathComponent(photo.path.lastComponent!.string)
                try bytes.prefix(min(bytes.count - 2, Int(Double(bytes.count) * kept))).write(to: file)
                return try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            }
            for workers in [1, 3] {
                let photos = [damaged[0]] + good.prefix(3) + [damaged[1]] + good.suffix(3) + [damaged[2]]
                let settings = AccumulationSettings(
                    workers: workers, tileSampleCount: 384 * 3 * 8, batch: 4, accumulator: kind)
                let outcome = try accumulate(photos, settings)
                #expect(Set(outcome.failed.map(\.path)) == Set(damaged.map(\.path)))
                #expect(outcome.accumulators.frameCount == good.count)
                #expect(bits(of: outcome.accumulators) == expected)
            }
        }
    }

    @Test func aVanishedFileIsReported() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("gone.jpg")
            try FileManager.default.copyItem(
                at: URL(fileURLWithPath: Self.example[0].path.string), to: file)
            let vanishing = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            try FileManager.default.removeItem(at: file)
            for kind in AccumulatorKind.allCases {
                let good = Array(Self.example.prefix(3))
                let outcome = try accumulate([vanishing] + good, AccumulationSettings(accumulator: kind))
                #expect(outcome.failed.map(\.path.string) == [file.path])
                #expect(bits(of: outcome.accumulators) == (try bits(good, AccumulationSettings(accumulator: kind))))
            }
        }
    }

    /// A file replaced by another frame shape after its header was read must not enter, nor write out of bounds.
    @Test func aReplacedFileIsReported() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("replaced.jpg")
            try FileManager.default.copyItem(at: URL(fileURLWithPath: Self.example[0].path.string), to: file)
            let replaced = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            try FileManager.default.removeItem(at: file)
            try FileManager.default.copyItem(
                at: URL(fileURLWithPath: Self.sixteenBit[0].path.string), to: file)
            let outcome = try accumulate([replaced] + Self.example.prefix(2), AccumulationSettings())
            #expect(outcome.failed.map(\.path.string) == [file.path])
            #expect(outcome.accumulators.frameCount == 2)
        }
    }

    /// Also those that are cut short, and in parts of a photo each.
    @Test(arguments: [AccumulatorKind.exact, .welford]) func progressCountsEveryPhotoOnce(_ kind: AccumulatorKind)
        throws
    {
        try withTemporaryFolder { folder in
            let whole = try Data(contentsOf: URL(fileURLWithPath: Self.example[0].path.string))
            let file = try folder.addFile("cut.jpg", whole.prefix(whole.count * 2 / 3))
            let cut = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            let photos = kind == .exact ? Self.example + [cut] : Self.example
            let counter = Counter()
            _ = try PhotoAccumulation.run(
                photos, shape: photos[0].header.shape,
                settings: AccumulationSettings(workers: 3, tileSampleCount: 20_000, batch: 2, accumulator: kind)
            ) { counter.add($0) }
            #expect(abs(counter.value - Double(photos.count)) < 1e-9)
            #expect(counter.largest < 0.5)
        }
    }

    @Test func tooManyPhotosForExactSumsAreRefused() throws {
        let photos = [PhotoFile](repeating: Self.sixteenBit[0], count: 65_538)
        let error = #expect(throws: FastPixError.self) { try accumulate(photos, AccumulationSettings()) }
        #expect(error?.code == .overflow)
    }

    // MARK: Helpers

    private func accumulate(
        _ photos: [PhotoFile], _ settings: AccumulationSettings
    ) throws -> PhotoAccumulation.Outcome {
        try PhotoAccumulation.run(photos, shape: photos[0].header.shape, settings: settings) { _ in }
    }

    private func bits(_ photos: [PhotoFile], _ settings: AccumulationSettings) throws -> Data {
        let outcome = try accumulate(photos, settings)
        #expect(outcome.failed.isEmpty)
        return bits(of: outcome.accumulators)
    }

    /// The accumulators' memory.
    private func bits(of accumulators: Accumulators) -> Data {
        let count = accumulators.shape.sampleCount
        switch (accumulators.kind, accumulators.shape.bitsPerSample) {
        case (.exact, 8):
            return Data(bytes: accumulators.sum(at: 0), count: count * 4)
                + Data(bytes: accumulators.sumOfSquares8(at: 0), count: count * 4)
        case (.exact, _):
            return Data(bytes: accumulators.sum(at: 0), count: count * 4)
                + Data(bytes: accumulators.sumOfSquares16(at: 0), count: count * 8)
        case (.welford, _):
            return Data(bytes: accumulators.mean(at: 0), count: count * 8)
                + Data(bytes: accumulators.m2(at: 0), count: count * 8)
        }
    }
}

/// Adds from several threads.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var total = 0.0
    private var largestStep = 0.0

    var value: Double { lock.withLock { total } }
    var largest: Double { lock.withLock { largestStep } }
    func add(_ photos: Double) {
        lock.withLock {
            total += photos
            largestStep = max(largestStep, photos)
        }
    }
}
