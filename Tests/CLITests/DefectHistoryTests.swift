import Foundation
import TestSupport
import Testing

/// `--history`: since when a defect shows, and under what settings, from the photos' EXIF.
struct DefectHistoryTests {
    private static let side = 96
    private static let count = 36
    private static let onset = 15

    /// 36 photos: a hot pixel from the sixteenth on, by time; another one in all, in proportion to ISO. Names are in
    /// another order than times.
    private static func addPhotos(to folder: URL) throws {
        var scenes = SyntheticScenes(width: side, height: side, channels: 1, seed: 5)
        for number in 0..<count {
            var samples = scenes.next()
            let iso = [100, 200, 800, 1600][number % 4]
            if number >= onset { samples[40 * side + 50] = min(250, samples[40 * side + 50]) / 2 + 125 }
            let hot = 70 * side + 30
            samples[hot] = UInt8(min(255, Int(samples[hot]) + iso / 20))
            var exif = ExifBlock()
            exif.add(.image, 0x010f, "Maker")
            exif.add(.image, 0x0110, "Model")
            exif.add(.exif, 0xa431, "1")
            // Two a minute, told apart by the fraction of the second alone.
            exif.add(.exif, 0x9003, String(format: "2021:03:04 10:%02d:00", number / 2))
            exif.add(.exif, 0x9291, number % 2 == 0 ? "25" : "75")
            exif.add(.exif, 0x8827, short: UInt16(iso))
            exif.add(.exif, 0x829a, rational: 1, 125)
            // 7 and 36 have no divisor in common.
            let name = String(format: "photo-%02d.png", number * 7 % count)
            try folder.addFile(name, TestPhoto.png(samples, width: side, channels: 1, exif: exif))
        }
    }

    private static func name(_ number: Int) -> String { String(format: "photo-%02d.png", number * 7 % count) }

    @Test func theFirstPhotoAndTheSettingsAreTold() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            let arguments = ["hotpixels", ".", "--history"]
            let run = try CommandRun.fastpix(arguments + ["--format", "json"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let result = try run.hotPixels()
            #expect(result.warnings == [])
            let defects = try #require(result.groups.first?.defects)
            let late = try #require(defects.first { $0.row == 40 && $0.column == 50 })
            #expect(
                late.firstSeen
                    == HotPixelsResult.FirstSeen(
                        path: "./\(Self.name(Self.onset))", time: "2021-03-04T10:07:00.75", photosBefore: Self.onset,
                        photosSince: Self.count - Self.onset))
            let old = try #require(defects.first { $0.row == 70 && $0.column == 30 })
            #expect(old.class == "hot")
            #expect(old.firstSeen?.photosBefore == 0)
            #expect(old.firstSeen?.path == "./\(Self.name(0))")
            let iso = try #require(old.isoDependence)
            #expect(iso.verdict == "grows")
            #expect(iso.lower?.photos == 18 && iso.lower?.greatest == 200)
            #expect(iso.upper?.photos == 18 && iso.upper?.least == 800)
            #expect((iso.upper?.meanResidual ?? 0) > 50 && (iso.lower?.meanResidual ?? 99) < 12)
            #expect(old.exposureDependence?.verdict == "not-enough-variety")
            #expect(defects.count == 2)

            let text = try CommandRun.fastpix(arguments, in: folder).stdout
            #expect(text.contains("2021-03-04T10:07:00.75, 15 photos before"))
            #expect(text.contains("the first photo"))
            #expect(text.contains("grows: "))
            #expect(text.contains("not enough variety"))
        }
    }

    /// Without a look at all photos nothing is said of them.
    @Test func onlyTheHistoryTells() throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            let run = try CommandRun.fastpix(["hotpixels", ".", "--format", "json"], in: folder)
            let defects = try #require(try run.hotPixels().groups.first?.defects)
            #expect(!defects.isEmpty)
            #expect(defects.allSatisfy { $0.firstSeen == nil && $0.isoDependence == nil })
            #expect(run.stdout.contains("\"firstSeen\" : null"))
        }
    }
}
