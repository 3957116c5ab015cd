import FastPixCodecs
import FastPixFrames
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FastPixAccumulation

/// Rounded moments: their bits are those of one order of photos, however the work is divided.
@Suite(.timeLimit(.minutes(10))) struct WelfordAccumulationTests {
    @Test(arguments: [1, 3, 4, 5, 18, 30], [8, 16])
    func momentsAreThoseOfTheOrderOfPhotos(_ count: Int, _ bits: Int) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 11, height: 37, channels: 3, bitsPerSample: bits)
            let photos = try RandomPhotos.write(count, shape, to: folder)
            let expected = try ReferenceStatistics(welford: photos)
            for workers in [1, 2, 5] {
                for batch in [1, 3, 4, 6, 7, 16] {
                    for (number, held) in Division.Held.allCases.enumerated() {
                        let division = Division(
                            workers: workers, batch: batch,
                            rowsPerStrip: [1, 5, 16, nil][(number + batch + workers) % 4],
                            held: held, open: 1 + batch % 3, tile: [nil, 7][number % 2])
                        try Self.expect(photos, division, expected)
                    }
                }
            }
        }
    }

    /// With what defects are judged by, which is exact all the same.
    @Test func extremesBesideRoundedMomentsAreExact() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 17, height: 40, channels: 3, bitsPerSample: 8)
            let photos = try RandomPhotos.write(13, shape, to: folder)
            let expected = try ReferenceStatistics(welford: photos, hasExtremes: true)
            for division in Division.some(24, seed: 9) { try Self.expect(photos, division, expected) }
        }
    }

    private static func expect(
        _ photos: [PhotoFile], _ division: Division, _ expected: ReferenceStatistics
    ) throws {
        let hasExtremes = !expected.facts.isEmpty
        let job = AccumulationPlan.Job(
            photos: photos, shape: expected.shape,
            contents: AccumulatorContents(kind: .welford, hasExtremes: hasExtremes), needsAllRows: false)
        let rows = RowsRead(expected)
        let pass = try AccumulationPass(
            job, plan: try division.plan(job), settings: division.settings(accumulator: .welford), checkpoint: nil,
            interruption: nil, reading: { rows.begin($0) }, progress: { _ in })
        let found = try pass.run()
        let comment = Comment(rawValue: division.testDescription)
        #expect(!found.isSpoiled && found.wholeCount == photos.count, comment)
        rows.expectAll(comment)
        #expect(found.facts.sorted { $0.precedes($1) } == expected.facts, comment)
    }

    /// As plans divide, with strips for some and the whole frame for others; and the mean of all variances, which is added
    /// up in the order of rows, too.
    @Test func plansGiveTheSameBits() throws {
        let photos = ProjectPhotos.sixteenBit
        let shape = photos[0].header.shape
        let expected = try ReferenceStatistics(welford: photos)
        var summaries: [VarianceSummary] = []
        for (workers, batch, tile) in [(1, 16, 100), (2, 5, nil), (4, 1, 96 * 3), (3, 7, 10_000_000)]
            as [(Int, Int, Int?)]
        {
            for needsAllRows in [false, true] {
                let rows = RowsRead(expected)
                let ranking = VarianceRanking(shape: shape, frameCount: photos.count, top: 5)
                let job = Accumulation(
                    settings: AccumulationSettings(
                        workers: workers, tileSampleCount: tile, batch: batch, accumulator: .welford),
                    contents: AccumulatorContents(kind: .welford, hasExtremes: false), needsAllRows: needsAllRows)
                let outcome = try job.run(
                    photos, shape: shape, progress: { _ in },
                    reading: { frameCount in
                        let reader = rows.begin(frameCount)
                        return { accumulators, rows in
                            reader(accumulators, rows)
                            ranking.add(accumulators, rows: rows)
                        }
                    })
                rows.expectAll("\(workers) workers, batch \(batch)")
                #expect(outcome.accumulators.frameCount == photos.count)
                summaries.append(ranking.summary)
            }
        }
        #expect(summaries.allSatisfy { $0 == summaries[0] })
    }

    @Test(arguments: [ProjectPhotos.sixteenBit, Array(ProjectPhotos.example.prefix(9))])
    func roundedAgreesWithExact(_ photos: [PhotoFile]) throws {
        let shape = photos[0].header.shape
        let readers = try [AccumulatorKind.exact, .welford].map { kind in
            let job = Accumulation(
                settings: AccumulationSettings(accumulator: kind),
                contents: AccumulatorContents(kind: kind, hasExtremes: false), needsAllRows: true)
            return MomentsReader(
                accumulators: try job.run(
                    photos, shape: shape, progress: { _ in }, reading: { _ in { _, _ in } }
                ).accumulators)
        }
        var worst = 0.0
        for sample in stride(from: 0, to: shape.sampleCount, by: 7) {
            let expected = readers[0].moments(sample)
            let actual = readers[1].moments(sample)
            worst = max(worst, abs(actual.mean - expected.mean) / max(1, expected.mean))
            worst = max(worst, abs(actual.m2 - expected.m2) / max(1, expected.m2))
        }
        #expect(worst < 1e-12)
    }
}
