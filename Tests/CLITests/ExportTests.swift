import Foundation
import TestSupport
import Testing

/// `--export`: what is written, and that the programs it is written for read it as it is meant.
struct ExportTests {
    /// The two defects of the example: row and column.
    private static let defects = [[76, 83], [889, 355]]

    /// Runs hotpixels on the example with these options in a folder.
    private static func export(_ options: [String], in folder: URL) throws -> CommandRun {
        let run = try CommandRun.fastpix(
            ["hotpixels", Repository.examplePhotos.path, "--quiet", "--format", "csv"] + options, in: folder)
        #expect(run.exitCode == 0, "\(run.stderr)")
        return run
    }

    private static func lines(_ name: String, _ folder: URL) throws -> [String] {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    @Test func everyFormIsAsItsProgramDescribesIt() throws {
        try withTemporaryFolder { folder in
            let run = try Self.export(
                [
                    "--export", "map.json", "--export", "map.csv", "--export", "mask.png", "--export", "x.badpixels",
                    "--export", "darkframes/", "--export", "x.lst", "--export", "x.txt", "--export", "x.jpegpixi",
                ], in: folder)
            #expect(run.stderr == "")
            let comments = [
                "# fastpix 0.1.0: 2 defects of Canon PowerShot SX260 HS", "# frame 384 x 896, offset 0,0",
                "# judged: 100 % of the frame",
            ]
            #expect(try Self.lines("x.badpixels", folder) == comments + ["83 76 0", "355 889 0"])
            #expect(
                try Self.lines("darkframes/Canon PowerShot SX260 HS.badpixels", folder)
                    == ["0"] + comments + ["83 76", "355 889"])
            #expect(try Self.lines("x.lst", folder) == comments + ["P 83 76 H", "P 355 889 H"])
            #expect(try Self.lines("x.txt", folder) == ["Col 83 76 76", "Col 355 889 889"])
            let blocks = try Self.lines("x.jpegpixi", folder)
            #expect(blocks.prefix(3) == comments[...])
            for (block, defect) in zip(blocks.dropFirst(3), Self.defects) {
                let numbers = block.split(separator: ",").compactMap { Int($0) }
                #expect((numbers[0]..<numbers[0] + numbers[2]).contains(defect[1]))
                #expect((numbers[1]..<numbers[1] + numbers[3]).contains(defect[0]))
            }
            let table = try Self.lines("map.csv", folder).map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            #expect(table.map { "\($0[5]) \($0[6])" } == ["row column", "889 355", "76 83"])
            #expect(table[1].prefix(5).joined(separator: ",") == "Canon,Canon PowerShot SX260 HS,,384,896")
            let list = try JSONDecoder().decode(
                HotPixelsResult.self,
                from: Self.asReport(try Data(contentsOf: folder.appendingPathComponent("map.json"))))
            #expect(list.groups.first?.defects?.map(\.class) == ["stuck", "hot"])
        }
    }

    /// The JSON of an export is a part of that of the command: what is missing is added here.
    private static func asReport(_ list: Data) throws -> Data {
        var object = try #require(try JSONSerialization.jsonObject(with: list) as? [String: Any])
        #expect(object["schema"] as? String == "fastpix.defects/1")
        object["skipped"] = []
        object["leftOut"] = []
        object["failedOutputs"] = []
        object["warnings"] = []
        object["groups"] = (object["groups"] as? [[String: Any]])?.map { group in
            let extreme = ["value": 0, "m2": 0, "row": 0, "column": 0, "channel": 0]
            return group.merging([
                "channels": 3, "bitsPerSample": 8, "lowestVariance": [],
                "variance": ["min": extreme, "max": extreme, "mean": 0] as [String: Any],
            ]) { $1 }
        }
        return try JSONSerialization.data(withJSONObject: object)
    }

    // MARK: Programs

    private static let dcraw = Program.named("dcraw")
    private static let jpegpixi = Program.named("jpegpixi")
    private static let siril = Program.named("siril-cli")

    /// A raw file with a border of 8 columns and 4 rows around the photos' frame: dcraw says which pixels it replaced,
    /// and no other value is left in the picture.
    @Test(.enabled(if: dcraw != nil, "dcraw is not installed"))
    func dcrawReplacesTheDefects() throws {
        try withTemporaryFolder { folder in
            _ = try Self.export(["--export", "x.badpixels", "--export-offset", "8,4"], in: folder)
            let raw = RawPicture(
                width: 400, height: 904, usual: 1000,
                others: Self.defects.map { (row: $0[0] + 4, column: $0[1] + 8, value: 60000) })
            try raw.dng.write(to: folder.appendingPathComponent("raw.dng"))
            let run = try CommandRun.of(
                try #require(Self.dcraw), ["-v", "-c", "-D", "-4", "-P", "x.badpixels", "raw.dng"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr.contains("Fixed dead pixels at: 91,80 363,893\n"))
            // 1000 as two bytes, most significant first.
            let samples = [UInt8](run.stdoutBytes.suffix(400 * 904 * 2))
            #expect(stride(from: 0, to: samples.count, by: 2).allSatisfy { samples[$0] == 3 && samples[$0 + 1] == 232 })
        }
    }

    @Test(.enabled(if: siril != nil, "siril-cli is not installed"))
    func sirilReplacesTheDefects() throws {
        try withTemporaryFolder { folder in
            _ = try Self.export(["--export", "x.lst"], in: folder)
            let picture = RawPicture(
                width: 384, height: 896, usual: 1000,
                others: Self.defects.map { (row: $0[0], column: $0[1], value: 60000) })
            try picture.fits.write(to: folder.appendingPathComponent("raw.fit"))
            try "requires 1.0.0\nload raw.fit\ncosme x.lst\nsave repaired\n".write(
                to: folder.appendingPathComponent("script.ssf"), atomically: true, encoding: .utf8)
            let run = try CommandRun.of(
                try #require(Self.siril), ["-d", folder.path, "-s", folder.appendingPathComponent("script.ssf").path],
                environment: ["HOME": folder.path])
            #expect(run.exitCode == 0, "\(run.stdout)")
            let repaired = try Data(contentsOf: folder.appendingPathComponent("repaired.fit"))
            let flat = RawPicture(width: 384, height: 896, usual: 1000, others: []).fits
            // Siril's header is longer than ours; the samples are the same.
            let samples = flat[2880..<2880 + 384 * 896 * 2]
            #expect(repaired.range(of: samples) != nil)
        }
    }

    /// What jpegpixi makes of the photos has no defect left.
    @Test(.enabled(if: jpegpixi != nil, "jpegpixi is not installed"))
    func jpegpixiRepairsTheDefects() throws {
        try withTemporaryFolder { folder in
            _ = try Self.export(["--export", "x.jpegpixi"], in: folder)
            let repaired = folder.appendingPathComponent("repaired")
            try FileManager.default.createDirectory(at: repaired, withIntermediateDirectories: true)
            for photo in try Photos.example(48) {
                let run = try CommandRun.of(
                    try #require(Self.jpegpixi),
                    ["-f", "x.jpegpixi", photo.path, repaired.appendingPathComponent(photo.lastPathComponent).path],
                    in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
            }
            let after = try CommandRun.fastpix(["hotpixels", "repaired", "--defects", "-q", "-f", "json"], in: folder)
            #expect(try after.hotPixels().groups.first?.defects == [])
        }
    }

    // MARK: Several cameras, bounds, names

    @Test func everyGroupHasItsOwnFile() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("photos"), withIntermediateDirectories: true)
            let photos = folder.appendingPathComponent("photos")
            for photo in try Photos.example(14) { try photos.addCopy(of: photo) }
            try Photos.add(
                12, copiesOf: Photos.decoderFixture("jpeg-420-97x61-q50.jpg"), named: "other", to: photos)
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", "photos", "-f", "csv", "--export", "x.lst", "--export", "rt/",
                    "--export", "all.csv",
                ], in: folder)
            #expect(run.exitCode == 0)
            // Twelve times one view cannot be judged to the end: no list is better than half of one.
            #expect(try folder.entries() == ["all.csv", "photos", "rt", "x.lst"])
            #expect(run.stderr.contains("x.lst: no list for unknown camera, 97 x 61, 8-bit RGB"))
            #expect(try Self.lines("x.lst", folder)[1] == "# frame 384 x 896, offset 0,0")
        }
    }

    /// Programs count from different borders. A value that begins with a minus is one, and no option.
    @Test func everyExportMayHaveItsOffset() throws {
        try withTemporaryFolder { folder in
            _ = try Self.export(
                [
                    "--export", "x.badpixels", "--export-offset", "-80,-4", "--export", "map.json", "--export-offset",
                    "0,0", "--export", "x.lst", "--export-offset", "76,3",
                ], in: folder)
            #expect(try Self.lines("x.badpixels", folder)[1] == "# frame 384 x 896, offset -80,-4")
            #expect(try Self.lines("x.lst", folder)[1] == "# frame 384 x 896, offset 76,3")
            _ = try Self.export(
                ["--export", "y.badpixels", "--export", "y.lst", "--export-offset", "-80,-4"], in: folder)
            for name in ["y.badpixels", "y.lst"] {
                #expect(try Self.lines(name, folder)[1] == "# frame 384 x 896, offset -80,-4")
            }
        }
    }

    /// Nothing is written outside the raw frame, and the user hears of it.
    @Test func defectsOutsideTheRawFrameAreLeftOut() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", Repository.examplePhotos.path, "-f", "csv", "--export", "x.badpixels",
                    "--export-offset=-100,-10",
                ], in: folder)
            #expect(run.exitCode == 0)
            #expect(
                try Self.lines("x.badpixels", folder).dropFirst() == [
                    "# frame 384 x 896, offset -100,-10", "# judged: 100 % of the frame", "255 879 0",
                ])
            #expect(run.stderr.contains("1 defect of Canon PowerShot SX260 HS, 384 x 896, 8-bit RGB left out"))
        }
    }

    @Test func whatCannotBeJudgedHasNoList() throws {
        try withTemporaryFolder { folder in
            try Photos.add(14, copiesOf: try Photos.example(1)[0], to: folder)
            let run = try CommandRun.fastpix(
                ["hotpixels", ".", "-f", "csv", "--export", "x.badpixels"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderr.contains("x.badpixels: no list, as the defects of no group could be judged"))
            #expect(try !folder.entries().contains("x.badpixels"))
        }
    }

    @Test(arguments: [
        ["--export", "noform"], ["--export", "-", "--export-format", "siril"], ["--dry-run", "--format", "json"],
        ["--export", "a.json", "--no-defects"], ["--report", "a.html", "--no-defects"],
        ["--report", "a.json", "--export", "a.json"],
        ["--export", "a.json", "--export-format", "csv", "--export-format", "csv"],
        ["--export", "a.json", "--export-offset", "1,2"], ["--export", "a.lst", "--export-offset", "1"],
        ["--export", "a.lst", "--export-offset", "9999999999,0"], ["--export", "a.json", "--output", "a.json"],
        ["--export", "a.json", "--export", "a.json"], ["--export", "a.json", "--export-format", "tiff"],
        ["--export", "a.lst", "--export-offset", "1,2", "--export-offset", "1,2"],
        ["--export", "a.lst", "--export", "a.json", "--export-offset", "1,2", "--export-offset", "1,2"],
    ])
    func wrongUseIsExplained(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(["hotpixels", Repository.examplePhotos.path] + options, in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stderr.contains("Error:"))
            #expect(try folder.entries() == [])
        }
    }

    /// Before hours of work, not after them.
    @Test(arguments: ["no/such/folder/a.json", "photo.jpg"])
    func outputsThatCannotBeAreFoundFirst(_ name: String) throws {
        try withTemporaryFolder { folder in
            try folder.addCopy(of: try Photos.example(1)[0], as: "photo.jpg")
            let run = try CommandRun.fastpix(
                ["hotpixels", "photo.jpg", "--export", name, "--export-format", "json"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderrLines.count == 1)
            #expect(run.stderr.contains("error: \(name): the output"))
            #expect(try folder.entries() == ["photo.jpg"])
        }
    }
}
