import Foundation
import TestSupport
import Testing

/// What FITS files say that they are decides where their pixels do not: between faint flats and darks.
struct ToldKindTests {
    /// Noise around a level that is dark for 16 bits.
    private func addFrames(_ names: Range<Int>, saying kind: String?, to folder: URL) throws {
        let side = 64
        for number in names {
            var state = UInt64(number * 7919 + 3)
            let samples = (0..<side * side).map { _ -> UInt16 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return 900 + UInt16(truncatingIfNeeded: state >> 59)
            }
            let picture = RawPicture(
                width: side, height: side, usual: 0,
                others: samples.enumerated().map { ($0.offset / side, $0.offset % side, $0.element) })
            try folder.addFile(
                String(format: "%02d.fits", number), picture.fitsAsStored(kind.map { ["IMAGETYP= '\($0)'"] } ?? []))
        }
    }

    private func kind(_ arguments: [String], in folder: URL) throws -> String? {
        let run = try CommandRun.fastpix(arguments + ["--format", "json"], in: folder)
        #expect(run.exitCode == 0, "\(run.stderr)")
        return try run.hotPixels().groups.first?.frameKind
    }

    @Test(
        arguments: [
            ("Flat Field", "flats"), ("Dark Frame", "darks"), ("BIAS", "darks"), ("Light Frame", "darks"),
            (nil, "darks"),
        ] as [(String?, String)])
    func evenFramesAreWhatTheySay(_ told: String?, _ expected: String) throws {
        try withTemporaryFolder { folder in
            try addFrames(0..<10, saying: told, to: folder)
            #expect(try kind(["hotpixels", "."], in: folder) == expected)
            #expect(try kind(["hotpixels", ".", "--frames", "darks"], in: folder) == "darks")
        }
    }

    @Test func framesThatSayDifferentThingsAreJudgedByTheirPixels() throws {
        try withTemporaryFolder { folder in
            try addFrames(0..<5, saying: "Flat Field", to: folder)
            try addFrames(5..<10, saying: "Dark Frame", to: folder)
            #expect(try kind(["hotpixels", "."], in: folder) == "darks")
        }
    }

    /// States carry it.
    @Test func mergedStatesAreWhatTheirFramesSay() throws {
        try withTemporaryFolder { folder in
            try addFrames(0..<10, saying: "Flat Field", to: folder)
            for shard in 1...2 {
                let run = try CommandRun.fastpix(
                    [
                        "hotpixels", ".", "--shard", "\(shard)/2", "--checkpoint", "\(shard).state", "--minimum-frames",
                        "2",
                    ],
                    in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
            }
            #expect(try kind(["merge", "1.state", "2.state"], in: folder) == "flats")
        }
    }
}
