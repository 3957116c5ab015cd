import FastPixCodecs
import FastPixDiscovery
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixPerformance

/// The parts of `fastpix bench` that can be told right from wrong without a clock.
struct BenchmarkingTests {
    @Test func childrenAreHeardToTheirEnd() throws {
        let child = ChildProcess(program: "/bin/sh", environment: ["GREETING": "hello"])
        // More than a pipe holds.
        let long = try child.run(["-c", "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done"])
        #expect(long.exitCode == 0)
        #expect(long.standardOutput.count == 220_000)
        let words = try child.run(["-c", "echo $GREETING; echo $1 >&2; exit 3", "sh", FilePath("an argument")])
        #expect(words.exitCode == 3)
        #expect(words.standardOutput == Data("hello\n".utf8))
        #expect(words.standardError == Data("an argument\n".utf8))
        #expect(words.wallSeconds > 0)
        #expect(try child.run(["-c", "kill -9 $$"]).exitCode == 137)
        #expect(throws: FastPixError.self) { try ChildProcess(program: "/no/such/program").run([]) }
    }

    @Test func fingerprintsIgnoreWhatMayDiffer() {
        func fingerprint(_ json: String) -> ResultFingerprint? { ResultFingerprint(json: Data(json.utf8)) }
        let one = fingerprint(#"{"a": 1, "timing": {"x": 1}, "settings": {"workers": 1}, "peakMemoryBytes": 5}"#)
        #expect(one != nil)
        #expect(one == fingerprint(#"{"settings": {"workers": 2}, "timing": 7, "a": 1}"#))
        #expect(one != fingerprint(#"{"a": 2}"#))
        let data = Data(#"{"a": 1}"#.utf8)
        #expect(
            ResultFingerprint(json: data, files: ["x.jpg": 1]) == ResultFingerprint(json: data, files: ["x.jpg": 1]))
        #expect(
            ResultFingerprint(json: data, files: ["x.jpg": 1]) != ResultFingerprint(json: data, files: ["x.jpg": 2]))
        #expect(fingerprint("[1]") == nil)
        #expect(fingerprint("not JSON") == nil)
    }

    @Test func foldersHoldLinksAndWhatWasWritten() throws {
        let paths = ["jpeg-420-17x13-q50.jpg", "png-rgb8-97x61.png"].map {
            FilePath(Repository.fixture("decoder/\($0)").path)
        }
        let photos = try paths.map { try PhotoFile(probing: $0, maximumPixels: 0) }
        var root: String
        do {
            let folder = try BenchmarkFolder()
            let set = try folder.addSet("large", photos)
            root = set.removingLastComponent().string
            let found = PhotoDiscovery(paths: [set])
            #expect(found.files.compactMap { $0.lastComponent?.string } == ["00000000.jpg", "00000001.png"])
            #expect(folder.takeOutput().isEmpty)
            let output = folder.output.string
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            let files = ["a": "one", "b": "two", "c": "one"]
            for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: output + "/" + name)) }
            let hashes = folder.takeOutput()
            #expect(Set(hashes.keys) == Set(files.keys))
            #expect(hashes["a"] == hashes["c"] && hashes["a"] != hashes["b"])
            #expect(!FileManager.default.fileExists(atPath: output))
        }
        #expect(!FileManager.default.fileExists(atPath: root))
    }

    @Test func workerCountsReachTheProcessors() {
        #expect(PhotoBenchmark.defaultCounts(processors: 1) == [1])
        #expect(PhotoBenchmark.defaultCounts(processors: 4) == [1, 2, 3, 4])
        #expect(PhotoBenchmark.defaultCounts(processors: 12) == [1, 2, 4, 8, 12])
        #expect(PhotoBenchmark.defaultCounts(processors: 16) == [1, 2, 4, 8, 16])
    }

    @Test func figuresFollowFromTheMedian() {
        func point(_ workers: Int, _ seconds: [Double]) -> BenchmarkReport.Point {
            var point = BenchmarkReport.Point(workers: workers)
            for second in seconds {
                point.add(
                    ChildProcess.Outcome(
                        exitCode: 0, wallSeconds: second, userSeconds: 1, systemSeconds: 0.5, minorPageFaults: 3,
                        majorPageFaults: 4, standardOutput: Data(), standardError: Data()), peakMemoryBytes: 10)
            }
            return point
        }
        let series = BenchmarkReport.Series(
            job: "job", title: "", command: "", set: "large", photos: 12,
            points: [point(1, [9, 4, 5]), point(4, [2, 1, 3, 2])])
        #expect(series.points.map(\.medianSeconds) == [5, 2])
        #expect(series.photosPerSecond(series.points[1]) == 6)
        #expect(series.speedUp(series.points[1]) == 2.5)
        #expect(series.efficiency(series.points[1]) == 0.625)
        #expect(series.points[1].pageFaults == [7, 7, 7, 7])
        #expect(series.points[1].processorSeconds == [1.5, 1.5, 1.5, 1.5])
    }
}
