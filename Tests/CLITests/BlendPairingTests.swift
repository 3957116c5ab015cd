import Foundation
import TestSupport
import Testing

/// Which images of two folders are blended, and what is said of the others.
struct BlendPairingTests {
    private static let image = Blends.fixture("rgb8.png")

    private func blend(
        _ first: [String], _ second: [String], _ options: [String] = [], check: (URL, CommandRun) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            for (name, files) in [("a", first), ("b", second)] {
                let root = try folder.addFolder(name)
                for file in files {
                    let parent = URL(fileURLWithPath: file).deletingLastPathComponent().relativePath
                    if file.contains("/") { try root.addFolder(parent) }
                    try root.addCopy(of: Self.image, as: file)
                }
            }
            let run = try CommandRun.addWeighted(
                ["a", "b", "--output", "out", "--summary", "json"] + options, in: folder)
            try check(folder, run)
        }
    }

    @Test func imagesWithoutAPartnerAreNamed() throws {
        try blend(["1.png", "2.png", "3.png"], ["2.png", "3.jpeg", "4.png"]) { folder, run in
            #expect(run.exitCode == 2)
            let result = try run.blended()
            #expect(result.images.map(\.output) == ["out/2.png", "out/3.png"])
            #expect(result.images.map(\.second) == ["b/2.png", "b/3.jpeg"])
            #expect(result.skipped.map(\.path) == ["a/1.png", "b/4.png"])
            #expect(
                result.skipped.map(\.reason) == [
                    "not paired: no image called 1 in b", "not paired: no image called 4 in a",
                ])
            run.expectNamed(result.skipped.map { ($0.path, $0.reason) })
        }
    }

    @Test func theSameNameGoesBeforeTheSameStem() throws {
        try blend(["1.png", "1.jpg"], ["1.jpg", "1.png", "1.jpeg"]) { folder, run in
            #expect(run.exitCode == 2)
            let result = try run.blended()
            #expect(result.images.map(\.first) == ["a/1.jpg", "a/1.png"])
            #expect(result.images.map(\.second) == ["b/1.jpg", "b/1.png"])
            #expect(result.skipped.map(\.path) == ["b/1.jpeg"])
        }
    }

    @Test func severalCandidatesAreNotGuessedAbout() throws {
        try blend(["1.png", "2.png"], ["1.jpg", "1.jpeg", "2.png"]) { folder, run in
            #expect(run.exitCode == 2)
            let result = try run.blended()
            #expect(result.images.map(\.first) == ["a/2.png"])
            #expect(result.skipped.map(\.path) == ["a/1.png", "b/1.jpeg", "b/1.jpg"])
            #expect(result.skipped[0].reason.contains("several images are called 1"))
        }
    }

    @Test func pathsInsideTheFoldersCount() throws {
        try blend(["x/1.png", "y/1.png"], ["x/1.png", "z/1.png"], ["--recursive"]) { folder, run in
            #expect(run.exitCode == 2)
            let result = try run.blended()
            #expect(result.images.map(\.output) == ["out/x/1.png"])
            #expect(result.skipped.map(\.path) == ["a/y/1.png", "b/z/1.png"])
        }
    }

    @Test func orderPairsFirstWithFirst() throws {
        try blend(["1.png", "2.png"], ["p.png", "q.png"], ["--pair-by", "order"]) { folder, run in
            #expect(run.exitCode == 0)
            let result = try run.blended()
            #expect(result.settings.pairing == "order")
            #expect(result.images.map(\.second) == ["b/p.png", "b/q.png"])
        }
    }

    @Test func orderNeedsEqualNumbers() throws {
        try blend(["1.png", "2.png"], ["p.png"], ["--pair-by", "order"]) { folder, run in
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("holds 1 image and a 2; pairing by order needs as many in both"))
            let entries = try folder.entries()
            #expect(entries == ["a", "b"])
        }
    }

    @Test func nothingInCommonIsNothingDone() throws {
        try blend(["1.png"], ["2.png"]) { folder, run in
            #expect(run.exitCode == 1)
            let result = try run.blended()
            #expect(result.images.isEmpty)
            #expect(run.stderr.hasSuffix("fastpix: error: no image could be made\n"))
            let entries = try folder.entries()
            #expect(entries == ["a", "b"])
        }
    }
}
