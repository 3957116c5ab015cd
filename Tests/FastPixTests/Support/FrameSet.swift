import FastPixFrames
import Foundation

@testable import FastPixAccumulation
@testable import FastPixDetection

/// Frames that exist nowhere but in memory, and their statistics by plain loops.
struct FrameSet {
    let shape: FrameShape
    let frames: [[Double]]

    /// `frame`: the samples of one frame, in the order of rows, rounded and clamped to what the shape can hold.
    init(_ shape: FrameShape, count: Int, seed: UInt64, _ frame: (Int, inout Noise) -> [Double]) {
        self.shape = shape
        var noise = Noise(seed)
        let white = shape.bitsPerSample == 8 ? 255.0 : 65535
        frames = (0..<count).map { number in frame(number, &noise).map { min(white, max(0, $0.rounded())) } }
    }

    init(_ shape: FrameShape, _ frames: [[Double]]) {
        self.shape = shape
        self.frames = frames
    }

    /// What the search for defects reads.
    func statistics() throws -> (accumulators: Accumulators, facts: [FrameFact], coarse: CoarseSums) {
        let accumulators = try Accumulators(
            shape: shape, contents: AccumulatorContents(kind: .exact, hasExtremes: true))
        accumulators.clear(rows: 0..<shape.height)
        accumulators.frameCount = frames.count
        let coarse = try CoarseSums(shape)
        var facts: [FrameFact] = []
        let distance = shape.neighbourDistance
        let white = shape.bitsPerSample == 8 ? 255.0 : 65535
        for (number, frame) in frames.enumerated() {
            for index in frame.indices {
                accumulators.sum(at: index).pointee += UInt32(frame[index])
                if shape.bitsPerSample == 8 {
                    accumulators.sumOfSquares8(at: index).pointee += UInt32(frame[index] * frame[index])
                } else {
                    accumulators.sumOfSquares16(at: index).pointee += UInt64(frame[index] * frame[index])
                }
            }
            for row in 0..<shape.height where row >= distance && row + distance < shape.height {
                for column in 0..<shape.width where column >= distance && column + distance < shape.width {
                    for channel in 0..<shape.channels {
                        var (least, most) = (Double.infinity, -Double.infinity)
                        for (r, c) in Self.around {
                            let place = (row + r * distance) * shape.width + column + c * distance
                            let value = frame[place * shape.channels + channel]
                            (least, most) = (min(least, value), max(most, value))
                        }
                        let index = (row * shape.width + column) * shape.channels + channel
                        if frame[index] > most { accumulators.above(at: index).pointee += 1 }
                        if frame[index] < least { accumulators.below(at: index).pointee += 1 }
                        if most >= white { accumulators.blindAbove(at: index).pointee += 1 }
                        if least <= 0 { accumulators.blindBelow(at: index).pointee += 1 }
                    }
                }
            }
            facts.append(take(frame, number % 2, into: coarse))
            coarse.frameCounts[number % 2] += 1
        }
        return (accumulators, facts, coarse)
    }

    private static let around = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]

    private func take(_ frame: [Double], _ half: Int, into coarse: CoarseSums) -> FrameFact {
        let levels = PhotoLevels()
        for row in CoarseSums.rowsLookedAt(0..<shape.height) {
            let values = frame[row * shape.samplesPerRow..<(row + 1) * shape.samplesPerRow]
            if shape.bitsPerSample == 8 {
                values.map { UInt8($0) }.withUnsafeBytes {
                    coarse.add(row: row, of: $0.baseAddress!, half: half, to: levels)
                }
            } else {
                values.map { UInt16($0) }.withUnsafeBytes {
                    coarse.add(row: row, of: $0.baseAddress!, half: half, to: levels)
                }
            }
        }
        return FrameFact(
            level: levels.level, roughness: levels.roughness, half: half, exposureSeconds: nil, iso: nil, time: nil)
    }

    /// What is found in them; `bands`: how the rows are handed over.
    func detection(
        codedUnit: CodedUnit = CodedUnit(width: 1, height: 1), settings: DetectionSettings = DetectionSettings(),
        bands: [Range<Int>]? = nil
    ) throws -> Detection {
        let (accumulators, facts, coarse) = try statistics()
        let scan = DefectScan(
            geometry: FrameGeometry(shape: shape, codedUnit: codedUnit), frameCount: frames.count)
        for band in bands ?? [0..<shape.height] { scan.scan(accumulators, rows: band) }
        return scan.judge(facts, coarse: coarse, settings: settings)
    }
}

/// Random numbers, the same in every run.
struct Noise {
    private var random: SplitMix64

    init(_ seed: UInt64) { random = SplitMix64(state: seed) }

    /// 0 to 1.
    mutating func uniform() -> Double { Double(random.next() >> 11) * 0x1p-53 }

    /// Normal, mean 0 and deviation 1: twelve uniform ones, which needs no library's logarithm.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }

    /// A soft scene of single samples, a new one each time.
    mutating func scene(_ width: Int, _ height: Int, mean: Double, contrast: Double, noise: Double) -> [Double] {
        let waves = (0..<10).map { _ in (uniform(), uniform() * 0.5, uniform() * 0.5 - 0.25, uniform() * 6.3) }
        let level = mean * (0.7 + 0.6 * uniform())
        var samples: [Double] = []
        for row in 0..<height {
            for column in 0..<width {
                var value = level
                for (height, rowStep, columnStep, phase) in waves {
                    value += contrast * height * sin(rowStep * Double(row) + columnStep * Double(column) + phase)
                }
                samples.append(value + noise * normal())
            }
        }
        return samples
    }
}
