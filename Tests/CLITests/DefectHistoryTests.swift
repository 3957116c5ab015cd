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
            #expect(text.contains("ISO: grows, "))
            #expect(text.contains("exposure, temperature: not enough variety"))
            let history = text.components(separatedBy: "What the photos show one by one").last ?? ""
            let table = history.components(separatedBy: "\n\n").first ?? ""
            #expect(table.contains("ISO: grows") && table.split(separator: "\n").allSatisfy { $0.count <= 80 })
        }
    }

    /// Dark frames of three exposures and rising temperature, as FITS: one pixel that is hot in the first half only, one that is
    /// from two thirds on, one with dark current, one with an offset.
    @Test func darkFramesTellWhenAndWhy() throws {
        try withTemporaryFolder { folder in
            let side = 64
            var state: UInt64 = 1
            for number in 0..<30 {
                let seconds = [1.0, 30, 300][number % 3]
                var samples = (0..<side * side).map { _ -> UInt16 in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return 500 + UInt16(truncatingIfNeeded: state >> 60)
                }
                if number < 15 { samples[10 * side + 12] += 900 }
                if number >= 20 { samples[20 * side + 44] += 900 }
                samples[40 * side + 8] += UInt16(4 * seconds)
                samples[50 * side + 30] += 400
                let picture = RawPicture(
                    width: side, height: side, usual: 0,
                    others: samples.enumerated().map { ($0.offset / side, $0.offset % side, $0.element) })
                try folder.addFile(
                    String(format: "dark-%02d.fits", number),
                    picture.fitsAsStored([
                        "INSTRUME= 'Made'", "EXPTIME = \(seconds)", "CCD-TEMP= \(-20 + number / 2)",
                        String(format: "DATE-OBS= '2022-05-06T21:%02d:00'", number), "IMAGETYP= 'Dark Frame'",
                    ]))
            }
            let run = try CommandRun.fastpix(["hotpixels", ".", "--history", "--format", "json"], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            let defects = try #require(try run.hotPixels().groups.first?.defects)
            func at(_ row: Int, _ column: Int) throws -> HotPixelsResult.Defect {
                try #require(defects.first { $0.row == row && $0.column == column })
            }
            let healed = try at(10, 12)
            #expect(healed.firstSeen?.photosBefore == 0)
            #expect(
                healed.lastSeen
                    == HotPixelsResult.LastSeen(
                        path: "./dark-14.fits", time: "2022-05-06T21:14:00", photosUntil: 15, photosAfter: 15))
            let late = try at(20, 44)
            #expect(late.firstSeen?.path == "./dark-20.fits" && late.firstSeen?.photosBefore == 20)
            #expect(late.lastSeen?.photosAfter == 0)
            #expect(healed.shownShare == 1 && late.shownShare == 1)
            let current = try at(40, 8)
            #expect(current.exposureDependence?.verdict == "grows")
            #expect(abs((current.exposureDependence?.slope ?? 0) - 4) < 0.05)
            #expect(current.temperatureDependence?.verdict == "steady")
            let offset = try at(50, 30)
            #expect(offset.exposureDependence?.verdict == "steady")
            #expect(offset.temperatureDependence?.lower?.photos == 14)
            #expect(defects.count == 4)
            let text = try CommandRun.fastpix(["hotpixels", ".", "--history"], in: folder).stdout
            #expect(text.contains("healed: last seen 2022-05-06T21:14:00, 15 photos after"))
            #expect(text.contains("2022-05-06T21:20:00, 20 photos before"))
            let history = text.components(separatedBy: "What the photos show one by one").last ?? ""
            let table = history.components(separatedBy: "\n\n").first ?? ""
            #expect(table.contains("healed: last seen") && table.split(separator: "\n").allSatisfy { $0.count <= 80 })
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
