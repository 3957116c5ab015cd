import FastPixBlending
import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A line of Tests/Fixtures/blend/manifest.json: what OpenCV makes of two inputs.
struct BlendCase: Decodable, Sendable, CustomTestStringConvertible {
    let first: String
    let second: String?
    let alpha: Double
    let beta: Double
    let gamma: Double
    let blur: Int?
    let sigma: Double
    let format: PhotoFormat
    let width: Int
    let height: Int
    let channels: Int
    let bitsPerSample: Int
    /// Nil for resized images, which agree within 1 with the file `expected`.
    let sha256: String?
    let expected: String?

    private struct Manifest: Decodable { let cases: [BlendCase] }

    static let folder = Repository.fixture("blend")

    static let all: [BlendCase] =
        (try? JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: folder.appendingPathComponent("manifest.json"))))?.cases ?? []

    static func file(_ name: String) -> FilePath { FilePath(folder.appendingPathComponent(name).path) }

    var testDescription: String {
        "\(first) with \(second ?? "blur \(blur ?? 0), sigma \(sigma)"), \(alpha) \(beta) \(gamma), \(format)"
    }

    var shape: FrameShape {
        FrameShape(width: width, height: height, channels: channels, bitsPerSample: bitsPerSample)
    }

    var weights: BlendWeights { BlendWeights(alpha: alpha, beta: beta, gamma: gamma) }

    /// Writes the blend to `output`.
    func blend(to output: URL, stripRows: Int? = nil, workers: Int? = nil) throws -> BlendReport {
        let naming = BlendNaming(output: FilePath(output.path), format: format)
        let plan =
            if let second {
                try BlendPlan(Self.file(first), with: Self.file(second), naming: naming)
            } else {
                try BlendPlan([Self.file(first)], blur: GaussianBlur(size: blur ?? 0, sigma: sigma), naming: naming)
            }
        let settings = BlendSettings(weights: weights, resizesSecond: true, workers: workers, stripRows: stripRows)
        return try ImageBlending(settings).run(plan)
    }
}

/// The samples of an image file, alpha included; PhotoDecoderTests hold the decoder against Pillow.
struct DecodedImage: Equatable {
    let shape: FrameShape
    let bytes: [UInt8]

    init(_ file: URL) throws {
        let open = try OpenFile(FilePath(file.path))
        let decoder = try PhotoDecoder(open, keepsAlpha: true, maximumPixels: 0)
        let shape = decoder.shape
        var bytes = [UInt8](repeating: 0, count: shape.bytesPerRow * shape.height)
        try bytes.withUnsafeMutableBytes { try decoder.readRows(shape.height, into: $0.baseAddress!) }
        try decoder.finish()
        self.shape = shape
        self.bytes = bytes
    }

    /// In the machine's order, as they are on all machines that Swift runs on: little-endian.
    var samples: [Int] {
        guard shape.bitsPerSample == 16 else { return bytes.map(Int.init) }
        return stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8 }
    }
}
