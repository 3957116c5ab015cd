import Foundation
import TestSupport
import Testing

/// Control-C and `kill`: complete images stay, half of one never does.
struct BlendInterruptionTests {
    /// The slowest compression, so that the signal, sent when the first image is there, comes long before the last.
    private static let run = #"""
        "$0" addweighted "$1" --blur 99 --format png --png-level 9 --workers 2 --output out --summary json \
            >stdout 2>stderr &
        until ls out/*.png >/dev/null 2>&1; do kill -0 $! || exit 99; done
        kill -"$2" $!
        wait $!
        """#

    @Test(arguments: [("TERM", 143), ("HUP", 129)])
    func nothingHalfWrittenIsLeft(_ signal: String, _ exitCode: Int32) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.shell(Self.run, [Repository.examplePhotos.path, signal], in: folder)
            #expect(run.exitCode == exitCode)
            let out = folder.appendingPathComponent("out")
            let images = try out.entries()
            #expect(images.allSatisfy { $0.hasSuffix(".png") && !$0.hasPrefix(".") })
            let stdout = try Data(contentsOf: folder.appendingPathComponent("stdout"))
            let result = try JSONDecoder().decode(AddWeightedResult.self, from: stdout)
            #expect(result.isInterrupted)
            #expect(result.images.count < 48)
            #expect(result.images.map(\.output) == images.map { "out/\($0)" })
            let stderr = try String(contentsOf: folder.appendingPathComponent("stderr"), encoding: .utf8)
            #expect(stderr.hasSuffix("fastpix: error: interrupted; \(images.count) of 48 images are complete\n"))
            for image in images {
                #expect(try PNGChunks(out.appendingPathComponent(image)).chunks.last?.kind == "IEND")
            }
        }
    }
}
