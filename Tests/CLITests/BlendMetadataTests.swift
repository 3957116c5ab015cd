import Foundation
import TestSupport
import Testing

/// EXIF, colour profile and resolution of the first image are those of the output.
struct BlendMetadataTests {
    private static let exif = try? Data(contentsOf: Blends.fixture("exif.bin"))
    private static let profile = try? Data(contentsOf: Blends.fixture("profile-rgb.icc"))

    /// Blurs a fixture and hands the output to `check`.
    private func blur(_ name: String, _ output: String, check: (URL, CommandRun) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.addWeighted(
                [Blends.fixture(name).path, "--blur", "3", "--output", output, "--summary", "json"], in: folder)
            #expect(run.exitCode == 0)
            try check(folder.appendingPathComponent(output), run)
        }
    }

    @Test func jpegToJPEG() throws {
        try blur("metadata.jpg", "out.jpg") { file, run in
            #expect(run.stderr == "")
            let segments = try JPEGSegments(file)
            #expect(segments.exif == [try #require(Self.exif)])
            #expect(segments.profile == Self.profile)
            #expect(segments.density == [1, 300, 240])
        }
    }

    @Test func jpegToPNGAndBack() throws {
        try blur("metadata.jpg", "out.png") { file, run in
            #expect(run.stderr == "")
            let chunks = try PNGChunks(file)
            #expect(chunks["eXIf"] == Self.exif)
            // 300 and 240 per inch are 11811 and 9449 per metre.
            #expect(chunks.numbers("pHYs")?.prefix(2) == [11811, 9449])
            #expect(chunks["pHYs"]?.last == 1)
            #expect(chunks["iCCP"] != nil)
            let back = file.deletingLastPathComponent().appendingPathComponent("back.jpg")
            let again = try CommandRun.addWeighted([file.path, "--blur", "3", "--output", back.path])
            #expect(again.exitCode == 0)
            let segments = try JPEGSegments(back)
            #expect(segments.exif == [try #require(Self.exif)])
            #expect(segments.profile == Self.profile)
            #expect(segments.density == [1, 300, 240])
        }
    }

    /// libpng recognises the profile that most pictures have and warns of it, which is no reason to lose the picture.
    @Test func theUsualProfileIsCarriedOver() throws {
        let profile = StandardRGBProfile.bytes
        #expect(HostilePNG.crc32(profile) == StandardRGBProfile.crc32)
        try withTemporaryFolder { folder in
            let samples = (0..<4 * 4 * 3).map { UInt8($0) }
            let png = TestPhoto.png(samples, width: 4, channels: 3)
            // One stored block (RFC 1951) of the profile, behind the header chunk.
            let length = UInt16(profile.count)
            var chunk = HostilePNG()
            chunk.chunk(
                "iCCP",
                Array("sRGB".utf8) + [0, 0, 0x78, 0x01, 1] + [UInt8(length & 255), UInt8(length >> 8)]
                    + [UInt8(~length & 255), UInt8(~length >> 8)] + profile + HostilePNG.word(Self.adler32(profile)))
            try folder.addFile("in.png", png.prefix(33) + Data(chunk.bytes.dropFirst(8)) + png.dropFirst(33))
            for (input, output) in [("in.png", "a.png"), ("a.png", "b.jpg"), ("b.jpg", "c.png"), ("c.png", "d.jpg")] {
                let run = try CommandRun.addWeighted([input, "--blur", "3", "--output", output], in: folder)
                #expect(run.exitCode == 0 && run.stderr == "", "\(output): \(run.stderr)")
            }
            for name in ["b.jpg", "d.jpg"] {
                #expect(try JPEGSegments(folder.appendingPathComponent(name)).profile == Data(profile))
            }
        }
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        let (first, second) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let first = (sums.0 + UInt32(byte)) % 65521
            return (first, (sums.1 + first) % 65521)
        }
        return second << 16 | first
    }

    @Test func pngToBoth() throws {
        try blur("metadata.png", "out.jpg") { file, run in
            let segments = try JPEGSegments(file)
            #expect(segments.exif == [try #require(Self.exif)])
            #expect(segments.profile == Self.profile)
            #expect(segments.density == [1, 150, 150])
        }
        try blur("metadata.png", "out.png") { file, run in
            let chunks = try PNGChunks(file)
            #expect(chunks["eXIf"] == Self.exif)
            #expect(chunks["pHYs"] == (try PNGChunks(Blends.fixture("metadata.png"))["pHYs"]))
            #expect(chunks["iCCP"] != nil)
        }
    }

    /// Cameras write EXIF without JFIF; so does fastpix then. The resolution is in the EXIF data.
    @Test func withoutJFIF() throws {
        try blur("metadata-no-jfif.jpg", "out.jpg") { file, run in
            let segments = try JPEGSegments(file)
            #expect(segments.density == nil)
            #expect(segments.segments.first?.marker == 0xe1)
            #expect(segments.exif == [try #require(Self.exif)])
        }
        try blur("metadata-no-jfif.jpg", "out.png") { file, run in
            // 180 and 90 per inch.
            let chunks = try PNGChunks(file)
            #expect(chunks.numbers("pHYs")?.prefix(2) == [7087, 3543])
        }
    }

    @Test func pngColoursStayAndAreMissedInJPEG() throws {
        try blur("metadata-gamma.png", "out.png") { file, run in
            let chunks = try PNGChunks(file)
            #expect(chunks.numbers("gAMA") == [50000])
            #expect(chunks.numbers("cHRM") == [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000])
            #expect(run.stderr == "")
        }
        try blur("metadata-gamma.png", "out.jpg") { file, run in
            let image = try #require(try run.blended().images.first)
            #expect(
                image.notes == [
                    "its gamma and primaries (gAMA, cHRM) have no place in a JPEG and were left out"
                ])
            #expect(run.stderr.hasPrefix("fastpix: warning: "))
        }
    }

    @Test func greyProfilesAreForGreyPictures() throws {
        try blur("metadata-grey.jpg", "out.jpg") { file, run in
            let profile = try Data(contentsOf: Blends.fixture("profile-grey.icc"))
            let segments = try JPEGSegments(file)
            #expect(segments.profile == profile)
        }
        try withTemporaryFolder { folder in
            // Beside colour it becomes colour, and takes the colour picture's profile.
            for (second, profile, notes) in [
                ("metadata.jpg", Self.profile, 0), ("rgb.jpg", nil, 1),
            ] {
                let output = folder.appendingPathComponent(second)
                let run = try CommandRun.addWeighted([
                    Blends.fixture("metadata-grey.jpg").path, Blends.fixture(second).path, "--output", output.path,
                    "--summary", "json",
                ])
                #expect(run.exitCode == 0)
                #expect(try JPEGSegments(output).profile == profile)
                let image = try #require(try run.blended().images.first)
                #expect(image.notes.count == notes)
            }
        }
    }

    @Test func textsOfAJPEGStayInAJPEG() throws {
        func texts(_ file: URL) throws -> [Data] {
            try JPEGSegments(file).segments.filter { [0xe1, 0xe2, 0xed, 0xfe].contains($0.marker) }.map(\.content)
        }
        // It says that there are pictures behind its first one, which are not carried over.
        let lost = "the further pictures behind its first one (MPF: previews, gain maps) were left out"
        try blur("metadata-texts.jpg", "out.jpg") { file, run in
            #expect(try run.blended().images.first?.notes == [lost])
            #expect(run.stderr.contains(lost))
            let before = try texts(Blends.fixture("metadata-texts.jpg"))
            let after = try texts(file)
            #expect(before.count == 6)
            #expect(Set(after) == Set(before.filter { !$0.starts(with: Array("MPF".utf8)) }))
        }
        try blur("metadata-texts.jpg", "out.png") { file, run in
            let image = try #require(try run.blended().images.first)
            #expect(
                image.notes == [lost, "its XMP, IPTC or comments are written to JPEG files only and were left out"])
        }
    }

    @Test func notesAboutManyImagesAreOneLine() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for name in ["a.png", "b.png", "c.png"] { try photos.addCopy(of: Blends.fixture("rgba8.png"), as: name) }
            let run = try CommandRun.addWeighted(
                ["photos", "--blur", "3", "--output", "out", "--format", "jpeg"], in: folder)
            #expect(run.exitCode == 0)
            #expect(
                run.stderr
                    == "fastpix: warning: photos/a.png and 2 others: its transparency has no place in a JPEG and was left out\n"
            )
        }
    }

    @Test func damagedProfilesAreLeftOutAndNamed() throws {
        try blur("metadata-bad-profile.jpg", "out.jpg") { file, run in
            let segments = try JPEGSegments(file)
            #expect(segments.profile == nil)
            let image = try #require(try run.blended().images.first)
            #expect(image.notes == ["its colour profile is damaged and was left out"])
        }
    }

    /// As far as EXIF fits a JPEG's marker.
    @Test func tooMuchEXIFIsNamed() throws {
        try withTemporaryFolder { folder in
            var png = try Data(contentsOf: Blends.fixture("rgb8.png"))
            let exif = Data("II*\0".utf8) + Data(count: 70_000)
            let chunk = Data("eXIf".utf8) + exif
            // Behind the signature and IHDR.
            png.insert(contentsOf: Self.bigEndian(exif.count) + chunk + Self.bigEndian(Self.crc(chunk)), at: 33)
            let input = try folder.addFile("a.png", png)
            for (output, notes) in [("out.png", 0), ("out.jpg", 1)] {
                let run = try CommandRun.addWeighted(
                    [input.path, "--blur", "3", "--output", output, "--summary", "json"], in: folder)
                #expect(run.exitCode == 0)
                let image = try #require(try run.blended().images.first)
                #expect(image.notes.count == notes)
            }
            #expect(try PNGChunks(folder.appendingPathComponent("out.png"))["eXIf"] == exif)
            #expect(try JPEGSegments(folder.appendingPathComponent("out.jpg")).exif.isEmpty)
        }
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Bit by bit, after annex D of the PNG specification.
    private static func crc(_ bytes: Data) -> Int {
        var crc: UInt32 = 0xffff_ffff
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : 0xedb8_8320 ^ crc >> 1 }
        }
        return Int(~crc)
    }

    @Test func transparencyAndDepthThatAJPEGLacksAreNamed() throws {
        try blur("rgba8.png", "out.jpg") { file, run in
            let image = try #require(try run.blended().images.first)
            #expect(image.notes == ["its transparency has no place in a JPEG and was left out"])
            #expect(image.channels == 3)
        }
        try blur("rgb16.png", "out.jpg") { file, run in
            let image = try #require(try run.blended().images.first)
            #expect(
                image.notes == ["the blend's 16-bit samples were rounded to the 8 bits of a JPEG"])
        }
        try blur("rgb16.png", "out.png") { file, run in
            let image = try #require(try run.blended().images.first)
            #expect(image.bitsPerSample == 16)
            let header = try #require(try PNGChunks(file)["IHDR"])
            #expect(header[8] == 16)
            #expect(run.stderr == "")
        }
    }
}
