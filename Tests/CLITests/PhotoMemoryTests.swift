import Foundation
import TestSupport
import Testing

/// `--memory-limit` of the commands that hold photos one by one: the same files in less memory, or a sentence.
@Suite(.disabled(if: Sanitizer.isAddress, "the memory that the sanitizer takes is no part of the promise"))
struct PhotoMemoryTests {
    private struct Memory: Decodable {
        struct Skipped: Decodable {
            let path: String
            let reason: String
        }
        let peakMemoryBytes: Int
        let skipped: [Skipped]
    }

    private static func arguments(_ command: String, _ limit: String) -> [String] {
        let options =
            switch command {
            case "stats": ["--moments", "--format", "json"]
            case "addweighted": ["--blur", "3", "--output", "out", "--overwrite", "--summary", "json"]
            default: ["--map", "map.csv", "--output", "out", "--overwrite", "--format", "json"]
            }
        return [command, "photos", "--workers", "6", "--quiet", "--memory-limit", limit] + options
    }

    /// Interlaced PNGs, which are unpacked whole: `side` x `side` pixels of 6 bytes.
    private static func addPhotos(_ count: Int, side: Int, to folder: URL) throws {
        var png = HostilePNG()
        png.chunk(
            "IHDR", HostilePNG.word(UInt32(side)) + HostilePNG.word(UInt32(side)) + [16, 2, 0, 0, 1])
        // Seven passes have more rows than the picture, each with its filter byte.
        let passes = [(8, 8, 0, 0), (8, 8, 4, 0), (4, 8, 0, 4), (4, 4, 2, 0), (2, 4, 0, 2), (2, 2, 1, 0), (1, 2, 0, 1)]
        let byteCount = passes.reduce(0) { sum, pass in
            let columns = (side - pass.2 + pass.0 - 1) / pass.0
            let rows = (side - pass.3 + pass.1 - 1) / pass.1
            return sum + rows * (columns * 6 + 1)
        }
        png.chunk("IDAT", HostilePNG.zeroes(byteCount))
        png.chunk("IEND", [])
        let photos = try folder.addFolder("photos")
        for number in 0..<count { try photos.addFile("\(number).png", Data(png.bytes)) }
        try folder.addFile("map.csv", Data("width,height,row,column\n\(side),\(side),3,3\n16,16,3,3\n".utf8))
    }

    private static func outputs(_ folder: URL) throws -> [String: Data] {
        let out = folder.appendingPathComponent("out")
        guard FileManager.default.fileExists(atPath: out.path) else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: try out.entries().map {
                ($0, try Data(contentsOf: out.appendingPathComponent($0)))
            })
    }

    /// Six photos of 24 MB at once are 144 MB; within the limit they take turns.
    @Test(arguments: ["stats", "addweighted", "repair"])
    func photosTakeTurns(_ command: String) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(6, side: 2000, to: folder)
            func run(_ limit: String) throws -> (stats: StatisticsResult.Moments?, peak: Int, files: [String: Data]) {
                let run = try CommandRun.fastpix(Self.arguments(command, limit), in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
                let peak = try JSONDecoder().decode(Memory.self, from: run.stdoutBytes).peakMemoryBytes
                return (command == "stats" ? try run.statistics().moments : nil, peak, try Self.outputs(folder))
            }
            let plenty = try run("2G")
            let little = try run("110M")
            #expect(little.peak <= 110 << 20, "\(little.peak)")
            #expect(plenty.stats == little.stats)
            #expect(plenty.files == little.files)
            #expect(plenty.files.count == (command == "stats" ? 0 : 6))
        }
    }

    /// One that does not fit alone is named, with what would be enough; the others are done.
    @Test(arguments: ["stats", "addweighted", "repair"])
    func whatDoesNotFitIsNamed(_ command: String) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(1, side: 4000, to: folder)
            var small = HostilePNG(width: 16, height: 16)
            small.finish(width: 16, height: 16)
            try folder.addFile("photos/small.png", Data(small.bytes))
            let run = try CommandRun.fastpix(Self.arguments(command, "64M"), in: folder)
            #expect(run.exitCode == 2)
            let memory = try JSONDecoder().decode(Memory.self, from: run.stdoutBytes)
            #expect(memory.skipped.map(\.path) == ["photos/0.png"])
            #expect(memory.peakMemoryBytes <= 64 << 20)
            let reason = try #require(memory.skipped.first?.reason)
            let advice = try #require(reason.firstMatch(of: /raise the memory limit to (\d+M)/))
            #expect(run.stderr.contains("photos/0.png: this photo takes"))
            // The advice is good.
            let again = try CommandRun.fastpix(Self.arguments(command, String(advice.1)), in: folder)
            #expect(again.exitCode == 0, "\(again.stderr)")
        }
    }

    /// Lists that leave nothing of the limit are one sentence, not one for each picture, of which each takes more than its place
    /// on the list.
    @Test(arguments: [["stats", "--verify"], ["hotpixels"]])
    func listsThatFillTheLimitAreOneSentence(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            let planes = 34_000
            let cards = [
                "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    3",
                "NAXIS1  =                    8", "NAXIS2  =                    8", "NAXIS3  =                34000",
                "END",
            ]
            var bytes = Data(cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined().utf8)
            bytes +=
                Data(repeating: 32, count: 2880 - bytes.count) + Data((0..<planes * 64).map { UInt8($0 * 7 & 255) })
            try folder.addFile("a.fits", bytes)
            try folder.addFile("b.fits", bytes + [1])
            let run = try CommandRun.fastpix(command + ["a.fits", "b.fits", "--memory-limit", "60M"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("the list of 68000 pictures takes"), "\(run.stderr)")
            #expect(run.stderrLines.count < 4 && run.stdout.isEmpty)
        }
    }

    @Test(arguments: ["stats", "addweighted", "repair"])
    func aLimitBelowTheProgramIsRefused(_ command: String) throws {
        let run = try CommandRun.fastpix(Self.arguments(command, "40M"))
        #expect(run.exitCode == 64)
        #expect(run.stderr.contains("the memory limit must be above the 40 MiB"))
    }
}
