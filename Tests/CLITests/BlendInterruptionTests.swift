import Foundation
import TestSupport
import Testing

/// Control-C and `kill`: complete images stay, half of one never does.
@Suite(.enabled(if: FaultInjection.isPossible, "takes Linux's LD_PRELOAD and a C compiler"))
struct BlendInterruptionTests {
    /// The slowest compression: while the signal is being answered, no image of many is completed.
    @Test(arguments: LongTests.all([(SIGTERM, 143, 5), (SIGTERM, 143, 1), (SIGHUP, 129, 2)], otherwiseEvery: 2))
    func nothingHalfWrittenIsLeft(_ signal: Int32, _ exitCode: Int32, _ number: Int) throws {
        try withTemporaryFolder { folder in
            // Just before an image gets its name.
            let run = try FaultInjection.fastpix(
                [
                    "addweighted", Repository.examplePhotos.path, "--blur", "99", "--format", "png", "--png-level", "9",
                    "--workers", "2", "--output", "out", "--summary", "json",
                ], calls: [.rename], number: number, fault: .signal(signal), in: folder
            ).run
            #expect(run.exitCode == exitCode)
            let out = folder.appendingPathComponent("out")
            let images = try out.entries()
            #expect(images.allSatisfy { $0.hasSuffix(".png") && !$0.hasPrefix(".") })
            let result = try run.blended()
            #expect(result.isInterrupted)
            #expect((number - 1..<48).contains(result.images.count))
            #expect(result.images.map(\.output) == images.map { "out/\($0)" })
            #expect(
                run.stderr.hasSuffix("fastpix: error: interrupted; \(images.count) of 48 images are complete\n"),
                "\(run.stderr)")
            for image in images {
                #expect(try PNGChunks(out.appendingPathComponent(image)).chunks.last?.kind == "IEND")
            }
        }
    }
}
