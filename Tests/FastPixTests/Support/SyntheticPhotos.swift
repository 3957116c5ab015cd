import Foundation

@testable import FastPix

/// Photos of soft random scenes, grey or colour, without compression, with defects where a test wants them.
struct SyntheticPhotos {
    let shape: FrameShape
    /// Samples of each photo.
    var frames: [[UInt8]]

    init(width: Int = 160, height: Int = 128, channels: Int = 1, count: Int, seed: UInt64 = 1) {
        shape = FrameShape(width: width, height: height, channels: channels, bitsPerSample: 8)
        var random = Random(state: seed)
        frames = (0..<count).map { _ in Self.scene(width, height, channels, &random) }
    }

    private static func scene(_ width: Int, _ height: Int, _ channels: Int, _ random: inout Random) -> [UInt8] {
        let waves = (0..<6).map { _ in
            (random.next(), random.next() * 0.3, random.next() * 0.3, random.next() * 6.3)
        }
        let brightness = 60 + 100 * random.next()
        var samples: [UInt8] = []
        samples.reserveCapacity(width * height * channels)
        for row in 0..<height {
            for column in 0..<width {
                var value = brightness
                for (height, rowStep, columnStep, phase) in waves {
                    value += 16 * height * sin(rowStep * Double(row) + columnStep * Double(column) + phase)
                }
                for _ in 0..<channels {
                    samples.append(UInt8(min(250, max(5, value + 6 * (random.next() - 0.5)))))
                }
            }
        }
        return samples
    }

    /// Changes one pixel in all photos; the closure gets the sample and the number of the photo.
    mutating func change(row: Int, column: Int, _ value: (Int, Int) -> Int) {
        for photo in frames.indices {
            for channel in 0..<shape.channels {
                let sample = (row * shape.width + column) * shape.channels + channel
                frames[photo][sample] = UInt8(min(255, max(0, value(Int(frames[photo][sample]), photo))))
            }
        }
    }

    /// What detection says, with every other photo as the first half.
    func detect(
        _ settings: DetectionSettings = DetectionSettings(), codedUnit: CodedUnit = CodedUnit(width: 1, height: 1),
        workers: Int = 2
    ) throws -> Detection? {
        let accumulators = try Accumulators(shape: shape, kind: .exact)
        let search = DefectSearch(settings, shape: shape, codedUnit: codedUnit, workers: workers)
        let isConfirming = settings.confirmation != .none
        var recorder: WitnessRecorder?
        for half in 0...1 {
            if half == 1, isConfirming { recorder = search.scout(accumulators) }
            for photo in frames.indices where photo % 2 == half {
                frames[photo].withUnsafeBytes { bytes in
                    accumulators.accumulate(
                        0..<shape.sampleCount, frames: [bytes.baseAddress!], framesBefore: 0,
                        tileSampleCount: shape.sampleCount)
                    accumulators.frameCount += 1
                    if let recorder {
                        WitnessReader(recorder, frames: 1, rowsPerStrip: shape.height)
                            .read(rows: 0..<shape.height, of: 0, from: bytes.baseAddress!)
                    }
                }
            }
        }
        return search.judge(accumulators, recorder)
    }

    /// Steele, Lea & Flood's SplitMix: the same numbers everywhere.
    struct Random {
        var state: UInt64

        /// 0 to 1.
        mutating func next() -> Double {
            state &+= 0x9e37_79b9_7f4a_7c15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
        }
    }
}
