import Foundation
import TestSupport
import Testing

/// `--dry-run` says what would be done and does none of it; `--verbose` says of every file what became of it.
struct DryRunTests {
    private static func addPhotos(to folder: URL) throws {
        let photos = try folder.addFolder("photos")
        for size in [24, 32] {
            var scenes = SyntheticScenes(width: size, height: 16, channels: 3)
            for number in 0..<(size == 24 ? 6 : 2) {
                try photos.addFile("\(size)-\(number).png", TestPhoto.png(scenes.next(), width: size, channels: 3))
            }
        }
        try photos.addFile("broken.png", Data("no photo".utf8))
    }

    @Test func hotpixelsReadsHeadersAlone() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", "photos", "--dry-run", "--output", "a.json", "--report", "page.html", "--save-maps",
                    "maps",
                    "--export", "x.lst",
                ], in: folder)
            #expect(run.exitCode == 2)
            #expect(
                run.stdout.hasPrefix(
                    "6 photos would be read, in 1 group\n  1. unknown camera, 24 x 16, 8-bit RGB: 6 photos\n"))
            #expect(run.stdout.contains("2 files left out: the group"))
            for line in [
                "  the result: a.json", "  the page: page.html", "(siril): x.lst", "mean.npy, variance.npy: maps",
            ] {
                #expect(run.stdout.contains(line), "\(run.stdout)")
            }
            #expect(try folder.entries() == ["photos"])
            let named = try CommandRun.fastpix(["hotpixels", "photos", "--dry-run", "--verbose"], in: folder)
            for name in ["24-0.png", "24-5.png", "32-1.png", "broken.png"] {
                #expect(named.stdout.contains("photos/\(name)\n"))
            }
        }
    }

    /// What the run would refuse before it begins, the plan refuses, too.
    @Test(arguments: [
        ("--report", "there.html"), ("--report", "nowhere/page.html"), ("--variance-map", "there.png"),
        ("--output", "there.json"), ("--export", "there.lst"), ("--save-maps", "there"),
    ])
    func outputsAreLookedAt(_ option: String, _ name: String) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            for name in ["there.html", "there.png", "there.json", "there.lst"] { try folder.addFile(name, Data()) }
            try folder.addFolder("there").addFile("mean.npy", Data())
            let before = try folder.entries()
            let plan = try CommandRun.fastpix(["hotpixels", "photos", "--dry-run", option, name], in: folder)
            #expect(plan.exitCode == 1, "\(plan.stdout)")
            #expect(plan.stderr.contains(name), "\(plan.stderr)")
            #expect(try folder.entries() == before)
        }
    }

    @Test func nothingToReadIsAFailure() throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("photos")
            #expect(try CommandRun.fastpix(["hotpixels", "photos", "--dry-run"], in: folder).exitCode == 1)
        }
    }

    @Test func everyFileIsNamed() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            let run = try CommandRun.fastpix(["hotpixels", "photos", "--verbose"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderrLines.count { $0.contains(": group 1, unknown camera, 24 x 16") } == 6)
            #expect(run.stderrLines.count { $0.contains("32-") && $0.contains("left out, the group") } == 2)
            #expect(run.stderr.contains("photos/broken.png: left out, "))
            #expect(run.stderrLines.count { $0.contains(/: decoded in \d+\.\d{3} s$/) } == 6)
            let plain = try CommandRun.fastpix(["hotpixels", "photos", "-f", "csv", "-q"], in: folder)
            let verbose = try CommandRun.fastpix(["hotpixels", "photos", "-f", "csv", "-v"], in: folder)
            #expect(plain.stdout == verbose.stdout)
        }
    }

    @Test func imagesAreNotMade() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            try folder.addFile("list.csv", Data("row,column\n1,2\n".utf8))
            let blend = try CommandRun.fastpix(
                ["addweighted", "photos", "--blur", "3", "--output", "out", "--dry-run"], in: folder)
            #expect(blend.stdout.contains("photos/24-0.png and its blur of 3 -> out/24-0.png\n"))
            #expect(blend.stdout.contains("9 images would be made, 0 files left out\n"))
            let list = ["--map", "list.csv", "--map-size", "24x16", "--map-offset", "0,0"]
            let repair = try CommandRun.fastpix(
                ["repair", "photos", "--output", "out", "--dry-run"] + list, in: folder)
            #expect(repair.exitCode == 2)
            #expect(repair.stdout.contains("photos/24-0.png -> out/24-0.png, 1 defect\n"))
            #expect(repair.stdout.contains("6 photos would be repaired, 3 files left out\n"))
            #expect(try folder.entries() == ["list.csv", "photos"])
            let done = try CommandRun.fastpix(["repair", "photos", "--output", "out"] + list, in: folder)
            #expect(done.stderr.contains("6 photos repaired"))
        }
    }
}
