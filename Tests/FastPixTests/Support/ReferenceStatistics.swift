import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage

@testable import FastPixAccumulation

/// What the statistics of some photos are: plain loops over whole decoded frames, without kernels, strips or workers.
/// `PhotoDecoderTests` hold the decoder against Pillow.
struct ReferenceStatistics {
    let shape: FrameShape
    let frameCount: Int
    /// Of each row all arrays, as accumulators and states hold them.
    let rows: [Data]
    /// As a state holds them.
    let coarse: Data
    let halfCounts: [Int]
    let facts: [FrameFact]

    /// Exact sums. `photos` are of one shape. `ofLargeFiles`: without coarse sums and facts, which take files below 64 KiB,
    /// whose head is the whole.
    init(
        _ photos: [PhotoFile], hasExtremes: Bool = true, channels: ChannelSelection = .all, ofLargeFiles: Bool = false
    ) throws {
        let shape = photos[0].header.shape
        var sums = [UInt64](repeating: 0, count: shape.sampleCount)
        var squares = sums
        var extremes = Extremes(shape)
        var coarse = Coarse(shape)
        for photo in photos {
            let samples = try Self.samples(photo, channels)
            for index in samples.indices {
                sums[index] += UInt64(samples[index])
                squares[index] += UInt64(samples[index] * samples[index])
            }
            guard hasExtremes else { continue }
            extremes.add(samples)
            if !ofLargeFiles { coarse.add(samples, try Self.half(photo), photo.header.capture) }
        }
        self.shape = shape
        frameCount = photos.count
        rows = (0..<shape.height).map { row in
            let own = row * shape.samplesPerRow..<(row + 1) * shape.samplesPerRow
            var bytes = Self.bytes(sums[own].map { UInt32($0) })
            bytes += shape.bitsPerSample == 8 ? Self.bytes(squares[own].map { UInt32($0) }) : Self.bytes(squares[own])
            return hasExtremes ? extremes.counters.reduce(bytes) { $0 + Self.bytes($1[own]) } : bytes
        }
        self.coarse = hasExtremes ? Self.bytes(coarse.cells[0] + coarse.cells[1]) : Data()
        halfCounts = [0, 1].map { half in coarse.facts.count { $0.half == half } }
        facts = coarse.facts.sorted { $0.precedes($1) }
    }

    /// Mean and M2 of blocks of four frames, and Chan's merge of the blocks: the formulas of `fpx_welford.h`, in the order of
    /// `photos`.
    init(welford photos: [PhotoFile], hasExtremes: Bool = false) throws {
        let shape = photos[0].header.shape
        let frames = try photos.map { try Self.samples($0, .all) }
        var extremes = Extremes(shape)
        var coarse = Coarse(shape)
        if hasExtremes {
            for (photo, samples) in zip(photos, frames) {
                extremes.add(samples)
                coarse.add(samples, try Self.half(photo), photo.header.capture)
            }
        }
        var means = [Double](repeating: 0, count: shape.sampleCount)
        var m2s = means
        for sample in means.indices {
            var (mean, m2, count) = (0.0, 0.0, 0.0)
            for first in stride(from: 0, to: frames.count, by: 4) {
                let block = frames[first..<min(frames.count, first + 4)]
                let samples = block.map { Double($0[sample]) }
                let blockCount = Double(samples.count)
                let blockMean = Self.welfordMean(samples)
                let deviations = samples.map { $0 - blockMean }
                let blockM2 = deviations.dropFirst().reduce(deviations[0] * deviations[0]) { $0.addingProduct($1, $1) }
                let difference = blockMean - mean
                mean = mean.addingProduct(difference, blockCount / (count + blockCount))
                m2 += blockM2.addingProduct(difference * difference, count * blockCount / (count + blockCount))
                count += blockCount
            }
            (means[sample], m2s[sample]) = (mean, m2)
        }
        self.shape = shape
        frameCount = photos.count
        rows = (0..<shape.height).map { row in
            let own = row * shape.samplesPerRow..<(row + 1) * shape.samplesPerRow
            let bytes = Self.bytes(means[own]) + Self.bytes(m2s[own])
            return hasExtremes ? extremes.counters.reduce(bytes) { $0 + Self.bytes($1[own]) } : bytes
        }
        self.coarse = hasExtremes ? Self.bytes(coarse.cells[0] + coarse.cells[1]) : Data()
        halfCounts = [0, 1].map { half in coarse.facts.count { $0.half == half } }
        facts = coarse.facts.sorted { $0.precedes($1) }
    }

    private static func welfordMean(_ samples: [Double]) -> Double {
        switch samples.count {
        case 1: return samples[0]
        case 2: return (samples[0] + samples[1]) * (1.0 / 2)
        case 3:
            let ofTwo = welfordMean(Array(samples[..<2]))
            return ofTwo.addingProduct(samples[2] - ofTwo, 1.0 / 3)
        default: return ((samples[0] + samples[1]) + (samples[2] + samples[3])) * (1.0 / 4)
        }
    }

    private static func samples(_ photo: PhotoFile, _ channels: ChannelSelection) throws -> [Int] {
        let file = try OpenFile(photo.path)
        let decoder = try PhotoDecoder(file, channels: channels, maximumPixels: 0)
        let shape = decoder.shape
        var bytes = [UInt8](repeating: 0, count: shape.bytesPerRow * shape.height)
        try bytes.withUnsafeMutableBytes { try decoder.readRows(shape.height, into: $0.baseAddress!) }
        try decoder.finish()
        guard shape.bitsPerSample == 16 else { return bytes.map(Int.init) }
        return stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8 }
    }

    /// The lowest bit of the first byte of the content's hash, which `StateReaderTests` hold against xxhsum.
    private static func half(_ photo: PhotoFile) throws -> Int {
        precondition(photo.byteCount <= 64 << 10)
        return Int(try ContentHash(of: try OpenFile(photo.path)).hexadecimal.prefix(2), radix: 16)! & 1
    }

    static func bytes<Elements: Collection>(_ elements: Elements) -> Data {
        Array(elements).withUnsafeBytes { Data($0) }
    }

    /// Above, below, blind above, blind below: against the eight samples of the same channel two rows and columns away.
    private struct Extremes {
        private let shape: FrameShape
        var counters: [[UInt16]]

        init(_ shape: FrameShape) {
            self.shape = shape
            counters = (0..<4).map { _ in [UInt16](repeating: 0, count: shape.sampleCount) }
        }

        mutating func add(_ samples: [Int]) {
            let white = (1 << shape.bitsPerSample) - 1
            guard shape.width > 4, shape.height > 4 else { return }
            for row in 2..<shape.height - 2 {
                for column in 2..<shape.width - 2 {
                    for channel in 0..<shape.channels {
                        var (lowest, highest) = (Int.max, Int.min)
                        for rowStep in -1...1 {
                            for columnStep in -1...1 where rowStep != 0 || columnStep != 0 {
                                let place = (row + 2 * rowStep) * shape.width + column + 2 * columnStep
                                let neighbour = samples[place * shape.channels + channel]
                                lowest = min(lowest, neighbour)
                                highest = max(highest, neighbour)
                            }
                        }
                        let index = (row * shape.width + column) * shape.channels + channel
                        if samples[index] > highest { counters[0][index] += 1 }
                        if samples[index] < lowest { counters[1][index] += 1 }
                        if highest == white { counters[2][index] += 1 }
                        if lowest == 0 { counters[3][index] += 1 }
                    }
                }
            }
        }
    }

    /// Rows 3, 11, 19... of green or grey, in cells of eight columns.
    private struct Coarse {
        private let shape: FrameShape
        /// By half.
        var cells: [[Int64]]
        var facts: [FrameFact] = []

        init(_ shape: FrameShape) {
            self.shape = shape
            let count = (0..<shape.height).count { $0 % 8 == 3 } * (shape.width / 8)
            cells = [[Int64]](repeating: [Int64](repeating: 0, count: count), count: 2)
        }

        mutating func add(_ samples: [Int], _ half: Int, _ capture: CaptureSettings) {
            var level: Int64 = 0
            var roughness: Int64 = 0
            for row in 0..<shape.height where row % 8 == 3 {
                func sample(_ column: Int) -> Int {
                    samples[(row * shape.width + column) * shape.channels + (shape.channels == 3 ? 1 : 0)]
                }
                for column in 0..<shape.width / 8 * 8 {
                    level += Int64(sample(column))
                    cells[half][row / 8 * (shape.width / 8) + column / 8] += Int64(sample(column))
                }
                for column in 0..<max(0, shape.width - 2) {
                    roughness += Int64(abs(sample(column) - sample(column + 2)))
                }
            }
            facts.append(
                FrameFact(
                    level: level, roughness: roughness, half: half, exposureSeconds: capture.exposureSeconds,
                    iso: capture.iso, time: capture.time))
        }
    }
}

extension Accumulators {
    /// All arrays of a row, as `ReferenceStatistics` has them.
    func bytes(row: Int) -> Data {
        arrays(rows: row..<row + 1).reduce(into: Data()) { $0.append(Data($1)) }
    }

    /// All arrays of all rows, one row after the other.
    var allBytes: [Data] { (0..<shape.height).map { bytes(row: $0) } }
}
