import FastPixCodecs
import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

/// What `fastpix addweighted` did; its JSON form is a contract (`schema`): fields may be added, never renamed.
public struct BlendReport: Sendable, Encodable {
    public let schema = "fastpix.addweighted/1"
    public let version = fastPixVersion
    public let settings: Settings
    /// The images made, in the order of the first images' paths.
    public let images: [BlendedImage]
    /// Files that did not become an image, ordered by path.
    public let skipped: [SkippedPhoto]
    public let totals: Totals
    public let timing: Timing
    /// Most memory the process has held so far.
    public let peakMemoryBytes: UInt64
    /// True when it was cancelled; then `images` are those that were complete.
    public let isInterrupted: Bool

    /// What the run was asked for, defaults filled in.
    public struct Settings: Sendable, Encodable {
        public let alpha: Double
        public let beta: Double
        public let gamma: Double
        /// Nil when two images are blended.
        public let blur: GaussianBlur?
        public let pairing: BlendPlan.Pairing
        public let resizesSecond: Bool
        public let quality: Int
        public let pngLevel: Int
        public let workers: Int
        /// What the run was to stay below, in bytes.
        public let memoryLimitBytes: Int

        init(_ settings: BlendSettings, _ plan: BlendPlan) {
            alpha = settings.weights.alpha
            beta = settings.weights.beta
            gamma = settings.weights.gamma
            blur = plan.blur
            pairing = plan.pairing
            resizesSecond = settings.resizesSecond
            quality = settings.encoding.quality
            pngLevel = settings.encoding.pngLevel
            workers = settings.workerCount
            memoryLimitBytes = settings.memoryLimitBytes
        }

        enum CodingKeys: String, CodingKey {
            case alpha, beta, gamma, blur, pairing, resizesSecond, quality, pngLevel, workers, memoryLimitBytes
        }

        /// A missing blur is written as null, so that a reader finds every key.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(alpha, forKey: .alpha)
            try container.encode(beta, forKey: .beta)
            try container.encode(gamma, forKey: .gamma)
            try container.encode(blur, forKey: .blur)
            try container.encode(pairing, forKey: .pairing)
            try container.encode(resizesSecond, forKey: .resizesSecond)
            try container.encode(quality, forKey: .quality)
            try container.encode(pngLevel, forKey: .pngLevel)
            try container.encode(workers, forKey: .workers)
            try container.encode(memoryLimitBytes, forKey: .memoryLimitBytes)
        }
    }

    /// Sums over the images made.
    public struct Totals: Sendable, Encodable {
        public let images: Int
        /// Millions of output pixels.
        public let megapixels: Double
        public let megapixelsPerSecond: Double
        /// A file that was read for several images counts for each.
        public let bytesIn: Int
        public let bytesOut: Int
    }

    /// Wall time of the run, and seconds of work of all workers together.
    public struct Timing: Sendable, Encodable {
        public let totalSeconds: Double
        public let decodeSeconds: Double
        public let blendSeconds: Double
        public let encodeSeconds: Double
    }

    init(
        settings: Settings, outcomes: [(BlendJob, Result<BlendedImage, FastPixError>)], skipped: [SkippedPhoto],
        timing: ImageBlend.Timing, totalSeconds: Double, peakMemoryBytes: UInt64
    ) {
        self.settings = settings
        var images: [BlendedImage] = []
        var left = skipped
        var isInterrupted = false
        for (job, outcome) in outcomes {
            switch outcome {
            case .success(let image): images.append(image)
            case .failure(let error) where error.code == .interrupted: isInterrupted = true
            case .failure(let error):
                // Under the first image's name, with the name of the file that is to blame when it is another.
                let isOther = error.path != nil && error.path != job.first.string
                left.append(
                    SkippedPhoto(path: job.first.string, reason: isOther ? error.description : error.reason))
            }
        }
        self.images = images
        self.skipped = left.sorted { $0.path < $1.path }
        self.isInterrupted = isInterrupted
        let megapixels = images.reduce(0) { $0 + Double($1.width * $1.height) / 1e6 }
        totals = Totals(
            images: images.count, megapixels: megapixels,
            megapixelsPerSecond: totalSeconds > 0 ? megapixels / totalSeconds : 0,
            bytesIn: images.reduce(0) { $0 + $1.bytesIn }, bytesOut: images.reduce(0) { $0 + $1.bytesOut })
        self.timing = Timing(
            totalSeconds: totalSeconds, decodeSeconds: timing.decodeSeconds, blendSeconds: timing.blendSeconds,
            encodeSeconds: timing.encodeSeconds)
        self.peakMemoryBytes = peakMemoryBytes
    }
}
