import Foundation

/// Soft random scenes without compression: brightness, six waves and a little noise.
public struct SyntheticScenes {
    public let width: Int
    public let height: Int
    public let channels: Int
    private var random: Random

    public init(width: Int, height: Int, channels: Int, seed: UInt64 = 1) {
        self.width = width
        self.height = height
        self.channels = channels
        random = Random(state: seed)
    }

    /// The samples of the next scene, 5 to 250, the same in every run.
    public mutating func next() -> [UInt8] {
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

    /// Steele, Lea & Flood's SplitMix: the same numbers everywhere.
    public struct Random {
        private var state: UInt64

        public init(state: UInt64) { self.state = state }

        /// 0 to 1.
        public mutating func next() -> Double {
            state &+= 0x9e37_79b9_7f4a_7c15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
        }
    }
}
