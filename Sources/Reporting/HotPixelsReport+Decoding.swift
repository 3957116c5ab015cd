import FastPixAccumulation
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixMaps
import FastPixPlumbing
import SystemPackage

// A report read from JSON, whatever run has made it. What the JSON form does not tell is empty or nil: how the photos of
// a group were processed, and whether a file that was skipped is damaged.

extension HotPixelsReport: Decodable {
    enum CodingKeys: String, CodingKey {
        case schema, version, settings, groups, skipped, failedOutputs, leftOut, selection, oddPhotos, warnings, timing
        case peakMemoryBytes, temporaryFileBytes, failed
    }

    /// Reads the JSON form, of earlier versions, too; throws `DecodingError` for that of another report.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try ReportSchema.check(schema, in: container, forKey: .schema)
        version = try container.decode(String.self, forKey: .version)
        settings = try container.decode(Settings.self, forKey: .settings)
        groups = try container.decode([Group].self, forKey: .groups)
        skipped = try container.decode([SkippedPhoto].self, forKey: .skipped)
        failedOutputs = try container.decode([FailedOutput].self, forKey: .failedOutputs)
        leftOut = try container.decode([LeftOutFiles].self, forKey: .leftOut)
        // Earlier versions took all files.
        selection = try container.decodeIfPresent(SelectionReport.self, forKey: .selection) ?? SelectionReport()
        // Reports of earlier versions have none.
        oddPhotos = try container.decodeIfPresent([OddPhoto].self, forKey: .oddPhotos) ?? []
        warnings = try container.decode([ReportWarning].self, forKey: .warnings)
        timing = try container.decode(Timing.self, forKey: .timing)
        peakMemoryBytes = try container.decode(UInt64.self, forKey: .peakMemoryBytes)
        temporaryFileBytes = try container.decode(Int.self, forKey: .temporaryFileBytes)
        failed = try container.decodeIfPresent(Bool.self, forKey: .failed) ?? false
    }
}

extension HotPixelsReport.Settings: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        accumulator = try container.decode(AccumulatorKind.self, forKey: .accumulator)
        channels = try container.decode(ChannelSelection.self, forKey: .channels)
        workers = try container.decode(Int.self, forKey: .workers)
        batch = try container.decode(Int.self, forKey: .batch)
        tileSamples = try container.decodeIfPresent(Int.self, forKey: .tileSamples)
        minimumFrames = try container.decode(Int.self, forKey: .minimumFrames)
        maximumPixels = try container.decode(UInt64.self, forKey: .maximumPixels)
        memoryLimitBytes = try container.decode(Int.self, forKey: .memoryLimitBytes)
        top = try container.decode(Int.self, forKey: .top)
        sensitivity = try container.decodeIfPresent(DetectionSensitivity.self, forKey: .sensitivity)
        classes = try container.decodeIfPresent([DefectClass].self, forKey: .classes)
        frames = try container.decodeIfPresent(FrameKind.self, forKey: .frames)
        leastOffset = try container.decodeIfPresent(Double.self, forKey: .leastOffset)
        history = try container.decode(Bool.self, forKey: .history)
    }
}

extension HotPixelsReport.Group: Decodable {
    /// Reads the JSON form, of earlier versions, too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        number = try container.decode(Int.self, forKey: .number)
        camera = try container.decode(Camera.self, forKey: .camera)
        shape = FrameShape(
            width: try container.decode(Int.self, forKey: .width),
            height: try container.decode(Int.self, forKey: .height),
            channels: try container.decode(Int.self, forKey: .channels),
            bitsPerSample: try container.decode(Int.self, forKey: .bitsPerSample),
            pattern: try container.decodeIfPresent(ColourPattern.self, forKey: .pattern))
        details = GroupDetails(
            band: try container.decodeIfPresent(String.self, forKey: .band),
            binning: try container.decode(Binning.self, forKey: .binning),
            folder: try container.decodeIfPresent(String.self, forKey: .folder),
            gain: try container.decodeIfPresent(Double.self, forKey: .gain),
            exposureSeconds: try container.decodeIfPresent(Double.self, forKey: .exposureSeconds))
        sensorFrame = try container.decodeIfPresent(SensorFrame.self, forKey: .sensorFrame)
        suspects = try container.decodeIfPresent([SuspectPhoto].self, forKey: .suspects) ?? []
        // Reports of earlier versions do not tell.
        notJudged = try container.decodeIfPresent([NotJudgedPart].self, forKey: .notJudged)
        isFITS = try container.decodeIfPresent(Bool.self, forKey: .isFITS) ?? false
        twoKinds = nil
        twoPatterns = nil
        rowOrder = try container.decodeIfPresent(RowOrder.self, forKey: .rowOrder)
        frames = try container.decode(Int.self, forKey: .frames)
        examplePhotos =
            try container.decodeIfPresent([String].self, forKey: .examplePhotos)?.map { FilePath($0) } ?? []
        channelNames = try container.decode([String].self, forKey: .channelNames)
        let variance = try container.decode(Variance.self, forKey: .variance)
        summary = VarianceSummary(
            minimum: variance.min.moments, maximum: variance.max.moments, meanVariance: variance.mean,
            lowest: try container.decode([SubpixelMoments].self, forKey: .lowestVariance))
        detection = try Self.detection(container)
        let group = PhotoGroup(
            camera: camera, shape: shape, channels: channelNames == ["luma"] ? .luma : .all, details: details,
            photos: [])
        name = group.name
        marks = PhotoSetMarks([], shape: shape)
    }

    /// Nil when nothing was looked for, or there were too few photos to judge.
    private static func detection(_ container: KeyedDecodingContainer<CodingKeys>) throws -> Detection? {
        guard let defects = try container.decodeIfPresent([Defect].self, forKey: .defects) else { return nil }
        return Detection(
            defects: defects, excludedRegions: try container.decode([ExcludedRegion].self, forKey: .excludedRegions),
            judgedShare: try container.decode(Double.self, forKey: .judgedShare),
            kind: try container.decode(FrameKind.self, forKey: .frameKind),
            kindReason: try container.decode(String.self, forKey: .frameKindReason),
            sceneCorrelation: try container.decodeIfPresent(Double.self, forKey: .sceneCorrelation),
            isFixedView: try container.decode(Bool.self, forKey: .isFixedView),
            // Reports of before it was told have none.
            standingShare: try container.decodeIfPresent(Double.self, forKey: .standingShare) ?? 0,
            // What is said of them is among the warnings.
            possibleLights: 0, limitOfDetection: try container.decodeIfPresent(Double.self, forKey: .limitOfDetection),
            isTruncated: try container.decode(Bool.self, forKey: .isTruncated))
    }
}

extension HotPixelsReport.Group.Variance: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        min = try container.decode(HotPixelsReport.Group.Extreme.self, forKey: .min)
        max = try container.decode(HotPixelsReport.Group.Extreme.self, forKey: .max)
        mean = try container.decodeIfPresent(Double.self, forKey: .mean)
    }
}

extension HotPixelsReport.Group.Extreme: Decodable {
    /// Reports of earlier versions do not tell the mean.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        moments = SubpixelMoments(
            row: try container.decode(Int.self, forKey: .row), column: try container.decode(Int.self, forKey: .column),
            channel: try container.decode(Int.self, forKey: .channel),
            mean: try container.decodeIfPresent(Double.self, forKey: .mean) ?? .nan,
            variance: try container.decodeIfPresent(Double.self, forKey: .value),
            m2: try container.decode(Double.self, forKey: .m2))
    }
}
