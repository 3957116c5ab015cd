import FastPixFrames
import Foundation

@testable import FastPixAccumulation
@testable import FastPixDetection

/// Frames that exist nowhere but in memory, and their statistics by plain loops.
///
/// Here and in `Noise` they are `while` loops over pointers: without optimisation Swift's sequences and generic functions
/// take ten times as long, and most of the time of all tests.
struct FrameSet {
    let shape: FrameShape
    let frames: [[Double]]

    /// `frame`: the samples of one frame, in the order of rows, rounded and clamped to what the shape can hold.
    init(_ shape: FrameShape, count: Int, seed: UInt64, _ frame: (Int, inout Noise) -> [Double]) {
        self.shape = shape
        var noise = Noise(seed)
        let white = shape.bitsPerSample == 8 ? 255.0 : 65535
        frames = (0..<count).map { number in
            var samples = frame(number, &noise)
            samples.withUnsafeMutableBufferPointer { samples in
                var index = 0
                while index < samples.count {
                    let value = samples[index].rounded()
                    samples[index] = value < 0 ? 0 : value > white ? white : value
                    index += 1
                }
            }
            return samples
        }
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
        for (number, frame) in frames.enumerated() {
            frame.withUnsafeBufferPointer { frame in
                addMoments(frame, accumulators)
                addExtremes(frame, accumulators)
            }
            facts.append(take(frame, number % 2, into: coarse))
            coarse.frameCounts[number % 2] += 1
        }
        return (accumulators, facts, coarse)
    }

    private func addMoments(_ frame: UnsafeBufferPointer<Double>, _ accumulators: Accumulators) {
        var index = 0
        while index < frame.count {
            let value = frame[index]
            accumulators.sum(at: index).pointee += UInt32(value)
            if shape.bitsPerSample == 8 {
                accumulators.sumOfSquares8(at: index).pointee += UInt32(value * value)
            } else {
                accumulators.sumOfSquares16(at: index).pointee += UInt64(value * value)
            }
            index += 1
        }
    }

    private func addExtremes(_ frame: UnsafeBufferPointer<Double>, _ accumulators: Accumulators) {
        let distance = shape.neighbourDistance
        let (across, down) = (distance * shape.channels, distance * shape.samplesPerRow)
        let white = shape.bitsPerSample == 8 ? 255.0 : 65535
        var row = distance
        while row + distance < shape.height {
            var index = row * shape.samplesPerRow + across
            let end = (row + 1) * shape.samplesPerRow - across
            while index < end {
                var (least, most) = (Double.infinity, -Double.infinity)
                var place = index - down
                while place <= index + down {
                    var neighbour = place - across
                    while neighbour <= place + across {
                        let value = frame[neighbour]
                        if neighbour != index, value < least { least = value }
                        if neighbour != index, value > most { most = value }
                        neighbour += across
                    }
                    place += down
                }
                if frame[index] > most { accumulators.above(at: index).pointee += 1 }
                if frame[index] < least { accumulators.below(at: index).pointee += 1 }
                if most >= white { accumulators.blindAbove(at: index).pointee += 1 }
                if least <= 0 { accumulators.blindBelow(at: index).pointee += 1 }
                index += 1
            }
            row += 1
        }
    }

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
    mutating func normal() -> Double {
        var (sum, count) = (-6.0, 0)
        while count < 12 {
            sum += uniform()
            count += 1
        }
        return sum
    }

    /// A soft scene of single samples, a new one each time.
    mutating func scene(_ width: Int, _ height: Int, mean: Double, contrast: Double, noise: Double) -> [Double] {
        let waves = (0..<10).map { _ in (uniform(), uniform() * 0.5, uniform() * 0.5 - 0.25, uniform() * 6.3) }
        let level = mean * (0.7 + 0.6 * uniform())
        var samples = [Double](repeating: 0, count: width * height)
        samples.withUnsafeMutableBufferPointer { samples in
            waves.withUnsafeBufferPointer { waves in
                var (row, column) = (0, 0)
                while row < height {
                    var (value, wave) = (level, 0)
                    while wave < waves.count {
                        let (height, rowStep, columnStep, phase) = waves[wave]
                        value += contrast * height * sin(rowStep * Double(row) + columnStep * Double(column) + phase)
                        wave += 1
                    }
                    samples[row * width + column] = value + noise * normal()
                    column += 1
                    if column == width { (row, column) = (row + 1, 0) }
                }
            }
        }
        return samples
    }
}
