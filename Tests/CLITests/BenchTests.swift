import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// `fastpix bench`: what it runs, what it prints, and that it notices what is wrong. Times are nobody's promise.
@Suite(.serialized) struct BenchTests {
    /// The JSON as a script would read it.
    struct Result: Decodable {
        struct Point: Decodable {
            let workers: Int
            let medianSeconds: Double
            let seconds: [Double]
            let photosPerSecond: Double
            let speedUp: Double
            let efficiency: Double
            let processorSeconds: [Double]
            let peakMemoryBytes: Int
            let pageFaults: [Int]
        }

        struct Series: Decodable {
            let job: String
            let command: String
            let set: String
            let photos: Int
            let resultsAgree: Bool
            let points: [Point]
        }

        struct Cache: Decodable {
            let residentBefore: Double?
            let residentAfter: Double?
            let firstPassSeconds: Double
        }

        struct Skipped: Decodable {
            let path: String
        }

        let schema: String
        let group: String
        let bytesOnDisk: Int
        let cache: Cache
        let series: [Series]
        let skipped: [Skipped]
    }

    private static func bench(_ arguments: [String], in folder: URL? = nil) throws -> CommandRun {
        try CommandRun.fastpix(["bench", "--quiet"] + arguments, in: folder)
    }

    private static func result(_ run: CommandRun) throws -> Result {
        try JSONDecoder().decode(Result.self, from: run.stdoutBytes)
    }

    @Test func everyJobIsMeasuredWithEveryNumberOfWorkers() throws {
        let run = try Self.bench(
            [Repository.examplePhotos.path, "--photos", "8", "--runs", "3", "--workers", "1,2,3", "--format", "json"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let result = try Self.result(run)
        #expect(result.schema == "fastpix.bench/1")
        #expect(result.group == "Canon PowerShot SX260 HS, 384 x 896, 8-bit RGB")
        #expect(result.bytesOnDisk == (try Photos.example(8).reduce(0) { $0 + (try Data(contentsOf: $1).count) }))
        let jobs = ["decode", "hotpixels", "stats", "addweighted"]
        #expect(result.series.map(\.job) == jobs.flatMap { [$0, $0] })
        #expect(result.series.map(\.set) == jobs.flatMap { _ in ["small", "large"] })
        #expect(result.series.map(\.photos) == jobs.flatMap { _ in [2, 8] })
        for series in result.series {
            #expect(series.resultsAgree)
            #expect(series.command.hasPrefix("fastpix "))
            #expect(series.points.map(\.workers) == [1, 2, 3])
            let serial = series.points[0].medianSeconds
            for point in series.points {
                #expect(point.seconds.count == 3 && point.processorSeconds.count == 3 && point.pageFaults.count == 3)
                #expect(point.medianSeconds == point.seconds.sorted()[1])
                #expect(point.seconds.allSatisfy { $0 > 0 } && point.pageFaults.allSatisfy { $0 > 0 })
                #expect(point.peakMemoryBytes > 1_000_000)
                #expect(abs(point.photosPerSecond * point.medianSeconds - Double(series.photos)) < 1e-9)
                #expect(abs(point.speedUp - serial / point.medianSeconds) < 1e-9)
                #expect(abs(point.efficiency * Double(point.workers) - point.speedUp) < 1e-9)
            }
        }
        for share in [result.cache.residentBefore, result.cache.residentAfter] {
            #expect(share.map { (0...1).contains($0) } ?? true)
        }
    }

    @Test func textAndCSVAgreeInForm() throws {
        let arguments = [
            Repository.examplePhotos.path, "--photos", "4", "--runs", "1", "--workers", "1,2", "--jobs", "decode",
        ]
        let text = try Self.bench(arguments)
        #expect(text.exitCode == 0)
        #expect(
            text.stdout.contains(
                "decode only, large set of 4 photos: same result in every run\n(fastpix stats --verify)\n"))
        #expect(text.stdout.contains("  workers seconds least  most photos/s speed-up effic."))
        #expect(text.stdout.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(text.stdout.contains("The first pass over them took "))
        #expect(!text.stdout.contains("hot pixels"))
        let csv = try Self.bench(arguments + ["--format", "csv"])
        let lines = csv.stdout.split(separator: "\n").map { $0.split(separator: ",") }
        #expect(lines.count == 1 + 2 * 2)
        #expect(lines.allSatisfy { $0.count == 14 })
        #expect(lines[0].prefix(4) == ["job", "set", "photos", "workers"])
        #expect(lines[4].prefix(4) == ["decode", "large", "4", "2"] && lines[4].last == "true")
    }

    @Test func plotIsDrawn() throws {
        try withTemporaryFolder { folder in
            for name in ["plot.svg", "plot.png"] {
                let run = try Self.bench(
                    [
                        Repository.examplePhotos.path, "--photos", "4", "--runs", "1", "--workers", "1,2", "--jobs",
                        "decode,stats", "--plot", name, "--output", "report.txt", "--overwrite",
                    ], in: folder)
                #expect(run.exitCode == 0)
                #expect(run.stdout == "")
            }
            #expect(try folder.entries() == ["plot.png", "plot.svg", "report.txt"])
            let svg = try String(contentsOf: folder.appendingPathComponent("plot.svg"), encoding: .utf8)
            #expect(XMLParser(data: Data(svg.utf8)).parse())
            for text in ["decode only, seconds", "mean and deviation, seconds", "ideal", "1 photo", "4 photos"] {
                #expect(svg.contains(">\(text)<"), "\(text)")
            }
            // A sound PNG, as fastpix itself sees it.
            let read = try CommandRun.fastpix(["stats", "plot.png", "--verify", "--format", "json"], in: folder)
            #expect(read.exitCode == 0)
            #expect(try read.statistics().shapes.first?.width == 1092)
        }
    }

    @Test func damagedPhotosAreLeftOutAndNamed() throws {
        try withTemporaryFolder { folder in
            for photo in try Photos.example(4) { try folder.addCopy(of: photo) }
            let cut = try Data(contentsOf: Photos.example(5)[4]).dropLast(100)
            try folder.addFile("cut.jpg", cut)
            try folder.addFile("text.jpg", Data("no photo".utf8))
            let run = try Self.bench(
                [".", "--runs", "1", "--workers", "1", "--jobs", "decode", "-f", "json"], in: folder)
            #expect(run.exitCode == 2)
            let result = try Self.result(run)
            #expect(result.series.map(\.photos) == [1, 4])
            #expect(Set(result.skipped.map(\.path)) == ["./cut.jpg", "./text.jpg"])
            #expect(run.stderrLines.count == 2)
        }
    }

    /// `kill`: the temporary folder with links and outputs goes away.
    @Test func interruptionLeavesNothingBehind() throws {
        try withTemporaryFolder { folder in
            let scratch = try folder.addFolder("scratch")
            let line = #"""
                TMPDIR="$2" "$0" bench "$1" --runs 1000 --jobs decode >stdout 2>stderr &
                until ls "$2"/fastpix.*/large >/dev/null 2>&1; do kill -0 $! || exit 99; done
                kill -TERM $!
                wait $!
                """#
            let run = try CommandRun.shell(line, [Repository.examplePhotos.path, scratch.path], in: folder)
            #expect(run.exitCode == 143)
            #expect(try scratch.entries().isEmpty)
            #expect(try Data(contentsOf: folder.appendingPathComponent("stdout")).isEmpty)
            let stderr = try String(contentsOf: folder.appendingPathComponent("stderr"), encoding: .utf8)
            #expect(
                stderr.contains(/fastpix: error: interrupted after [0-9]+ of [0-9]+ runs\n$/), "\(stderr)")
        }
    }

    @Test func withoutPhotosThereIsNothingToMeasure() throws {
        try withTemporaryFolder { folder in
            let run = try Self.bench(["."], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.hasPrefix("fastpix: error: no photo could be read"))
        }
    }

    @Test(arguments: [
        [], ["--runs", "0"], ["--photos", "0"], ["--workers", "2,4"], ["--workers", "1,1"], ["--workers", "1,x"],
        ["--workers", "1,10000"], ["--jobs", "sleep"], ["--plot", "plot.pdf"], ["--plot", "a.svg", "-o", "a.svg"],
    ])
    func wrongUsage(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            try Photos.add(1, to: folder)
            let run = try CommandRun.fastpix(["bench"] + (options.isEmpty ? [] : ["."]) + options, in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stdout == "")
            #expect(run.stderr.hasPrefix("Error: "))
            #expect(try folder.entries() == ["photo-0.jpg"])
        }
    }
}
