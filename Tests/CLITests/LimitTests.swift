import Foundation
import TestSupport
import Testing

/// What the system or the user's own files limit.
struct LimitTests {
    /// Many workers with many photos each must not run out of file descriptors and take sound photos for damaged ones.
    @Test(arguments: ["exact", "welford"])
    func fewFileDescriptorsAreEnough(_ accumulator: String) throws {
        let arguments = [
            "hotpixels", Repository.fixture("sixteen-bit").path, "--accumulator", accumulator, "--format", "csv",
        ]
        let usual = try CommandRun.fastpix(arguments + ["--workers", "1"])
        let limited = try CommandRun.shell(
            "ulimit -n 20 && exec \"$0\" \"$@\"", arguments + ["--workers", "8", "--batch", "16"])
        #expect(limited.exitCode == 0)
        #expect(limited.stdout == usual.stdout)
        #expect(!limited.stderr.contains("skipped"))
    }

    /// An output that is one of the photos would destroy it.
    @Test(arguments: ["--output", "--variance-map"])
    func outputsNeverReplaceAPhoto(_ option: String) throws {
        try withTemporaryFolder { folder in
            let photo = try folder.addCopy(of: Repository.fixture("sixteen-bit/frame-00.png"))
            let before = try Data(contentsOf: photo)
            try folder.addLink("alias", to: "frame-00.png")
            for target in ["frame-00.png", "alias"] {
                let run = try CommandRun.fastpix(
                    ["hotpixels", ".", "--minimum-frames", "1", option, target], in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stdout == "")
                #expect(run.stderr.contains("\(target): the output is one of the photos"))
            }
            #expect(try Data(contentsOf: photo) == before)
            #expect(try folder.entries() == ["alias", "frame-00.png"])
        }
    }
}
