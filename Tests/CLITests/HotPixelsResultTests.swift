import Foundation
import TestSupport
import Testing

/// What `fastpix hotpixels` finds, against NumPy's exact integers.
struct HotPixelsResultTests {
    @Test func findsTheStuckPixelOfTheExample() throws {
        let run = try CommandRun.fastpix(["hotpixels", Repository.examplePhotos.path, "--format", "json"])
        #expect(run.exitCode == 0)
        // No progress bar either, since stderr is no terminal.
        #expect(run.stderr == serialNote("Canon PowerShot SX260 HS") + "\n")
        let result = try run.hotPixels()
        #expect(result.schema == "fastpix.hotpixels/1")
        #expect(result.skipped.isEmpty)
        try #require(result.groups.count == 1)
        let group = result.groups[0]
        #expect(group.frames == 48)
        #expect(group.bitsPerSample == 8)
        #expect(group.camera == HotPixelsResult.Camera(make: "Canon", model: "Canon PowerShot SX260 HS"))
        let lowest = try #require(group.lowestVariance.first)
        #expect(lowest.position == [889, 355, 1])
        try Golden.named("example_golden.json").check(group)
    }

    @Test func findsTheSameWithWelford() throws {
        let run = try CommandRun.fastpix(
            ["hotpixels", Repository.examplePhotos.path, "-f", "json", "--accumulator", "welford", "--quiet"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let group = try #require(try run.hotPixels().groups.first)
        let lowest = group.lowestVariance.map(\.position)
        let golden = try Golden.named("example_golden.json")
        #expect(lowest == golden.lowest10.map(\.position))
        for (found, expected) in zip(group.lowestVariance, golden.lowest10) {
            #expect(abs(found.mean - expected.mean) <= 1e-9 * expected.mean)
            #expect(abs((found.variance ?? .nan) - expected.variance) <= 1e-9 * expected.variance)
        }
    }

    @Test func keepsSixteenBits() throws {
        let run = try CommandRun.fastpix(["hotpixels", Repository.fixture("sixteen-bit").path, "--format", "json"])
        #expect(run.exitCode == 0)
        #expect(
            run.stderr == """
                fastpix: warning: 12 photos of unknown camera, 96 x 64, 16-bit RGB: 30 are the least for a result to rely on, 100 are good
                \(serialNote("unknown camera"))

                """)
        let result = try run.hotPixels()
        #expect(result.skipped.isEmpty)
        try #require(result.groups.count == 1)
        #expect(result.groups[0].bitsPerSample == 16)
        #expect(result.groups[0].camera == HotPixelsResult.Camera())
        try Golden.named("sixteen_bit_golden.json").check(result.groups[0])
    }

    /// Scripts rely on these names: fields may be added, never renamed, and are null rather than absent.
    @Test func jsonHasEveryKeyOfTheContract() throws {
        try withTemporaryFolder { folder in
            try Photos.add(2, to: folder)
            let photo = folder.appendingPathComponent(try #require(folder.entries().first))
            let whole = try Data(contentsOf: photo)
            // Found out after its header: then all is done once more.
            try folder.addFile("cut.\(photo.pathExtension)", whole.prefix(whole.count * 9 / 10))
            try folder.addFile("bad.jpg", Data("no photo".utf8))
            let run = try CommandRun.fastpix(
                ["hotpixels", folder.path, "--format", "json", "--minimum-frames", "2", "--quiet"])
            #expect(run.exitCode == 2)
            #expect(run.stderrLines.count == 2)
            let report = try #require(try JSONSerialization.jsonObject(with: run.stdoutBytes) as? [String: Any])
            let expected = [
                "":
                    "schema version settings groups skipped leftOut failedOutputs warnings timing peakMemoryBytes temporaryFileBytes",
                "groups":
                    "camera width height channels bitsPerSample frames variance lowestVariance defects excludedRegions "
                    + "sceneCorrelation judgedShare frameKind frameKindReason isFixedView standingShare limitOfDetection isTruncated number pattern",
                "groups.camera": "make model serial",
                "groups.variance": "min max mean",
                "groups.variance.min": "value m2 mean row column channel",
                "groups.variance.max": "value m2 mean row column channel",
                "groups.lowestVariance": "row column channel mean variance m2",
                "skipped": "path reason",
                "warnings": "kind message group",
                "timing": "decodeSeconds accumulateSeconds analysisSeconds totalSeconds probeSeconds idleSeconds",
                "settings": "accumulator workers batch minimumFrames maximumPixels memoryLimitBytes top "
                    + "sensitivity classes confirm frames leastOffset history",
            ]
            for (path, keys) in expected {
                let object = try #require(Self.object(at: path, in: report), "\(path) is missing")
                for key in keys.split(separator: " ").map(String.init) {
                    #expect(object.keys.contains(key), "\(path).\(key) is missing")
                }
            }
            let group = try #require(Self.object(at: "groups", in: report))
            #expect(group["defects"] is NSNull)
            #expect(Self.object(at: "groups.camera", in: report)?["serial"] is NSNull)
            #expect(try #require(report["peakMemoryBytes"] as? Int) > 0)
            let timing = try #require(report["timing"] as? [String: Double])
            #expect(timing.values.allSatisfy { $0 >= 0 })
            // Averages over the workers, of all passes.
            let parts = ["decodeSeconds", "accumulateSeconds", "idleSeconds"].compactMap { timing[$0] }.reduce(0, +)
            #expect(try #require(timing["totalSeconds"]) >= parts)
        }
    }

    /// The object at a path; of arrays the first element.
    private static func object(at path: String, in report: [String: Any]) -> [String: Any]? {
        path.split(separator: ".").reduce(Optional(report)) { object, key in
            let value = object?[String(key)]
            return value as? [String: Any] ?? (value as? [Any])?.first as? [String: Any]
        }
    }
}
