import Foundation
import TestSupport
import Testing

/// The command line of `fastpix addweighted`, its summary, and that nothing but the inputs changes its outputs.
struct BlendUsageTests {
    @Test(arguments: [
        [], ["a.png"], ["a.png", "b.png", "c.png"], ["--blur", "3"], ["a.png", "--blur", "4"],
        ["a.png", "--blur", "1"], ["a.png", "--blur", "101"], ["a.png", "--blur", "3", "--sigma=-1"],
        ["a.png", "b.png", "--sigma", "2"], ["a.png", "--blur", "3", "--resize-b"], ["a.png", "b.png", "--alpha", "x"],
        ["a.png", "b.png", "--alpha", "nan"], ["a.png", "b.png", "--gamma", "inf"],
        ["a.png", "b.png", "--quality", "0"], ["a.png", "b.png", "--quality", "101"],
        ["a.png", "b.png", "--png-level", "10"], ["a.png", "b.png", "--format", "tiff"],
        ["a.png", "b.png", "--pair-by", "size"], ["a.png", "b.png", "--workers", "0"],
        ["a.png", "b.png", "--suffix", "x/y"], ["a.png", "b.png", "--summary", "csv"],
    ])
    func wrongUsage(_ arguments: [String]) throws {
        try withTemporaryFolder { folder in
            for name in ["a.png", "b.png", "c.png"] { try folder.addCopy(of: Blends.fixture("rgb8.png"), as: name) }
            let run = try CommandRun.addWeighted(arguments + ["--output", "out"], in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stdout == "")
            #expect(run.stderr.hasPrefix("Error: "))
            #expect(try folder.entries() == ["a.png", "b.png", "c.png"])
        }
    }

    @Test func theOutputMustBeNamed() throws {
        let run = try CommandRun.addWeighted(["a.png", "b.png"])
        #expect(run.exitCode == 64)
        #expect(run.stderr.contains("--output"))
    }

    @Test func helpNamesEveryOption() throws {
        let run = try CommandRun.addWeighted(["--help"])
        #expect(run.exitCode == 0)
        let options = [
            "--alpha", "--beta", "--gamma", "--blur", "--sigma", "-r, --recursive", "--pair-by", "--resize-b",
            "--max-pixels", "-o, --output", "--format", "--quality", "--png-level", "--suffix", "--overwrite",
            "--summary", "-q, --quiet", "-j, --workers",
        ]
        for option in options { #expect(run.stdout.contains("  \(option) "), "\(option)") }
    }

    @Test func negativeWeightsNeedNoEqualsSign() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.addWeighted(
                [
                    Blends.fixture("rgb8.png").path, "--blur", "3", "--alpha", "-1.5", "--beta", "-2e-1", "--gamma",
                    "-7", "--output", "out.png", "--summary", "json",
                ], in: folder)
            #expect(run.exitCode == 0)
            let settings = try run.blended().settings
            #expect(settings.alpha == -1.5 && settings.beta == -0.2 && settings.gamma == -7)
        }
    }

    @Test func theSummaryIsAContract() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(
                ["a", "b", "--output", "out", "--summary", "json", "--workers", "2", "--quiet"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let result = try run.blended()
            #expect(result.schema == "fastpix.addweighted/1")
            #expect(result.settings.alpha == 0.7 && result.settings.beta == 0.3 && result.settings.gamma == 0)
            #expect(result.settings.blur == nil)
            #expect(result.settings.pairing == "name" && !result.settings.resizesSecond)
            #expect(result.settings.quality == 95 && result.settings.workers == 2)
            #expect(result.images.map(\.format) == ["png", "jpeg"])
            #expect(result.totals.images == 2)
            #expect(abs(result.totals.megapixels - 2 * 61 * 43 / 1e6) < 1e-12)
            #expect(result.totals.megapixelsPerSecond > 0)
            func size(_ path: String) throws -> Int {
                try Data(contentsOf: folder.appendingPathComponent(path)).count
            }
            for image in result.images {
                #expect(try image.bytesIn == size(image.first) + size(#require(image.second)))
                #expect(try image.bytesOut == size(image.output))
            }
            #expect(result.totals.bytesIn == result.images.reduce(0) { $0 + $1.bytesIn })
            #expect(result.totals.bytesOut == result.images.reduce(0) { $0 + $1.bytesOut })
            #expect(result.timing.totalSeconds > 0 && result.peakMemoryBytes > 0 && !result.isInterrupted)
        }
    }

    @Test func quietRunsSayNothing() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(["a", "b", "--output", "out", "--quiet"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stdout == "" && run.stderr == "")
        }
    }

    // MARK: The same bytes

    private static func outputs(
        _ arguments: [String], environment: [String: String] = [:], binary: URL = FastPixBinary.tested
    ) throws -> [Data] {
        try withTemporaryFolder { folder in
            let out = folder.appendingPathComponent("out")
            let run = try CommandRun.addWeighted(
                arguments + ["--output", out.path + "/", "--quiet"], environment: environment, binary: binary)
            #expect(run.exitCode == 0)
            return try Blends.files(out).map { try Data(contentsOf: out.appendingPathComponent($0)) }
        }
    }

    private static func inputs() throws -> [[String]] {
        let photos = try Photos.example(5).map(\.path)
        return [photos + ["--blur", "15"], [photos[0], photos[1]], [photos[0], "--blur", "31", "--format", "png"]]
    }

    @Test func workersChangeNothing() throws {
        for input in try Self.inputs() {
            let reference = try Self.outputs(input + ["--workers", "1"])
            #expect(!reference.isEmpty)
            for workers in ["2", "3", "8"] {
                #expect(try Self.outputs(input + ["--workers", workers]) == reference)
            }
        }
    }

    @Test func instructionSetsAndBuildsChangeNothing() throws {
        let input = try Self.inputs()[2]
        let reference = try Self.outputs(input)
        for level in ["c", "avx2", "avx512", "neon"] {
            #expect(try Self.outputs(input, environment: ["FASTPIX_ISA": level]) == reference, "\(level)")
        }
        if let other = FastPixBinary.other {
            #expect(try Self.outputs(input, binary: other) == reference)
        }
    }
}
