import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixPlumbing

/// What `fastpix stats` found; its JSON form is a contract (`schema`): fields may be added, never renamed.
public struct StatisticsReport: Sendable, Encodable {
    /// Names the JSON form.
    public let schema = "fastpix.stats/1"
    /// Of the fastpix that has made the report.
    public let version: String
    package let settings: Settings
    package let inventory: PhotoInventory
    /// Files with the same content as another one, which counts once; they are among `skipped`. Nil of merged states.
    package let copyCount: Int?
    /// Photos whose headers, and samples when they were decoded, are sound.
    public var photoCount: Int { inventory.all.photos }
    /// Sizes of their files.
    public var bytesOnDisk: Int { inventory.all.bytesOnDisk }
    /// Width x height x channels x bytes per sample, as decoded: without alpha, palettes expanded.
    public var bytesDecoded: Int { inventory.all.bytesDecoded }
    /// Nil when nobody asked, with no channels when no photo could be decoded.
    public let moments: Moments?
    /// Files that are in none of the figures, ordered by path.
    public let skipped: [SkippedPhoto]
    /// Outputs besides the report that could not be written.
    public package(set) var failedOutputs: [FailedOutput] = []
    /// Files of the folders looked through that are not read, by kind.
    package let leftOut: [LeftOutFiles]
    /// Photos that count although something is odd about their files, as far as they were decoded; ordered by path.
    package let oddPhotos: [OddPhoto]
    package let timing: Timing
    /// Most memory the process has held so far.
    public let peakMemoryBytes: UInt64
    /// Whether the run had no result: it names what was skipped, and nothing else.
    package var failed = false

    /// What the run was asked for, defaults filled in.
    package struct Settings: Sendable, Codable {
        package let workers: Int
        package let maximumPixels: UInt64
        /// Whether all photos were decoded, for moments or only to see whether they are sound.
        package let decoded: Bool
        /// What decoding was to stay below, in bytes.
        package let memoryLimitBytes: Int

        init(_ statistics: PhotoStatistics, workers: Int) {
            self.workers = workers
            maximumPixels = statistics.maximumPixels
            decoded = statistics.verifies || statistics.moments != nil
            memoryLimitBytes = statistics.memoryLimit ?? AccumulationSettings.defaultMemoryLimit
        }
    }

    /// Mean and spread of each channel.
    public struct Moments: Sendable {
        /// By what photos count.
        public let weight: PhotoWeight
        /// Whether grey photos count in red, green and blue.
        public let greyAsRGB: Bool
        /// Those that occur, in the order red, green, blue, grey.
        public let channels: [ChannelMoments]
        /// One for each channel and depth that occurs; nil when nobody asked.
        package let histograms: [ChannelHistogram]?
    }

    /// Seconds of wall time.
    package struct Timing: Sendable, Codable {
        package let probeSeconds: Double
        package let decodeSeconds: Double
        package let totalSeconds: Double
    }

    enum CodingKeys: String, CodingKey {
        // Besides what the inventory has.
        case schema, version, settings, copies, moments, skipped, failedOutputs, leftOut, oddPhotos, timing,
            peakMemoryBytes
        case failed
    }

    /// What is not known is written as null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(version, forKey: .version)
        try container.encode(settings, forKey: .settings)
        try inventory.encode(to: encoder)
        try container.encode(copyCount, forKey: .copies)
        // Null when nobody asked, so that a reader finds every key.
        try container.encode(moments, forKey: .moments)
        try container.encode(skipped, forKey: .skipped)
        try container.encode(failedOutputs, forKey: .failedOutputs)
        try container.encode(leftOut, forKey: .leftOut)
        try container.encode(oddPhotos, forKey: .oddPhotos)
        try container.encode(timing, forKey: .timing)
        try container.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
        try container.encode(failed, forKey: .failed)
    }
}

extension StatisticsReport.Moments: Encodable {
    enum CodingKeys: String, CodingKey {
        case weight
        case greyAsRGB = "asRGB"
        case channels, histograms
    }

    /// What was not asked for is written as null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(weight, forKey: .weight)
        try container.encode(greyAsRGB, forKey: .greyAsRGB)
        try container.encode(channels, forKey: .channels)
        try container.encode(histograms, forKey: .histograms)
    }
}

extension ChannelMoments: Encodable {
    /// The same share of 255, which is what 8-bit samples are.
    public var meanOf255: Double { mean * 255 }
    /// As `meanOf255`.
    public var standardDeviationOf255: Double { standardDeviation * 255 }

    enum CodingKeys: String, CodingKey {
        case name, photos, pixels, bitsPerSample, mean, standardDeviation, mean255, standardDeviation255
        case sum, sumOfSquares, sampleMaximum
    }

    /// Means and deviations as shares of white and of 255, sums as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(photos, forKey: .photos)
        try container.encode(pixels, forKey: .pixels)
        try container.encode(bitsPerSample, forKey: .bitsPerSample)
        try container.encode(mean, forKey: .mean)
        try container.encode(standardDeviation, forKey: .standardDeviation)
        try container.encode(meanOf255, forKey: .mean255)
        try container.encode(standardDeviationOf255, forKey: .standardDeviation255)
        // Text, because many readers of JSON keep 53 bits of a number.
        try container.encode(String(sum), forKey: .sum)
        try container.encode(String(sumOfSquares), forKey: .sumOfSquares)
        try container.encode(sampleMaximum, forKey: .sampleMaximum)
    }
}
