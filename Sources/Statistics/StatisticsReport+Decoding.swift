import FastPixCodecs
import FastPixDiscovery
import FastPixPlumbing

extension StatisticsReport: Decodable {
    /// Reads the JSON form, of earlier versions, too; throws `DecodingError` for that of another report.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try ReportSchema.check(schema, in: container, forKey: .schema)
        version = try container.decode(String.self, forKey: .version)
        settings = try container.decode(Settings.self, forKey: .settings)
        inventory = try PhotoInventory(from: decoder)
        copyCount = try container.decodeIfPresent(Int.self, forKey: .copies)
        moments = try container.decodeIfPresent(Moments.self, forKey: .moments)
        skipped = try container.decode([SkippedPhoto].self, forKey: .skipped)
        leftOut = try container.decode([LeftOutFiles].self, forKey: .leftOut)
        // Reports of earlier versions have none, nor the next.
        failedOutputs = try container.decodeIfPresent([FailedOutput].self, forKey: .failedOutputs) ?? []
        oddPhotos = try container.decodeIfPresent([OddPhoto].self, forKey: .oddPhotos) ?? []
        timing = try container.decode(Timing.self, forKey: .timing)
        peakMemoryBytes = try container.decode(UInt64.self, forKey: .peakMemoryBytes)
        failed = try container.decodeIfPresent(Bool.self, forKey: .failed) ?? false
    }
}

extension StatisticsReport.Moments: Decodable {
    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        weight = try container.decode(PhotoWeight.self, forKey: .weight)
        greyAsRGB = try container.decode(Bool.self, forKey: .greyAsRGB)
        channels = try container.decode([ChannelMoments].self, forKey: .channels)
        histograms = try container.decodeIfPresent([ChannelHistogram].self, forKey: .histograms)
    }
}

extension ChannelMoments: Decodable {
    /// Reads what `encode` writes; throws `DecodingError` for sums that are no whole numbers.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func integer(_ key: CodingKeys) throws -> UInt128 {
            guard let number = UInt128(try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "a whole number of 0 or more, as text, is expected")
            }
            return number
        }
        self.init(
            name: try container.decode(String.self, forKey: .name),
            photos: try container.decode(Int.self, forKey: .photos),
            pixels: try container.decode(UInt64.self, forKey: .pixels),
            bitsPerSample: try container.decode([Int].self, forKey: .bitsPerSample),
            mean: try container.decode(Double.self, forKey: .mean),
            standardDeviation: try container.decode(Double.self, forKey: .standardDeviation),
            sum: try integer(.sum), sumOfSquares: try integer(.sumOfSquares),
            sampleMaximum: try container.decode(Int.self, forKey: .sampleMaximum))
    }
}
