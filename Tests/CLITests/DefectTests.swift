import Foundation
import TestSupport
import Testing

/// The defects of real photos, as the command reports them.
struct DefectTests {
    private static func example(_ options: [String]) throws -> HotPixelsResult.Group {
        let run = try CommandRun.fastpix(
            ["hotpixels", Repository.examplePhotos.path, "--format", "json", "--quiet"] + options)
        #expect(run.exitCode == 0)
        return try #require(try run.hotPixels().groups.first)
    }

    /// Both known defects of the crop, and nothing else.
    @Test(arguments: [["--accumulator", "exact"], ["--accumulator", "welford"], ["--channels", "luma"]])
    func theExampleHasTwoDefects(_ options: [String]) throws {
        let group = try Self.example(options)
        let defects = try #require(group.defects)
        #expect(defects.map(\.class) == ["stuck", "hot"])
        #expect(defects.map { [$0.row, $0.column] } == [[889, 355], [76, 83]])
        for defect in defects {
            #expect(defect.confidence > 0.95)
            // Those whose neighbours are not clipped.
            #expect((40...48).contains(defect.photosConfirming ?? 0))
            #expect(defect.extentRows <= 3 && defect.extentColumns <= 3)
        }
        #expect(group.excludedRegions == [])
        #expect((group.sceneCorrelation ?? 9) < 0.3)
    }

    /// Scripts that chose how candidates were looked at again go on working.
    @Test(arguments: ["none", "sample"]) func earlierConfirmationsChangeNothing(_ confirm: String) throws {
        #expect(try Self.example(["--confirm", confirm]) == Self.example([]))
    }

    @Test func classesChoose() throws {
        #expect(try Self.example(["--classes", "hot"]).defects?.map(\.class) == ["hot"])
        #expect(try Self.example(["--classes", "dead,unstable,low-gain"]).defects == [])
    }

    @Test func csvListsDefectsWithTheirClass() throws {
        let run = try CommandRun.fastpix([
            "hotpixels", Repository.examplePhotos.path, "-f", "csv", "-q", "--top", "1",
        ])
        let lines = run.stdout.split(separator: "\n")
        try #require(lines.count == 4)
        #expect(lines[1].hasSuffix(",,,,1.0"))
        #expect(lines[2].contains(",1,889,355,1,219.7") && lines[2].contains(",stuck,"))
        #expect(lines[3].contains(",2,76,83,1,103.2") && lines[3].contains(",hot,"))
    }

    /// Where nothing is judged the list is null, not empty.
    @Test func judgingCanBeSwitchedOff() throws {
        let run = try CommandRun.fastpix([
            "hotpixels", Repository.examplePhotos.path, "--no-defects", "--format", "json", "--quiet",
        ])
        #expect(try run.hotPixels().groups.first?.defects == nil)
        #expect(run.stdout.contains("\"defects\" : null"))
        let text = try CommandRun.fastpix(["hotpixels", Repository.examplePhotos.path, "--no-defects", "--quiet"])
        #expect(!text.stdout.contains("defect"))
    }

    /// Scripts that asked for the judgement when it had to be asked for go on working.
    @Test func askingForTheJudgementChangesNothing() throws {
        #expect(try Self.example(["--defects"]) == Self.example([]))
    }

    /// What a damaged photo had added by then is not in the result.
    @Test func damagedPhotosChangeNoEvidence() throws {
        try withTemporaryFolder { folder in
            for photo in try Photos.example(24) { try folder.addCopy(of: photo) }
            let arguments = ["hotpixels", ".", "--format", "json", "--quiet", "--sensitivity", "high"]
            let sound = try CommandRun.fastpix(arguments, in: folder).hotPixels()
            #expect(sound.groups.first?.defects?.isEmpty == false)
            // Cut in the middle of its rows, between the others by name.
            let photo = try Data(contentsOf: try Photos.example(4)[3])
            try folder.addFile("IMG_9357-cut.jpg", photo.prefix(photo.count * 2 / 3))
            let run = try CommandRun.fastpix(arguments, in: folder)
            #expect(run.exitCode == 2)
            let damaged = try run.hotPixels()
            #expect(damaged.skipped.map(\.path) == ["./IMG_9357-cut.jpg"])
            #expect(damaged.groups == sound.groups)
        }
    }

    @Test func nothingFoundIsSaidWithItsTerms() throws {
        let run = try CommandRun.fastpix(
            [
                "hotpixels", Repository.examplePhotos.path, "-q", "--classes", "dead", "--sensitivity",
                "low",
            ])
        #expect(
            run.stdout.contains(
                "0 defects of class dead found at sensitivity low in 100 % of the frame\nover 48 photos"))
    }

    /// Nothing in one view can be told from a defect, and that comes first.
    @Test func photosOfOneViewAreSaidToBe() throws {
        try withTemporaryFolder { folder in
            try Photos.add(16, copiesOf: try Photos.example(1)[0], to: folder)
            let run = try CommandRun.fastpix(["hotpixels", folder.path])
            #expect(run.exitCode == 0)
            #expect(run.stdout.contains("The photos show one view"))
            #expect(run.stderr.contains("show the same view"))
        }
    }
}
