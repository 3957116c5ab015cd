import Foundation
import TestSupport
import Testing

/// Damaged images are named, leave no file behind, and do not keep the others from being made.
struct BlendBadInputTests {
    private static let bad = [
        "jpeg-truncated-50.jpg", "jpeg-truncated-header.jpg", "jpeg-corrupt-huffman.jpg", "jpeg-no-eoi.jpg",
        "jpeg-corrupt-progressive.jpg", "empty.jpg", "one-byte.jpg", "text.jpg", "gif.jpg", "jpeg-cmyk.jpg",
        "jpeg-12-bit.jpg", "png-truncated-50.png", "png-bad-crc.png", "png-bad-adler.png", "png-60000x60000.png",
    ]

    @Test(arguments: ["1", "2", "4"])
    func badImagesAreNamedAndTheOthersMade(_ workers: String) throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            let bad = Self.bad.filter { FileManager.default.fileExists(atPath: Photos.decoderFixture($0).path) }
            #expect(bad.count >= 12)
            for name in bad { try photos.addCopy(of: Photos.decoderFixture(name)) }
            try photos.addCopy(of: Blends.fixture("rgb8.png"), as: "good-1.png")
            try photos.addCopy(of: Blends.fixture("rgb.jpg"), as: "good-2.jpg")
            try photos.addLink("dangling.jpg", to: "nowhere.jpg")
            let run = try CommandRun.addWeighted(
                ["photos", "--blur", "15", "--output", "out", "--summary", "json", "--workers", workers], in: folder)
            #expect(run.exitCode == 2)
            let result = try run.blended()
            #expect(result.images.map(\.output) == ["out/good-1.png", "out/good-2.jpg"])
            #expect(result.skipped.map(\.path) == (bad + ["dangling.jpg"]).map { "photos/\($0)" }.sorted())
            run.expectNamed(result.skipped.map { ($0.path, $0.reason) })
            #expect(try folder.appendingPathComponent("out").entries() == ["good-1.png", "good-2.jpg"])
        }
    }

    /// The file to blame is named beside the image that was not made.
    @Test func aBadSecondImageIsNamed() throws {
        try withTemporaryFolder { folder in
            try folder.addCopy(of: Photos.decoderFixture("jpeg-422-200x150-q90.jpg"), as: "a.jpg")
            try folder.addCopy(of: Photos.decoderFixture("jpeg-truncated-50.jpg"), as: "b.jpg")
            let run = try CommandRun.addWeighted(
                ["a.jpg", "b.jpg", "--output", "out.jpg", "--resize-b"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("skipped a.jpg: b.jpg: "))
            #expect(run.stderr.hasSuffix("fastpix: error: no image could be made\n"))
            #expect(try folder.entries() == ["a.jpg", "b.jpg"])
        }
    }

    @Test func damageBehindTheLastRowThatIsNeededCounts() throws {
        try withTemporaryFolder { folder in
            // Made small, the last rows of the second image have no weight; its file must be sound all the same.
            let photo = try Data(contentsOf: Photos.decoderFixture("png-rgb8-200x150.png"))
            try folder.addFile("b.png", photo.dropLast(200))
            try folder.addCopy(of: Blends.fixture("small-rgb8.png"), as: "a.png")
            let run = try CommandRun.addWeighted(["a.png", "b.png", "--output", "out.png", "--resize-b"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("skipped a.png: b.png: truncated PNG"))
            #expect(try folder.entries() == ["a.png", "b.png"])
        }
    }

    @Test(arguments: [["nowhere", "--blur", "3"], ["here", "nowhere"], ["nowhere", "here"]])
    func pathsThatDoNotExist(_ arguments: [String]) throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("here").addCopy(of: Blends.fixture("rgb8.png"))
            let run = try CommandRun.addWeighted(arguments + ["--output", "out"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("nowhere: cannot be read; check the path (No such file or directory)"))
            #expect(try folder.entries() == ["here"])
        }
    }

    @Test func anEmptyFolderIsNothingDone() throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("here")
            let run = try CommandRun.addWeighted(["here", "--blur", "3", "--output", "out"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("no images, JPEG or PNG, in here (subfolders are searched with --recursive)"))
        }
    }

    @Test func tooManyPixelsAreRefused() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.addWeighted(
                [Blends.fixture("rgb8.png").path, "--blur", "3", "--output", "out.png", "--max-pixels", "1000"],
                in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("61 x 43 pixels are more than the limit of 1000 pixels"))
        }
    }

    @Test(.enabled(if: CommandRun.canBeUnprivileged, "root writes everywhere, and there is no setpriv"))
    func aFolderThatCannotBeWrittenTo() throws {
        try withTemporaryFolder { folder in
            let closed = try folder.addFolder("closed")
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: closed.path)
            try folder.addCopy(of: Blends.fixture("rgb8.png"), as: "a.png")
            let run = try CommandRun.unprivileged(
                ["addweighted", "a.png", "--blur", "3", "--output", "closed/"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("closed: the folder cannot be written to"))
        }
    }

    @Test func aFileInTheWayOfAFolder() throws {
        try withTemporaryFolder { folder in
            try folder.addFile("file", Data())
            let run = try CommandRun.addWeighted(
                [Blends.fixture("rgb8.png").path, "--blur", "3", "--output", "file/out.png"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("file: a file, and a folder is expected"))
        }
    }
}
