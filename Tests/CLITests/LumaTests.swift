import Foundation
import TestSupport
import Testing

/// `--channels luma`.
struct LumaTests {
    @Test func findsTheStuckPixelInBrightnessAlone() throws {
        let run = try CommandRun.fastpix([
            "hotpixels", Repository.examplePhotos.path, "--channels", "luma", "--format", "json", "--quiet",
        ])
        #expect(run.exitCode == 0)
        let group = try #require(try JSONDecoder().decode(HotPixelsResult.self, from: run.stdoutBytes).groups.first)
        #expect(group.channels == 1)
        #expect(group.frames == 48)
        let lowest = group.lowestVariance[0]
        #expect(lowest.row == 889 && lowest.column == 355 && lowest.channel == 0)
        #expect(run.stdout.contains("\"luma\""))
    }

    @Test func textNamesTheChannel() throws {
        let run = try CommandRun.fastpix([
            "hotpixels", Repository.fixture("sixteen-bit").path, "--channels", "luma", "--quiet",
        ])
        #expect(run.exitCode == 0)
        #expect(run.stdout.hasPrefix("unknown camera, 96 x 64, 16-bit luma, 12 photos\n"))
    }
}
