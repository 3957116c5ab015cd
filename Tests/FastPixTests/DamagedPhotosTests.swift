import FastPix
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import FastPixReporting
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Photos that turn out damaged, wherever and in whatever division of the work: the result is that of the others, to the
/// last bit, and nothing is decoded more than twice.
@Suite(.timeLimit(.minutes(10))) struct DamagedPhotosTests {
    private static let height = 40

    /// Of two photos how many rows can be decoded. All of them: only the file's end is missing.
    struct Damage: Sendable, CustomTestStringConvertible {
        let soundRows: [Int]
        var testDescription: String { "damaged after \(soundRows) rows" }

        /// Whether a pass finds it when some rows of the photo are in the accumulators.
        func isFoundLate(rowsPerStrip: Int) -> Bool {
            soundRows.contains { min($0, DamagedPhotosTests.height - 1) / rowsPerStrip > 0 }
        }
    }

    private static let damages = [[0], [3], [20], [39], [40], [3, 20], [0, 39], [17, 40], [0, 0]].map(Damage.init)

    private static func damage(_ photo: PhotoFile, afterRows rows: Int) throws -> PhotoFile {
        if rows < height {
            try photo.damage(afterRows: rows)
        } else {
            let file = URL(fileURLWithPath: photo.path.string)
            // Without the last chunk.
            try Data(contentsOf: file).dropLast(12).write(to: file)
        }
        return try photo.probedAgain()
    }

    struct Run {
        let outcome: Accumulation.Outcome
        /// Photos that each further pass has to decode.
        let again: [Int]
        let progress: Double
    }

    /// Expects the statistics of `good` alone.
    @discardableResult static func expect(
        _ photos: [PhotoFile], _ division: Division, kind: AccumulatorKind, good: ReferenceStatistics
    ) throws -> Run {
        let rows = RowsRead(good)
        let progress = Mutex(0.0)
        var again: [Int] = []
        let job = Accumulation(
            settings: division.settings(accumulator: kind),
            contents: AccumulatorContents(kind: kind, hasExtremes: true),
            divide: { (job, _) throws(FastPixError) in
                do { return try division.plan(job) } catch { throw error as! FastPixError }
            })
        let outcome = try job.run(
            photos, shape: good.shape, progress: { part in progress.withLock { $0 += part } },
            again: { again.append($0) }, reading: { rows.begin($0) })
        let comment = Comment(rawValue: division.testDescription)
        rows.expectAll(comment)
        #expect(outcome.facts == good.facts, comment)
        #expect(outcome.coarse.map { Data($0.bytes) } == good.coarse, comment)
        #expect(outcome.coarse?.frameCounts == good.halfCounts, comment)
        #expect(outcome.accumulators.frameCount == good.frameCount, comment)
        #expect(again.count <= 1, comment)
        let done = progress.withLock { $0 }
        #expect(abs(done - Double(photos.count + again.reduce(0, +))) < 1e-6, comment)
        return Run(outcome: outcome, again: again, progress: done)
    }

    @Test(arguments: AccumulatorKind.allCases, LongTests.all(damages, otherwiseEvery: 2))
    func damagedPhotosLeaveNoTrace(_ kind: AccumulatorKind, _ damage: Damage) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 14, height: Self.height, channels: 3, bitsPerSample: 8)
            var photos = try RandomPhotos.write(11, shape, to: folder)
            var damaged: [FilePath] = []
            for (number, rows) in damage.soundRows.enumerated() {
                // Without EXIF.
                let index = [3, 8][number]
                damaged.append(photos[index].path)
                photos[index] = try Self.damage(photos[index], afterRows: rows)
            }
            let good = photos.filter { !damaged.contains($0.path) }
            let expected =
                kind == .exact
                ? try ReferenceStatistics(good) : try ReferenceStatistics(welford: good, hasExtremes: true)
            for division in Division.some(20, seed: UInt64(damage.soundRows.reduce(5) { $0 * 50 + $1 })) {
                let run = try Self.expect(photos, division, kind: kind, good: expected)
                let comment = Comment(rawValue: division.testDescription)
                #expect(run.outcome.failed.map(\.skipped.path) == damaged, comment)
                #expect(run.outcome.failed.allSatisfy { !$0.reason.isEmpty }, comment)
                #expect(run.outcome.photos.map(\.path) == good.map(\.path), comment)
                // A second pass is made only where it has to be.
                let isLate = damage.isFoundLate(rowsPerStrip: min(Self.height, division.rowsPerStrip ?? Self.height))
                #expect(run.again == (isLate || kind == .welford ? [good.count] : []), comment)
            }
        }
    }

    /// JPEGs are cut short, as they are when a card is pulled out.
    @Test(arguments: AccumulatorKind.allCases, LongTests.all([0.4, 0.7, 0.97, 1], otherwiseEvery: 2))
    func cutPhotosLeaveNoTrace(_ kind: AccumulatorKind, _ kept: Double) throws {
        try withTemporaryFolder { folder in
            let photos = try ProjectPhotos.smallJPEGs(.all).filter {
                // Nothing behind the picture, which would be cut instead of it.
                try Data(contentsOf: URL(fileURLWithPath: $0.path.string)).suffix(2) == Data([0xff, 0xd9])
                    && !$0.fileName.contains("trailing")
            }
            let good = photos.prefix(6).map { $0 }
            try #require(photos.count >= 8)
            let cut = try photos.suffix(2).map { photo in
                let bytes = try Data(contentsOf: URL(fileURLWithPath: photo.path.string))
                // 1: only the end marker is missing.
                return try folder.addPhoto(
                    photo.fileName, bytes.prefix(min(bytes.count - 2, Int(Double(bytes.count) * kept))))
            }
            let expected =
                kind == .exact
                ? try ReferenceStatistics(good) : try ReferenceStatistics(welford: good, hasExtremes: true)
            for division in Division.some(8, seed: 2) {
                let run = try Self.expect(
                    [cut[0]] + good.prefix(4) + [cut[1]] + good.suffix(2), division, kind: kind, good: expected)
                #expect(Set(run.outcome.failed.map(\.skipped.path)) == Set(cut.map(\.path)))
            }
        }
    }

    /// Gone, replaced by another frame shape, which must not be written out of bounds, or shorter than it was.
    @Test(arguments: AccumulatorKind.allCases, ["gone", "replaced", "0", "1", "100", "1500"])
    func photosThatChangeAreReported(_ kind: AccumulatorKind, _ change: String) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 14, height: Self.height, channels: 3, bitsPerSample: 8)
            let photos = try RandomPhotos.write(6, shape, to: folder)
            let path = photos[2].path.string
            switch change {
            case "gone": try FileManager.default.removeItem(atPath: path)
            case "replaced":
                var larger = RandomPhotos(FrameShape(width: 50, height: 90, channels: 3, bitsPerSample: 8))
                try larger.next().write(to: URL(fileURLWithPath: path))
            default: #expect(truncate(path, off_t(change)!) == 0)
            }
            let good = photos.filter { $0.path.string != path }
            let expected =
                kind == .exact
                ? try ReferenceStatistics(good) : try ReferenceStatistics(welford: good, hasExtremes: true)
            for division in Division.some(8, seed: 6) {
                let run = try Self.expect(photos, division, kind: kind, good: expected)
                #expect(run.outcome.failed.map(\.skipped.path) == [photos[2].path])
            }
        }
    }

    @Test(arguments: AccumulatorKind.allCases, [0, 20, 39])
    func nothingIsLeftOfDamagedPhotosAlone(_ kind: AccumulatorKind, _ rows: Int) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 14, height: Self.height, channels: 3, bitsPerSample: 8)
            var random = RandomPhotos(shape)
            for number in 0..<3 {
                try folder.addPhoto("\(number).png", random.next()).damage(afterRows: rows)
            }
            let search = HotPixelsSearch(
                accumulation: AccumulationSettings(tileSampleCount: 5 * shape.samplesPerRow, accumulator: kind),
                minimumFrames: 1)
            let report = try search.run(PhotoDiscovery(paths: [FilePath(folder.path)]))
            #expect(report.groups.isEmpty)
            #expect(report.skipped.count == 3 && report.skipped.allSatisfy(\.isFailure))
        }
    }
}
