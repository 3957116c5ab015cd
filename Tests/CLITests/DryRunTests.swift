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

    @Test(arguments: ["hotpixels", "stats"]) func nothingToReadIsAFailure(_ command: String) throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("photos")
            #expect(try CommandRun.fastpix([command, "photos", "--dry-run"], in: folder).exitCode == 1)
        }
    }

    @Test func statsTellsWhatItWouldDecode() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            let headers = try CommandRun.fastpix(["stats", "photos", "--dry-run"], in: folder)
            #expect(headers.exitCode == 2)
            #expect(
                headers.stdout.hasPrefix(
                    """
                    8 photos would be counted, from headers alone, in 2 groups
                      1. unknown camera, 24 x 16, 8-bit RGB: 6 photos
                      2. unknown camera, 32 x 16, 8-bit RGB: 2 photos
                    1 file left out: 
                    """))
            #expect(headers.stdout.hasSuffix("Would be written:\n  the result: standard output\n"))
            let decoding = try CommandRun.fastpix(
                [
                    "stats", "photos", "--dry-run", "-v", "--histogram", "h.svg", "--checkpoint", "c.state", "-o",
                    "a.csv",
                ], in: folder)
            #expect(decoding.stdout.hasPrefix("8 photos would be read, in 2 groups\n"))
            #expect(
                decoding.stdout.hasSuffix(
                    "Would be written:\n  the result: a.csv\n  the histograms: h.svg\n  the state: c.state\n"))
            for name in ["24-0.png", "32-1.png", "broken.png"] {
                #expect(decoding.stdout.contains("     photos/\(name)\n"))
            }
            #expect(try folder.entries() == ["photos"])
            try folder.addFile("h.svg", Data())
            let refused = try CommandRun.fastpix(["stats", "photos", "--dry-run", "--histogram", "h.svg"], in: folder)
            #expect(refused.exitCode == 1 && refused.stderr.contains("h.svg: is there already"))
        }
    }

    @Test func mergeTellsWhatItWouldAddUp() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            for (name, pattern) in [("a", "24-[0-3]*"), ("b", "24-[45]*"), ("c", "32*")] {
                _ = try CommandRun.fastpix(
                    [
                        "hotpixels", "photos", "--include", pattern, "--state-only", "--checkpoint", "\(name).state",
                        "-q",
                    ], in: folder)
                _ = try CommandRun.fastpix(
                    ["stats", "photos", "--include", pattern, "--checkpoint", "\(name).sums", "-q"], in: folder)
            }
            let before = try folder.entries()
            let options = ["--dry-run", "--separate-groups", "--minimum-frames", "3", "--save-state", "all.state"]
            let plan = try CommandRun.fastpix(
                ["merge", "a.state", "b.state", "c.state", "--export", "x.json"] + options, in: folder)
            #expect(plan.exitCode == 0, "\(plan.stderr)")
            #expect(
                plan.stdout == """
                    2 states would be added up, in 1 group
                      1. unknown camera, 24 x 16, 8-bit RGB: 6 photos in 2 states
                    1 file left out: the group (unknown camera, 32 x 16, 8-bit RGB) has 2 photos, fewer than the 3 that are asked for
                    Would be written, with -2 and so on for further groups:
                      the result: standard output
                      the state: all.state
                      the list of defects (json): x.json

                    """)
            let sums = try CommandRun.fastpix(["merge", "a.sums", "c.sums", "--dry-run", "--verbose"], in: folder)
            #expect(
                sums.stdout == """
                    2 states would be added up, in 1 group
                      1. sums of whole photos, every pixel counts alike: 6 photos in 2 states
                         a.sums
                         c.sums
                    Would be written:
                      the result: standard output

                    """)
            // What would be refused, the plan refuses.
            for (wrong, words) in [
                (["a.state", "c.state"], "merge states of one"), (["a.state", "a.state"], "may count only once"),
                (["a.state", "b.sums"], "merge states of one kind"), (["a.sums", "--save-state", "b.sums"], "b.sums"),
                (["a.state", "--report", "page.pdf"], "page.pdf"),
            ] {
                let refused = try CommandRun.fastpix(["merge", "--dry-run"] + wrong, in: folder)
                #expect([1, 64].contains(refused.exitCode), "\(wrong)")
                #expect(refused.stderr.contains(words), "\(refused.stderr)")
                #expect(refused.stdout == "")
            }
            #expect(try folder.entries() == before)
            let named = try CommandRun.fastpix(["merge", "a.state", "b.state", "-v"], in: folder)
            for name in ["a", "b"] {
                #expect(named.stderr.contains("fastpix: \(name).state: group 1, unknown camera, 24 x 16, 8-bit RGB\n"))
            }
        }
    }

    /// A plan is text.
    @Test(arguments: [
        ["hotpixels", "x", "--format", "csv"], ["stats", "x", "--format", "json"], ["merge", "x", "--format", "jsonl"],
        ["repair", "x", "--map", "y", "-o", "z", "--format", "json"],
        ["addweighted", "x", "--blur", "3", "-o", "z", "--summary", "json"],
    ])
    func plansAreText(_ command: [String]) throws {
        let run = try CommandRun.fastpix(command + ["--dry-run"])
        #expect(run.exitCode == 64)
        #expect(run.stderr.contains("--dry-run tells its plan as text"), "\(run.stderr)")
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

    @Test func everyFileOfOtherCommandsIsNamed() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            try folder.addFile("list.csv", Data("row,column\n1,2\n".utf8))
            func lines(_ arguments: [String]) throws -> [Substring] {
                let run = try CommandRun.fastpix(
                    [arguments[0], "photos", "--verbose"] + arguments.dropFirst(), in: folder)
                #expect(run.exitCode == 2, "\(run.stderr)")
                #expect(run.stderrLines.contains { $0.contains("photos/broken.png: ") })
                return run.stderrLines
            }
            let headers = try lines(["stats"])
            #expect(headers.count { $0.contains(/: group [12], unknown camera, (24|32) x 16, 8-bit RGB$/) } == 8)
            #expect(!headers.contains { $0.contains(" decoded in ") })
            #expect(try lines(["stats", "--moments"]).count { $0.contains(/: decoded in \d+\.\d{3} s$/) } == 8)
            let repaired = try lines(
                [
                    "repair", "-o", "repaired", "--map", "list.csv", "--map-size", "24x16", "--map-offset", "0,0",
                ])
            #expect(
                repaired.count {
                    $0.contains(/photos\/(24-\d.png): repaired in \d+\.\d{3} s, 1 defect, to repaired\/24-\d.png$/)
                } == 6)
            #expect(repaired.count { $0.contains("skipped photos/32-") } == 2)
            let blended = try lines(["addweighted", "--blur", "3", "-o", "blended"])
            #expect(
                blended.count {
                    $0.contains(/\d.png: blended in \d+\.\d{3} s, with its blur, to blended\/(24|32)-\d.png$/)
                } == 8)
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
