import CKernels
import Testing

extension KernelSuites {
    /// Sums and counters that may be damaged, added up: against 128-bit arithmetic, each element at a time.
    @Suite struct CheckedMergeTests {
        private static func isPossible(_ sum: UInt64, _ squares: UInt64, _ frames: Int, largest: UInt128) -> Bool {
            let (sum, squares, frames) = (UInt128(sum), UInt128(squares), UInt128(frames))
            return sum <= frames * largest && squares <= sum * largest && frames * squares >= sum * sum
        }

        /// Pairs of sum and sum of squares on either side of every bound, and such as no bound is near.
        private static func pairs(_ frames: Int, largest: UInt64, most: UInt64) -> [(UInt32, UInt64)] {
            let full = UInt64(frames) * largest
            var pairs: [(UInt32, UInt64)] = []
            for sum in [0, 1, largest, full / 3, full - min(1, full), full, full + 1, UInt64(UInt32.max)]
            where sum <= UInt32.max {
                let least =
                    frames == 0 ? 0 : UInt64((UInt128(sum) * UInt128(sum) + UInt128(frames) - 1) / UInt128(frames))
                for squares in [
                    0, 1, least, least &- 1, least + 1, sum * largest, sum * largest + 1, most / 2, most / 2 + 1,
                    most - 1, most,
                ] where squares <= most {
                    pairs.append((UInt32(sum), squares))
                }
            }
            return pairs
        }

        @Test func sumsOnEitherSideOfEveryBound() {
            for frames in [0, 1, 2, 3, 24, 65_535, 65_537, 66_051] {
                for bits in [8, 16] where bits == 8 || frames <= FPX_MOMENTS_U16_MAXIMUM_FRAMES {
                    let largest: UInt64 = bits == 8 ? 255 : 65535
                    let pairs = Self.pairs(frames, largest: largest, most: bits == 8 ? UInt64(UInt32.max) : .max)
                    let sound = pairs.first { Self.isPossible(UInt64($0.0), $0.1, frames, largest: UInt128(largest)) }!
                    for (number, pair) in pairs.enumerated() {
                        let expected = Self.isPossible(UInt64(pair.0), pair.1, frames, largest: UInt128(largest))
                        // The one that counts is anywhere among sound ones, in vectors and behind them.
                        let count = 1 + number % 70
                        var sums = [UInt32](repeating: sound.0, count: count)
                        var squares = [UInt64](repeating: sound.1, count: count)
                        sums[number % 13 % count] = pair.0
                        squares[number % 13 % count] = pair.1
                        let (otherSums, own) = (GuardedBuffer(sums, zero: 0), (1...count).map { UInt32($0) })
                        Level.walk { level in
                            let sum = GuardedBuffer(own, zero: 0)
                            let name = "\(level), \(frames) frames of \(bits) bits, \(pair)"
                            if bits == 8 {
                                let other = GuardedBuffer(squares.map { UInt32($0) }, zero: 0)
                                let square = GuardedBuffer(own, zero: 0)
                                #expect(
                                    fpx_moments_u8_merge_checked_tile(
                                        sum.pointer, square.pointer, otherSums.pointer, other.pointer, frames, count)
                                        == expected, "\(name)")
                                guard expected else { return }
                                #expect(
                                    square.isIntact && square.values == zip(own, other.values).map { $0 &+ $1 },
                                    "\(name)")
                            } else {
                                let other = GuardedBuffer(squares, zero: 0)
                                let square = GuardedBuffer(own.map { UInt64($0) }, zero: 0)
                                #expect(
                                    fpx_moments_u16_merge_checked_tile(
                                        sum.pointer, square.pointer, otherSums.pointer, other.pointer, frames, count)
                                        == expected, "\(name)")
                                guard expected else { return }
                                #expect(
                                    square.isIntact && square.values == zip(own, squares).map { UInt64($0) &+ $1 },
                                    "\(name)")
                            }
                            #expect(sum.isIntact && sum.values == zip(own, sums).map { $0 &+ $1 }, "\(name)")
                        }
                    }
                }
            }
            var (sum, square) = ([UInt32(0)], [UInt32(0)])
            #expect(
                !fpx_moments_u8_merge_checked_tile(&sum, &square, [0], [0], FPX_MOMENTS_U8_MAXIMUM_FRAMES + 1, 1))
        }

        @Test func countersOnEitherSideOfEveryBound() {
            var generator = SeededGenerator(stream: 77)
            for frames in [0, 1, 7, 32_768, 65_535] {
                let bounds = [0, 1, frames / 2, frames - min(1, frames), frames, frames + 1, 65_535].filter {
                    $0 <= 65_535
                }
                for number in 0..<700 {
                    let count = 1 + number % 70
                    // Three in four leave room for each other.
                    var others = (0..<4).map { which in
                        [UInt16](repeating: which < 2 ? 0 : UInt16(frames), count: count)
                    }
                    let place = number % 13 % count
                    for which in 0..<4 {
                        others[which][place] = UInt16(bounds.randomElement(using: &generator)!)
                    }
                    let values = others.map { Int($0[place]) }
                    let expected =
                        values[0] + values[1] <= frames && values[0] + values[2] <= frames
                        && values[1] + values[3] <= frames
                    let other = others.map { GuardedBuffer($0, zero: 0) }
                    let start = (0..<count).map { UInt16($0) }
                    Level.walk { level in
                        let own = (0..<4).map { _ in GuardedBuffer(start, zero: 0) }
                        #expect(
                            fpx_extremes_merge_checked(
                                own[0].pointer, own[1].pointer, own[2].pointer, own[3].pointer, other[0].pointer,
                                other[1].pointer, other[2].pointer, other[3].pointer, frames, count) == expected,
                            "\(level), \(frames) frames, \(values)")
                        guard expected else { return }
                        for which in 0..<4 {
                            #expect(
                                own[which].isIntact && own[which].values == zip(start, others[which]).map { $0 &+ $1 },
                                "\(level), \(frames) frames, counter \(which)")
                        }
                    }
                }
            }
        }
    }
}
