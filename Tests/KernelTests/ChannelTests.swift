import CKernels
import Testing

/// Sums and counts of interleaved channels against plain loops over the same samples, on every level.
extension KernelSuites {
    @Suite struct ChannelTests {
        /// Around the pieces, calls and groups that the kernels work in, and none at all.
        static let pixelCounts = [
            0, 1, 2, 7, 8, 23, 24, 25, 127, 128, 129, 383, 384, 385, 1151, 24_576, 24_577, 50_001,
        ]

        private struct Expected: Equatable {
            var sum: [UInt64]
            var squares: [UInt64]
            var counts: [UInt64]

            /// `values`: 256 or 65536. Everything starts at `start`, because results are added to.
            init(_ samples: [Int], channels: Int, values: Int, start: UInt64) {
                sum = [UInt64](repeating: start, count: channels)
                squares = sum
                counts = [UInt64](repeating: start, count: channels * values)
                for (index, sample) in samples.enumerated() {
                    sum[index % channels] += UInt64(sample)
                    squares[index % channels] += UInt64(sample * sample)
                    counts[index % channels * values + sample] += 1
                }
            }
        }

        @Test(arguments: 1...FPX_CHANNELS_MAXIMUM)
        func eightBits(_ channels: Int) {
            var generator = SeededGenerator(stream: 401)
            for pixels in Self.pixelCounts {
                let samples: [UInt8] = generator.integers(channels * pixels)
                let expected = Expected(samples.map(Int.init), channels: channels, values: 256, start: 5)
                Level.walk { level in
                    let details = describe(level, "\(channels) channels, \(pixels) pixels")
                    // Of any alignment, with a page behind them that nobody may read.
                    let buffer = GuardedBuffer(samples, slackBytes: pixels % 7, zero: 0)
                    let sum = GuardedBuffer<UInt64>(count: channels, filledWith: 5)
                    let squares = GuardedBuffer<UInt64>(count: channels, filledWith: 5)
                    #expect(
                        fpx_channel_sums_u8(sum.pointer, squares.pointer, buffer.pointer, channels, pixels) == .ok)
                    let counts = GuardedBuffer<UInt64>(count: channels * 256, filledWith: 5)
                    #expect(fpx_channel_histogram_u8(counts.pointer, buffer.pointer, channels, pixels) == .ok)
                    #expect(sum.values == expected.sum, "\(details)")
                    #expect(squares.values == expected.squares, "\(details)")
                    #expect(counts.values == expected.counts, "\(details)")
                    #expect(sum.isIntact && squares.isIntact && counts.isIntact && buffer.isIntact, "\(details)")
                }
            }
        }

        @Test(arguments: [1, 3])
        func sixteenBits(_ channels: Int) {
            var generator = SeededGenerator(stream: 402)
            for pixels in [0, 1, 5, 127, 128, 129, 8193] {
                let samples: [UInt16] = generator.integers(channels * pixels)
                let expected = Expected(samples.map(Int.init), channels: channels, values: 65536, start: 0)
                Level.walk { level in
                    let details = describe(level, "\(channels) channels, \(pixels) pixels")
                    let buffer = GuardedBuffer(samples, zero: 0)
                    var sum = [UInt64](repeating: 0, count: channels)
                    var squares = sum
                    var counts = [UInt64](repeating: 0, count: channels * 65536)
                    #expect(fpx_channel_sums_u16(&sum, &squares, buffer.pointer, channels, pixels) == .ok)
                    #expect(fpx_channel_histogram_u16(&counts, buffer.pointer, channels, pixels) == .ok)
                    #expect(sum == expected.sum, "\(details)")
                    #expect(squares == expected.squares, "\(details)")
                    #expect(counts == expected.counts, "\(details)")
                }
            }
        }

        /// More of the greatest value than a 32-bit sum of squares could hold, were it never emptied.
        @Test func theLargestSamplesDoNotOverflow() {
            let pixels = 26_000_000
            let samples = [UInt8](repeating: 255, count: pixels)
            var sum: UInt64 = 0
            var squares: UInt64 = 0
            #expect(fpx_channel_sums_u8(&sum, &squares, samples, 1, pixels) == .ok)
            #expect(sum == UInt64(pixels) * 255)
            #expect(squares == UInt64(pixels) * 65025)
        }

        @Test func wrongArgumentsAreRefused() {
            var sum: [UInt64] = [1, 1, 1, 1, 1]
            var squares = sum
            let samples = [UInt8](repeating: 1, count: 20)
            for channels in [0, 5] {
                #expect(fpx_channel_sums_u8(&sum, &squares, samples, channels, 4) == .argument)
                #expect(fpx_channel_histogram_u8(&sum, samples, channels, 4) == .argument)
            }
            #expect(sum == [1, 1, 1, 1, 1] && squares == sum)
        }
    }
}
