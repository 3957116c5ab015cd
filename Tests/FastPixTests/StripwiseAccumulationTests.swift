import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FastPix

/// Accumulating strip by strip against accumulating the whole frame.
struct StripwiseAccumulationTests {
    /// Sums, then sums of squares, of all samples, as they lie in memory.
    private struct Moments: Equatable {
        var sums = Data()
        var squares = Data()

        init(_ accumulators: Accumulators, _ rows: Range<Int>) {
            let shape = accumulators.shape
            let sample = rows.lowerBound * shape.samplesPerRow
            let count = rows.count * shape.samplesPerRow
            sums = Data(bytes: accumulators.sum(at: sample), count: count * 4)
            squares =
                shape.bitsPerSample == 8
                ? Data(bytes: accumulators.sumOfSquares8(at: sample), count: count * 4)
                : Data(bytes: accumulators.sumOfSquares16(at: sample), count: count * 8)
        }

        /// Of the whole frame: `PhotoAccumulationTests` holds it against integers.
        init(whole photos: [PhotoFile]) throws {
            let shape = photos[0].header.shape
            let outcome = try PhotoAccumulation.run(photos, shape: shape, settings: AccumulationSettings()) { _ in }
            self.init(outcome.accumulators, 0..<shape.height)
        }
    }

    /// What the strips held, put together; nil when strips could not be used. Expects each row once.
    private func moments(
        _ photos: [PhotoFile], _ settings: AccumulationSettings,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) -> Moments? {
        let shape = photos[0].header.shape
        let read = Mutex<[Int: Moments]>([:])
        let outcome = StripwiseAccumulation.run(
            StripwisePlan(photos, shape: shape, settings: settings), shape: shape, settings: settings,
            progress: progress
        ) { accumulators, rows in
            #expect(accumulators.frameCount == photos.count)
            let moments = Moments(accumulators, rows)
            read.withLock { #expect($0.updateValue(moments, forKey: rows.lowerBound) == nil) }
        }
        guard case .complete = outcome else { return nil }
        let strips = read.withLock { $0.sorted { $0.key < $1.key } }
        var whole = strips[0].value
        for strip in strips.dropFirst() {
            #expect(strip.key * shape.samplesPerRow * 4 == whole.sums.count)
            whole.sums += strip.value.sums
            whole.squares += strip.value.squares
        }
        return whole
    }

    @Test(arguments: [PhotoAccumulationTests.example, PhotoAccumulationTests.sixteenBit])
    func everySettingGivesTheSumsOfTheWholeFrame(_ photos: [PhotoFile]) throws {
        let expected = try Moments(whole: photos)
        #expect(moments(photos, AccumulationSettings()) == expected)
        for workers in 1...4 {
            for (tile, batch) in [(100, 8), (1000, 1), (12_345, 3), (384 * 3 * 16, 4), (100_000, 16)] {
                let settings = AccumulationSettings(workers: workers, tileSampleCount: tile, batch: batch)
                #expect(moments(photos, settings) == expected, "\(workers) workers, tile \(tile), batch \(batch)")
            }
        }
    }

    @Test func onePhotoIsEnough() throws {
        let photos = Array(PhotoAccumulationTests.example.prefix(1))
        #expect(moments(photos, AccumulationSettings(workers: 3)) == (try Moments(whole: photos)))
    }

    @Test func progressCountsEveryPhotoOnce() {
        let total = Mutex(0.0)
        let photos = PhotoAccumulationTests.example
        #expect(
            moments(photos, AccumulationSettings(workers: 3), progress: { part in total.withLock { $0 += part } })
                != nil)
        #expect(abs(total.withLock { $0 } - Double(photos.count)) < 1e-9)
    }

    /// Nothing is found of a frame whose photos are not all whole: who asked goes another way.
    @Test(arguments: [0.4, 0.97, 1]) func aDamagedPhotoEndsIt(_ kept: Double) throws {
        try withTemporaryFolder { folder in
            let whole = try Data(contentsOf: URL(fileURLWithPath: PhotoAccumulationTests.example[0].path.string))
            let file = try folder.addFile(
                "cut.jpg", whole.prefix(min(whole.count - 2, Int(Double(whole.count) * kept))))
            let cut = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            for workers in [1, 3] {
                let photos =
                    Array(PhotoAccumulationTests.example.prefix(5)) + [cut] + PhotoAccumulationTests.example.suffix(3)
                #expect(moments(photos, AccumulationSettings(workers: workers)) == nil)
            }
        }
    }

    @Test func aVanishedPhotoEndsIt() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("gone.jpg")
            try FileManager.default.copyItem(
                at: URL(fileURLWithPath: PhotoAccumulationTests.example[0].path.string), to: file)
            let vanishing = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            try FileManager.default.removeItem(at: file)
            #expect(moments(PhotoAccumulationTests.example + [vanishing], AccumulationSettings()) == nil)
        }
    }

    // MARK: With a search for defects

    private static func detection(
        _ photos: [PhotoFile], _ detection: DetectionSettings, _ settings: AccumulationSettings,
        patchBytes: Int = .max
    ) throws -> (outcome: StripwiseAccumulation.Outcome, detection: Detection?) {
        let shape = photos[0].header.shape
        let bands = DetectionBands(shape, inHalves: detection.confirms(photos: photos.count))
        let search = BandwiseDefectSearch(
            detection, shape: shape, codedUnit: photos[0].header.codedUnit, photos: photos.count,
            workers: settings.workerCount, patchBytes: patchBytes)
        let outcome = StripwiseAccumulation.run(
            StripwisePlan(photos, shape: shape, settings: settings, bands: bands), shape: shape, settings: settings,
            search: search, progress: { _ in }, reader: { _, _ in })
        guard case .complete = outcome else { return (outcome, nil) }
        return (outcome, search.detection())
    }

    private static func detectionOfTheWhole(_ photos: [PhotoFile], _ detection: DetectionSettings) throws -> Detection?
    {
        let shape = photos[0].header.shape
        let search = DefectSearch(detection, shape: shape, codedUnit: photos[0].header.codedUnit, workers: 2)
        let scout: PhotoAccumulation.Scout = { search.scout($0) }
        let outcome = try PhotoAccumulation.run(
            photos, shape: shape, settings: AccumulationSettings(),
            scout: detection.confirms(photos: photos.count) ? scout : nil, progress: { _ in })
        return search.judge(outcome.accumulators, outcome.scouting)
    }

    /// All photos of the example: they show defects.
    private static let photosWithDefects: [PhotoFile] = {
        let found = PhotoDiscovery(paths: [FilePath(Repository.examplePhotos.path)])
        return found.files.prefix(24).map { try! PhotoFile(probing: $0, maximumPixels: 0) }
    }()

    @Test(arguments: [DetectionConfirmation.sample, .none], DetectionSensitivity.allCases)
    func everySettingFindsTheDefectsOfTheWholeFrame(
        _ confirmation: DetectionConfirmation, _ sensitivity: DetectionSensitivity
    ) throws {
        let wanted = DetectionSettings(sensitivity: sensitivity, confirmation: confirmation)
        let photos = Self.photosWithDefects
        let expected = try #require(try Self.detectionOfTheWhole(photos, wanted))
        #expect(confirmation == .none || !expected.defects.isEmpty)
        for workers in 1...4 {
            for (tile, batch) in [(1000, 1), (12_345, 3), (384 * 3 * 16, 4), (384 * 3 * 48, 16), (2_000_000, 5)] {
                let settings = AccumulationSettings(workers: workers, tileSampleCount: tile, batch: batch)
                let found = try Self.detection(photos, wanted, settings)
                #expect(found.detection == expected, "\(workers) workers, tile \(tile), batch \(batch)")
            }
        }
    }

    /// An odd number of photos, and halves that are smaller than there are workers.
    @Test(arguments: [12, 13, 17]) func fewPhotosAreJudgedAlike(_ count: Int) throws {
        let photos = Array(Self.photosWithDefects.prefix(count))
        let wanted = DetectionSettings(sensitivity: .high)
        let expected = try Self.detectionOfTheWhole(photos, wanted)
        for workers in [1, 2, 9] {
            let settings = AccumulationSettings(workers: workers, tileSampleCount: 384 * 3 * 16)
            #expect(try Self.detection(photos, wanted, settings).detection == expected)
        }
    }

    @Test func moreThanThereIsRoomForEndsIt() throws {
        let found = try Self.detection(
            Self.photosWithDefects, DetectionSettings(), AccumulationSettings(workers: 2), patchBytes: 0)
        guard case .impossible = found.outcome else {
            Issue.record("\(found.outcome)")
            return
        }
    }

    /// Bands and strips of any height fit into the planned room: otherwise workers would wait for ever.
    @Test(arguments: [1, 7, 16, 20, 47, 48, 49, 64, 300])
    func thereIsAlwaysRoomToGoOn(_ rowsPerStrip: Int) throws {
        let photos = Self.photosWithDefects
        let settings = AccumulationSettings(workers: 3, tileSampleCount: 384 * 3 * rowsPerStrip)
        let wanted = DetectionSettings()
        #expect(try Self.detection(photos, wanted, settings).detection?.defects.count == 2)
    }

    // MARK: When it is done

    private func plan(_ photos: [PhotoFile], _ settings: AccumulationSettings) -> StripwisePlan? {
        StripwisePlan.fitting(photos, shape: photos[0].header.shape, settings: settings, otherBytes: 0)
    }

    @Test func batchesShareThePhotosAndKeepWorkersBusy() throws {
        let example = PhotoAccumulationTests.example
        for workers in 1...16 {
            for batch in [1, 2, 5, 16] {
                let plan = try #require(self.plan(example, AccumulationSettings(workers: workers, batch: batch)))
                #expect(plan.leading.flatMap(\.self).map(\.path) == example.map(\.path))
                #expect(plan.following.isEmpty)
                #expect(plan.leading.allSatisfy { !$0.isEmpty && $0.count <= batch })
                #expect(plan.workers == min(workers, example.count))
                #expect(plan.leading.count >= plan.workers)
            }
        }
    }

    @Test func roundedMomentsNeedTheWholeFrame() {
        #expect(plan(PhotoAccumulationTests.example, AccumulationSettings(accumulator: .welford)) == nil)
    }

    /// A limit that refuses, and below it any other.
    @Test func itStaysWithinTheMemoryLimit() {
        let photos = PhotoAccumulationTests.example
        let limits = stride(from: AccumulationPlan.programBytes + 1, to: 96 << 20, by: 1 << 19)
        let fits = limits.map { plan(photos, AccumulationSettings(workers: 2, memoryLimit: $0)) != nil }
        #expect(fits.first == false && fits.last == true)
        #expect(zip(fits, fits.dropFirst()).allSatisfy { $1 || !$0 })
    }

    /// More decoders than accumulators would take memory for nothing.
    @Test func itNeverTakesMoreThanTheWholeFrame() {
        let many = (0..<100).flatMap { _ in PhotoAccumulationTests.sixteenBit }
        #expect(plan(many, AccumulationSettings(workers: 2)) == nil)
    }
}
