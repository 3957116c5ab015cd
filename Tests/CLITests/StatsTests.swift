import Foundation
import TestSupport
import Testing

/// `fastpix stats` from headers: what is counted, what is broken, and the forms of the result.
struct StatsTests {
    private static func stats(_ arguments: [String], in folder: URL? = nil) throws -> CommandRun {
        try CommandRun.fastpix(["stats", "--quiet"] + arguments, in: folder)
    }

    @Test func exampleIsCounted() throws {
        let run = try Self.stats([Repository.examplePhotos.path, "--format", "json"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let result = try run.statistics()
        let onDisk = try Photos.example(48).reduce(0) { $0 + (try Data(contentsOf: $1).count) }
        let decoded = 48 * 384 * 896 * 3
        #expect(result.schema == "fastpix.stats/1")
        #expect(result.photos == 48 && result.bytesOnDisk == onDisk && result.bytesDecoded == decoded)
        #expect(
            result.shapes.map { [$0.width, $0.height, $0.channels, $0.bitsPerSample, $0.photos] } == [
                [384, 896, 3, 8, 48]
            ])
        #expect(result.cameras.map(\.camera) == [.init(make: "Canon", model: "Canon PowerShot SX260 HS")])
        #expect(result.moments == nil)
        #expect(result.skipped.isEmpty)
    }

    private struct Copy: Decodable {
        let path: String
        let copyOf: String?
    }

    private struct Copies: Decodable {
        let photos: Int
        let copies: Int
        let skipped: [Copy]
        let moments: Moments?

        struct Moments: Decodable {
            let channels: [Channel]
        }

        struct Channel: Decodable, Equatable {
            let sum: String
            let photos: Int
        }

        init(_ run: CommandRun) throws { self = try JSONDecoder().decode(Self.self, from: run.stdoutBytes) }
    }

    /// As in `hotpixels`: each photo counts once, under the first of its names.
    @Test func copiesCountOnceAndAreListed() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(3)
            for photo in photos { try folder.addCopy(of: photo) }
            try folder.addCopy(of: Repository.fixture("fits/cube.fits"))
            let options = ["-r", ".", "--moments", "-f", "json"]
            let alone = try Copies(try Self.stats(options, in: folder))
            #expect(alone.copies == 0)
            let sub = try folder.addFolder("sub")
            for photo in photos.prefix(2) { try sub.addCopy(of: photo) }
            // A file of five pictures is one copy.
            try sub.addCopy(of: Repository.fixture("fits/cube.fits"))
            let run = try CommandRun.fastpix(["stats"] + options, in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr.contains("3 photos left out: the same content as another photo, which counts once"))
            let both = try Copies(run)
            #expect(both.photos == alone.photos && both.copies == 3)
            #expect(both.moments?.channels == alone.moments?.channels)
            #expect(both.skipped.count == 3)
            for copy in both.skipped {
                #expect(copy.copyOf.map { $0 == copy.path.replacing("sub/", with: "") } == true)
            }
            let text = try Self.stats(["-r", "."], in: folder).stdout
            #expect(text.contains("3 files with the content of another photo, which counts once:\n"))
            for copy in both.skipped { #expect(text.contains("  \(copy.path) is \(copy.copyOf!)\n")) }
        }
    }

    /// Whoever looks for damage wants to hear of each file.
    @Test func copiesOfDamagedPhotosAreDamaged() throws {
        try withTemporaryFolder { folder in
            let photo = try Data(contentsOf: Photos.tiny)
            try folder.addFile("sound.jpg", photo)
            for name in ["a.jpg", "b.jpg"] { try folder.addFile(name, photo.prefix(photo.count - 60)) }
            let run = try Self.stats([".", "--verify", "-f", "json"], in: folder)
            #expect(run.exitCode == 2)
            let result = try Copies(run)
            #expect(result.photos == 1 && result.copies == 0)
            #expect(result.skipped.map(\.path) == ["./a.jpg", "./b.jpg"] && result.skipped[1].copyOf == nil)
        }
    }

    /// Formats, shapes, depths and cameras each add up to the whole; broken files are in none of them.
    @Test func partsAddUp() throws {
        let run = try Self.stats([Repository.fixture("decoder").path, "--format", "json"])
        #expect(run.exitCode == 2)
        let result = try run.statistics()
        #expect(result.photos > 150)
        let parts = [
            result.formats.map { [$0.photos, $0.bytesOnDisk, $0.bytesDecoded] },
            result.shapes.map { [$0.photos, $0.bytesOnDisk, $0.bytesDecoded] },
            result.bitDepths.map { [$0.photos, $0.bytesOnDisk, $0.bytesDecoded] },
            result.cameras.map { [$0.photos, $0.bytesOnDisk, $0.bytesDecoded] },
        ]
        for part in parts {
            let sums = part.reduce([0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
            #expect(sums == [result.photos, result.bytesOnDisk, result.bytesDecoded])
            #expect(part.map { $0[0] } == part.map { $0[0] }.sorted(by: >))
        }
        for shape in result.shapes {
            let bytes = shape.width * shape.height * shape.channels * shape.bitsPerSample / 8
            #expect(shape.bytesDecoded == shape.photos * bytes)
        }
        // Each broken file is named once, here and on stderr.
        #expect(!result.skipped.isEmpty)
        run.expectNamed(result.skipped.filter { $0.copyOf == nil }.map { ($0.path, $0.reason) })
    }

    @Test func textIsForPeople() throws {
        let run = try Self.stats([Repository.fixture("sixteen-bit").path])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let expected = """
            12 photos, 0.39 MB (0.37 MiB) on disk, 0.44 MB (0.42 MiB) decoded;
            0 broken files

              format  photos             on disk             decoded
              PNG         12  0.39 MB (0.37 MiB)  0.44 MB (0.42 MiB)

              frame                photos             on disk             decoded
              96 x 64, 16-bit RGB      12  0.39 MB (0.37 MiB)  0.44 MB (0.42 MiB)

              depth   photos             on disk             decoded
              16-bit      12  0.39 MB (0.37 MiB)  0.44 MB (0.42 MiB)

              camera          photos             on disk             decoded
              unknown camera      12  0.39 MB (0.37 MiB)  0.44 MB (0.42 MiB)

            Wall time: headers 
            """
        #expect(run.stdout.hasPrefix(expected), "\(run.stdout)")
    }

    /// The same figures in CSV as in JSON, and every line of four fields.
    @Test func csvHoldsWhatJSONHolds() throws {
        let arguments = [Repository.fixture("sixteen-bit").path, "--count-values", "--format"]
        let csv = try Self.stats(arguments + ["csv"])
        let json = try Self.stats(arguments + ["json"]).statistics()
        #expect(csv.exitCode == 0)
        let lines = csv.stdout.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(lines.allSatisfy { $0.count == 4 || $0[1].hasPrefix("\"") })
        #expect(lines[0] == ["section", "name", "measure", "value"])
        func value(_ section: String, _ name: String, _ measure: String) -> String? {
            lines.first { $0.first == section[...] && $0[1] == name[...] && $0[2] == measure[...] }.map {
                String($0[3])
            }
        }
        #expect(value("all", "", "photos") == "12")
        #expect(value("all", "", "bytes_decoded") == "\(json.bytesDecoded)")
        #expect(value("all", "", "broken_files") == "0")
        let moments = try #require(json.moments)
        for channel in moments.channels {
            #expect(value("channel", channel.name, "mean") == "\(channel.mean)")
            #expect(value("channel", channel.name, "standard_deviation_255") == "\(channel.standardDeviation255)")
            #expect(value("channel", channel.name, "sum_of_squares") == channel.sumOfSquares)
        }
        let counted = lines.filter { $0[0] == "histogram" && $0[1] == "green 16-bit" }
        #expect(counted.map { UInt64($0[3]) } == moments.histograms?[1].counts.map { $0 })
    }

    @Test func noPhotosAreNamedAsSuch() throws {
        try withTemporaryFolder { folder in
            let empty = try Self.stats([".", "--format", "json"], in: folder)
            #expect(empty.exitCode == 1)
            #expect(empty.stderr.contains("no photos in ."))
            #expect(empty.stderr.contains("--recursive"))
            #expect(try empty.statistics().photos == 0)
            let text = try Self.stats(["."], in: folder)
            #expect(text.exitCode == 1)
            #expect(text.stdout == "")
            try folder.addFile("broken.jpg", Data([1, 2, 3]))
            let broken = try Self.stats([".", "--moments", "--format", "json"], in: folder)
            #expect(broken.exitCode == 1)
            #expect(try broken.statistics().skipped.map(\.path) == ["./broken.jpg"])
            #expect(broken.stderr.contains("the file could not be used; the line above says why"))
        }
    }

    /// Beside a long name sizes are told in megabytes alone.
    @Test func tablesFitThePage() throws {
        try withTemporaryFolder { folder in
            let picture = RawPicture(width: 24, height: 16, usual: 1000, others: [])
            let name = "A camera with a name of forty-one letters"
            try folder.addFile("long.fits", picture.fitsAsStored(["INSTRUME= '\(name)'"]))
            let text = try Self.stats(["."], in: folder).stdout
            #expect(text.contains("\(name)       1  0.01 MB  0.00 MB\n"), "\(text)")
            #expect(text.contains("FITS         1  0.01 MB (0.01 MiB)"), "\(text)")
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
        }
    }

    /// Sound files of kinds that are not read are no damage.
    @Test func unsupportedIsNotBroken() throws {
        try withTemporaryFolder { folder in
            try folder.addCopy(of: Repository.fixture("decoder/jpeg-420-97x61-q50.jpg"))
            try folder.addCopy(of: Repository.fixture("decoder/jpeg-cmyk.jpg"))
            try folder.addCopy(of: Repository.fixture("decoder/jpeg-corrupt-dht.jpg"))
            try folder.addCopy(of: Repository.fixture("tiff/float32-strips.tif"))
            try folder.addFile("photo.heic", Data("no photo".utf8))
            let run = try Self.stats([".", "photo.heic", "--moments"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stdout.contains("1 broken file, 3 of kinds that are not read"), "\(run.stdout)")
            #expect(run.stderr.contains("photo.heic: "))
            #expect(run.stderr.contains("; convert to TIFF or PNG"))
            let json = try Self.stats([".", "--moments", "--format", "json"], in: folder)
            #expect(json.stdout.components(separatedBy: "\"isUnsupported\" : true").count == 3)
            let csv = try Self.stats([".", "--moments", "--format", "csv"], in: folder).stdout
            #expect(csv.contains("all,,broken_files,1\nall,,unsupported_files,2\n"))
            // Headers alone take floating-point samples.
            #expect(try Self.stats(["."], in: folder).stdout.contains("1 broken file, 1 of kinds that are not read"))
        }
    }

    @Test func subfoldersOnRequest() throws {
        try withTemporaryFolder { folder in
            try Photos.add(2, to: folder)
            try Photos.add(3, named: "inner", to: try folder.addFolder("inner"))
            #expect(try Self.stats([".", "--format", "json"], in: folder).statistics().photos == 2)
            #expect(try Self.stats([".", "-r", "--format", "json"], in: folder).statistics().photos == 5)
        }
    }

    @Test func outputGoesToAFile() throws {
        try withTemporaryFolder { folder in
            try Photos.add(1, to: folder)
            let run = try Self.stats([".", "--format", "csv", "--output", "out.csv"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stdout == "")
            let content = try String(contentsOf: folder.appendingPathComponent("out.csv"), encoding: .utf8)
            #expect(content.hasPrefix("section,name,measure,value\nall,,photos,1\n"))
        }
    }

    @Test func maximumPixelsApplies() throws {
        let run = try Self.stats([
            Repository.examplePhotos.path, Photos.tiny.path, "--max-pixels", "1000", "-f", "json",
        ])
        #expect(run.exitCode == 2)
        #expect(try run.statistics().photos == 1)
        #expect(run.stderr.contains("more than the limit of 1000 pixels"))
    }

    /// Headers do not show that a picture is cut short; decoding does.
    @Test func verifyFindsWhatHeadersHide() throws {
        try withTemporaryFolder { folder in
            try folder.addCopy(of: Photos.tiny)
            try folder.addCopy(of: Photos.decoderFixture("jpeg-truncated-90.jpg"))
            let headers = try Self.stats([".", "--format", "json"], in: folder)
            #expect(headers.exitCode == 0)
            #expect(try headers.statistics().photos == 2)
            for option in ["--verify", "--moments"] {
                let decoded = try Self.stats([".", "--format", "json", option], in: folder)
                #expect(decoded.exitCode == 2)
                #expect(try decoded.statistics().photos == 1)
                #expect(try decoded.statistics().skipped.map(\.path) == ["./jpeg-truncated-90.jpg"])
                #expect(try (decoded.statistics().moments == nil) == (option == "--verify"))
            }
        }
    }

    @Test(arguments: [
        [], ["--weight", "photo"], ["--workers", "0"], ["--format", "xml"], ["--max-pixels", "many"],
        ["--histogram", "picture.jpg"], ["--histogram", "same.png", "--output", "same.png"], ["--top", "3"],
    ])
    func wrongUsage(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            try Photos.add(1, to: folder)
            let run = try CommandRun.fastpix(["stats"] + (options.isEmpty ? [] : ["."]) + options, in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stdout == "")
            #expect(run.stderr.hasPrefix("Error: "))
            #expect(try folder.entries() == ["photo-0.jpg"])
        }
    }

    @Test(arguments: [
        ["--output", "missing/stats.json"], ["--histogram", "missing/h.png"], ["--histogram", "photo-0.png"],
    ])
    func impossibleTargetsAreRefusedBeforeTheWork(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            try Photos.add(1, copiesOf: Photos.decoderFixture("png-rgb8-97x61.png"), to: folder)
            let before = try Data(contentsOf: folder.appendingPathComponent("photo-0.png"))
            let run = try Self.stats(["."] + options, in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.hasPrefix("fastpix: error: \(options[1])"))
            #expect(try folder.entries() == ["photo-0.png"])
            #expect(try Data(contentsOf: folder.appendingPathComponent("photo-0.png")) == before)
        }
    }

    @Test func helpNamesEveryOption() throws {
        let run = try CommandRun.fastpix(["stats", "--help"])
        #expect(run.exitCode == 0)
        for option in [
            "-r, --recursive", "-f, --format", "-o, --output", "-q, --quiet", "--verify", "--moments", "--weight",
            "--as-rgb", "--count-values", "--histogram", "--max-pixels", "-j, --workers", "--overwrite",
        ] {
            #expect(run.stdout.contains("  \(option) "), "\(option)")
        }
    }
}
