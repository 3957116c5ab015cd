import Foundation
import TestSupport
import Testing

/// What fastpix writes is what its schemas say, field by field: a field that is added has to be described.
struct SchemaTests {
    private static func schema(_ name: String) throws -> JSONSchema {
        let run = try CommandRun.fastpix(["schema", name])
        try #require(run.exitCode == 0, "\(run.stderr)")
        // What the program says is the file in the repository.
        let file = Repository.root.appendingPathComponent("Sources/FastPixCLI/Schemas/\(name).json")
        #expect(try Data(contentsOf: file) == run.stdoutBytes)
        return try JSONSchema(run.stdoutBytes)
    }

    private static func expect(_ run: CommandRun, _ exitCode: Int32 = 0, fits name: String) throws {
        #expect(run.exitCode == exitCode, "\(run.stderr)")
        #expect(try schema(name).complaints(about: run.stdoutBytes) == [])
    }

    private static func expectLines(_ bytes: Data, fit name: String, atLeast count: Int) throws {
        let schema = try schema(name)
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count >= count)
        for line in lines { #expect(try schema.complaints(about: Data(line)) == []) }
    }

    /// Photos of two frames, a copy, a broken file, one that is odd and whole, and a kind of file that is not read.
    private static func addMixture(to folder: URL) throws {
        let photos = try folder.addFolder("photos")
        for photo in try Photos.example(14) { try photos.addCopy(of: photo) }
        try photos.addCopy(of: try Photos.example(1)[0], as: "copy.jpg")
        try Photos.add(5, named: "tiny", to: photos)
        try photos.addFile("broken.jpg", Data("no photo".utf8))
        // Bytes that belong to nothing behind its first segment.
        var odd = [UInt8](try Data(contentsOf: try Photos.example(15)[14]))
        odd.insert(contentsOf: [0, 0, 0], at: 4 + Int(odd[4]) << 8 + Int(odd[5]))
        try photos.addFile("odd.jpg", Data(odd))
        try photos.addFile("notes.txt", Data("text".utf8))
    }

    @Test func resultsOfHotpixels() throws {
        try withTemporaryFolder { folder in
            try Self.addMixture(to: folder)
            let options = ["hotpixels", "photos", "--quiet", "--format", "json"]
            let run = try CommandRun.fastpix(options, in: folder)
            try Self.expect(run, 2, fits: "hotpixels")
            #expect(run.stdout.contains("bytes-between-segments"))
            try Self.expect(
                try CommandRun.fastpix(
                    options + ["--exclude", "copy*", "--newer", "2001-01-01", "--shard", "1/1"], in: folder), 2,
                fits: "hotpixels")
            try Self.expect(
                try CommandRun.fastpix(
                    options + ["--history", "--sensitivity", "high", "--export", "list.json"], in: folder), 2,
                fits: "hotpixels")
            try Self.expect(try CommandRun.fastpix(options + ["--no-defects"], in: folder), 2, fits: "hotpixels")
            try Self.expect(
                try CommandRun.fastpix(options + ["--minimum-frames", "99"], in: folder), 1, fits: "hotpixels")
            let list = try Data(contentsOf: folder.appendingPathComponent("list.json"))
            #expect(try Self.schema("defects").complaints(about: list) == [])
            let lines = try CommandRun.fastpix(
                ["hotpixels", "photos", "-q", "--format", "jsonl", "--progress", "json"], in: folder)
            try Self.expectLines(lines.stdoutBytes, fit: "hotpixels-lines", atLeast: 7)
            #expect(lines.stdout.contains("\"record\":\"odd\""))
            let progress = lines.stderrLines.filter { $0.hasPrefix("{") }.joined(separator: "\n")
            try Self.expectLines(Data(progress.utf8), fit: "progress", atLeast: 2)
        }
    }

    @Test(arguments: ["sixteen-bit", "darks", "raw", "fits"])
    func resultsOfOtherSensors(_ fixture: String) throws {
        let run = try CommandRun.fastpix(
            [
                "hotpixels", "-r", Repository.fixture(fixture).path, "--minimum-frames", "1", "--quiet", "--format",
                "json",
            ])
        #expect([0, 2].contains(run.exitCode))
        #expect(try Self.schema("hotpixels").complaints(about: run.stdoutBytes) == [])
    }

    @Test func resultsOfMerge() throws {
        try withTemporaryFolder { folder in
            let photos = Repository.fixture("sixteen-bit").path
            _ = try CommandRun.fastpix(["hotpixels", photos, "-q", "--checkpoint", "a.state"], in: folder)
            try Self.expect(
                try CommandRun.fastpix(["merge", "a.state", "-q", "--defects", "-f", "json"], in: folder),
                fits: "hotpixels")
        }
    }

    @Test func resultsOfStats() throws {
        try withTemporaryFolder { folder in
            try Self.addMixture(to: folder)
            let options = ["stats", "photos", "--quiet", "--format", "json"]
            try Self.expect(try CommandRun.fastpix(options, in: folder), 2, fits: "stats")
            try Self.expect(
                try CommandRun.fastpix(options + ["--moments", "--count-values"], in: folder), 2, fits: "stats")
        }
    }

    @Test func resultsOfMeasurements() throws {
        let photos = try Photos.example(2).map(\.path)
        try Self.expect(
            try CommandRun.fastpix(
                ["bench"] + photos + ["-q", "-f", "json", "--runs", "1", "--workers", "1", "--jobs", "decode"]),
            fits: "bench")
        try Self.expect(try CommandRun.fastpix(["tune"] + photos + ["-q", "-f", "json", "--runs", "1"]), fits: "tune")
        try Self.expect(try CommandRun.fastpix(["info", "-f", "json"]), fits: "info")
    }

    @Test func resultsOfRepairCompareAndBlend() throws {
        try withTemporaryFolder { folder in
            try Self.addMixture(to: folder)
            for (name, options) in [("old", []), ("new", ["--sensitivity", "high", "--minimum-frames", "6"])] {
                _ = try CommandRun.fastpix(
                    ["hotpixels", "photos", "-q", "--export", "\(name).json"] + options, in: folder)
            }
            let compared = try CommandRun.fastpix(["compare", "old.json", "new.json", "-f", "json"], in: folder)
            #expect([0, 3].contains(compared.exitCode))
            #expect(try Self.schema("compare").complaints(about: compared.stdoutBytes) == [])
            let changes = try CommandRun.fastpix(["compare", "old.json", "new.json", "-f", "jsonl"], in: folder)
            try Self.expectLines(changes.stdoutBytes, fit: "compare-lines", atLeast: 3)
            // Lists that say neither camera nor size.
            try folder.addFile("bare.csv", Data("row,column\n1,2\n".utf8))
            let bare = try CommandRun.fastpix(["compare", "bare.csv", "bare.csv", "-q", "-f", "json"], in: folder)
            try Self.expect(bare, fits: "compare")
            let bareLines = try CommandRun.fastpix(
                ["compare", "bare.csv", "bare.csv", "-q", "-f", "jsonl"], in: folder)
            try Self.expectLines(bareLines.stdoutBytes, fit: "compare-lines", atLeast: 3)

            let repair = ["repair", "photos", "-q", "--map", "old.json", "--overwrite", "-o", "out"]
            try Self.expect(try CommandRun.fastpix(repair + ["-f", "json"], in: folder), 2, fits: "repair")
            let lines = try CommandRun.fastpix(repair + ["-f", "jsonl"], in: folder)
            try Self.expectLines(lines.stdoutBytes, fit: "repair-lines", atLeast: 17)

            let blend = ["addweighted", "photos", "-q", "--blur", "3", "--overwrite", "-o", "blend", "--summary"]
            try Self.expect(try CommandRun.fastpix(blend + ["json"], in: folder), 2, fits: "addweighted")
            let images = try CommandRun.fastpix(blend + ["jsonl"], in: folder)
            try Self.expectLines(images.stdoutBytes, fit: "addweighted-lines", atLeast: 17)
        }
    }

    @Test func schemasAreListed() throws {
        let run = try CommandRun.fastpix(["schema"])
        #expect(run.exitCode == 0)
        let files = try Repository.root.appendingPathComponent("Sources/FastPixCLI/Schemas").entries()
        #expect(run.stdout.split(separator: "\n").map { "\($0).json" }.sorted() == files)
    }

    /// A checker that finds nothing would prove nothing.
    @Test func theCheckerFindsWhatIsWrong() throws {
        let run = try CommandRun.fastpix(["info", "-f", "json"])
        let schema = try Self.schema("info")
        for (wanted, other) in [
            ("\"hasOpenMP\" : true", "\"hasOpenMP\" : 3"), ("\"processors\"", "\"cores\""),
            ("fastpix.info/1", "fastpix.info/2"),
            ("\"levelSelected\" : \"", "\"levelSelected\" : \"x"),
        ] {
            let changed = run.stdout.replacingOccurrences(of: wanted, with: other)
            guard changed != run.stdout else { continue }
            #expect(try schema.complaints(about: Data(changed.utf8)) != [], "\(other)")
        }
    }

    /// A line as soon as a photo is done, and the same facts as in one object.
    @Test func linesAndTheObjectAgree() throws {
        try withTemporaryFolder { folder in
            try Self.addMixture(to: folder)
            let object = try CommandRun.fastpix(["hotpixels", "photos", "-q", "-f", "json"], in: folder).hotPixels()
            let lines = try CommandRun.fastpix(["hotpixels", "photos", "-q", "-o", "-", "-f", "jsonl"], in: folder)
            let records = try lines.stdout.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(records.first?["record"] as? String == "report")
            #expect(records.count { $0["record"] as? String == "group" } == object.groups.count)
            let defects = records.filter { $0["record"] as? String == "defect" }
            #expect(defects.compactMap { $0["row"] as? Int } == object.groups.flatMap { $0.defects ?? [] }.map(\.row))
            #expect(records.count { $0["record"] as? String == "skipped" } == object.skipped.count)
        }
    }
}
