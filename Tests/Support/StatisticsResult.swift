import Foundation

/// The JSON of `fastpix stats` as a script would read it, written down here once more, so that a change of the program's
/// own types cannot change the contract unnoticed.
public struct StatisticsResult: Decodable, Sendable {
    public struct Format: Decodable, Equatable, Sendable {
        public let format: String
        public let photos: Int
        public let bytesOnDisk: Int
        public let bytesDecoded: Int
    }

    public struct Shape: Decodable, Equatable, Sendable {
        public let width: Int
        public let height: Int
        public let channels: Int
        public let bitsPerSample: Int
        public let photos: Int
        public let bytesOnDisk: Int
        public let bytesDecoded: Int
    }

    public struct BitDepth: Decodable, Equatable, Sendable {
        public let bitsPerSample: Int
        public let photos: Int
        public let bytesOnDisk: Int
        public let bytesDecoded: Int
    }

    public struct CameraEntry: Decodable, Equatable, Sendable {
        public let camera: HotPixelsResult.Camera
        public let photos: Int
        public let bytesOnDisk: Int
        public let bytesDecoded: Int
    }

    public struct Channel: Decodable, Equatable, Sendable {
        public let name: String
        public let photos: Int
        public let pixels: Int
        public let bitsPerSample: [Int]
        public let mean: Double
        public let standardDeviation: Double
        public let mean255: Double
        public let standardDeviation255: Double
        public let sum: String
        public let sumOfSquares: String
        public let sampleMaximum: Int
    }

    public struct Histogram: Decodable, Equatable, Sendable {
        public let channel: String
        public let bitsPerSample: Int
        public let counts: [UInt64]
    }

    public struct Moments: Decodable, Equatable, Sendable {
        public let weight: String
        public let asRGB: Bool
        public let channels: [Channel]
        public let histograms: [Histogram]?
    }

    public let schema: String
    public let photos: Int
    public let bytesOnDisk: Int
    public let bytesDecoded: Int
    public let formats: [Format]
    public let shapes: [Shape]
    public let bitDepths: [BitDepth]
    public let cameras: [CameraEntry]
    public let moments: Moments?
    public let skipped: [HotPixelsResult.Skipped]
}

extension CommandRun {
    /// stdout, read as the JSON of `fastpix stats`.
    public func statistics() throws -> StatisticsResult {
        try JSONDecoder().decode(StatisticsResult.self, from: stdoutBytes)
    }
}
