import Foundation
import TestSupport
import Testing

/// No output is an input or another output, by whatever path: refused before work begins, and nothing is touched.
struct DistinctFilesTests {
    private static func prepare(_ folder: URL) throws {
        let photos = try folder.addFolder("photos")
        for number in 0..<2 {
            var scenes = SyntheticScenes(width: 24, height: 16, channels: 1, seed: UInt64(number + 1))
            try photos.addFile("\(number).png", TestPhoto.png(scenes.next(), width: 24, channels: 1))
        }
        try folder.addFolder("sub")
        try folder.addLink("alias", to: "sub")
        // What lies above it is not where it lies.
        try folder.addFolder("sub/inner")
        try folder.addLink("deep", to: "sub/inner")
        try folder.addFile("there.png", Data("old".utf8))
        try folder.addLink("link.png", to: "there.png")
        try FileManager.default.linkItem(
            at: folder.appendingPathComponent("there.png"), to: folder.appendingPathComponent("hard.png"))
        try folder.addFile("map.csv", Data("row,column\n3,3\n".utf8))
    }

    /// The spellings of one file, there or not there yet.
    private static let spellings = [
        ("x.png", "./x.png"), ("x.png", "sub/../x.png"), ("sub/x.png", "alias/x.png"),
        ("sub/x.png", "alias/../sub//x.png"), ("sub/x.png", "deep/../x.png"), ("sub/x.png", "deep/../../sub/x.png"),
        ("there.png", "link.png"), ("there.png", "hard.png"), ("link.png", "hard.png"),
    ]

    private static func expectRefusal(_ arguments: [String], in folder: URL) throws {
        let before = try contents(of: folder)
        let run = try CommandRun.fastpix(arguments, in: folder)
        #expect(run.exitCode == 64 || run.exitCode == 1, "\(arguments): \(run.stderr)")
        #expect(run.stdout == "")
        let words = [
            "name the same file", "is one of the photos", "could write the same file", "would replace the list",
        ]
        #expect(words.contains { run.stderr.contains($0) }, "\(arguments): \(run.stderr)")
        #expect(try contents(of: folder) == before)
    }

    private static func contents(of folder: URL) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            contents[path] = (try? Data(contentsOf: folder.appendingPathComponent(path))) ?? Data()
        }
        return contents
    }

    @Test(arguments: spellings)
    func twoOutputsAreTwoFiles(_ first: String, _ second: String) throws {
        try withTemporaryFolder { folder in
            try Self.prepare(folder)
            let hotpixels = ["hotpixels", "photos", "--minimum-frames", "2"]
            for (one, other) in [
                ("--checkpoint", "--output"), ("--output", "--variance-map"), ("--export", "--output"),
                ("--report", "--checkpoint"), ("--export", "--export"),
            ] {
                try Self.expectRefusal(hotpixels + [one, first, other, second], in: folder)
            }
            try Self.expectRefusal(["stats", "photos", "--output", first, "--histogram", second], in: folder)
            try Self.expectRefusal(["bench", "photos", "--output", first, "--plot", second], in: folder)
            try Self.expectRefusal(
                ["merge", "photos/0.png", "--output", first, "--save-state", second], in: folder)
        }
    }

    @Test func inputsAreNoOutputs() throws {
        try withTemporaryFolder { folder in
            try Self.prepare(folder)
            try folder.addLink("photo.png", to: "photos/0.png")
            for option in ["--output", "--variance-map", "--report", "--checkpoint", "--export"] {
                try Self.expectRefusal(
                    ["hotpixels", "photos", "--minimum-frames", "2", option, "photo.png"], in: folder)
            }
            for (state, output) in Self.spellings.suffix(3) {
                try Self.expectRefusal(["merge", state, "--output", output], in: folder)
                try Self.expectRefusal(["merge", state, "--save-state", output], in: folder)
                try Self.expectRefusal(["merge", state, "--variance-map", output], in: folder)
            }
            // The list of defects is a mask, and its name that of a photo.
            let mask = [UInt8](repeating: 0, count: 24 * 16 - 1) + [255]
            try folder.addFile("sub/0.png", TestPhoto.png(mask, width: 24, channels: 1))
            try Self.expectRefusal(
                ["repair", "photos", "--map", "sub/0.png", "--output", "alias", "--overwrite"], in: folder)
        }
    }

    /// Files in folders and those of further groups count, too.
    @Test func namesThatArePutTogetherAreKnown() throws {
        try withTemporaryFolder { folder in
            try Self.prepare(folder)
            let hotpixels = ["hotpixels", "photos", "--minimum-frames", "2"]
            for arguments in [
                ["--save-maps", "sub", "--output", "alias/mean.npy"],
                ["--save-sums", "new", "--output", "./new/sum.npy"],
                ["--variance-map", "map.png", "--report", "map-2.png"],
                ["--checkpoint", "sub/a.png", "--export", "alias/a-13.png"],
            ] {
                try Self.expectRefusal(hotpixels + arguments, in: folder)
            }
        }
    }

    /// What is no file takes any number of outputs, and different names are different.
    @Test func devicesAndOtherNamesAreFine() throws {
        try withTemporaryFolder { folder in
            try Self.prepare(folder)
            for arguments in [
                ["--output", "/dev/null", "--export", "/dev/null", "--export-format", "json"],
                ["--output", "b-2.txt", "--variance-map", "a.png"], ["--save-maps", "sub", "--save-sums", "alias"],
            ] {
                let run = try CommandRun.fastpix(
                    ["hotpixels", "photos", "--minimum-frames", "2"] + arguments, in: folder)
                // So few photos are not judged, and then there is no list to export.
                #expect(run.exitCode == (arguments.contains("--export") ? 2 : 0), "\(arguments): \(run.stderr)")
            }
        }
    }
}
