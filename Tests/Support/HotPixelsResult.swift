import Foundation

/// The JSON of `fastpix hotpixels` as a script would read it: written down here once more, so that a change of the
/// program's own types cannot change the contract unnoticed.
public struct HotPixelsResult: Decodable, Sendable {
    public struct Group: Decodable, Equatable, Sendable {
        public let camera: Camera
        public let width: Int
        public let height: Int
        public let channels: Int
        public let bitsPerSample: Int
        public let frames: Int
        public let variance: Variance
        public let lowestVariance: [Subpixel]
        /// Null when nobody asked or there were too few photos to judge.
        public let defects: [Defect]?
        public let excludedRegions: [ExcludedRegion]?
        public let sceneCorrelation: Double?
        public let frameKind: String?
        public let pattern: Pattern?
        public let band: String?
        public let folder: String?

        public struct Pattern: Decodable, Equatable, Sendable {
            public let rows: Int
            public let columns: Int
            public let letters: String
        }

        /// Height, width, channels, as NumPy orders them.
        public var shape: [Int] { [height, width, channels] }
    }

    public struct Camera: Decodable, Equatable, Sendable {
        public let make: String?
        public let model: String?
        public let serial: String?

        public init(make: String? = nil, model: String? = nil, serial: String? = nil) {
            self.make = make
            self.model = model
            self.serial = serial
        }
    }

    public struct Variance: Decodable, Equatable, Sendable {
        public let min: Extreme
        public let max: Extreme
        public let mean: Double?
    }

    public struct Extreme: Decodable, Equatable, Sendable, Positioned {
        public let value: Double?
        public let m2: Double
        public let row: Int
        public let column: Int
        public let channel: Int
    }

    public struct Subpixel: Decodable, Equatable, Sendable, Positioned {
        public let row: Int
        public let column: Int
        public let channel: Int
        public let mean: Double
        public let variance: Double?
        public let m2: Double
    }

    public struct Defect: Decodable, Equatable, Sendable, Positioned {
        public let row: Int
        public let column: Int
        public let channel: Int
        public let `class`: String
        public let confidence: Double
        public let mean: Double
        public let neighbourhoodMean: Double
        public let variance: Double
        public let neighbourhoodVariance: Double
        public let meanScore: Double
        public let varianceScore: Double
        public let extentRows: Int
        public let extentColumns: Int
        public let evidence: Double
        public let photosConfirming: Int?
        public let signShare: Double?
        public let firstSeen: FirstSeen?
        public let isoDependence: Dependence?
        public let exposureDependence: Dependence?
        public let temperatureDependence: Dependence?
        public let lastSeen: LastSeen?
        public let shownShare: Double?
    }

    public struct LastSeen: Decodable, Equatable, Sendable {
        public let path: String
        public let time: String
        public let photosUntil: Int
        public let photosAfter: Int

        public init(path: String, time: String, photosUntil: Int, photosAfter: Int) {
            self.path = path
            self.time = time
            self.photosUntil = photosUntil
            self.photosAfter = photosAfter
        }
    }

    public struct FirstSeen: Decodable, Equatable, Sendable {
        public let path: String
        public let time: String
        public let photosBefore: Int
        public let photosSince: Int

        public init(path: String, time: String, photosBefore: Int, photosSince: Int) {
            self.path = path
            self.time = time
            self.photosBefore = photosBefore
            self.photosSince = photosSince
        }
    }

    public struct Dependence: Decodable, Equatable, Sendable {
        public struct Part: Decodable, Equatable, Sendable {
            public let photos: Int
            public let least: Double
            public let greatest: Double
            public let meanResidual: Double
        }

        public let verdict: String
        public let lower: Part?
        public let upper: Part?
        public let slope: Double?
        public let intercept: Double?
    }

    public struct Warning: Decodable, Equatable, Sendable {
        public let kind: String
        public let message: String
        public let group: Int?
    }

    public struct ExcludedRegion: Decodable, Equatable, Sendable {
        public let kind: String
        public let row: Int
        public let column: Int
        public let rows: Int
        public let columns: Int
    }

    public struct Skipped: Decodable, Equatable, Sendable {
        public let path: String
        public let reason: String
        public let copyOf: String?
    }

    public struct LeftOut: Decodable, Equatable, Sendable {
        public let `extension`: String
        public let files: Int
        public let reason: String?
    }

    public let schema: String
    public let groups: [Group]
    public let skipped: [Skipped]
    public struct FailedOutput: Decodable, Equatable, Sendable {
        public let path: String
        public let reason: String
    }

    public let leftOut: [LeftOut]
    public let failedOutputs: [FailedOutput]
    public let warnings: [Warning]
}

/// A subpixel's place in the frame.
public protocol Positioned {
    var row: Int { get }
    var column: Int { get }
    var channel: Int { get }
}

extension Positioned {
    /// Row, column, channel.
    public var position: [Int] { [row, column, channel] }
}

extension CommandRun {
    /// stdout, read as the JSON of `fastpix hotpixels`.
    public func hotPixels() throws -> HotPixelsResult {
        try JSONDecoder().decode(HotPixelsResult.self, from: stdoutBytes)
    }
}
