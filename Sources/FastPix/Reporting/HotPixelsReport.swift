import CKernels
import SystemPackage

/// What `fastpix hotpixels` found; its JSON form is a contract (`schema`): fields may be added, never renamed.
public struct HotPixelsReport: Sendable, Encodable {
    public let schema = "fastpix.hotpixels/1"
    public let version = fastPixVersion
    public let settings: Settings
    /// One per camera and frame shape, the largest first.
    public let groups: [Group]
    /// Files that did not enter a result, ordered by path.
    public let skipped: [SkippedPhoto]
    /// Outputs besides the report that could not be written.
    public let failedOutputs: [FailedOutput]
    /// Files of the folders looked through that are not read, by kind.
    public let leftOut: [LeftOutFiles]
    /// Reasons to doubt the result.
    public let warnings: [ReportWarning]
    public let timing: Timing
    /// Most memory the process has held so far.
    public let peakMemoryBytes: UInt64
    /// The largest temporary file with accumulators that did not fit the memory limit; 0 when all fitted.
    public let temporaryFileBytes: Int

    init(
        settings: Settings, groups: [Group], skipped: [SkippedPhoto], failedOutputs: [FailedOutput] = [],
        leftOut: [LeftOutFiles] = [], timing: Timing, peakMemoryBytes: UInt64, temporaryFileBytes: Int
    ) {
        self.leftOut = leftOut
        self.settings = settings
        self.groups = groups
        self.skipped = skipped
        self.failedOutputs = failedOutputs
        self.timing = timing
        self.peakMemoryBytes = peakMemoryBytes
        self.temporaryFileBytes = temporaryFileBytes
        warnings = Self.warnings(of: groups)
    }

    /// What the run was asked for, defaults filled in.
    public struct Settings: Sendable, Encodable {
        public let accumulator: AccumulatorKind
        public let channels: ChannelSelection
        public let workers: Int
        public let batch: Int
        /// As given; nil when the default for each group's frame shape was used.
        public let tileSamples: Int?
        public let minimumFrames: Int
        public let maximumPixels: UInt64
        public let memoryLimitBytes: Int
        public let top: Int
        /// Nil, as the next two, when no defects were looked for.
        public let sensitivity: DetectionSensitivity?
        /// In the order of `DefectClass`.
        public let classes: [DefectClass]?
        /// What the frames were said to be; nil: told from themselves.
        public let frames: FrameKind?
        /// The least offset asked for, in samples; nil: what the kind of frames asks.
        public let leastOffset: Double?
        /// Whether the photos were read again at the places of defects.
        public let history: Bool

        enum CodingKeys: String, CodingKey {
            case accumulator, channels, workers, batch, tileSamples, minimumFrames, maximumPixels, top
            case memoryLimitBytes
            case sensitivity, classes, confirm, frames, leastOffset, history
        }

        /// A default is written as null, so that a reader finds every key.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(accumulator, forKey: .accumulator)
            try container.encode(channels, forKey: .channels)
            try container.encode(workers, forKey: .workers)
            try container.encode(batch, forKey: .batch)
            try container.encode(tileSamples, forKey: .tileSamples)
            try container.encode(minimumFrames, forKey: .minimumFrames)
            try container.encode(maximumPixels, forKey: .maximumPixels)
            try container.encode(memoryLimitBytes, forKey: .memoryLimitBytes)
            try container.encode(top, forKey: .top)
            try container.encode(sensitivity, forKey: .sensitivity)
            try container.encode(classes, forKey: .classes)
            // Kept for readers of earlier reports: photos were looked at again, or not.
            try container.encode(sensitivity == nil ? nil : history ? "full" : "none", forKey: .confirm)
            try container.encode(frames, forKey: .frames)
            try container.encode(leastOffset, forKey: .leastOffset)
            try container.encode(history, forKey: .history)
        }
    }

    /// The photos of one camera with one frame shape.
    public struct Group: Sendable, Encodable {
        /// 1 for the first: what outputs of which each group has its own are numbered by.
        public let number: Int
        public let camera: Camera
        public let shape: FrameShape
        /// What else its photos share.
        public let details: GroupDetails
        /// Of raw files: the whole sensor, and where the frame lies in it; nil when photos differ or do not say.
        public let sensorFrame: SensorFrame?
        /// Photos that entered the statistics.
        public let frames: Int
        /// Up to 25 of them, evenly spread, by name: for looking at. Of merged states none.
        public let examplePhotos: [String]
        public let summary: VarianceSummary
        /// Nil when no defects were looked for, or there are too few photos to judge.
        public let detection: Detection?
        /// Camera and shape in words.
        public let name: String
        /// What the channels are called, in their order: red, green, blue; grey; or luma.
        public let channelNames: [String]
        /// Of the photos that entered the statistics.
        let marks: PhotoSetMarks

        /// `photos`: those of the group that entered the statistics; nil: all of them.
        init(
            _ group: PhotoGroup, number: Int = 1, photos: [PhotoFile]? = nil, frameCount: Int, summary: VarianceSummary,
            detection: Detection?
        ) {
            marks = PhotoSetMarks(photos ?? group.photos, shape: group.shape)
            self.number = number
            camera = group.camera
            shape = group.shape
            details = group.details
            let sensorFrames = Set(group.photos.map(\.header.sensorFrame))
            sensorFrame = sensorFrames.count == 1 ? sensorFrames.first ?? nil : nil
            frames = frameCount
            examplePhotos = Self.examples(photos ?? group.photos)
            self.summary = summary
            self.detection = detection
            name = group.name
            channelNames = group.channelNames
        }

        private static func examples(_ photos: [PhotoFile]) -> [String] {
            let count = min(photos.count, mostExamples)
            return (0..<count).map { photos[(2 * $0 + 1) * photos.count / (2 * count)].name }
        }

        private static let mostExamples = 25

        enum CodingKeys: String, CodingKey {
            case camera, width, height, channels, channelNames, bitsPerSample, frames, variance, lowestVariance, defects
            case excludedRegions, sceneCorrelation, number
            case judgedShare, frameKind, frameKindReason, isFixedView, limitOfDetection, isTruncated
            case examplePhotos, sampleType, pattern, band, binning, folder, gain, exposureSeconds, sensorFrame
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(camera, forKey: .camera)
            try container.encode(shape.width, forKey: .width)
            try container.encode(shape.height, forKey: .height)
            try container.encode(shape.channels, forKey: .channels)
            try container.encode(channelNames, forKey: .channelNames)
            try container.encode(shape.bitsPerSample, forKey: .bitsPerSample)
            try container.encode(shape.sampleType, forKey: .sampleType)
            // Null where photos do not say, so that a reader finds every key.
            try container.encode(shape.pattern, forKey: .pattern)
            try container.encode(sensorFrame, forKey: .sensorFrame)
            try container.encode(details.band, forKey: .band)
            try container.encode(details.binning, forKey: .binning)
            try container.encode(details.folder, forKey: .folder)
            try container.encode(details.gain, forKey: .gain)
            try container.encode(details.exposureSeconds, forKey: .exposureSeconds)
            try container.encode(frames, forKey: .frames)
            try container.encode(examplePhotos, forKey: .examplePhotos)
            try container.encode(
                Variance(min: Extreme(summary.minimum), max: Extreme(summary.maximum), mean: summary.meanVariance),
                forKey: .variance)
            try container.encode(summary.lowest, forKey: .lowestVariance)
            // Null, not an empty list, when nothing was looked for or there were too few photos to judge.
            try container.encode(detection?.defects, forKey: .defects)
            try container.encode(detection?.excludedRegions, forKey: .excludedRegions)
            try container.encode(detection?.sceneCorrelation, forKey: .sceneCorrelation)
            try container.encode(number, forKey: .number)
            try container.encode(detection?.judgedShare, forKey: .judgedShare)
            try container.encode(detection?.kind, forKey: .frameKind)
            try container.encode(detection?.kindReason, forKey: .frameKindReason)
            try container.encode(detection?.isFixedView, forKey: .isFixedView)
            try container.encode(detection?.limitOfDetection, forKey: .limitOfDetection)
            try container.encode(detection?.isTruncated, forKey: .isTruncated)
        }

        private struct Variance: Encodable {
            let min: Extreme
            let max: Extreme
            let mean: Double?

            enum CodingKeys: String, CodingKey { case min, max, mean }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(min, forKey: .min)
                try container.encode(max, forKey: .max)
                try container.encode(mean, forKey: .mean)
            }
        }

        private struct Extreme: Encodable {
            let moments: SubpixelMoments

            init(_ moments: SubpixelMoments) { self.moments = moments }

            enum CodingKeys: String, CodingKey { case value, m2, row, column, channel }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(moments.variance, forKey: .value)
                try container.encode(moments.m2, forKey: .m2)
                try container.encode(moments.row, forKey: .row)
                try container.encode(moments.column, forKey: .column)
                try container.encode(moments.channel, forKey: .channel)
            }
        }
    }

    /// Seconds of wall time. Decoding, accumulating and waiting happen at the same time in several workers: each is
    /// the average over them, so that the parts add up to about the whole.
    public struct Timing: Sendable, Encodable {
        /// Reading headers and grouping.
        public internal(set) var probeSeconds = 0.0
        public internal(set) var decodeSeconds = 0.0
        public internal(set) var accumulateSeconds = 0.0
        /// Waiting for a strip of the accumulators that is in use.
        public internal(set) var waitSeconds = 0.0
        /// Waiting for the last worker.
        public internal(set) var idleSeconds = 0.0
        /// Where strips of rows are looked at on the way, on average per worker.
        public internal(set) var analysisSeconds = 0.0
        /// From the first header to the finished analysis, maps written on request included.
        public internal(set) var totalSeconds = 0.0

        mutating func add(_ timing: AccumulationTiming) {
            decodeSeconds += timing.decodeSeconds
            accumulateSeconds += timing.accumulateSeconds
            analysisSeconds += timing.analysisSeconds
            waitSeconds += timing.waitSeconds
            idleSeconds += timing.idleSeconds
        }
    }
}

/// An output that could not be written, and why.
public struct FailedOutput: Sendable, Codable, Equatable {
    public let path: String
    public let reason: String
}
