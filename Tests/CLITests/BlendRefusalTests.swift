import Foundation
import TestSupport
import Testing

/// What `fastpix addweighted` does not write over, and images that do not fit each other.
struct BlendRefusalTests {
    private static func content(_ folder: URL, _ path: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(path))
    }

    @Test func existingFilesStay() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            try folder.addFolder("out").addFile("one.png", Data("mine".utf8))
            let run = try CommandRun.addWeighted(["a", "b", "--output", "out"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderr.contains("skipped a/one.png: not made: its output out/one.png exists already"))
            #expect(try Self.content(folder, "out/one.png") == Data("mine".utf8))
            #expect(try folder.appendingPathComponent("out").entries() == ["one.png", "two.jpg"])

            let replaced = try CommandRun.addWeighted(["a", "b", "--output", "out", "--overwrite"], in: folder)
            #expect(replaced.exitCode == 0)
            #expect(replaced.stderr == "")
            #expect(try Self.content(folder, "out/one.png").count > 1000)
        }
    }

    @Test func oneExistingFileIsNothingDone() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            try folder.addFile("out.png", Data("mine".utf8))
            let run = try CommandRun.addWeighted(["a/one.png", "b/one.png", "--output", "out.png"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("its output out.png exists already"))
            #expect(try Self.content(folder, "out.png") == Data("mine".utf8))
        }
    }

    /// Also by another name of the same file.
    @Test(arguments: ["a/one.png", "b/one.png", "link.png", "hard.png"])
    func inputsStay(_ output: String) throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            try folder.addLink("link.png", to: "a/one.png")
            try FileManager.default.linkItem(
                at: folder.appendingPathComponent("b/one.png"), to: folder.appendingPathComponent("hard.png"))
            let before = try Self.content(folder, output)
            let run = try CommandRun.addWeighted(["a/one.png", "b/one.png", "--output", output], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("its output \(output) is one of the inputs"))
            #expect(try Self.content(folder, output) == before)
        }
    }

    @Test func inputsAreReplacedWhenAskedTo() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let apart = try CommandRun.addWeighted(["a", "--blur", "5", "--output", "apart", "-r"], in: folder)
            #expect(apart.exitCode == 0)
            let refused = try CommandRun.addWeighted(["a", "--blur", "5", "--output", "a", "-r"], in: folder)
            #expect(refused.exitCode == 1)
            let inPlace = try CommandRun.addWeighted(
                ["a", "--blur", "5", "--output", "a", "-r", "--overwrite"], in: folder)
            #expect(inPlace.exitCode == 0)
            for file in try Blends.files(folder.appendingPathComponent("apart")) {
                #expect(try Self.content(folder, "a/\(file)") == Self.content(folder, "apart/\(file)"))
            }
        }
    }

    /// Otherwise the result would depend on which image is made first.
    @Test func inputsOfOtherImagesAreNeverReplaced() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            let before = try Self.content(folder, "a/one.png")
            let run = try CommandRun.addWeighted(["a", "a/one.png", "--output", "a", "--overwrite"], in: folder)
            #expect(run.exitCode == 2)
            #expect(
                run.stderr.contains("skipped a/one.png: not made: its output a/one.png is an input of other images"))
            #expect(try Self.content(folder, "a/one.png") == before)
        }
    }

    @Test func twoImagesDoNotGoToOneFile() throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("a").addCopy(of: Blends.fixture("rgb8.png"), as: "x.png")
            try folder.appendingPathComponent("a").addCopy(of: Blends.fixture("rgb.jpg"), as: "x.jpg")
            let run = try CommandRun.addWeighted(
                ["a", "--blur", "5", "--output", "out", "--format", "png"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderr.contains("skipped a/x.png: not made: its output out/x.png is that of a/x.jpg, too"))
            #expect(try Blends.files(folder.appendingPathComponent("out")) == ["x.png"])
        }
    }

    @Test func aFileIsNoFolder() throws {
        try withTemporaryFolder { folder in
            try Blends.addFolders(to: folder)
            try folder.addFile("out", Data("mine".utf8))
            let run = try CommandRun.addWeighted(["a", "b", "--output", "out"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("out: is a file and a folder is expected"))
        }
    }

    @Test func sizesThatDifferAreNamed() throws {
        try withTemporaryFolder { folder in
            try folder.addCopy(of: Blends.fixture("rgb8.png"), as: "a.png")
            try folder.addCopy(of: Blends.fixture("small-rgb8.png"), as: "b.png")
            let run = try CommandRun.addWeighted(["a.png", "b.png", "--output", "out.png"], in: folder)
            #expect(run.exitCode == 1)
            #expect(
                run.stderr.contains(
                    "skipped a.png: has 61 x 43 pixels, but b.png has 23 x 17; give images of one size, or --resize-b"))
            #expect(try folder.entries() == ["a.png", "b.png"])

            let resized = try CommandRun.addWeighted(
                ["a.png", "b.png", "--output", "out.png", "--resize-b", "--summary", "json"], in: folder)
            #expect(resized.exitCode == 0)
            let image = try #require(try resized.blended().images.first)
            #expect(image.width == 61 && image.height == 43)
        }
    }
}
