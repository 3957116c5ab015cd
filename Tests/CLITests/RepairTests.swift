import Foundation
import TestSupport
import Testing

/// `fastpix repair`, as a user runs it.
struct RepairTests {
    private static func map(in folder: URL) throws {
        let run = try CommandRun.fastpix(
            ["hotpixels", Repository.examplePhotos.path, "-q", "-f", "csv", "--export", "map.json"], in: folder)
        #expect(run.exitCode == 0)
    }

    /// The 48 photos of a camera with a stuck and a hot pixel: after the repair no defect is found, nor any near them at
    /// high sensitivity, and their means and variances are within those of their surroundings.
    @Test func theExampleIsFreeOfDefectsAfterwards() throws {
        try withTemporaryFolder { folder in
            try Self.map(in: folder)
            let run = try CommandRun.fastpix(
                ["repair", Repository.examplePhotos.path, "--map", "map.json", "--output", "repaired"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stdout == "")
            #expect(run.stderr == "fastpix: 48 photos repaired, 2 defects in each, 0 skipped\n")

            let after = try CommandRun.fastpix(
                ["hotpixels", "repaired", "-q", "-f", "json", "--defects", "--save-maps", "after"], in: folder)
            #expect(try after.hotPixels().groups.first?.defects == [])
            #expect(try after.hotPixels().groups.first?.frames == 48)
            let sensitive = try CommandRun.fastpix(
                ["hotpixels", "repaired", "-q", "-f", "json", "--sensitivity", "high"], in: folder)
            for defect in try #require(try sensitive.hotPixels().groups.first?.defects) {
                #expect(abs(defect.row - 889) > 20 && abs(defect.row - 76) > 20)
            }
            _ = try CommandRun.fastpix(
                ["hotpixels", Repository.examplePhotos.path, "-q", "-f", "csv", "--save-maps", "before"], in: folder)
            for name in ["mean.npy", "variance.npy"] {
                let before = try Map(folder.appendingPathComponent("before/\(name)"))
                let after = try Map(folder.appendingPathComponent("after/\(name)"))
                for (row, column) in [(889, 355), (76, 83)] {
                    for channel in 0..<3 {
                        let around = after.surroundings(row: row, column: column, channel: channel)
                        #expect(around.contains(after.value(row, column, channel)), "\(name) \(row) \(channel)")
                    }
                }
                #expect(!before.surroundings(row: 889, column: 355, channel: 1).contains(before.value(889, 355, 1)))
                // The blocks of luma, and of chroma at half its columns, that hold the two smears; chroma is smoothed
                // over one more column when it is decoded.
                let touched = [(72..<88, 78..<98), (880..<896, 334..<370)]
                for row in 0..<896 {
                    for column in 0..<384
                    where !touched.contains(where: { $0.0.contains(row) && $0.1.contains(column) }) {
                        for channel in 0..<3
                        where before.value(row, column, channel) != after.value(row, column, channel) {
                            Issue.record("\(name): row \(row), column \(column) has changed")
                        }
                    }
                }
            }
        }
    }

    private struct Map {
        let values: [Double]
        let width: Int

        init(_ file: URL) throws {
            let array = try NumPyArray(file)
            values = try array.elements(as: Double.self)
            width = array.shape[1]
        }

        func value(_ row: Int, _ column: Int, _ channel: Int) -> Double { values[(row * width + column) * 3 + channel] }

        /// From the lowest to the highest value on the border of 17 x 17 pixels around a place, as far as there is one.
        func surroundings(row: Int, column: Int, channel: Int) -> ClosedRange<Double> {
            var found: [Double] = []
            for rowStep in -8...8 {
                for columnStep in -8...8
                where max(abs(rowStep), abs(columnStep)) == 8 && (0..<896).contains(row + rowStep) {
                    found.append(value(row + rowStep, column + columnStep, channel))
                }
            }
            return found.min()!...found.max()!
        }
    }

    /// The same photos come out for any list of the same pixels, and for any number of workers.
    @Test func everyListRepairsAlike() throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(
                [
                    "hotpixels", Repository.examplePhotos.path, "-q", "-f", "json", "--output", "report.json",
                    "--export",
                    "map.json", "--export", "map.csv", "--export", "mask.png", "--export", "x.jpegpixi",
                ], in: folder)
            let photos = try Photos.example(3).map(\.path)
            for (index, map) in ["map.json", "report.json", "map.csv", "mask.png", "x.jpegpixi"].enumerated() {
                let run = try CommandRun.fastpix(
                    ["repair", "--map", map, "--output", "out-\(map)/", "--workers", "\(index + 1)", "-q"] + photos,
                    in: folder)
                #expect(run.exitCode == 0)
                for photo in photos {
                    let name = URL(fileURLWithPath: photo).lastPathComponent
                    let bytes = try Data(contentsOf: folder.appendingPathComponent("out-\(map)/\(name)"))
                    #expect(bytes == (try Data(contentsOf: folder.appendingPathComponent("out-map.json/\(name)"))))
                }
            }
        }
    }

    /// Lists for raw converters name bare pixels and carry their offset: it is taken off again.
    @Test(arguments: ["x.badpixels", "x.lst", "rt/Canon PowerShot SX260 HS.badpixels"])
    func listsOfBarePixelsRepairToo(_ map: String) throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(
                [
                    "hotpixels", Repository.examplePhotos.path, "-q", "-f", "csv", "--export", "x.badpixels",
                    "--export",
                    "x.lst", "--export", "rt/", "--export-offset", "31,17",
                ], in: folder)
            let run = try CommandRun.fastpix(
                ["repair", Repository.examplePhotos.path, "--map", map, "-o", "out", "--radius", "4", "-q"], in: folder)
            #expect(run.exitCode == 0)
            let after = try CommandRun.fastpix(["hotpixels", "out", "--defects", "-q", "-f", "json"], in: folder)
            #expect(try after.hotPixels().groups.first?.defects == [])
        }
    }

    /// The list that changed sound pixels before: positions in the raw frame, and no word of it.
    @Test func aListThatCannotSayItsFrameIsPlacedOrRefused() throws {
        try withTemporaryFolder { folder in
            let photo = try Photos.example(1)[0]
            try folder.addFile("x.txt", Data("Col 91 80 80\n".utf8))
            try folder.addFile("told.jpegpixi", Data("# frame 384 x 896, offset 0,0\n83,76\n".utf8))
            func repair(_ options: [String], to output: String) throws -> CommandRun {
                try CommandRun.fastpix(["repair", photo.path, "--output", output] + options, in: folder)
            }
            let mute = try repair(["--map", "x.txt"], to: "mute")
            #expect(mute.exitCode == 1)
            #expect(mute.stderrLines.count == 1)
            #expect(mute.stderr.contains("x.txt: the list does not say which frame it is for"))
            let unplaced = try repair(["--map", "x.txt", "--map-size", "384x896"], to: "unplaced")
            #expect(unplaced.exitCode == 1)
            #expect(unplaced.stderr.contains("--map-offset"))
            let other = try repair(["--map", "x.txt", "--map-size", "383x896", "--map-offset", "8,4"], to: "other")
            #expect(other.exitCode == 1)
            #expect(other.stderr.contains("the photo is 384 x 896 pixels and the map is for 383 x 896"))
            #expect(try !folder.entries().contains("mute"))

            let placed = try repair(
                ["--map", "x.txt", "--map-size", "384x896", "--map-offset", "8,4", "--radius", "0"], to: "placed")
            #expect(placed.exitCode == 0, "\(placed.stderr)")
            #expect(try repair(["--map", "told.jpegpixi"], to: "told").exitCode == 0)
            let results = try ["placed", "told"].map {
                try Data(contentsOf: folder.appendingPathComponent("\($0)/\(photo.lastPathComponent)"))
            }
            #expect(results[0] == results[1])
            #expect(try results[0] != Data(contentsOf: photo))
        }
    }

    /// Each list counts, and the report names them.
    @Test func severalListsAreMerged() throws {
        try withTemporaryFolder { folder in
            let photo = try Photos.example(1)[0]
            for (name, block) in [("a", "83,76,5,5"), ("b", "355,889,5,5"), ("both", "83,76,5,5\n355,889,5,5")] {
                try folder.addFile("\(name).jpegpixi", Data("# frame 384 x 896, offset 0,0\n\(block)\n".utf8))
            }
            let run = try CommandRun.fastpix(
                [
                    "repair", photo.path, "-m", "a.jpegpixi", "-m", "b.jpegpixi", "-m", "a.jpegpixi", "-o", "two", "-f",
                    "json",
                ], in: folder)
            #expect(run.exitCode == 0)
            struct Report: Decodable {
                struct Photo: Decodable { let defects: Int }
                let map: String
                let maps: [String]
                let photos: [Photo]
            }
            let report = try JSONDecoder().decode(Report.self, from: run.stdoutBytes)
            #expect(report.map == "a.jpegpixi")
            #expect(report.maps == ["a.jpegpixi", "b.jpegpixi", "a.jpegpixi"])
            #expect(report.photos.map(\.defects) == [2])
            _ = try CommandRun.fastpix(["repair", photo.path, "-m", "both.jpegpixi", "-o", "one", "-q"], in: folder)
            let results = try ["one", "two"].map {
                try Data(contentsOf: folder.appendingPathComponent("\($0)/\(photo.lastPathComponent)"))
            }
            #expect(results[0] == results[1])
        }
    }

    @Test func jsonTellsWhatWasDone() throws {
        try withTemporaryFolder { folder in
            try Self.map(in: folder)
            let photo = try Photos.example(1)[0]
            let other = Photos.decoderFixture("jpeg-420-97x61-q50.jpg")
            let run = try CommandRun.fastpix(
                ["repair", photo.path, other.path, "--map", "map.json", "-o", "out", "--format", "json"], in: folder)
            #expect(run.exitCode == 2)
            struct Report: Decodable {
                struct Photo: Decodable {
                    let path: String
                    let output: String
                    let width: Int
                    let height: Int
                    let defects: Int
                    let blocksChanged: Int
                }
                let schema: String
                let photos: [Photo]
                let skipped: [HotPixelsResult.Skipped]
            }
            let report = try JSONDecoder().decode(Report.self, from: run.stdoutBytes)
            #expect(report.schema == "fastpix.repair/1")
            #expect(report.photos.map(\.path) == [photo.path])
            #expect(report.photos.map(\.output) == ["out/\(photo.lastPathComponent)"])
            #expect(report.photos.map { [$0.width, $0.height, $0.defects] } == [[384, 896, 2]])
            #expect((3...30).contains(report.photos[0].blocksChanged))
            #expect(report.skipped.map(\.path) == [other.path])
            #expect(report.skipped[0].reason.contains("97 x 61"))
            #expect(report.skipped[0].reason.contains("384 x 896"))
            #expect(run.stderr.contains("skipped \(other.path)"))
        }
    }

    @Test func photosOfAnotherCameraAreRefused() throws {
        try withTemporaryFolder { folder in
            let list = """
                {"schema": "fastpix.defects/1", "groups": [{"camera": {"make": "Nikon", "model": "Z 9"}, "width": 384,
                "height": 896, "defects": [{"row": 889, "column": 355}]}]}
                """
            try list.write(to: folder.appendingPathComponent("map.json"), atomically: true, encoding: .utf8)
            let arguments = ["repair", try Photos.example(1)[0].path, "--map", "map.json", "--output", "out"]
            let run = try CommandRun.fastpix(arguments, in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("the photo is of Canon PowerShot SX260 HS and the map for Nikon Z 9"))
            #expect(try CommandRun.fastpix(arguments + ["--any-camera"], in: folder).exitCode == 0)
        }
    }

    /// Neither photos that are read nor, unless that is asked for, other files are ever replaced.
    @Test func nothingIsReplacedUnasked() throws {
        try withTemporaryFolder { folder in
            try Self.map(in: folder)
            let photos = folder.appendingPathComponent("photos")
            try FileManager.default.createDirectory(at: photos, withIntermediateDirectories: true)
            let photo = try photos.addCopy(of: try Photos.example(1)[0])
            let original = try Data(contentsOf: photo)
            let over = try CommandRun.fastpix(
                ["repair", "photos", "--map", "map.json", "--output", "photos", "--overwrite"], in: folder)
            #expect(over.exitCode == 1)
            #expect(over.stderr.contains("the output is one of the photos to read"))
            #expect(try Data(contentsOf: photo) == original)

            let arguments = ["repair", "photos", "--map", "map.json", "--output", "out"]
            #expect(try CommandRun.fastpix(arguments, in: folder).exitCode == 0)
            let again = try CommandRun.fastpix(arguments, in: folder)
            #expect(again.exitCode == 1)
            #expect(again.stderr.contains("is there already; --overwrite replaces it"))
            #expect(try CommandRun.fastpix(arguments + ["--overwrite"], in: folder).exitCode == 0)
            #expect(try folder.appendingPathComponent("out").entries() == [photo.lastPathComponent])
        }
    }

    @Test func treesAreRepeatedAndDamagedFilesNamed() throws {
        try withTemporaryFolder { folder in
            try Self.map(in: folder)
            let photos = try Photos.example(2)
            let trip = folder.appendingPathComponent("photos/trip")
            try FileManager.default.createDirectory(at: trip, withIntermediateDirectories: true)
            try folder.appendingPathComponent("photos").addCopy(of: photos[0], as: "same.jpg")
            try trip.addCopy(of: photos[1], as: "same.jpg")
            try Data(contentsOf: photos[0]).prefix(60000).write(to: trip.appendingPathComponent("cut.jpg"))
            let run = try CommandRun.fastpix(
                ["repair", "./photos/", "-r", "--map", "map.json", "--output", "out"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderr.contains("skipped ./photos/trip/cut.jpg: truncated JPEG"))
            #expect(run.stderr.hasSuffix("2 photos repaired, 2 defects in each, 1 skipped\n"))
            #expect(try folder.appendingPathComponent("out").entries() == ["same.jpg", "trip"])
            #expect(try folder.appendingPathComponent("out/trip").entries() == ["same.jpg"])

            let clash = try CommandRun.fastpix(
                ["repair", "photos/same.jpg", "photos/trip/same.jpg", "--map", "map.json", "--output", "clash"],
                in: folder)
            #expect(clash.exitCode == 1)
            #expect(clash.stderr.contains("would both be written there"))
        }
    }

    @Test(arguments: [
        ["--map", "missing.json", "--output", "out"], ["--map", "text.txt", "--output", "out"],
        ["--map", "photo.jpg", "--output", "out"], ["--map", "text.txt", "--output", "text.txt"],
    ])
    func listsThatAreNoneEndTheRun(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            try "no list\n".write(to: folder.appendingPathComponent("text.txt"), atomically: true, encoding: .utf8)
            try folder.addCopy(of: try Photos.example(1)[0], as: "photo.jpg")
            let run = try CommandRun.fastpix(["repair", "photo.jpg"] + options, in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("error: \(options[1])"))
            #expect(try folder.entries() == ["photo.jpg", "text.txt"])
        }
    }

    @Test(arguments: [
        [], ["--map", "a"], ["--output", "b"], ["--map", "a", "--output", "b", "--radius", "-1"],
        ["--map", "a", "--output", "b", "--map-size", "4000"], ["--map", "a", "--output", "b", "--map-offset", "-1"],
        ["--map", "a", "--output", "b", "--map-offset", "1,1", "--map-offset", "2,2"],
    ])
    func wrongUseIsExplained(_ options: [String]) throws {
        #expect(try CommandRun.fastpix(["repair", "photo.jpg"] + options).exitCode == 64)
    }
}
