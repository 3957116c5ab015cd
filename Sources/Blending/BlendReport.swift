import FastPixCodecs
import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

/// What `fastpix addweighted` did; its JSON form is a contract (`schema`): fields may be added, never renamed.
public struct BlendReport: Sendable, Encodable {
    /// Names the JSON form.
    public let schema = "fastpix.addweighted/1"
    /// Of the fastpix that has made the report.
    public let version: String
    package let settings: Settings
    /// The images made, in the order of the first images' paths.
    public let images: [BlendedImage]
    /// Files that did not become an image, ordered by path.
    public let skipped: [SkippedPhoto]
    package let totals: Totals
    package let timing: Timing
    /// Most memory the process has held so far.
    public let peakMemoryBytes: UInt64
    /// True when it was cancelled; then `images` are those that were complete.
    public let isInterrupted: Bool

    /// What the run was asked for, defaults filled in.
    package struct Settings: Sendable, Codable {
        package let alpha: Double
        package let beta: Double
        package let gamma: Double
        /// Nil when two images are blended.
        package let blur: GaussianBlur?
        package let pairing: BlendPlan.Pairing
        package let resizesSecond: Bool
        package let quality: Int
        package let pngLevel: Int
        package let workers: Int
        /// What the run was to stay below, in bytes.
        package let memoryLimitBytes: Int

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
        package func encode(to encoder: any Encoder) throws {
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
    package struct Totals: Sendable, Codable {
        package let images: Int
        /// Millions of output pixels.
        package let megapixels: Double
        package let megapixelsPerSecond: Double
        /// A file that was read for several images counts for each.
        package let bytesIn: Int
        package let bytesOut: Int
    }

    /// Wall time of the run, and seconds of work of all workers together.
    package struct Timing: Sendable, Codable {
        package let totalSeconds: Double
        package let decodeSeconds: Double
        package let blendSeconds: Double
        package let encodeSeconds: Double
    }

    init(
        settings: Settings, outcomes: [(BlendJob, Result<BlendedImage, FastPixError>)], skipped: [SkippedPhoto],
        timing: ImageBlend.Timing, totalSeconds: Double, peakMemoryBytes: UInt64
    ) {
        version = fastPixVersion
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
                let isOther = error.path != nil && error.path != job.first
                left.append(
                    SkippedPhoto(path: job.first, reason: isOther ? error.description : error.reason))
            }
        }
        self.images = images
        self.skipped = left.byPath
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
