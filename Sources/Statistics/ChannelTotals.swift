import CKernels
import FastPixFrames

/// Exact sums of the samples of many photos, kept apart by kind and number of pixels.
///
/// Integers throughout: totals of any split of the photos, added in any order, are the same.
struct ChannelTotals: Sendable {
    /// Photos whose samples have the same unit and channels.
    struct Kind: Hashable, Sendable {
        let channels: Int
        let bitsPerSample: Int

        init(_ shape: FrameShape) { self.init(channels: shape.channels, bitsPerSample: shape.bitsPerSample) }

        init(channels: Int, bitsPerSample: Int) {
            self.channels = channels
            self.bitsPerSample = bitsPerSample
        }

        var values: Int { 1 << bitsPerSample }
    }

    struct Key: Hashable, Sendable {
        let kind: Kind
        let pixels: Int
    }

    /// 128 bits hold the squares of 2^96 samples of 16 bits.
    struct Sums: Sendable {
        var photos = 0
        /// One for each channel.
        var sum: [UInt128]
        var sumOfSquares: [UInt128]

        init(channels: Int) {
            sum = [UInt128](repeating: 0, count: channels)
            sumOfSquares = sum
        }

        static func += (left: inout Sums, right: Sums) {
            left.photos += right.photos
            for channel in left.sum.indices {
                left.sum[channel] += right.sum[channel]
                left.sumOfSquares[channel] += right.sumOfSquares[channel]
            }
        }
    }

    private(set) var sums: [Key: Sums] = [:]
    /// How often each value occurs: channel after channel. Empty when nobody asked.
    private(set) var counts: [Kind: [UInt64]] = [:]

    mutating func add(_ sums: Sums, _ key: Key) {
        self.sums[key, default: Sums(channels: key.kind.channels)] += sums
    }

    mutating func add(_ counts: [UInt64], _ kind: Kind) {
        var own = self.counts.removeValue(forKey: kind) ?? [UInt64](repeating: 0, count: counts.count)
        for index in own.indices { own[index] += counts[index] }
        self.counts[kind] = own
    }

    static func += (left: inout ChannelTotals, right: ChannelTotals) {
        for (key, sums) in right.sums { left.add(sums, key) }
        for (kind, counts) in right.counts { left.add(counts, kind) }
    }
}

/// The sums of one photo while it is being decoded; they enter the totals when it turns out sound.
struct PhotoSums {
    private let key: ChannelTotals.Key
    private var sums: ChannelTotals.Sums
    private var counts: [UInt64]

    init(_ shape: FrameShape, countsValues: Bool) {
        key = ChannelTotals.Key(kind: ChannelTotals.Kind(shape), pixels: shape.width * shape.height)
        sums = ChannelTotals.Sums(channels: shape.channels)
        counts = countsValues ? [UInt64](repeating: 0, count: shape.channels * key.kind.values) : []
    }

    /// Takes in `pixelCount` pixels of interleaved samples.
    mutating func add(_ samples: UnsafeRawPointer, pixelCount: Int) {
        let channels = key.kind.channels
        // A strip is far below what 64 bits hold.
        var sum = [UInt64](repeating: 0, count: channels)
        var squares = sum
        let status: fpx_status
        if key.kind.bitsPerSample == 8 {
            let bytes = samples.assumingMemoryBound(to: UInt8.self)
            status = fpx_channel_sums_u8(&sum, &squares, bytes, channels, pixelCount)
            if !counts.isEmpty { _ = fpx_channel_histogram_u8(&counts, bytes, channels, pixelCount) }
        } else {
            let words = samples.assumingMemoryBound(to: UInt16.self)
            status = fpx_channel_sums_u16(&sum, &squares, words, channels, pixelCount)
            if !counts.isEmpty { _ = fpx_channel_histogram_u16(&counts, words, channels, pixelCount) }
        }
        precondition(status == .ok, String(cString: fpx_status_message(status)))
        for channel in 0..<channels {
            sums.sum[channel] += UInt128(sum[channel])
            sums.sumOfSquares[channel] += UInt128(squares[channel])
        }
    }

    /// The photo is sound to its end: counts it.
    mutating func enter(_ totals: inout ChannelTotals) {
        sums.photos = 1
        totals.add(sums, key)
        if !counts.isEmpty { totals.add(counts, key.kind) }
    }
}
