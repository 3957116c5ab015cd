import Foundation
import TestSupport
import Testing

/// `fastpix show REPORT ROW COLUMN`: a place of the sensor as a picture.
struct ShowTests {
    @Test func thePlaceIsDrawn() throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(
                ["hotpixels", Repository.examplePhotos.path, "-q", "--output", "report.json"], in: folder)
            let run = try CommandRun.fastpix(["show", "report.json", "889", "355", "-o", "crop.svg"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "fastpix: crop.svg: mean and variance of 25 photos\n")
            let picture = try String(
                contentsOf: folder.appendingPathComponent("crop.svg"), encoding: .utf8)
            // Two panels, five photos, 25 x 25 pixels each; and the frame, which lies at the sensor's lower border.
            #expect(picture.components(separatedBy: "<rect").count - 1 >= 7 * 625)
            #expect(picture.contains("row 889, column 355"))
            // The stuck pixel is the brightest of the mean: stretched, it is white.
            #expect(picture.contains("#ffffff"))

            let png = try CommandRun.fastpix(["show", "report.json", "889", "355", "-o", "crop.png"], in: folder)
            #expect(png.exitCode == 0)
            let read = try CommandRun.fastpix(["stats", "crop.png", "-q", "-f", "json"], in: folder).statistics()
            #expect(read.photos == 1)
            let again = try CommandRun.fastpix(["show", "report.json", "889", "355", "-o", "crop.png"], in: folder)
            #expect(again.exitCode == 1 && again.stderr.contains("--overwrite"))
        }
    }

    @Test func sixteenBitsAndMissingPhotos() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for name in try Repository.fixture("sixteen-bit").entries() {
                try photos.addCopy(of: Repository.fixture("sixteen-bit/\(name)"))
            }
            _ = try CommandRun.fastpix(["hotpixels", "photos", "-q", "--output", "report.json"], in: folder)
            try FileManager.default.removeItem(at: photos.appendingPathComponent("frame-03.png"))
            let run = try CommandRun.fastpix(["show", "report.json", "41", "67", "-o", "crop.png"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderr.contains("skipped photos/frame-03.png"))
            #expect(run.stderr.contains("mean and variance of 11 photos"))
            try FileManager.default.removeItem(at: photos)
            let none = try CommandRun.fastpix(["show", "report.json", "41", "67", "-o", "none.png"], in: folder)
            #expect(none.exitCode == 1)
            #expect(none.stderr.contains("in the folder in which the report was made"))
            #expect(try folder.entries() == ["crop.png", "report.json"])
        }
    }

    @Test(arguments: [
        (["64", "0"], "is in no frame"), (["0", "96"], "is in no frame"),
        (["0", "0", "--group", "2"], "is in no frame"),
        (["0", "0", "-o", "x.jpg"], ".png or .svg"),
    ])
    func placesOutsideAreRefused(_ options: [String], _ words: String) throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(
                ["hotpixels", Repository.fixture("sixteen-bit").path, "-q", "--output", "report.json"], in: folder)
            let output = options.contains("-o") ? [] : ["-o", "x.png"]
            let run = try CommandRun.fastpix(["show", "report.json"] + options + output, in: folder)
            #expect(run.exitCode == 1 || run.exitCode == 64)
            #expect(run.stderr.contains(words), "\(run.stderr)")
            #expect(try folder.entries() == ["report.json"])
        }
    }

    @Test func reportsComeThroughPipes() throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(
                ["hotpixels", Repository.examplePhotos.path, "-q", "--output", "report.json"], in: folder)
            _ = try CommandRun.fastpix(["show", "report.json", "889", "355", "-o", "file.png"], in: folder)
            let run = try CommandRun.shell("cat report.json | \"$0\" show /dev/stdin 889 355 -o pipe.png", in: folder)
            #expect(run.exitCode == 0)
            let pictures = try ["file.png", "pipe.png"].map {
                try Data(contentsOf: folder.appendingPathComponent($0))
            }
            #expect(pictures[0] == pictures[1])
        }
    }

    @Test func otherFilesAreNoReports() throws {
        try withTemporaryFolder { folder in
            try folder.addFile("a.json", Data("{\"schema\": \"fastpix.stats/1\", \"groups\": []}".utf8))
            let run = try CommandRun.fastpix(["show", "a.json", "0", "0", "-o", "x.png"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("no JSON result of fastpix hotpixels"))
        }
    }
}
