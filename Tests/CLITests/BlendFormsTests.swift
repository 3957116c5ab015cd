import Foundation
import TestSupport
import Testing

/// `fastpix addweighted` in each of its forms: what is blended with what, and where it goes.
struct BlendFormsTests {
    private static func contents(_ folder: URL, _ path: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(path))
    }

    /// From the files to the samples, nothing of fastpix's own in between but its statistics.
    @Test func samplesOfTwoImagesAreOpenCVs() throws {
        try withTemporaryFolder { folder in
            let output = folder.appendingPathComponent("blend.png")
            let run = try CommandRun.addWeighted([
                Blends.fixture("rgb8.png").path, Blends.fixture("other-rgb8.png").path, "--output", output.path,
            ])
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let hash = SHA256.hexadecimal(of: try Blends.samples(output).map { UInt8($0) })
            // Of the first case in blend/manifest.json.
            #expect(hash == (try Self.goldenHash(first: "rgb8.png", second: "other-rgb8.png")))
        }
    }

    @Test func samplesOfABlurAreOpenCVs() throws {
        try withTemporaryFolder { folder in
            let output = folder.appendingPathComponent("contrast.png")
            let run = try CommandRun.addWeighted([
                Blends.fixture("rgb8.png").path, "--blur", "15", "--alpha", "4", "--beta", "-4", "--gamma", "128",
                "--output", output.path,
            ])
            #expect(run.exitCode == 0)
            let hash = SHA256.hexadecimal(of: try Blends.samples(output).map { UInt8($0) })
            #expect(hash == (try Self.goldenHash(first: "rgb8.png", second: nil, alpha: 4, blur: 15)))
        }
    }

    private struct Manifest: Decodable {
        struct Case: Decodable {
            let first: String
            let second: String?
            let alpha: Double
            let blur: Int?
            let sha256: String?
        }
        let cases: [Case]
    }

    private static func goldenHash(
        first: String, second: String?, alpha: Double = 0.7, blur: Int? = nil
    ) throws -> String? {
        let manifest = try JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: Blends.fixture("manifest.json")))
        return manifest.cases.first {
            $0.first == first && $0.second == second && $0.alpha == alpha && $0.blur == blur
        }?.sha256
    }

    @Test func twoImagesGoToAFileOrAFolder() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            try folder.addFolder("there")
            for output in ["new.png", "there", "made/"] {
                let run = try CommandRun.addWeighted(["a/one.png", "b/one.png", "--output", output], in: folder)
                #expect(run.exitCode == 0)
                #expect(run.stderr == "")
                #expect(run.stdout.hasPrefix("1 image, 0.0 megapixels, in "))
            }
            let files = try ["new.png", "there/one.png", "made/one.png"].map { try Self.contents(folder, $0) }
            #expect(files[0] == files[1] && files[1] == files[2])
        }
    }

    @Test func foldersArePairedAndTheTreeIsRepeated() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(["a", "b", "--output", "out", "--recursive"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            #expect(run.stdout.hasPrefix("3 images, "))
            let out = folder.appendingPathComponent("out")
            #expect(try Blends.files(out) == ["one.png", "sub/three.png", "two.jpg"])
            for (first, second, output) in [
                ("a/one.png", "b/one.png", "one.png"), ("a/two.jpg", "b/two.png", "two.jpg"),
                ("a/sub/three.png", "b/sub/three.png", "sub/three.png"),
            ] {
                let alone = try CommandRun.addWeighted(
                    [first, second, "--output", "alone/", "--overwrite"], in: folder)
                #expect(alone.exitCode == 0)
                let name = URL(fileURLWithPath: output).lastPathComponent
                #expect(try Self.contents(folder, "alone/\(name)") == Self.contents(out, output))
            }
        }
    }

    @Test func subfoldersAreForRecursiveRuns() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(["a", "b", "--output", "out"], in: folder)
            #expect(run.exitCode == 0)
            #expect(try Blends.files(folder.appendingPathComponent("out")) == ["one.png", "two.jpg"])
        }
    }

    @Test func oneImageGoesWithEachOfAFolder() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(
                ["a", "b/one.png", "--output", "out", "-r", "--summary", "json"], in: folder)
            #expect(run.exitCode == 0)
            let images = try run.blended().images
            #expect(images.map(\.first) == ["a/one.png", "a/sub/three.png", "a/two.jpg"])
            #expect(images.map(\.second) == ["b/one.png", "b/one.png", "b/one.png"])
            #expect(images.map(\.output) == ["out/one.png", "out/sub/three.png", "out/two.jpg"])
        }
    }

    @Test func aFolderDoesNotGoWithOneImageBeforeIt() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(["a/one.png", "b", "--output", "out"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("b: is a folder and the first input one image"))
        }
    }

    @Test func blursTakeAnyNumberOfPaths() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(
                ["a/one.png", "b/two.png", "a/sub", "--blur", "3", "--output", "out"], in: folder)
            #expect(run.exitCode == 0)
            let out = folder.appendingPathComponent("out")
            #expect(try Blends.files(out) == ["one.png", "three.png", "two.png"])
        }
    }

    @Test func namesFollowSuffixAndFormat() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            for (format, names) in [
                ("png", ["one_soft.png", "two_soft.png"]), ("jpeg", ["one_soft.jpg", "two_soft.jpg"]),
                ("jpg", ["one_soft.jpg", "two_soft.jpg"]),
            ] {
                let run = try CommandRun.addWeighted(
                    ["a", "--blur", "3", "--output", "out-\(format)", "--suffix", "_soft", "--format", format],
                    in: folder)
                #expect(run.exitCode == 0)
                let out = folder.appendingPathComponent("out-\(format)")
                #expect(try Blends.files(out) == names)
                for name in names {
                    let isPNG = try Data(contentsOf: out.appendingPathComponent(name)).starts(with: [0x89, 0x50])
                    #expect(isPNG == (format == "png"))
                }
            }
        }
    }

    /// A file's own name says its format, and must not contradict --format.
    @Test func theOutputsNameSaysTheFormat() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let run = try CommandRun.addWeighted(["a/one.png", "--blur", "3", "--output", "x.jpg"], in: folder)
            #expect(run.exitCode == 0)
            #expect(try Self.contents(folder, "x.jpg").starts(with: [0xff, 0xd8]))
            let wrong = try CommandRun.addWeighted(
                ["a/one.png", "--blur", "3", "--output", "y.jpg", "--format", "png"], in: folder)
            #expect(wrong.exitCode == 64)
            #expect(wrong.stderr.contains("y.jpg: is the name of a JPEG file and --format is png"))
            #expect(wrong.stdout == "")
            let suffix = try CommandRun.addWeighted(
                ["a/one.png", "--blur", "3", "--output", "y.jpg", "--suffix", "_soft"], in: folder)
            #expect(suffix.exitCode == 64)
            #expect(suffix.stderr.contains("y.jpg: is a file's name, which takes no --suffix"))
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("y.jpg").path))
            // A folder may be called as it likes.
            let folders = try CommandRun.addWeighted(
                ["a", "--blur", "3", "--output", "y.jpg", "--format", "png"], in: folder)
            #expect(folders.exitCode == 0)
            #expect(try folder.appendingPathComponent("y.jpg").entries().allSatisfy { $0.hasSuffix(".png") })
        }
    }

    @Test func qualityAndLevelAreObeyed() throws {
        try withTemporaryFolder { folder in
            func size(_ name: String, _ options: [String]) throws -> Int {
                let run = try CommandRun.addWeighted(
                    [Blends.fixture("rgb.jpg").path, "--blur", "3", "--output", name] + options, in: folder)
                #expect(run.exitCode == 0)
                return try Self.contents(folder, name).count
            }
            #expect(try size("low.jpg", ["--quality", "10"]) < size("high.jpg", ["--quality", "99"]))
            #expect(try size("small.png", ["--png-level", "9"]) < size("stored.png", ["--png-level", "0"]))
            let usual = try JPEGSegments(folder.appendingPathComponent("high.jpg"))
            #expect(usual.samplingFactors == [0x22, 0x11, 0x11])
        }
    }

    /// Table K.1 of ITU-T T.81 scaled for quality 95, as libjpeg and OpenCV do: its first entry, 16, becomes 2 and its
    /// last, 99, becomes 10. At 94 and 96 that would be 12 and 8.
    @Test func theDefaultQualityIs95() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.addWeighted(
                [Blends.fixture("rgb.jpg").path, "--blur", "3", "--output", "x.jpg"], in: folder)
            #expect(run.exitCode == 0)
            let table = try JPEGSegments(folder.appendingPathComponent("x.jpg")).quantization
            #expect(table.first == 2 && table.last == 10)
        }
    }
}
