import Foundation
import TestSupport
import Testing

@testable import FastPix

/// Photos of soft random scenes, grey or colour, without compression, with defects where a test wants them.
struct SyntheticPhotos {
    let shape: FrameShape
    /// Samples of each photo.
    var frames: [[UInt8]]

    init(width: Int = 160, height: Int = 128, channels: Int = 1, count: Int, seed: UInt64 = 1) {
        shape = FrameShape(width: width, height: height, channels: channels, bitsPerSample: 8)
        var scenes = SyntheticScenes(width: width, height: height, channels: channels, seed: seed)
        frames = (0..<count).map { _ in scenes.next() }
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

    /// Changes one channel of one pixel.
    mutating func change(row: Int, column: Int, channel: Int, _ value: (Int, Int) -> Int) {
        let sample = (row * shape.width + column) * shape.channels + channel
        for photo in frames.indices {
            frames[photo][sample] = UInt8(min(255, max(0, value(Int(frames[photo][sample]), photo))))
        }
    }

    /// Changes every sample; the closure gets its row, column and value.
    mutating func changeAll(_ value: (Int, Int, Int) -> Int) {
        for photo in frames.indices {
            frames[photo].withUnsafeMutableBufferPointer { samples in
                for sample in samples.indices {
                    let pixel = sample / shape.channels
                    let changed = value(pixel / shape.width, pixel % shape.width, Int(samples[sample]))
                    samples[sample] = UInt8(min(255, max(0, changed)))
                }
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
        var scouting: Scouting?
        for half in 0...1 {
            if half == 1, isConfirming { scouting = search.scout(accumulators) }
            for photo in frames.indices where photo % 2 == half {
                frames[photo].withUnsafeBytes { bytes in
                    accumulators.accumulate(
                        0..<shape.sampleCount, frames: [bytes.baseAddress!], framesBefore: 0,
                        tileSampleCount: shape.sampleCount)
                    accumulators.frameCount += 1
                    if let scouting {
                        WitnessReader(scouting.recorder, frames: 1, rowsPerStrip: shape.height)
                            .read(rows: 0..<shape.height, of: 0, from: bytes.baseAddress!)
                    }
                }
            }
        }
        let detection = search.judge(accumulators, scouting)
        #expect(try detectByBands(settings, codedUnit: codedUnit) == detection)
        return detection
    }

    /// The same from bands that come in any order.
    private func detectByBands(_ settings: DetectionSettings, codedUnit: CodedUnit) throws -> Detection? {
        let search = BandwiseDefectSearch(
            settings, shape: shape, codedUnit: codedUnit, photos: frames.count, workers: 1, patchBytes: .max)
        let accumulators = try Accumulators(shape: shape, kind: .exact)
        accumulators.frameCount = frames.count
        var generator = SplitMix64(state: 4)
        let bands = 0..<ReliefBand.count(shape)
        for half in 0...1 {
            if half == 1, settings.confirms(photos: frames.count) {
                for band in bands.shuffled(using: &generator) { search.scout(band: band, of: accumulators, worker: 0) }
            }
            for photo in frames.indices where photo % 2 == half {
                frames[photo].withUnsafeBytes { bytes in
                    accumulators.accumulate(
                        0..<shape.sampleCount, frames: [bytes.baseAddress!], framesBefore: 0,
                        tileSampleCount: shape.sampleCount)
                    for (_, recorder) in search.recorders(reaching: 0..<shape.height) {
                        WitnessReader(recorder, frames: 1, rowsPerStrip: shape.height)
                            .read(rows: 0..<shape.height, of: 0, from: bytes.baseAddress!)
                    }
                }
            }
        }
        for band in bands.shuffled(using: &generator) {
            #expect(search.judge(band: band, of: accumulators, worker: 0))
        }
        return search.detection()
    }
}
