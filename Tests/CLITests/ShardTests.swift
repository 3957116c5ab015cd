import Foundation
import TestSupport
import Testing

/// Lists, patterns and shards on the command line, and shards merged.
struct ShardTests {
    private static let result = ["--quiet", "--format", "csv", "--export", "map.json", "--save-sums", "sums"]
    private static let outputs = ["map.json", "sums/sum.npy", "sums/sum_of_squares.npy"]

    private static func contents(_ folder: URL) throws -> [Data] {
        try outputs.map { try Data(contentsOf: folder.appendingPathComponent($0)) }
    }

    /// Of the example, whose defects are known: the result, list, sums and state of one run, to the last bit.
    @Test(arguments: [1, 4])
    func shardsAddUpToOneRun(_ count: Int) throws {
        try withTemporaryFolder { folder in
            let photos = Repository.examplePhotos.path
            let (parts, whole) = (try folder.addFolder("parts"), try folder.addFolder("whole"))
            var frames = 0
            for number in 1...count {
                let run = try CommandRun.fastpix(
                    [
                        "hotpixels", photos, "--shard", "\(number)/\(count)", "--minimum-frames", "1", "--checkpoint",
                        "\(number).state", "--format", "json", "--quiet",
                    ], in: parts)
                #expect(run.exitCode == 0)
                frames += try run.hotPixels().groups.map(\.frames).reduce(0, +)
            }
            #expect(frames == 48)
            let one = try CommandRun.fastpix(
                ["hotpixels", photos, "--checkpoint", "one.state"] + Self.result, in: whole)
            let states = (1...count).reversed().map { "\($0).state" }
            let merged = try CommandRun.fastpix(
                ["merge"] + states + ["--defects", "--save-state", "all.state"] + Self.result, in: parts)
            #expect(merged.exitCode == 0, "\(merged.stderr)")
            #expect(merged.stdout == one.stdout)
            #expect(one.stdout.contains("889"))
            #expect(try Self.contents(parts) == Self.contents(whole))
            #expect(
                try Data(contentsOf: parts.appendingPathComponent("all.state"))
                    == Data(contentsOf: whole.appendingPathComponent("one.state")))
            let compared = try CommandRun.fastpix(["compare", "whole/map.json", "parts/map.json"], in: folder)
            #expect(compared.exitCode == 0)
        }
    }

    /// A shard that is not judged has the state of one that is, and no result.
    @Test func stateAloneIsTheSameState() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(4).map(\.path)
            let judged = try CommandRun.fastpix(
                ["hotpixels", "--quiet", "--minimum-frames", "1", "--checkpoint", "judged.state"] + photos, in: folder)
            let alone = try CommandRun.fastpix(
                ["hotpixels", "--state-only", "--checkpoint", "alone.state"] + photos, in: folder)
            #expect(judged.exitCode == 0 && alone.exitCode == 0)
            #expect(alone.stdout == "")
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("alone.state"))
                    == Data(contentsOf: folder.appendingPathComponent("judged.state")))
            for options in [
                [], ["--checkpoint", "x.state", "--report", "page.html"], ["--checkpoint", "x.state", "--history"],
            ] {
                #expect(
                    try CommandRun.fastpix(["hotpixels", "--state-only"] + options + photos, in: folder).exitCode == 64)
            }
        }
    }

    /// What `stats` counts, without memory and what was selected.
    private static func counts(_ run: CommandRun) throws -> NSDictionary {
        let report = try #require(try JSONSerialization.jsonObject(with: run.stdoutBytes) as? [String: Any])
        return report.filter { ["photos", "bytesOnDisk", "bytesDecoded", "formats", "cameras"].contains($0.key) }
            as NSDictionary
    }

    @Test func listsComeFromFilesAndStandardInput() throws {
        try withTemporaryFolder { folder in
            try Photos.add(6, to: folder.addFolder("photos"))
            let plain = try CommandRun.fastpix(["stats", "photos", "--format", "json"], in: folder)
            let list = "find photos -type f"
            for line in [
                "\(list) | \"$0\" stats --files-from - --format json",
                "\(list) -print0 | \"$0\" stats --files-from - -0 --format json",
                "\(list) > list; \"$0\" stats --files-from list --format json",
                "\(list) | sed 's/$/\\r/' | \"$0\" stats --files-from - --format json",
                "\(list) > list; \"$0\" stats --files-from list --format json photos/photo-2.jpg --quiet",
            ] {
                let run = try CommandRun.shell(line, in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
                #expect(try Self.counts(run) == Self.counts(plain), "\(line)")
            }
            let noList = try CommandRun.fastpix(["stats", "--files-from", "nowhere"], in: folder)
            #expect(noList.exitCode == 1)
            #expect(noList.stderr.contains("nowhere: the list cannot be opened"))
            let zeros = try CommandRun.shell("\(list) -print0 | \"$0\" stats --files-from -", in: folder)
            #expect(zeros.exitCode == 1)
            #expect(zeros.stderr.contains("--null"))
        }
    }

    /// What is left out is said, in words and in JSON; a shard without photos is no failure.
    @Test func whatIsNotSelectedIsSaid() throws {
        try withTemporaryFolder { folder in
            try Photos.add(12, to: folder.addFolder("photos"))
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", "photos", "--include", "*-1*", "--exclude", "photos/photo-10*", "--format", "json",
                    "--minimum-frames", "1",
                ], in: folder)
            #expect(run.exitCode == 0)
            let frames = try run.hotPixels().groups.map(\.frames).reduce(0, +)
            #expect(frames > 0 && frames < 12)
            #expect(run.stderr.contains("\(12 - frames) files left out by --include, --exclude or --newer"))
            #expect(
                run.stdout.contains("\"leftOutFiles\" : \(12 - frames)")
                    || run.stdout.contains("\"leftOutFiles\":\(12 - frames)"))

            var counts: [Int] = []
            for number in 1...40 {
                let shard = try CommandRun.fastpix(
                    ["hotpixels", "photos", "--shard", "\(number)/40", "--minimum-frames", "1", "--format", "json"],
                    in: folder)
                #expect(shard.exitCode == 0)
                counts.append(try shard.hotPixels().groups.map(\.frames).reduce(0, +))
                #expect(shard.stderr.contains("shard \(number)/40: "))
                #expect(shard.stderr.contains("this shard has no photos") == (counts.last == 0))
            }
            #expect(counts.reduce(0, +) == 12 && counts.contains(0))
        }
    }

    @Test(arguments: [
        ["--shard", "5/4"], ["--shard", "half"], ["--null"], ["--newer", "no/such/file"], ["--newer", "2023-02-29"],
        ["--files-from", "-", "--files-from", "-"],
    ])
    func wrongUsageIsSaid(_ options: [String]) throws {
        let run = try CommandRun.fastpix(["stats", Photos.tiny.path] + options)
        #expect(run.exitCode == 64, "\(run.stderr)")
    }

    /// Listed photos keep their folders below the output; the selection is one of pairs.
    @Test func outputsKeepTheirFolders() throws {
        try withTemporaryFolder { folder in
            for name in ["a", "b"] { try Photos.add(2, to: folder.addFolder("in/\(name)")) }
            let line = "find in -type f | \"$0\" addweighted --files-from - --blur 3 --output out --quiet"
            #expect(try CommandRun.shell(line, in: folder).exitCode == 0)
            for name in ["a", "b"] {
                #expect(
                    try folder.appendingPathComponent("out/in/\(name)").entries()
                        == folder.appendingPathComponent("in/\(name)").entries())
            }
            let first = try #require(try folder.appendingPathComponent("in/a").entries().first)
            let photo = folder.appendingPathComponent("in/a/\(first)").path
            // Of names that lead up the name alone, which add_weighted_folder of Python relies on.
            let up = "../\(folder.lastPathComponent)/in/a/\(first)"
            for (output, name, expected) in [("up", up, first), ("about", "in/../\(up)", first), ("rooted", photo, photo)] {
                let one = "echo '\(name)' | \"$0\" addweighted --files-from - --blur 3 --output \(output) --quiet"
                #expect(try CommandRun.shell(one, in: folder).exitCode == 0)
                let made = folder.appendingPathComponent(output).appendingPathComponent(expected).path
                #expect(FileManager.default.fileExists(atPath: made), "\(name)")
            }
            let run = try CommandRun.fastpix(
                ["addweighted", "in/a", "in/b", "--output", "pairs", "--include", first], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            #expect(try folder.appendingPathComponent("pairs").entries() == [first])
            #expect(run.stderr.contains("1 file left out"))
        }
    }

    /// A mixed archive: shards have a state for each frame size, and the merge gives what one run gives.
    @Test func groupsAreMergedApart() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(7, to: photos)
            for photo in try Photos.example(9) { _ = try photos.addCopy(of: photo, as: photo.lastPathComponent) }
            for number in 1...3 {
                let run = try CommandRun.fastpix(
                    [
                        "hotpixels", "photos", "--shard", "\(number)/3", "--minimum-frames", "1", "--checkpoint",
                        "\(number).state", "--quiet",
                    ], in: folder)
                #expect(run.exitCode == 0)
            }
            let states = try folder.entries().filter { $0.hasSuffix(".state") }
            #expect(states.count > 3)
            let refused = try CommandRun.fastpix(["merge"] + states, in: folder)
            #expect(refused.exitCode == 1)
            let one = try CommandRun.fastpix(["hotpixels", "photos", "--format", "json", "--quiet"], in: folder)
            let merged = try CommandRun.fastpix(
                ["merge"] + states + ["--separate-groups", "--defects", "--format", "json", "--quiet"], in: folder)
            #expect(merged.exitCode == 0, "\(merged.stderr)")
            #expect(try merged.hotPixels().groups == one.hotPixels().groups)
            let few = try CommandRun.fastpix(
                ["merge"] + states + ["--separate-groups", "--minimum-frames", "8", "--format", "json"], in: folder)
            #expect(try few.hotPixels().groups.map(\.frames) == [9])
            #expect(few.stderr.contains("has 7 photos, fewer than the 8"))
        }
    }

    /// The page of a merge is that of one run; without photos it lacks their parts alone.
    @Test func mergesHavePages() throws {
        try withTemporaryFolder { folder in
            let photos = Repository.examplePhotos.path
            for number in 1...2 {
                _ = try CommandRun.fastpix(
                    ["hotpixels", photos, "--shard", "\(number)/2", "--checkpoint", "\(number).state", "--quiet"],
                    in: folder)
            }
            _ = try CommandRun.fastpix(["hotpixels", photos, "--quiet", "--report", "one.html"], in: folder)
            let merge = ["merge", "1.state", "2.state", "--quiet", "--report"]
            #expect(try CommandRun.fastpix(merge + ["with.html", "--photos", photos], in: folder).exitCode == 0)
            #expect(try CommandRun.fastpix(merge + ["without.html"], in: folder).exitCode == 0)
            func pictures(_ name: String) throws -> [Substring] {
                try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                    .split(separator: "data:image/png;base64,").dropFirst().map {
                        $0.prefix { $0 != "\"" && $0 != ")" }
                    }
            }
            let one = try pictures("one.html")
            #expect(one.count > 6)
            #expect(try pictures("with.html") == one)
            let without = try pictures("without.html")
            #expect(!without.isEmpty && without.count < one.count)
            #expect(without.allSatisfy(one.contains))
        }
    }
}
