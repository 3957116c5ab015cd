import Foundation

/// The JSON of `fastpix addweighted --summary json` as a script would read it: written down here once more, so that a
/// change of the program's own types cannot change the contract unnoticed.
public struct AddWeightedResult: Decodable, Sendable {
    public struct Blur: Decodable, Equatable, Sendable {
        public let size: Int
        public let sigma: Double
    }

    public struct Settings: Decodable, Sendable {
        public let alpha: Double
        public let beta: Double
        public let gamma: Double
        public let blur: Blur?
        public let pairing: String
        public let resizesSecond: Bool
        public let quality: Int
        public let pngLevel: Int
        public let workers: Int
    }

    public struct Image: Decodable, Sendable {
        public let first: String
        public let second: String?
        public let output: String
        public let format: String
        public let width: Int
        public let height: Int
        public let channels: Int
        public let bitsPerSample: Int
        public let bytesIn: Int
        public let bytesOut: Int
        public let notes: [String]
    }

    public struct Totals: Decodable, Sendable {
        public let images: Int
        public let megapixels: Double
        public let megapixelsPerSecond: Double
        public let bytesIn: Int
        public let bytesOut: Int
    }

    public struct Timing: Decodable, Sendable {
        public let totalSeconds: Double
        public let decodeSeconds: Double
        public let blendSeconds: Double
        public let encodeSeconds: Double
    }

    public let schema: String
    public let version: String
    public let settings: Settings
    public let images: [Image]
    public let skipped: [HotPixelsResult.Skipped]
    public let totals: Totals
    public let timing: Timing
    public let peakMemoryBytes: Int
    public let isInterrupted: Bool
}

extension CommandRun {
    /// Runs `fastpix addweighted`.
    public static func addWeighted(
        _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil,
        binary: URL = FastPixBinary.tested
    ) throws -> CommandRun {
        try fastpix(["addweighted"] + arguments, environment: environment, in: folder, binary: binary)
    }

    /// stdout, read as the JSON of `fastpix addweighted`.
    public func blended() throws -> AddWeightedResult {
        try JSONDecoder().decode(AddWeightedResult.self, from: stdoutBytes)
    }
}
