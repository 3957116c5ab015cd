/// What a photo's share in the mean is.
public enum PhotoWeight: String, Sendable, Codable, CaseIterable {
    /// Every pixel counts alike, so that larger photos count more.
    case pixel
    /// Every photo counts alike, whatever its size.
    case image
}

/// Mean and standard deviation of one channel over many photos.
///
/// Samples are scaled so that the greatest value they can have is 1 (8 bits: divided by 255, 16 bits: by 65535). The
/// standard deviation is that of the population (divided by the number of samples, as in NumPy), about the one mean of
/// all photos.
public struct ChannelMoments: Sendable, Equatable {
    /// red, green, blue or grey.
    public let name: String
    /// Photos that have the channel.
    public let photos: Int
    /// Their pixels.
    public let pixels: UInt64
    /// The depths that occur, ascending: 8, 16.
    public let bitsPerSample: [Int]
    /// 0 to 1.
    public let mean: Double
    /// 0 to 0.5.
    public let standardDeviation: Double
    /// The exact sum over all pixels, in units of 1 / `sampleMaximum`.
    public let sum: UInt128
    /// The exact sum of squares over all pixels, in units of 1 / `sampleMaximum`^2.
    public let sumOfSquares: UInt128
    /// 255, or 65535 when there are 16-bit samples; an 8-bit sample x then counts as 257 x, which is the same share.
    public let sampleMaximum: Int
}

extension ChannelMoments {
    /// Photos of one size and depth: their exact sums for this channel.
    struct Part {
        let pixels: Int
        let bitsPerSample: Int
        let photos: Int
        let sum: UInt128
        let sumOfSquares: UInt128
    }

    /// `parts`: one or more.
    init(name: String, parts: [Part], weight: PhotoWeight) {
        self.name = name
        photos = parts.reduce(0) { $0 + $1.photos }
        pixels = parts.reduce(0) { $0 + UInt64($1.photos) * UInt64($1.pixels) }
        bitsPerSample = Set(parts.map(\.bitsPerSample)).sorted()
        let maximum = bitsPerSample.last == 16 ? 65535 : 255
        sampleMaximum = maximum
        let scaled = parts.map { part -> Part in
            // 65535 = 257 * 255: both depths have one unit, without rounding.
            let factor: UInt128 = maximum == 65535 && part.bitsPerSample == 8 ? 257 : 1
            return Part(
                pixels: part.pixels, bitsPerSample: part.bitsPerSample, photos: part.photos, sum: part.sum * factor,
                sumOfSquares: part.sumOfSquares * factor * factor)
        }
        sum = scaled.reduce(0) { $0 + $1.sum }
        sumOfSquares = scaled.reduce(0) { $0 + $1.sumOfSquares }
        let moments =
            weight == .pixel
            ? Self.weightedByPixels(sum: sum, sumOfSquares: sumOfSquares, pixels: pixels)
            : Self.weightedByImages(scaled)
        mean = moments.mean / Double(maximum)
        standardDeviation = moments.variance.squareRoot() / Double(maximum)
    }

    /// n Q - S^2 = n^2 variance is an exact integer; only what follows rounds. It may have more than 128 bits from 2^47
    /// pixels on, which merged states can have.
    private static func weightedByPixels(
        sum: UInt128, sumOfSquares: UInt128, pixels: UInt64
    ) -> (mean: Double, variance: Double) {
        let scaledVariance = difference(
            UInt128(pixels).multipliedFullWidth(by: sumOfSquares), sum.multipliedFullWidth(by: sum))!
        let count = Double(pixels)
        let exact = Double(scaledVariance.high) * 0x1p128 + Double(scaledVariance.low)
        return (Double(sum) / count, exact / count / count)
    }

    typealias Wide = (high: UInt128, low: UInt128)

    /// Nil when it is below 0.
    static func difference(_ left: Wide, _ right: Wide) -> Wide? {
        guard (left.high, left.low) >= (right.high, right.low) else { return nil }
        let (low, borrows) = left.low.subtractingReportingOverflow(right.low)
        return (left.high - right.high - (borrows ? 1 : 0), low)
    }

    /// The mean over photos of each photo's mean, and of each photo's mean square.
    ///
    /// For each number of pixels the sums are exact; the quotients are integers in units of 2^-64, rounded down, so that
    /// their sum does not depend on an order and is less than 2^-64 below the truth for each number of pixels. They are
    /// taken about the sample value nearest to the mean, which keeps the variance from losing its digits.
    private static func weightedByImages(_ parts: [Part]) -> (mean: Double, variance: Double) {
        let photos = Int128(parts.reduce(0) { $0 + $1.photos })
        var sum: Int128 = 0
        var squares: Int128 = 0
        for part in parts {
            sum += quotient(part.sum, part.pixels)
            squares += quotient(part.sumOfSquares, part.pixels)
        }
        let centre = (sum / photos + (1 << 63)) >> 64
        squares += photos * ((centre * centre) << 64) - 2 * centre * sum
        sum -= (photos * centre) << 64
        let distance = Double(sum) / Double(photos) * 0x1p-64
        return (
            Double(centre) + distance, max(0, Double(squares) / Double(photos) * 0x1p-64 - distance * distance)
        )
    }

    /// floor(dividend * 2^64 / divisor); the divisor is below 2^64 and the quotient below 2^127.
    private static func quotient(_ dividend: UInt128, _ divisor: Int) -> Int128 {
        let (whole, rest) = dividend.quotientAndRemainder(dividingBy: UInt128(divisor))
        return Int128((whole << 64) + (rest << 64) / UInt128(divisor))
    }
}

extension ChannelTotals {
    /// Moments of the channels that occur, in the order red, green, blue, grey.
    ///
    /// - Parameter greyAsRGB: grey photos count in red, green and blue, which are then the only channels.
    func moments(weight: PhotoWeight, greyAsRGB: Bool) -> [ChannelMoments] {
        Self.channels.compactMap { channel in
            let parts = sums.flatMap { key, sums in
                channel.indexes(in: key.kind, greyAsRGB: greyAsRGB).map { index in
                    ChannelMoments.Part(
                        pixels: key.pixels, bitsPerSample: key.kind.bitsPerSample, photos: sums.photos,
                        sum: sums.sum[index], sumOfSquares: sums.sumOfSquares[index])
                }
            }
            return parts.isEmpty ? nil : ChannelMoments(name: channel.name, parts: parts, weight: weight)
        }
    }

    /// How often each value occurs, for the channels and depths that occur: 8 bits before 16, red, green, blue, grey.
    func histograms(greyAsRGB: Bool) -> [ChannelHistogram] {
        [8, 16].flatMap { bits in
            Self.channels.compactMap { channel in
                var own: [UInt64] = []
                for (kind, counts) in counts where kind.bitsPerSample == bits {
                    for index in channel.indexes(in: kind, greyAsRGB: greyAsRGB) {
                        let part = counts[index * kind.values..<(index + 1) * kind.values]
                        own = own.isEmpty ? Array(part) : zip(own, part).map { $0 + $1 }
                    }
                }
                return own.isEmpty ? nil : ChannelHistogram(channel: channel.name, bitsPerSample: bits, counts: own)
            }
        }
    }

    private struct Channel {
        let name: String
        /// In colour photos; nil for grey.
        let colourIndex: Int?

        /// Which channel of photos of a kind counts here: none or one.
        func indexes(in kind: Kind, greyAsRGB: Bool) -> [Int] {
            if kind.channels == 1 { return (colourIndex != nil) == greyAsRGB ? [0] : [] }
            return colourIndex.map { [$0] } ?? []
        }
    }

    private static let channels = [
        Channel(name: "red", colourIndex: 0), Channel(name: "green", colourIndex: 1),
        Channel(name: "blue", colourIndex: 2), Channel(name: "grey", colourIndex: nil),
    ]
}

/// How often each value of a channel occurs over all photos of one depth, every pixel counted once.
package struct ChannelHistogram: Sendable, Codable, Equatable {
    /// red, green, blue or grey.
    package let channel: String
    /// 8 or 16.
    package let bitsPerSample: Int
    /// 256 or 65536 counts, by value.
    package let counts: [UInt64]
}
