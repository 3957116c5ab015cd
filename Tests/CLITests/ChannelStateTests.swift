import Foundation
import TestSupport
import Testing

/// `fastpix stats --checkpoint` and `fastpix merge` of such states: any parts give the bits of one run.
struct ChannelStateTests {
    private static func mixture() throws -> [String] {
        try ChannelMomentsTests.golden().mixtureFiles.map { Repository.fixture($0).path }
    }

    private static func stats(_ arguments: [String], in folder: URL) throws -> CommandRun {
        let run = try CommandRun.fastpix(["stats", "--quiet", "--format", "json"] + arguments, in: folder)
        #expect(run.exitCode == 0, "\(run.stderr)")
        return run
    }

    /// Without what tells of the run rather than of its photos.
    private static func figures(_ run: CommandRun) throws -> NSDictionary {
        let report = try #require(try JSONSerialization.jsonObject(with: run.stdoutBytes) as? [String: Any])
        let ofTheRun = ["settings", "timing", "peakMemoryBytes", "leftOut", "copies"]
        return report.filter { !ofTheRun.contains($0.key) } as NSDictionary
    }

    private static func bytes(_ name: String, _ folder: URL) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    /// All sizes, depths and kinds of channels; the state, too, so that trees of merges are the same.
    @Test(arguments: [["--weight", "pixel"], ["--weight", "image", "--as-rgb"], ["--count-values"]])
    func shardsAddUpToOneRun(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            let files = try Self.mixture()
            let whole = try Self.stats(files + options + ["--checkpoint", "whole.state"], in: folder)
            #expect(try Self.figures(whole) == Self.figures(Self.stats(files + options, in: folder)))
            var states: [String] = []
            for shard in 1...3 {
                let run = try Self.stats(
                    files + options + ["--shard", "\(shard)/3", "--checkpoint", "\(shard).state"], in: folder)
                if try run.statistics().photos > 0 { states.append("\(shard).state") }
            }
            #expect(states.count > 1)
            let merged = try CommandRun.fastpix(
                ["merge", "--format", "json", "--save-state", "all.state"] + states.reversed(), in: folder)
            #expect(merged.exitCode == 0, "\(merged.stderr)")
            #expect(merged.stderr == "")
            #expect(try Self.figures(merged) == Self.figures(whole))
            #expect(try Self.bytes("all.state", folder) == Self.bytes("whole.state", folder))
            let part = try CommandRun.fastpix(
                ["merge", "--quiet", "--save-state", "part.state"] + states.prefix(1), in: folder)
            let tree = try CommandRun.fastpix(
                ["merge", "--format", "json", "part.state"] + states.dropFirst(), in: folder)
            #expect(part.exitCode == 0)
            #expect(try Self.figures(tree) == Self.figures(whole))
        }
    }

    @Test func laterRunsTakeInWhatIsNew() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(9).map(\.path)
            let whole = try Self.stats(photos + ["--checkpoint", "whole.state", "--count-values"], in: folder)
            for count in [4, 9, 9] {
                let run = try Self.stats(
                    photos.prefix(count) + ["--checkpoint", "grown.state", "--count-values"], in: folder)
                #expect(try run.statistics().photos == count)
                if count == 9 { #expect(try Self.figures(run) == Self.figures(whole)) }
            }
            #expect(try Self.bytes("grown.state", folder) == Self.bytes("whole.state", folder))
        }
    }

    /// A damaged photo is in neither the figures nor the state, and is tried again.
    @Test func damagedPhotosStayOut() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(3)
            _ = try Self.stats(photos.map(\.path) + ["--checkpoint", "sound.state"], in: folder)
            let cut = try folder.addFile("cut.jpg", Data(contentsOf: Photos.example(4)[3]).dropLast(200))
            for _ in 1...2 {
                let run = try CommandRun.fastpix(
                    ["stats", "--quiet", "--checkpoint", "cut.state", cut.path] + photos.map(\.path), in: folder)
                #expect(run.exitCode == 2)
                #expect(run.stderrLines.count == 1)
            }
            #expect(try Self.bytes("cut.state", folder) == Self.bytes("sound.state", folder))
        }
    }

    @Test func whatCannotBeAddedUpIsRefused() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(6).map(\.path)
            for (name, part, options) in [
                ("a", photos[..<3], []), ("b", photos[3...], []), ("shares", photos[2...], []),
                ("image", photos[3...], ["--weight", "image"]), ("counts", photos[3...], ["--count-values"]),
            ] {
                _ = try Self.stats(part + ["--checkpoint", "\(name).state"] + options, in: folder)
            }
            let pixels = try CommandRun.fastpix(
                ["hotpixels", "--quiet", "--minimum-frames", "1", "--checkpoint", "pixels.state"] + photos, in: folder)
            #expect(pixels.exitCode == 0)
            func refusal(_ arguments: [String], exitCode: Int32 = 1) throws -> String {
                let run = try CommandRun.fastpix(arguments, in: folder)
                #expect(run.exitCode == exitCode, "\(arguments)")
                #expect(run.stdout == "")
                return run.stderr
            }
            #expect(try refusal(["merge", "a.state", "shares.state"]).contains("may count only once"))
            #expect(try refusal(["merge", "a.state", "image.state"]).contains("every image counts alike here"))
            #expect(try refusal(["merge", "a.state", "counts.state"]).contains("with counts of values here"))
            #expect(try refusal(["merge", "a.state", "pixels.state"]).contains("one kind"))
            #expect(try refusal(["merge", "a.state", "b.state", "--defects"], exitCode: 64).contains("single pixels"))
            #expect(try refusal(["merge", "a.state", "b.state", "--save-state", "a.state"], exitCode: 64) != "")
            #expect(
                try refusal(["stats", "--checkpoint", "a.state", "--as-rgb"] + photos).contains("counted otherwise"))
            #expect(try refusal(["stats", "--checkpoint", "pixels.state"] + photos).contains("channel statistics"))
            #expect(try refusal(["hotpixels", "--checkpoint", "a.state"] + photos).contains("fastpix stats"))
            #expect(try refusal(["stats", "--checkpoint", "a.state"] + photos[1...]).contains("not among those given"))
            #expect(
                try refusal(["stats", "--count-values", "--checkpoint", "a.state"] + photos).contains(
                    "counts of values"))
            #expect(try Self.bytes("a.state", folder).count > 0)
        }
    }

    /// Whichever byte is damaged, wherever the file ends.
    @Test func damageIsFound() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(2).map(\.path)
            _ = try Self.stats(photos + ["--checkpoint", "sound.state"], in: folder)
            let sound = try Self.bytes("sound.state", folder)
            for index in stride(from: 0, to: sound.count, by: max(1, sound.count / 12)) {
                var changed = sound
                changed[index] ^= 0x10
                for (name, content) in [("changed.state", changed), ("cut.state", sound.prefix(index))] {
                    try folder.addFile(name, content)
                    let run = try CommandRun.fastpix(["merge", name], in: folder)
                    #expect(run.exitCode == 1, "byte \(index), \(name)")
                    #expect(run.stdout == "")
                }
            }
        }
    }
}
