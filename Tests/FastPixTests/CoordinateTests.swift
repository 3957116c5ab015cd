import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPix
@testable import FastPixAccumulation
@testable import FastPixCodecs
@testable import FastPixDetection
@testable import FastPixDiscovery
@testable import FastPixFrames
@testable import FastPixMaps
@testable import FastPixPlumbing
@testable import FastPixReporting

/// Positions in raw and FITS files, given to the programs that they are for: exactly the planted pixels change.
struct CoordinateTests {
    /// Row and column in the visible frame.
    private static let planted = [(row: 50, column: 60), (row: 101, column: 73)]
    private static let margins = (left: 8, top: 4)
    private static let usual: UInt16 = 8000
    private static let defects: [Defect] = planted.map { .made(row: $0.row, column: $0.column, class: .hot) }

    /// A sensor with a border around its visible part; with or without the planted pixels.
    private static func dng(width: Int, height: Int, planted isPlanted: Bool = true) -> Data {
        RawPicture(
            width: width + 16, height: height + 10, usual: usual,
            others: isPlanted
                ? planted.map { (row: $0.row + margins.top, column: $0.column + margins.left, value: 60000) } : []
        ).dng(visible: (margins.left, margins.top, width, height))
    }

    /// Defects found on such files, read with the border or without.
    private static func group(_ dng: URL, maskedBorder: Bool = false) throws -> JudgedGroup {
        let header = try PhotoFile(
            probing: FilePath(dng.path), reading: PhotoReadingChoice(maskedBorder: maskedBorder), maximumPixels: 0
        ).header
        let (top, left) = maskedBorder ? (margins.top, margins.left) : (0, 0)
        return JudgedGroup(
            number: 1, camera: Camera(make: "Test", model: "Camera"), shape: header.shape, frames: 9, name: "Test",
            defects: planted.map { .made(row: $0.row + top, column: $0.column + left, class: .hot) },
            sensorFrame: header.sensorFrame)
    }

    private static func write(
        _ group: JudgedGroup, _ format: DefectMapFormat, as name: String, in folder: URL, rawSample: RawSample? = nil
    ) throws -> URL {
        let target = folder.appendingPathComponent(name)
        let notes = try DefectMapExport(path: FilePath(target.path), format: format, rawSample: rawSample)
            .write([group], unjudged: [], photos: PhotoDiscovery(paths: []))
        #expect(notes == [])
        return target
    }

    /// With the border or without, lists for raw converters count in the visible part; JSON and CSV tell the sensor's, too.
    @Test(arguments: [false, true]) func positionsOfRawFiles(_ maskedBorder: Bool) throws {
        try withTemporaryFolder { folder in
            let raw = try folder.addFile("a.dng", Self.dng(width: 224, height: 190))
            let group = try Self.group(raw, maskedBorder: maskedBorder)
            let list = try String(
                contentsOf: Self.write(group, .dcraw, as: "a.badpixels", in: folder), encoding: .utf8)
            let frame = maskedBorder ? "# frame 240 x 200, offset -8,-4" : "# frame 224 x 190, offset 0,0"
            #expect(
                list.split(separator: "\n").dropFirst().map(String.init)
                    == [
                        frame, "# sensor 240 x 200, margins 8,4", "# judged: 100 % of the frame", "60 50 0", "73 101 0",
                    ])
            let json = try Data(contentsOf: Self.write(group, .json, as: "a.json", in: folder))
            let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
            let written = try #require((object["groups"] as? [[String: Any]])?.first)
            let sensor = try #require(written["sensorFrame"] as? [String: Int])
            #expect(sensor["visibleLeft"] == 8 && sensor["visibleTop"] == 4 && sensor["width"] == 240)
            let first = try #require((written["defects"] as? [[String: Any]])?.first)
            #expect(first["sensorRow"] as? Int == 54 && first["sensorColumn"] as? Int == 68)
            let table = try String(contentsOf: Self.write(group, .csv, as: "a.csv", in: folder), encoding: .utf8)
            #expect(table.contains(",54,68\n") && table.contains("sensor_row,sensor_column\n"))
        }
    }

    // MARK: A raw file of the camera, for photos that are none

    private static func jpegGroup(_ width: Int, _ height: Int, model: String = "Test Camera") -> JudgedGroup {
        .made(defects, width: width, height: height, camera: Camera(make: "TEST", model: model))
    }

    @Test func aRawSampleTellsTheOffset() throws {
        try withTemporaryFolder { folder in
            let picture = RawPicture(width: 240, height: 200, usual: 1000, others: [])
            let raw = try folder.addFile(
                "a.dng", picture.dng(visible: (8, 4, 224, 190), crop: (12, 6, 200, 180)))
            let sample = try RawSample(FilePath(raw.path))
            #expect(try sample.offset(of: Self.jpegGroup(200, 180)) == FrameOffset(column: 12, row: 6))
            #expect(try sample.offset(of: Self.jpegGroup(224, 190)) == FrameOffset())
            for group in [Self.jpegGroup(198, 178), Self.jpegGroup(200, 180, model: "Other")] {
                let error = #expect(throws: FastPixError.self) { try sample.offset(of: group) }
                #expect(error?.code == .contradiction)
            }
            let list = try Self.write(
                Self.jpegGroup(200, 180), .dcraw, as: "a.badpixels", in: folder, rawSample: sample)
            let text = try String(contentsOf: list, encoding: .utf8)
            #expect(text.hasSuffix("# frame 200 x 180, offset 12,6\n# judged: 100 % of the frame\n72 56 0\n85 107 0\n"))
            // And back, for the photos.
            let map = try DefectMap.read(DefectMapInput(FilePath(list.path)))
            #expect(map.first?.entries.map { [$0.row, $0.column] } == Self.planted.map { [$0.row, $0.column] })
            #expect(throws: FastPixError.self) {
                try Self.write(Self.jpegGroup(198, 178), .dcraw, as: "b.badpixels", in: folder, rawSample: sample)
            }
            #expect(try folder.entries() == ["a.badpixels", "a.dng"])
            let photo = FilePath(Repository.fixture("decoder/jpeg-exif.jpg").path)
            #expect(throws: FastPixError.self) { try RawSample(photo) }
        }
    }

    /// A list without a word on the offset says so.
    @Test func photosWithoutASampleGetANote() throws {
        try withTemporaryFolder { folder in
            let notes = try DefectMapExport(
                path: FilePath(folder.appendingPathComponent("x.badpixels").path), format: .dcraw
            )
            .write([Self.jpegGroup(224, 190)], unjudged: [], photos: PhotoDiscovery(paths: []))
            #expect(notes.count == 1 && notes[0].contains("a raw file of the camera, or an offset, tells how much"))
        }
    }

    // MARK: Programs

    private static let dcraw = Program.named("dcraw")
    private static let libraw = Program.named("dcraw_emu")
    private static let siril = Program.named("siril-cli")
    private static let rawtherapee = Program.named("rawtherapee-cli")

    @Test(.enabled(if: dcraw != nil, "dcraw is not installed"), arguments: [false, true])
    func dcrawReplacesTheDefects(_ maskedBorder: Bool) throws {
        try withTemporaryFolder { folder in
            let raw = try folder.addFile("a.dng", Self.dng(width: 224, height: 190))
            _ = try Self.write(
                try Self.group(raw, maskedBorder: maskedBorder), .dcraw, as: "a.badpixels", in: folder)
            let run = try CommandRun.of(
                try #require(Self.dcraw), ["-v", "-c", "-D", "-4", "-P", "a.badpixels", "a.dng"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr.contains("Fixed dead pixels at: 60,50 73,101\n"), "\(run.stderr)")
            let samples = [UInt8](run.stdoutBytes.suffix(224 * 190 * 2))
            #expect(
                stride(from: 0, to: samples.count, by: 2).allSatisfy {
                    Int(samples[$0]) << 8 | Int(samples[$0 + 1]) == Int(Self.usual)
                })
        }
    }

    @Test(.enabled(if: libraw != nil, "LibRaw's dcraw_emu is not installed"))
    func librawReplacesTheDefects() throws {
        try withTemporaryFolder { folder in
            let raw = try folder.addFile("a.dng", Self.dng(width: 224, height: 190))
            _ = try Self.write(try Self.group(raw), .dcraw, as: "a.badpixels", in: folder)
            func developed(_ options: [String]) throws -> [UInt8] {
                let run = try CommandRun.of(
                    try #require(Self.libraw),
                    ["-disinterp", "-r", "1", "1", "1", "1", "-M", "-o", "0", "-4", "-W", "-g", "1", "1"] + options
                        + ["a.dng"], in: folder)
                #expect(run.exitCode == 0)
                let name = try #require(try folder.entries().first { $0.hasPrefix("a.dng.") })
                defer { try? FileManager.default.removeItem(at: folder.appendingPathComponent(name)) }
                return [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            }
            /// Pixels, and not planes, that are not as most are: samples of other colours are 0.
            func others(_ picture: [UInt8]) -> Set<[Int]> {
                let channels = picture[1] == UInt8(ascii: "6") ? 3 : 1
                let samples = picture.suffix(224 * 190 * channels * 2)
                let pixels = (0..<224 * 190).map { pixel in
                    (0..<channels).map { channel -> Int in
                        let place = samples.startIndex + (pixel * channels + channel) * 2
                        return Int(samples[place]) << 8 | Int(samples[place + 1])
                    }.max()!
                }
                let usual = pixels.sorted()[pixels.count / 2]
                return Set(pixels.indices.filter { pixels[$0] != usual }.map { [$0 / 224, $0 % 224] })
            }
            #expect(try others(developed([])) == Set(Self.planted.map { [$0.row, $0.column] }))
            #expect(try others(developed(["-P", "a.badpixels"])) == [])
        }
    }

    /// RawTherapee's pictures lack four columns and rows on each side of the visible frame.
    @Test(.enabled(if: rawtherapee != nil, "rawtherapee-cli is not installed"), .timeLimit(.minutes(20)))
    func rawTherapeeReplacesTheDefects() throws {
        try withTemporaryFolder { folder in
            // It refuses small pictures.
            let (width, height) = (1600, 1200)
            let raw = try folder.addFile("a.dng", Self.dng(width: width, height: height))
            try folder.addFile("sound.dng", Self.dng(width: width, height: height, planted: false))
            let dark = try folder.addFolder("dark")
            try folder.addFolder("settings").addFile(
                "options", Data("[General]\nDarkFramesPath=\(dark.path)\n".utf8))
            try folder.addFile(
                "plain.pp3",
                Data("[RAW]\nCA=false\n[RAW Bayer]\nMethod=none\n[Color Management]\nInputProfile=(none)\n".utf8))
            func developed(_ name: String) throws -> Data {
                let run = try CommandRun.of(
                    try #require(Self.rawtherapee),
                    ["-q", "-p", "plain.pp3", "-o", "out.tif", "-t", "-b16", "-Y", "-c", name],
                    environment: [
                        "RT_SETTINGS": folder.appendingPathComponent("settings").path,
                        "RT_CACHE": folder.appendingPathComponent("cache").path, "HOME": folder.path,
                    ], in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
                let output = FilePath(folder.appendingPathComponent("out.tif").path)
                let photo = try PhotoFile(probing: output, maximumPixels: 0)
                #expect(photo.header.shape.width == width - 8 && photo.header.shape.height == height - 8)
                return Data(try photo.samples())
            }
            func changed(_ left: Data, _ right: Data) -> Set<[Int]> {
                let bytesPerPixel = left.count / ((width - 8) * (height - 8))
                return Set(
                    left.indices.filter { left[$0] != right[$0] }.map {
                        let pixel = $0 / bytesPerPixel
                        return [pixel / (width - 8) + 4, pixel % (width - 8) + 4]
                    })
            }
            let sound = try developed("sound.dng")
            #expect(try changed(sound, developed("a.dng")) == Set(Self.planted.map { [$0.row, $0.column] }))
            _ = try Self.write(try Self.group(raw), .rawtherapee, as: "dark", in: folder)
            #expect(try dark.entries() == ["Test Camera.badpixels"])
            #expect(try changed(sound, developed("a.dng")) == [])
        }
    }

    /// Siril takes the first row of a FITS file for the lowest one, whatever ROWORDER says; fastpix counts rows as they are
    /// stored.
    @Test(
        .enabled(if: siril != nil, "siril-cli is not installed"),
        arguments: [[], ["ROWORDER= 'TOP-DOWN'"], ["ROWORDER= 'BOTTOM-UP'"]])
    func sirilReplacesTheDefects(_ cards: [String]) throws {
        try withTemporaryFolder { folder in
            let (width, height) = (96, 120)
            let places: [(row: Int, column: Int, value: UInt16)] = [(7, 30, 60000), (100, 55, 50000)]
            let line = (0..<width).map { (row: 40, column: $0, value: UInt16(20000)) }
            let picture = RawPicture(width: width, height: height, usual: Self.usual, others: places + line)
            try folder.addFile("a.fit", picture.fitsAsStored(cards))
            let defects: [Defect] = places.map { .made(row: $0.row, column: $0.column, class: .hot) }
            let group = JudgedGroup(
                number: 1, camera: Camera(),
                shape: FrameShape(width: width, height: height, channels: 1, bitsPerSample: 16),
                frames: 9, name: "Test", defects: defects + [.made(.row, row: 40, column: 0, columns: width)],
                isFITS: true)
            let list = try Self.write(group, .siril, as: "a.lst", in: folder)
            let text = try String(contentsOf: list, encoding: .utf8)
            #expect(
                text.contains("from the bottom\n") && text.contains("\nP 30 112 H\n") && text.contains("\nL 79 0\n"))
            try folder.addFile("a.ssf", Data("requires 1.0.0\nload a.fit\ncosme a.lst\nsave repaired\n".utf8))
            let run = try CommandRun.of(
                try #require(Self.siril), ["-d", folder.path, "-s", folder.appendingPathComponent("a.ssf").path],
                environment: ["HOME": folder.path])
            #expect(run.exitCode == 0, "\(run.stdout)")
            let repaired = try PhotoFile(
                probing: FilePath(folder.appendingPathComponent("repaired.fit").path), maximumPixels: 0)
            let samples = try repaired.samples()
            let values = stride(from: 0, to: samples.count, by: 2).map { Int(samples[$0]) | Int(samples[$0 + 1]) << 8 }
            #expect(values.count == width * height && values.allSatisfy { $0 == Int(Self.usual) })
            // And back: the list fits the file that it was found on.
            let map = try DefectMap.read(DefectMapInput(FilePath(list.path)))
            #expect(
                Set(map.first?.entries.map { [$0.row, $0.column] } ?? [])
                    == [[7, 30], [100, 55], [40, 0]])
        }
    }
}
