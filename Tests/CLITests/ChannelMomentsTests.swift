import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// `fastpix stats --moments` against NumPy and exact fractions (`Tests/Fixtures/make_channel_golden.py`).
struct ChannelMomentsTests {
    struct Golden: Decodable {
        struct Moments: Decodable {
            let mean: Double
            let standardDeviation: Double
        }

        struct Channel: Decodable {
            let photos: Int
            let pixels: Int
            let bitsPerSample: [Int]
            let sum: String
            let sumOfSquares: String
            let sampleMaximum: Int
            let weights: [String: Moments]
            let countsSha256: [String: String]
        }

        struct Set: Decodable {
            let asIs: [String: Channel]
            let asRGB: [String: Channel]
        }

        let example: Set
        let mixture: Set
        let mixtureFiles: [String]
    }

    static func golden() throws -> Golden {
        try JSONDecoder().decode(Golden.self, from: Data(contentsOf: Repository.fixture("channel_golden.json")))
    }

    static func moments(_ arguments: [String]) throws -> StatisticsResult.Moments {
        let run = try CommandRun.fastpix(["stats", "--quiet", "--moments", "--format", "json"] + arguments)
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        return try #require(try run.statistics().moments)
    }

    /// Integers exactly; float64 to a few units of the last digit, of which each side may round two.
    private func expect(
        _ found: StatisticsResult.Moments, _ golden: [String: Golden.Channel], weight: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.weight == weight, sourceLocation: sourceLocation)
        #expect(
            found.channels.map(\.name) == ["red", "green", "blue", "grey"].filter { golden[$0] != nil },
            sourceLocation: sourceLocation)
        for channel in found.channels {
            guard let expected = golden[channel.name], let moments = expected.weights[weight] else { continue }
            #expect(channel.photos == expected.photos, sourceLocation: sourceLocation)
            #expect(channel.pixels == expected.pixels, sourceLocation: sourceLocation)
            #expect(channel.bitsPerSample == expected.bitsPerSample, sourceLocation: sourceLocation)
            #expect(channel.sum == expected.sum, sourceLocation: sourceLocation)
            #expect(channel.sumOfSquares == expected.sumOfSquares, sourceLocation: sourceLocation)
            #expect(channel.sampleMaximum == expected.sampleMaximum, sourceLocation: sourceLocation)
            for (value, exact) in [
                (channel.mean, moments.mean), (channel.standardDeviation, moments.standardDeviation),
                (channel.mean255, moments.mean * 255), (channel.standardDeviation255, moments.standardDeviation * 255),
            ] {
                #expect(abs(value - exact) <= 4 * exact.ulp, "\(channel.name)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test(arguments: ["pixel", "image"])
    func exampleAgreesWithNumPy(_ weight: String) throws {
        let found = try Self.moments([Repository.examplePhotos.path, "--weight", weight])
        expect(found, try Self.golden().example.asIs, weight: weight)
    }

    @Test(arguments: ["pixel", "image"], [false, true])
    func mixtureAgreesWithNumPy(_ weight: String, _ asRGB: Bool) throws {
        let golden = try Self.golden()
        let files = golden.mixtureFiles.map { Repository.fixture($0).path }
        let found = try Self.moments(files + ["--weight", weight, "--count-values"] + (asRGB ? ["--as-rgb"] : []))
        let expected = asRGB ? golden.mixture.asRGB : golden.mixture.asIs
        #expect(found.asRGB == asRGB)
        expect(found, expected, weight: weight)
        var hashes: [String: [String: String]] = [:]
        for histogram in found.histograms ?? [] {
            let bytes = histogram.counts.flatMap { count in (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
            }
            hashes[histogram.channel, default: [:]]["\(histogram.bitsPerSample)"] = SHA256.hexadecimal(of: bytes)
        }
        #expect(hashes == expected.mapValues(\.countsSha256))
    }

    /// Options that ask for something of the moments ask for them, too.
    @Test(arguments: [["--weight", "pixel"], ["--as-rgb"], ["--count-values"]])
    func optionsImplyMoments(_ options: [String]) throws {
        let run = try CommandRun.fastpix(["stats", "--quiet", "--format", "json", Photos.tiny.path] + options)
        #expect(run.exitCode == 0)
        #expect(try run.statistics().moments != nil)
    }

    @Test func workersOrderAndProcessorChangeNothing() throws {
        let files = try Self.golden().mixtureFiles.map { Repository.fixture($0).path }
        let options = ["--weight", "image", "--count-values"]
        let reference = try Self.moments(files + options)
        for workers in [1, 2, 3, 16] {
            #expect(try Self.moments(files.reversed() + options + ["--workers", "\(workers)"]) == reference)
        }
        for level in ["c", "avx2", "avx512", "neon"] {
            let run = try CommandRun.fastpix(
                ["stats", "-q", "-f", "json"] + files + options, environment: ["FASTPIX_ISA": level])
            #expect(try run.statistics().moments == reference, "\(level)")
        }
    }

    /// Not one sample of a photo that is damaged near its end.
    @Test func damagedPhotosLeaveNoTrace() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(4)
            for photo in photos.dropLast() { try folder.addCopy(of: photo) }
            let reference = try Self.moments([folder.path, "--count-values"])
            try folder.addFile("cut.jpg", Data(contentsOf: photos[3]).dropLast(200))
            let run = try CommandRun.fastpix(["stats", folder.path, "-q", "-f", "json", "--count-values"])
            #expect(run.exitCode == 2)
            #expect(run.stderrLines.count == 1)
            #expect(try run.statistics().moments == reference)
            #expect(try run.statistics().photos == 3)
        }
    }

    /// Photos of one value have no spread, and rounding invents none.
    @Test(arguments: ["pixel", "image"])
    func aSingleValueHasNoSpread(_ weight: String) throws {
        // One pixel each, of the same photo.
        let found = try Self.moments(
            [Photos.decoderFixture("jpeg-420-1x1-q90.jpg").path, "--weight", weight])
        #expect(found.channels.count == 3)
        #expect(found.channels.allSatisfy { $0.standardDeviation == 0 && $0.pixels == 1 })
    }

    @Test func textHasALineToPaste() throws {
        let run = try CommandRun.fastpix(["stats", Repository.examplePhotos.path, "-q", "--moments"])
        #expect(run.exitCode == 0)
        #expect(run.stdout.contains("Every pixel weighs alike; samples are divided by 255\n"))
        #expect(run.stdout.contains("\n  mean=[0.3261, 0.3130, 0.2760], std=[0.1280, 0.1253, 0.1334]\n"))
        let deep = try CommandRun.fastpix(["stats", Repository.fixture("sixteen-bit").path, "-q", "--weight", "image"])
        #expect(deep.stdout.contains("Every photo weighs alike; 16-bit samples are divided by 65535\n"))
    }

    @Test func histogramIsAPicture() throws {
        try withTemporaryFolder { folder in
            for name in ["h.png", "h.svg"] {
                let run = try CommandRun.fastpix(
                    ["stats", Repository.examplePhotos.path, "-q", "--histogram", name], in: folder)
                #expect(run.exitCode == 0)
            }
            // The picture is one that fastpix itself can read: three panels of 256 bars.
            let read = try CommandRun.fastpix(["stats", "h.png", "-q", "-f", "json", "--count-values"], in: folder)
            let result = try read.statistics()
            #expect(result.shapes.map(\.width) == [816])
            let counts = try #require(result.moments?.histograms?.first?.counts)
            #expect(counts[213] > 1000, "vermilion bars")
            let svg = try String(contentsOf: folder.appendingPathComponent("h.svg"), encoding: .utf8)
            #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
            #expect(svg.contains("green, 8-bit"))
            #expect(XMLParser(data: Data(svg.utf8)).parse())
        }
    }
}
