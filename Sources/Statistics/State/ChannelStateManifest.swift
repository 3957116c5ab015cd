import FastPixAccumulation
import FastPixPlumbing

/// What a state of channel statistics says of its photos, as JSON; `Guides/StateFile.md`.
struct ChannelStateManifest: Sendable, Codable {
    /// The program that wrote it, for people.
    let writer: String
    /// What its run was asked for; the sums do not depend on it.
    let weight: PhotoWeight
    let greyAsRGB: Bool
    /// Whether it holds how often each value occurs.
    let countsValues: Bool
    let photoCount: Int
    /// What the records of the photos take in the file.
    let photoBytes: Int
    let inventory: PhotoInventory
    /// Ordered by depth, channels, pixels.
    let sums: [Sums]

    /// The exact sums of photos of one number of pixels, channels and depth.
    struct Sums: Sendable, Codable {
        let channels: Int
        let bitsPerSample: Int
        let pixels: Int
        let photos: Int
        /// By channel; decimal digits, because many readers of JSON keep 53 bits of a number.
        let sum: [String]
        let sumOfSquares: [String]
    }

    enum CodingKeys: String, CodingKey {
        case writer, weight
        case greyAsRGB = "asRGB"
        case countsValues, photoCount, photoBytes, inventory, sums
    }

    init(
        _ totals: ChannelTotals, _ inventory: PhotoInventory, weight: PhotoWeight, greyAsRGB: Bool, countsValues: Bool,
        photoBytes: Int
    ) {
        writer = "fastpix \(fastPixVersion)"
        self.weight = weight
        self.greyAsRGB = greyAsRGB
        self.countsValues = countsValues
        photoCount = inventory.all.photos
        self.photoBytes = photoBytes
        self.inventory = inventory
        sums = totals.sums.sorted { $0.key.order < $1.key.order }.map { key, sums in
            Sums(
                channels: key.kind.channels, bitsPerSample: key.kind.bitsPerSample, pixels: key.pixels,
                photos: sums.photos, sum: sums.sum.map { String($0) },
                sumOfSquares: sums.sumOfSquares.map { String($0) })
        }
    }

    /// Kinds of photos that occur, in the order in which their counts of values are in the file.
    var kinds: [ChannelTotals.Kind] {
        var kinds: [ChannelTotals.Kind] = []
        for sums in sums where kinds.last.map({ $0 != sums.kind }) ?? true { kinds.append(sums.kind) }
        return kinds
    }

    /// What the counts of values take in the file.
    var countBytes: Int { countsValues ? kinds.reduce(0) { $0 + $1.channels * $1.values * 8 } : 0 }

    /// The sums; `counts` are added apart. Nil when no photos have such.
    func totals() -> ChannelTotals? {
        var totals = ChannelTotals()
        var photos = 0
        var last: ChannelTotals.Key?
        for row in sums {
            guard row.channels == 1 || row.channels == 3, row.bitsPerSample == 8 || row.bitsPerSample == 16,
                (1...Self.mostPixels).contains(row.pixels), (1...Self.mostPhotos).contains(row.photos),
                row.sum.count == row.channels, row.sumOfSquares.count == row.channels
            else { return nil }
            let key = ChannelTotals.Key(kind: row.kind, pixels: row.pixels)
            // Each once, and counts of values in a known order.
            if let last, last.order >= key.order { return nil }
            last = key
            var own = ChannelTotals.Sums(channels: row.channels)
            own.photos = row.photos
            let count = UInt128(row.photos) * UInt128(row.pixels)
            let largest = UInt128(row.kind.values - 1)
            for channel in 0..<row.channels {
                guard let sum = UInt128(row.sum[channel]), let squares = UInt128(row.sumOfSquares[channel]),
                    sum <= count * largest, squares <= sum * largest,
                    // n Σx² >= (Σx)² (Cauchy and Schwarz).
                    ChannelMoments.difference(count.multipliedFullWidth(by: squares), sum.multipliedFullWidth(by: sum))
                        != nil
                else { return nil }
                own.sum[channel] = sum
                own.sumOfSquares[channel] = squares
            }
            totals.add(own, key)
            photos += row.photos
        }
        return photos == photoCount ? totals : nil
    }

    /// Sums over images stay within 128 bits up to so many of them (`ChannelMoments.weightedByImages`).
    static let mostPhotos = 1 << 30
    /// Of one photo; together with `mostPhotos` within 64 bits. The longest sides that PNG has allow more, no photo does.
    private static let mostPixels = 1 << 32
}

extension ChannelStateManifest.Sums {
    fileprivate var kind: ChannelTotals.Kind {
        ChannelTotals.Kind(channels: channels, bitsPerSample: bitsPerSample)
    }
}

extension ChannelTotals.Key {
    fileprivate var order: (Int, Int, Int) { (kind.bitsPerSample, kind.channels, pixels) }
}
