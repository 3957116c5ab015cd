import FastPixBlending
import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import TestSupport
import Testing

/// Blending in memory.
@Suite(.timeLimit(.minutes(10)))
struct PixelImageTests {
    private static func image<Sample: PixelSample>(
        _ name: String, as type: Sample.Type
    ) throws -> PixelImage<Sample> {
        let decoded = try DecodedImage(BlendCase.folder.appendingPathComponent(name))
        return try PixelImage(
            width: decoded.shape.width, height: decoded.shape.height, channels: decoded.shape.channels,
            samples: decoded.samples.map { Sample($0) })
    }

    private static func hash<Sample>(_ image: PixelImage<Sample>) -> String {
        SHA256.hexadecimal(
            of: image.samples.flatMap { sample in
                (0..<Sample.bitWidth / 8).map { UInt8(truncatingIfNeeded: sample >> Sample($0 * 8)) }
            })
    }

    private func check<Sample: PixelSample>(_ golden: BlendCase, as type: Sample.Type) throws {
        let first = try Self.image(golden.first, as: type)
        for threads in [1, 3, nil] {
            let blend =
                if let second = golden.second {
                    try golden.weights.blend(first, try Self.image(second, as: type), threads: threads)
                } else {
                    try golden.weights.blend(
                        first, withBlur: GaussianBlur(size: golden.blur ?? 0, sigma: golden.sigma), threads: threads)
                }
            #expect(Self.hash(blend) == golden.sha256)
        }
    }

    private static let plain = BlendCase.all.filter { golden in
        let isPlain = { (name: String?) in
            ["rgb8.png", "other-rgb8.png", "rgb16.png", "other-rgb16.png", "grey8.png", nil].contains(name)
        }
        return golden.sha256 != nil && golden.format == .png && isPlain(golden.first) && isPlain(golden.second)
            && (golden.second == nil || golden.first.hasSuffix(golden.second?.suffix(7) ?? ""))
    }

    @Test func thereAreCases() {
        #expect(Self.plain.count >= 12)
        #expect(Set(Self.plain.map(\.bitsPerSample)) == [8, 16])
    }

    @Test(arguments: plain)
    func samplesAreOpenCVs(_ golden: BlendCase) throws {
        if golden.bitsPerSample == 8 {
            try check(golden, as: UInt8.self)
        } else {
            try check(golden, as: UInt16.self)
        }
    }

    /// Memory knows no alpha: all channels are blended, as OpenCV does.
    @Test func fourChannelsAreBlendedAlike() throws {
        let first = try PixelImage<UInt8>(width: 1, height: 1, channels: 4, samples: [10, 20, 30, 100])
        let second = try PixelImage<UInt8>(width: 1, height: 1, channels: 4, samples: [20, 40, 60, 200])
        let sum = try BlendWeights(alpha: 1, beta: 0.5, gamma: 1).blend(first, second)
        #expect(sum.samples == [21, 41, 61, 201])
    }

    private func expectInvalid(_ words: String, _ body: () throws -> Void) {
        #expect { try body() } throws: { error in
            guard let error = error as? FastPixError else { return false }
            return error.code == .invalidArgument && error.reason.contains(words)
        }
    }

    @Test func wrongArgumentsAreRefused() throws {
        let first = try PixelImage<UInt8>(width: 2, height: 1, channels: 3, samples: [1, 2, 3, 4, 5, 6])
        let other = try PixelImage<UInt8>(width: 1, height: 2, channels: 3, samples: [1, 2, 3, 4, 5, 6])
        let weights = BlendWeights(alpha: 1, beta: 1)
        expectInvalid("2 x 1 pixels of 3 channels, the second 1 x 2") { _ = try weights.blend(first, other) }
        expectInvalid("alpha must be a finite number") {
            _ = try BlendWeights(alpha: .nan, beta: 1).blend(first, first)
        }
        expectInvalid("gamma must be a finite number") {
            _ = try BlendWeights(alpha: 1, beta: 1, gamma: 1e300).blend(first, first)
        }
        for size in [-3, 0, 1, 4, 101] {
            expectInvalid("must be odd, 3 to 99, not \(size)") {
                _ = try weights.blend(first, withBlur: GaussianBlur(size: size))
            }
        }
        expectInvalid("sigma must be 0") { _ = try weights.blend(first, withBlur: GaussianBlur(size: 3, sigma: -1)) }
        expectInvalid("5 samples are not those of 2 x 1") {
            _ = try PixelImage<UInt8>(width: 2, height: 1, channels: 3, samples: [1, 2, 3, 4, 5])
        }
        expectInvalid("at least one pixel") { _ = try PixelImage<UInt8>(width: 0, height: 1, channels: 1, samples: []) }
        expectInvalid("1 to 4 channels") {
            _ = try PixelImage<UInt16>(width: 1, height: 1, channels: 5, samples: [1, 2, 3, 4, 5])
        }
    }
}
