import FastPixCodecs
import FastPixFrames
import Testing

@testable import FastPixAccumulation

/// A way of dividing the work: a plan, made to order instead of to measure.
struct Division: Sendable, CustomTestStringConvertible {
    enum Held: Sendable, CaseIterable {
        /// As few strips as the rows around those that are read reach into.
        case fewestStrips
        /// As many as plans give.
        case plannedStrips
        case frame, file
    }

    var workers: Int
    var batch: Int
    /// Nil: all.
    var rowsPerStrip: Int?
    var held: Held
    /// Batches that are open at a time, where not all have to be.
    var open = 2
    /// Samples that the moments take in at a time; nil: all of a part.
    var tile: Int?

    var testDescription: String {
        let rows = rowsPerStrip.map(String.init) ?? "all"
        let tile = tile.map(String.init) ?? "none"
        return "\(workers) workers, batch \(batch), \(rows) rows, \(held), \(open) open, tile \(tile)"
    }

    /// All combinations.
    static let all: [Division] = {
        let tiles: [Int?] = [nil, 7, 64]
        let heights: [Int?] = [1, 5, 16, nil]
        var all: [Division] = []
        for workers in [1, 2, 5] {
            for batch in [1, 3, 16] {
                for rows in heights {
                    for held in Held.allCases {
                        all.append(
                            Division(
                                workers: workers, batch: batch, rowsPerStrip: rows, held: held,
                                open: workers + batch % 2, tile: tiles[all.count % 3]))
                    }
                }
            }
        }
        return all
    }()

    /// Some of them, others for each seed.
    static func some(_ count: Int, seed: UInt64) -> [Division] {
        var generator = SplitMix64(state: seed)
        return Array(all.shuffled(using: &generator).prefix(count))
    }

    func settings(accumulator: AccumulatorKind = .exact, channels: ChannelSelection = .all) -> AccumulationSettings {
        AccumulationSettings(
            workers: workers, tileSampleCount: tile, batch: batch, accumulator: accumulator, channels: channels,
            memoryLimit: 1 << 34)
    }

    func plan(_ job: AccumulationPlan.Job) throws -> AccumulationPlan {
        let rows = min(job.shape.height, rowsPerStrip ?? job.shape.height)
        let machine = AccumulationPlan.Machine(level2CacheBytes: 1 << 20, openFiles: 1000)
        let wholeFrame = AccumulationPlan.Job(
            photos: job.photos, shape: job.shape, contents: job.contents, needsAllRows: true)
        let fitting = try AccumulationPlan.fitting(
            wholeFrame, settings: settings(accumulator: job.contents.kind), machine: machine)
        let fewest = 1 + (job.shape.rowsLookedAround + FinishedRows.halo + rows - 1) / rows
        let strips: Int? =
            switch held {
            case .fewestStrips: fewest
            case .plannedStrips: fewest + 3
            case .frame, .file: nil
            }
        return AccumulationPlan(
            // More workers than photos have nothing to do, and must do no harm.
            workers: workers, batches: fitting.batches,
            openBatches: strips == nil ? open : max(1, fitting.batches.count),
            rowsPerStrip: rows, held: strips.map { .strips($0) } ?? (held == .file ? .file : .frame))
    }
}
