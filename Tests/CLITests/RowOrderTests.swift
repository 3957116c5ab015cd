import Foundation
import TestSupport
import Testing

/// Which end rows are counted from: FITS files may say either, and Siril's lists say nothing.
struct RowOrderTests {
    private static func picture(_ seed: Int) -> RawPicture {
        // Even frames whose noise comes from multiplying the place; and a hot pixel.
        var others: [(row: Int, column: Int, value: UInt16)] = []
        for place in 0..<40 * 30 {
            let value = (place &* 2_654_435_761 &+ seed &* 40503) >> 7 & 31
            others.append((place / 40, place % 40, UInt16(1000 + value)))
        }
        others.append((4, 11, 9000))
        return RawPicture(width: 40, height: 30, usual: 1000, others: others)
    }

    @Test func filesOfBothOrdersAreAWarning() throws {
        try withTemporaryFolder { folder in
            for number in 0..<10 {
                let order = number < 4 ? "TOP-DOWN" : "BOTTOM-UP"
                try folder.addFile(
                    "\(number).fits", Self.picture(number).fitsAsStored(["ROWORDER= '\(order)'"]))
            }
            let mixed = try CommandRun.fastpix(["hotpixels", ".", "-q", "-f", "json"], in: folder)
            let kinds = try mixed.hotPixels().warnings.filter { $0.kind == "mixed-row-orders" }
            #expect(kinds.count == 1)
            #expect(kinds.first?.message.contains("4 photos") == true && kinds.first?.message.contains("of 6") == true)
            #expect(mixed.stdout.contains("\"rowOrder\" : null"))
            let alike = try CommandRun.fastpix(
                ["hotpixels", "-q", "-f", "json"] + (4..<10).map { "\($0).fits" }, in: folder)
            #expect(try alike.hotPixels().warnings.allSatisfy { $0.kind != "mixed-row-orders" })
            #expect(alike.stdout.contains("\"rowOrder\" : \"bottom-up\""))
        }
    }

    /// Siril counts from the bottom; a list of its own that is taken the other way repairs sound pixels.
    @Test func aListOfSirilHasToSayWhichEnd() throws {
        try withTemporaryFolder { folder in
            let sound = RawPicture(width: 40, height: 30, usual: 1000, others: [])
            let hot = RawPicture(width: 40, height: 30, usual: 1000, others: [(4, 11, 9000)])
            try folder.addFile("in.fits", hot.fitsAsStored([]))
            try Data("P 11 25 H\n".utf8).write(to: folder.appendingPathComponent("siril.lst"))
            let options = ["--map", "siril.lst", "--map-size", "40x30", "--map-offset", "0,0", "--radius", "0"]
            let mute = try CommandRun.fastpix(["repair", "in.fits", "-o", "mute"] + options, in: folder)
            #expect(mute.exitCode == 1)
            #expect(mute.stderr.contains("--map-rows bottom"))
            let bottom = try CommandRun.fastpix(
                ["repair", "in.fits", "-o", "bottom", "--map-rows", "bottom"] + options, in: folder)
            #expect(bottom.exitCode == 0)
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("bottom/in.fits")).suffix(2880 * 2)
                    == sound.fitsAsStored([]).suffix(2880 * 2))
            let top = try CommandRun.fastpix(
                ["repair", "in.fits", "-o", "top", "--map-rows", "top"] + options, in: folder)
            #expect(top.exitCode == 0)
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("top/in.fits"))
                    == Data(contentsOf: folder.appendingPathComponent("in.fits")))
        }
    }

    @Test func whatAListSaysIsNotContradicted() throws {
        try withTemporaryFolder { folder in
            try folder.addFile("in.fits", RawPicture(width: 40, height: 30, usual: 1000, others: []).fitsAsStored([]))
            try Data("# frame 40 x 30, offset 0,0, from the bottom\nP 11 25 H\n".utf8)
                .write(to: folder.appendingPathComponent("siril.lst"))
            let run = try CommandRun.fastpix(
                ["repair", "in.fits", "-o", "out", "--map", "siril.lst", "--map-rows", "top"], in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stderr.contains("counts rows from the bottom, and top was given"))
        }
    }
}
