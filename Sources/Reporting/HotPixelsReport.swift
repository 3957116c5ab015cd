import CKernels
import FastPixAccumulation
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixMaps
import FastPixPlumbing
import SystemPackage

/// What `fastpix hotpixels` found; its JSON form is a contract (`schema`): fields may be added, never renamed.
public struct HotPixelsReport: Sendable, Encodable {
    /// Names the JSON form.
    public let schema = "fastpix.hotpixels/1"
    /// Of the fastpix that has made the report.
    public let version: String
    package let settings: Settings
    /// One per camera and frame shape, the largest first.
    public let groups: [Group]
    /// Files that did not enter a result, ordered by path.
    public let skipped: [SkippedPhoto]
    /// Outputs besides the report that could not be written.
    public package(set) var failedOutputs: [FailedOutput]
    /// Files of the folders looked through that are not read, by kind.
    package let leftOut: [LeftOutFiles]
    /// Which of the files found were to be taken.
    public let selection: SelectionReport
    /// Photos that count although something is odd about their files, ordered by path.
    package let oddPhotos: [OddPhoto]
    /// Reasons to doubt the result.
    public let warnings: [ReportWarning]
    package let timing: Timing
    /// Most memory the process has held so far.
    public let peakMemoryBytes: UInt64
    /// The largest temporary file with accumulators that did not fit the memory limit; 0 when all fitted.
    public let temporaryFileBytes: Int
    /// Whether the run had no result: it names what was skipped, and nothing else.
    package var failed = false

    package init(
        settings: Settings, groups: [Group], skipped: [SkippedPhoto], failedOutputs: [FailedOutput] = [],
        leftOut: [LeftOutFiles] = [], selection: SelectionReport = SelectionReport(), odd: [OddPhoto] = [],
        timing: Timing, peakMemoryBytes: UInt64, temporaryFileBytes: Int
    ) {
        version = fastPixVersion
        self.leftOut = leftOut
        self.selection = selection
        oddPhotos = odd
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
    package struct Settings: Sendable, Encodable {
        package let accumulator: AccumulatorKind
        package let channels: ChannelSelection
        package let workers: Int
        package let batch: Int
        /// As given; nil when the default for each group's frame shape was used.
        package let tileSamples: Int?
        package let minimumFrames: Int
        package let maximumPixels: UInt64
        package let memoryLimitBytes: Int
        package let top: Int
        /// Nil, as the next two, when no defects were looked for.
        package let sensitivity: DetectionSensitivity?
        /// In the order of `DefectClass`.
        package let classes: [DefectClass]?
        /// What the frames were said to be; nil: told from themselves.
        package let frames: FrameKind?
        /// The least offset asked for, in samples; nil: what the kind of frames asks.
        package let leastOffset: Double?
        /// Whether the photos were read again at the places of defects.
        package let history: Bool

        package init(
            accumulator: AccumulatorKind,
            channels: ChannelSelection,
            workers: Int,
            batch: Int,
            tileSamples: Int?,
            minimumFrames: Int,
            maximumPixels: UInt64,
            memoryLimitBytes: Int,
            top: Int,
            sensitivity: DetectionSensitivity?,
            classes: [DefectClass]?,
            frames: FrameKind?,
            leastOffset: Double?,
            history: Bool
        ) {
            self.accumulator = accumulator
            self.channels = channels
            self.workers = workers
            self.batch = batch
            self.tileSamples = tileSamples
            self.minimumFrames = minimumFrames
            self.maximumPixels = maximumPixels
            self.memoryLimitBytes = memoryLimitBytes
            self.top = top
            self.sensitivity = sensitivity
            self.classes = classes
            self.frames = frames
            self.leastOffset = leastOffset
            self.history = history
        }

        enum CodingKeys: String, CodingKey {
            case accumulator, channels, workers, batch, tileSamples, minimumFrames, maximumPixels, top
            case memoryLimitBytes
            case sensitivity, classes, confirm, frames, leastOffset, history
        }

        /// A default is written as null, so that a reader finds every key.
        package func encode(to encoder: any Encoder) throws {
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
        /// As the photos name it.
        public let camera: Camera
        /// Of the frames.
        public let shape: FrameShape
        /// What else its photos share.
        package let details: GroupDetails
        /// Of raw files: the whole sensor, and where the frame lies in it; nil when photos differ or do not say.
        package let sensorFrame: SensorFrame?
        /// Whether its photos are FITS files.
        package let isFITS: Bool
        /// Photos that entered the statistics.
        public let frames: Int
        /// Up to 25 of them, evenly spread, by name: for looking at. Of merged states those photos that were given, too.
        public let examplePhotos: [FilePath]
        /// Extremes and mean of the variance, and where it is lowest.
        public let summary: VarianceSummary
        /// Nil when no defects were looked for, or there are too few photos to judge.
        public let detection: Detection?
        /// Where in the frame no defect would have been listed: the parts that were left out, with what touches them. Nil when
        /// no defects were looked for.
        package let notJudged: [NotJudgedPart]?
        /// Which way the rows of all its photos go, as they say.
        let rowOrder: RowOrder?
        /// Photos in the statistics that may be damaged, ordered by path.
        package let suspects: [SuspectPhoto]
        /// Of photos that name no camera.
        let twoKinds: TwoKinds?
        let twoPatterns: TwoPatterns?
        /// Camera and shape in words.
        public let name: String
        /// What the channels are called, in their order: red, green, blue; grey; or luma.
        public let channelNames: [String]
        /// Of the photos that entered the statistics.
        let marks: PhotoSetMarks

        /// `photos`: those of the group that entered the statistics; nil: all of them. `codedUnit`: theirs, where the group
        /// does not name them all.
        package init(
            _ group: PhotoGroup, number: Int = 1, photos: [PhotoFile]? = nil, frameCount: Int,
            codedUnit: CodedUnit? = nil,
            summary: VarianceSummary, detection: Detection?, suspects: [SuspectPhoto] = [], facts: [FrameFact] = [],
            twoPatterns: TwoPatterns? = nil
        ) {
            notJudged = detection.map {
                NotJudgedPart.parts(of: $0.excludedRegions, codedUnit: codedUnit ?? group.codedUnit, in: group.shape)
            }
            self.suspects = suspects
            twoKinds = group.camera == Camera() ? TwoKinds(facts, shape: group.shape) : nil
            self.twoPatterns = twoPatterns
            marks = PhotoSetMarks(photos ?? group.photos, shape: group.shape)
            rowOrder = marks.rowOrder
            self.number = number
            camera = group.camera
            shape = group.shape
            details = group.details
            let sensorFrames = Set(group.photos.map(\.header.sensorFrame))
            sensorFrame = sensorFrames.count == 1 ? sensorFrames.first ?? nil : nil
            isFITS = group.photos.contains { $0.header.format == .fits }
            frames = frameCount
            examplePhotos = Self.examples(photos ?? group.photos)
            self.summary = summary
            self.detection = detection
            name = group.name
            channelNames = group.channelNames
        }

        private static func examples(_ photos: [PhotoFile]) -> [FilePath] {
            let count = min(photos.count, mostExamples)
            return (0..<count).map { photos[(2 * $0 + 1) * photos.count / (2 * count)].namedPath }
        }

        private static let mostExamples = 25

        enum CodingKeys: String, CodingKey {
            case camera, width, height, channels, channelNames, bitsPerSample, frames, variance, lowestVariance, defects
            case excludedRegions, sceneCorrelation, number
            case judgedShare, frameKind, frameKindReason, isFixedView, limitOfDetection, isTruncated
            case examplePhotos, sampleType, pattern, band, binning, folder, gain, exposureSeconds, sensorFrame, suspects
            case isFITS, notJudged, limitReason, standingShare, rowOrder
        }

        /// What is not known is written as null, so that a reader finds every key.
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
            try container.encode(examplePhotos.map(\.string), forKey: .examplePhotos)
            try container.encode(
                Variance(min: Extreme(summary.minimum), max: Extreme(summary.maximum), mean: summary.meanVariance),
                forKey: .variance)
            try container.encode(summary.lowest, forKey: .lowestVariance)
            // Null, not an empty list, when nothing was looked for or there were too few photos to judge.
            try container.encode(
                detection?.defects.map { SensorDefect($0, in: shape, of: sensorFrame) }, forKey: .defects)
            try container.encode(detection?.excludedRegions, forKey: .excludedRegions)
            try container.encode(detection?.sceneCorrelation, forKey: .sceneCorrelation)
            try container.encode(number, forKey: .number)
            try container.encode(detection?.judgedShare, forKey: .judgedShare)
            try container.encode(detection?.kind, forKey: .frameKind)
            try container.encode(detection?.kindReason, forKey: .frameKindReason)
            try container.encode(detection?.isFixedView, forKey: .isFixedView)
            try container.encode(detection?.limitOfDetection, forKey: .limitOfDetection)
            try container.encode(detection?.isTruncated, forKey: .isTruncated)
            try container.encode(suspects, forKey: .suspects)
            try container.encode(isFITS, forKey: .isFITS)
            try container.encode(notJudged, forKey: .notJudged)
            try container.encode(detection?.limitReason, forKey: .limitReason)
            try container.encode(detection?.standingShare, forKey: .standingShare)
            try container.encode(rowOrder, forKey: .rowOrder)
        }

        struct Variance: Encodable {
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

        struct Extreme: Encodable {
            let moments: SubpixelMoments

            init(_ moments: SubpixelMoments) { self.moments = moments }

            enum CodingKeys: String, CodingKey { case value, m2, mean, row, column, channel }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(moments.variance, forKey: .value)
                try container.encode(moments.m2, forKey: .m2)
                try container.encode(moments.mean, forKey: .mean)
                try container.encode(moments.row, forKey: .row)
                try container.encode(moments.column, forKey: .column)
                try container.encode(moments.channel, forKey: .channel)
            }
        }
    }

    /// Seconds of wall time. Decoding, accumulating and waiting happen at the same time in several workers: each is
    /// the average over them, so that the parts add up to about the whole.
    package struct Timing: Sendable, Codable {
        /// Reading headers and grouping.
        package var probeSeconds = 0.0
        package var decodeSeconds = 0.0
        package var accumulateSeconds = 0.0
        /// Waiting for a strip of the accumulators that is in use.
        package var waitSeconds = 0.0
        /// Waiting for the last worker.
        package var idleSeconds = 0.0
        /// Where strips of rows are looked at on the way, on average per worker.
        package var analysisSeconds = 0.0
        /// From the first header to the finished analysis, maps written on request included.
        package var totalSeconds = 0.0

        package init() {}

        package mutating func add(_ timing: AccumulationTiming) {
            decodeSeconds += timing.decodeSeconds
            accumulateSeconds += timing.accumulateSeconds
            analysisSeconds += timing.analysisSeconds
            waitSeconds += timing.waitSeconds
            idleSeconds += timing.idleSeconds
        }
    }
}
