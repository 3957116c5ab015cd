import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation

/// The engine against statistics made sample by sample, in every division of the work.
@Suite(.timeLimit(.minutes(10))) struct AccumulationTests {
    /// A frame, and how many of them.
    struct Frames: Sendable, CustomTestStringConvertible {
        let shape: FrameShape
        let count: Int

        init(_ width: Int, _ height: Int, channels: Int = 1, bits: Int = 8, count: Int = 5) {
            shape = FrameShape(width: width, height: height, channels: channels, bitsPerSample: bits)
            self.count = count
        }

        var testDescription: String {
            "\(count) of \(shape.width) x \(shape.height), \(shape.channels) channels, \(shape.bitsPerSample) bits"
        }
    }

    /// One pass with this division: its rows are held against `expected` while they are read, the rest afterwards.
    static func expectExact(
        _ photos: [PhotoFile], _ division: Division, _ expected: ReferenceStatistics, hasExtremes: Bool = true,
        channels: ChannelSelection = .all
    ) throws {
        let job = AccumulationPlan.Job(
            photos: photos, shape: expected.shape,
            contents: AccumulatorContents(kind: .exact, hasExtremes: hasExtremes), needsAllRows: false)
        let rows = RowsRead(expected)
        let progress = Mutex(0.0)
        let pass = try AccumulationPass(
            job, plan: try division.plan(job), settings: division.settings(channels: channels), checkpoint: nil,
            interruption: nil, reading: { rows.begin($0) }, progress: { part in progress.withLock { $0 += part } })
        let found = try pass.run()
        let comment = Comment(rawValue: division.testDescription)
        #expect(found.failed.isEmpty && !found.isSpoiled, comment)
        #expect(found.wholeCount == photos.count, comment)
        #expect(abs(progress.withLock { $0 } - Double(photos.count)) < 1e-6, comment)
        rows.expectAll(comment)
        #expect(found.facts.sorted { $0.precedes($1) } == expected.facts, comment)
        #expect(pass.coarse.map { Data($0.bytes) } ?? Data() == expected.coarse, comment)
        if hasExtremes { #expect(pass.coarse?.frameCounts == expected.halfCounts, comment) }
        if pass.accumulators.rowsHeld == expected.shape.height {
            #expect(pass.accumulators.allBytes == expected.rows, comment)
        }
    }

    @Test(arguments: [
        Frames(23, 61, channels: 3, count: 20), Frames(40, 45, count: 7),
        Frames(13, 33, channels: 3, bits: 16, count: 9),
    ])
    func everyDivisionGivesTheSumsOfWholeFrames(_ frames: Frames) throws {
        try withTemporaryFolder { folder in
            let photos = try RandomPhotos.write(frames.count, frames.shape, to: folder)
            let expected = try ReferenceStatistics(photos)
            for division in Division.all { try Self.expectExact(photos, division, expected) }
        }
    }

    /// Lower than what the extremes or a reader look at, narrower than what they compare with, or than a cell.
    @Test(
        arguments: [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 17, 18, 19, 27].map { Frames(12, $0, channels: 3) }
            + [1, 2, 3, 4, 5, 7, 8, 9].map { Frames($0, 30, channels: 3) }
            + [
                Frames(1, 1, count: 2), Frames(4, 4, bits: 16), Frames(5, 5, bits: 16),
                Frames(9, 70, bits: 16, count: 1),
            ])
    func smallFramesAreExact(_ frames: Frames) throws {
        try withTemporaryFolder { folder in
            let photos = try RandomPhotos.write(frames.count, frames.shape, to: folder)
            let expected = try ReferenceStatistics(photos)
            let seed = UInt64(frames.shape.width * 100 + frames.shape.height)
            for division in Division.some(24, seed: seed) { try Self.expectExact(photos, division, expected) }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 20]) func anyNumberOfPhotosIsExact(_ count: Int) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 17, height: 40, channels: 1, bitsPerSample: 8)
            let photos = try RandomPhotos.write(count, shape, to: folder)
            let expected = try ReferenceStatistics(photos)
            for division in Division.some(24, seed: UInt64(count)) { try Self.expectExact(photos, division, expected) }
        }
    }

    @Test func momentsAloneAreExact() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 17, height: 40, channels: 3, bitsPerSample: 8)
            let photos = try RandomPhotos.write(6, shape, to: folder)
            let expected = try ReferenceStatistics(photos, hasExtremes: false)
            for division in Division.some(24, seed: 77) {
                try Self.expectExact(photos, division, expected, hasExtremes: false)
            }
        }
    }

    /// JPEGs of every subsampling, baseline and progressive, and their brightness alone.
    @Test(arguments: ChannelSelection.allCases) func photosAreExact(_ channels: ChannelSelection) throws {
        let photos = ProjectPhotos.smallJPEGs(channels)
        try #require(photos.count >= 8 && photos.contains { $0.header.isDecodedWhole })
        let expected = try ReferenceStatistics(photos, channels: channels)
        for division in Division.some(12, seed: 3) {
            try Self.expectExact(photos, division, expected, channels: channels)
        }
    }

    // MARK: As plans divide

    /// Where the accumulators lie, by the memory that is left for them.
    private static func run(
        _ photos: [PhotoFile], _ settings: AccumulationSettings, _ expected: ReferenceStatistics,
        needsAllRows: Bool = false, otherBytes: Int = 0, comment: Comment? = nil
    ) throws -> Accumulation.Outcome {
        let rows = RowsRead(expected)
        let job = Accumulation(
            settings: settings, contents: AccumulatorContents(kind: settings.accumulator, hasExtremes: true),
            needsAllRows: needsAllRows, otherBytes: otherBytes)
        let outcome = try job.run(
            photos, shape: expected.shape, progress: { _ in }, reading: { rows.begin($0) })
        rows.expectAll(comment)
        return outcome
    }

    @Test func everyMemoryLimitGivesTheSameBits() throws {
        try withTemporaryFolder { folder in
            // So high that few photos beside some strips take less than all rows.
            let shape = FrameShape(width: 48, height: 900, channels: 3, bitsPerSample: 16)
            let photos = try RandomPhotos.write(3, shape, to: folder)
            let expected = try ReferenceStatistics(photos, ofLargeFiles: true)
            let contents = AccumulatorContents(kind: .exact, hasExtremes: true)
            var kinds: [String] = []
            for needsAllRows in [false, true] {
                for available in [8 << 20, 4 << 20, 3 << 20, 5 << 19, 2 << 20, 3 << 19] {
                    let settings = AccumulationSettings(
                        workers: 2, memoryLimit: MemoryBudget.programBytes + (1 << 30))
                    let other = (1 << 30) - available
                    let plan = try? AccumulationPlan.fitting(
                        AccumulationPlan.Job(
                            photos: photos, shape: shape, contents: contents, needsAllRows: needsAllRows,
                            otherBytes: other), settings: settings)
                    guard let plan else { continue }
                    let outcome = try Self.run(
                        photos, settings, expected, needsAllRows: needsAllRows, otherBytes: other,
                        comment: "\(available) bytes")
                    #expect((outcome.accumulators.fileByteCount > 0) == (plan.held == .file))
                    switch plan.held {
                    case .strips: kinds.append("strips")
                    case .frame: kinds.append("frame")
                    case .file: kinds.append("file")
                    }
                    if needsAllRows { #expect(outcome.accumulators.allBytes == expected.rows) }
                }
            }
            #expect(Set(kinds) == ["strips", "frame", "file"])
        }
    }

    @Test func theOrderOfPhotosDoesNotMatter() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 21, height: 50, channels: 3, bitsPerSample: 8)
            let photos = try RandomPhotos.write(9, shape, to: folder)
            let expected = try ReferenceStatistics(photos)
            var generator = SplitMix64(state: 8)
            for _ in 0..<5 {
                let outcome = try Self.run(
                    photos.shuffled(using: &generator), AccumulationSettings(workers: 3, batch: 2), expected)
                #expect(outcome.facts == expected.facts)
                #expect(outcome.coarse.map { Data($0.bytes) } == expected.coarse)
            }
        }
    }

    @Test(arguments: [ProjectPhotos.sixteenBit, Array(ProjectPhotos.example.prefix(2))])
    func realPhotosAreExact(_ photos: [PhotoFile]) throws {
        let expected = try ReferenceStatistics(photos, ofLargeFiles: true)
        let outcome = try Self.run(photos, AccumulationSettings(workers: 2), expected, needsAllRows: true)
        #expect(outcome.accumulators.allBytes == expected.rows)
        #expect(outcome.accumulators.frameCount == photos.count)
    }

    // MARK: Refusals

    @Test(arguments: [(8, true, 65_535), (16, true, 65_535), (16, false, 65_537)])
    func tooManyPhotosForExactSumsAreRefused(_ bits: Int, _ hasExtremes: Bool, _ most: Int) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 2, height: 2, channels: 1, bitsPerSample: bits)
            let photo = try RandomPhotos.write(1, shape, to: folder)[0]
            let job = Accumulation(
                settings: AccumulationSettings(),
                contents: AccumulatorContents(kind: .exact, hasExtremes: hasExtremes))
            #expect(job.contents.maximumFrames(shape) == most)
            let error = #expect(throws: FastPixError.self) {
                try job.run(
                    [PhotoFile](repeating: photo, count: most + 1), shape: shape, progress: { _ in },
                    reading: { _ in { _, _ in } })
            }
            #expect(error?.code == .overflow)
            #expect(error?.message.contains("\(most + 1) photos are more than the \(most)") == true)
        }
    }
}
