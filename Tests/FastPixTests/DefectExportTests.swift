import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixDetection
@testable import FastPixMaps

/// Defects of every shape in every form: what is written, that it is read back, and that the programs it is written for
/// change those pixels and no others.
@Suite(.timeLimit(.minutes(10))) struct DefectExportTests {
    private static let size = FrameSize(width: 64, height: 48)

    /// A point, a cluster that is no rectangle, a whole and half a column, a whole and a part of a row, a grid. None
    /// touches another one but where lines cross.
    private static let defects: [Defect] = [
        .made(row: 5, column: 7), .made(row: 40, column: 50, class: .dead),
        .made(.cluster, row: 10, column: 20, pixels: [(10, 20), (11, 20), (11, 21), (12, 22)]),
        .made(.column, row: 0, column: 30, rows: 48), .made(.column, row: 24, column: 36, rows: 24),
        .made(.row, row: 44, column: 0, columns: 64), .made(.row, row: 20, column: 3, columns: 9),
        .made(.grid, row: 28, column: 4, class: .lowGain, rows: 13, columns: 17, rowPeriod: 4, columnPeriod: 8),
    ]

    /// Written down without the code that is tested.
    private static let pixels: Set<[Int]> = {
        var pixels: Set<[Int]> = [[5, 7], [40, 50], [10, 20], [11, 20], [11, 21], [12, 22]]
        for row in 0...47 { pixels.insert([row, 30]) }
        for row in 24...47 { pixels.insert([row, 36]) }
        for column in 0...63 { pixels.insert([44, column]) }
        for column in 3...11 { pixels.insert([20, column]) }
        for row in [28, 32, 36, 40] {
            for column in [4, 12, 20] { pixels.insert([row, column]) }
        }
        return pixels
    }()

    private static let group = JudgedGroup.made(defects, width: size.width, height: size.height)

    /// Writes a list into a folder and returns its file.
    private static func export(
        _ group: JudgedGroup, _ format: DefectMapFormat, _ offset: FrameOffset = FrameOffset(), in folder: URL
    ) throws -> URL {
        let isFolder = format == .rawtherapee
        let target = folder.appendingPathComponent("list-\(format.rawValue)").path + (isFolder ? "/" : "")
        let export = DefectMapExport(path: FilePath(target), format: format, offset: offset)
        try export.prepare()
        #expect(try export.write([group], unjudged: [], photos: PhotoDiscovery(paths: [])) == [])
        let file = URL(fileURLWithPath: target)
        return isFolder ? file.appendingPathComponent("Maker One.badpixels") : file
    }

    private static func covered(_ map: DefectMap) -> Set<[Int]> {
        Set(
            map.entries.flatMap { entry in
                // Of masks and blocks, what is replaced.
                guard map.listsSmears, let smear = entry.smear else {
                    return entry.covered.map { [$0.row, $0.column] }
                }
                return (smear.row..<smear.row + smear.rows).flatMap { row in
                    (smear.column..<smear.column + smear.columns).map { [row, $0] }
                }
            })
    }

    // MARK: Comments

    @Test(arguments: [DefectMapFormat.dcraw, .rawtherapee, .siril, .jpegpixi])
    func doubtfulEntriesAreCounted(_ format: DefectMapFormat) throws {
        for (confidences, line) in [([0.9, 0.5], nil), ([0.49, 0.9, 0.1], "# with a confidence below 0.5: 2")] {
            let defects = confidences.enumerated().map { Defect.made(row: 3, column: 9 * $0 + 2, confidence: $1) }
            let group = JudgedGroup.made(defects, width: Self.size.width, height: Self.size.height)
            try withTemporaryFolder { folder in
                let file = try Self.export(group, format, in: folder)
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(text.split(separator: "\n").first { $0.contains("confidence") }.map(String.init) == line)
                #expect(try DefectMap.read(DefectMapInput(FilePath(file.path))).first?.entries.count == defects.count)
            }
        }
    }

    // MARK: Round trips

    @Test(arguments: DefectMapFormat.allCases) func everyPixelComesBack(_ format: DefectMapFormat) throws {
        for offset in format.countsInRawFrame ? [FrameOffset(), FrameOffset(column: 8, row: 5)] : [FrameOffset()] {
            try withTemporaryFolder { folder in
                let file = try Self.export(Self.group, format, offset, in: folder)
                // PixInsight's form cannot say its frame.
                let isMute = format == .pixinsight
                let input = DefectMapInput(
                    FilePath(file.path), size: isMute ? Self.size : nil, offset: isMute ? offset : nil)
                let maps = try DefectMap.read(input)
                #expect(maps.count == 1)
                #expect(maps[0].size == Self.size)
                // Sound pixels in a cluster's rectangle stay; lines and grids are not thicker than they are.
                #expect(Self.covered(maps[0]) == Self.pixels)
            }
        }
    }

    /// JSON and CSV know of each defect what it is; nothing is lost on the way.
    @Test(arguments: [DefectMapFormat.json, .csv]) func shapesComeBack(_ format: DefectMapFormat) throws {
        try withTemporaryFolder { folder in
            let file = try Self.export(Self.group, format, in: folder)
            let map = try DefectMap.read(DefectMapInput(FilePath(file.path)))[0]
            #expect(map.camera == Self.group.camera)
            #expect(map.entries.count == Self.defects.count)
            for (entry, defect) in zip(map.entries, Self.defects) {
                #expect(entry.row == defect.row && entry.column == defect.column)
                #expect(entry.shape == defect.shape)
                #expect([entry.extentRows, entry.extentColumns] == [defect.extentRows, defect.extentColumns])
                #expect(entry.rowPeriod == defect.rowPeriod && entry.columnPeriod == defect.columnPeriod)
                #expect(entry.pixels == defect.pixels)
                #expect(entry.smear == defect.smear)
                #expect(entry.class == defect.class)
                #expect(entry.meanOffset == 152)
            }
        }
    }

    @Test func linesAreWrittenInTheWordsOfEachProgram() throws {
        try withTemporaryFolder { folder in
            func lines(_ format: DefectMapFormat, _ offset: FrameOffset = FrameOffset()) throws -> Set<String> {
                let file = try Self.export(Self.group, format, offset, in: folder)
                let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
                return Set(lines.filter { !$0.hasPrefix("#") })
            }
            let siril = try lines(.siril)
            #expect(siril.isSuperset(of: ["P 7 5 H", "P 50 40 C", "P 22 12 H", "C 30 0", "L 44 0", "P 12 28 C"]))
            #expect(siril.isSuperset(of: (24...47).map { "P 36 \($0) H" } + (3...11).map { "P \($0) 20 H" }))
            #expect(siril.count == 2 + 4 + 1 + 24 + 1 + 9 + 12)
            let pixinsight = try lines(.pixinsight, FrameOffset(column: 8, row: 4))
            #expect(
                pixinsight.isSuperset(of: [
                    "Col 15 9 9", "Col 38", "Col 44 28 51", "Row 48", "Row 24 11 19", "Col 20 32 32",
                ]))
            #expect(pixinsight.count == 2 + 4 + 2 + 2 + 12)
            let blocks = try lines(.jpegpixi)
            #expect(
                blocks.isSuperset(of: [
                    "7,5,1,1", "20,11,1,1", "22,12,1,1", "H:30,0,1,48", "H:36,24,1,24", "V:0,44,64,1", "V:3,20,9,1",
                    "12,28,1,1",
                ]))
            #expect(try lines(.dcraw).count == Self.pixels.count)
            #expect(try lines(.rawtherapee).count == Self.pixels.count + 1)
        }
    }

    /// Of a line, the part inside the raw frame is listed, and the user hears of the rest.
    @Test func whatANegativeOffsetCutsOffIsSaid() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("list.txt")
            let export = DefectMapExport(
                path: FilePath(file.path), format: .pixinsight, offset: FrameOffset(column: -10, row: -30))
            let notes = try export.write([Self.group], unjudged: [], photos: PhotoDiscovery(paths: []))
            #expect(notes.count == 1)
            // Two lines and one pixel stay whole; of the half column and the grid some is left.
            #expect(notes.first?.contains("5 defects of Maker One left out as far as outside the raw frame") == true)
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            #expect(
                Set(lines) == [
                    "Col 40 10 10", "Col 20", "Col 26 0 17", "Row 14", "Col 2 2 2", "Col 10 2 2", "Col 2 6 6",
                    "Col 10 6 6", "Col 2 10 10", "Col 10 10 10",
                ])
        }
    }

    /// Siril reads lines in pieces of 62 bytes.
    @Test func commentsAreShortEnoughForEveryReader() throws {
        let camera = Camera(make: "Maker", model: String(repeating: "ä", count: 80))
        let group = JudgedGroup.made(Self.defects, width: 100_000, height: 100_000, camera: camera)
        for line in RawFrame(group, offset: FrameOffset(column: -99_999, row: -99_999)).comments {
            #expect(line.utf8.count <= 62)
        }
    }

    // MARK: What a list cannot have

    private static let judgedInPart = JudgedGroup(
        number: 1, camera: group.camera, shape: group.shape, frames: 24, name: group.name,
        defects: [.made(row: 30, column: 8)],
        judgedShare: 0.874,
        notJudged: [
            NotJudgedPart(row: 0, column: 0, rows: 6, columns: 64),
            NotJudgedPart(row: 40, column: 9, rows: 8, columns: 2),
        ], classes: [.dead, .lowGain])

    /// In fields or comments where a form has these; elsewhere the user hears of it.
    @Test(arguments: DefectMapFormat.allCases) func whatWasNotJudgedIsSaid(_ format: DefectMapFormat) throws {
        try withTemporaryFolder { folder in
            let isFolder = format == .rawtherapee
            let target = folder.appendingPathComponent("list").path + (isFolder ? "/" : "")
            let notes = try DefectMapExport(
                path: FilePath(target), format: format, offset: FrameOffset(column: 5, row: 7)
            )
            .write([Self.judgedInPart], unjudged: [], photos: PhotoDiscovery(paths: []))
            let file = isFolder ? target + "Maker One.badpixels" : target
            let input =
                format == .pixinsight
                ? DefectMapInput(
                    FilePath(file), size: FrameSize(width: 64, height: 48), offset: FrameOffset(column: 5, row: 7))
                : DefectMapInput(FilePath(file))
            let map = try #require(try DefectMap.read(input).first)
            if [.csv, .mask, .pixinsight].contains(format) {
                #expect(notes.count == 2)
                #expect(notes.first?.contains("is of 87 % of the frame; the rest was not judged") == true)
                #expect(notes.last?.contains("has dead, low-gain alone") == true)
                #expect(map.notJudged == nil && map.classes == nil)
            } else {
                #expect(notes == [])
                #expect(map.notJudged == Self.judgedInPart.notJudged)
                #expect(map.classes == [.dead, .lowGain])
            }
        }
    }

    @Test func commentsAboutTheJudgementAreShortAndReadBack() throws {
        let parts = [NotJudgedPart(row: 99_999, column: 99_999, rows: 99_999, columns: 99_999)]
        let group = JudgedGroup(
            number: 1, camera: Self.group.camera, shape: Self.group.shape, frames: 24, name: "x", defects: [],
            judgedShare: 0,
            notJudged: parts, classes: [.stuck, .dead, .hot, .lowGain])
        let note = JudgementNote(group)
        #expect(note.lines.count == 3 && note.lines.allSatisfy { $0.utf8.count <= 60 })
        #expect(JudgementNote(note.lines) == note)
        #expect(JudgementNote(["# frame 9 x 8, offset 0,0", "1 2 0"]) == nil)
        // Numbers that no frame has are none of it.
        #expect(JudgementNote(["# judged: 3 % of the frame", "# not judged in photos: 0 x 9 at 1,1"])?.notJudged == [])
    }

    /// As far as compression smears, a part that is left out hides what is beside it.
    @Test func whatTouchesAPartIsNotJudgedEither() {
        let shape = FrameShape(width: 64, height: 48, channels: 1, bitsPerSample: 8)
        let region = ExcludedRegion(kind: .clipped, row: 0, column: 20, rows: 10, columns: 44)
        #expect(
            NotJudgedPart.parts(of: [region], codedUnit: CodedUnit(width: 16, height: 8), in: shape)
                == [NotJudgedPart(row: 0, column: 4, rows: 18, columns: 60)])
        #expect(
            NotJudgedPart.parts(of: [region], codedUnit: CodedUnit(width: 1, height: 1), in: shape)
                == [NotJudgedPart(row: 0, column: 18, rows: 12, columns: 46)])
    }

    // MARK: Programs

    private static let dcraw = Program.named("dcraw")
    private static let siril = Program.named("siril-cli")
    private static let jpegpixi = Program.named("jpegpixi")

    /// A raw file with a border of 8 columns and 4 rows. dcraw takes the mean of a pixel's neighbours, listed ones among
    /// them, so that lines do not become as good as new; but they change.
    @Test(.enabled(if: dcraw != nil, "dcraw is not installed"))
    func dcrawChangesThosePixelsAndNoOthers() throws {
        try withTemporaryFolder { folder in
            let offset = FrameOffset(column: 8, row: 4)
            _ = try Self.export(Self.group, .dcraw, offset, in: folder)
            let raw = RawPicture(
                width: 80, height: 56, usual: 1000,
                others: Self.pixels.map { (row: $0[0] + 4, column: $0[1] + 8, value: 60000) })
            try raw.dng.write(to: folder.appendingPathComponent("raw.dng"))
            let run = try CommandRun.of(
                try #require(Self.dcraw), ["-v", "-c", "-D", "-4", "-P", "list-dcraw", "raw.dng"], in: folder)
            #expect(run.exitCode == 0)
            let line = try #require(run.stderrLines.first { $0.hasPrefix("Fixed dead pixels at: ") })
            let fixed = line.dropFirst("Fixed dead pixels at: ".count).split(separator: " ").map { word in
                word.split(separator: ",").compactMap { Int($0) }
            }
            #expect(Set(fixed) == Set(Self.pixels.map { [$0[1] + 8, $0[0] + 4] }))
            let samples = [UInt8](run.stdoutBytes.suffix(80 * 56 * 2))
            for place in 0..<80 * 56 {
                let value = Int(samples[2 * place]) << 8 | Int(samples[2 * place + 1])
                let isListed = Self.pixels.contains([place / 80 - 4, place % 80 - 8])
                #expect(isListed ? value < 60000 : value == 1000, "pixel \(place)")
            }
        }
    }

    /// Values differ from pixel to pixel, so that every pixel that Siril touches changes, but for chance; the picture is
    /// not square, so that rows and columns cannot be mixed up.
    @Test(.enabled(if: siril != nil, "siril-cli is not installed"))
    func sirilChangesThosePixelsAndNoOthers() throws {
        try withTemporaryFolder { folder in
            _ = try Self.export(Self.group, .siril, in: folder)
            try FileManager.default.moveItem(
                at: folder.appendingPathComponent("list-siril"), to: folder.appendingPathComponent("x.lst"))
            let (width, height) = (Self.size.width, Self.size.height)
            var random: UInt64 = 1
            let values = (0..<width * height).map { _ in
                // Knuth's constants for MMIX.
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt16(1000 + (random >> 33) % 997)
            }
            let picture = RawPicture(
                width: width, height: height, usual: 0,
                others: values.enumerated().map { (row: $0 / width, column: $0 % width, value: $1) })
            try picture.fits.write(to: folder.appendingPathComponent("raw.fit"))
            try "requires 1.0.0\nload raw.fit\ncosme x.lst\nsave repaired\n".write(
                to: folder.appendingPathComponent("script.ssf"), atomically: true, encoding: .utf8)
            let run = try CommandRun.of(
                try #require(Self.siril), ["-d", folder.path, "-s", folder.appendingPathComponent("script.ssf").path],
                environment: ["HOME": folder.path])
            #expect(run.exitCode == 0, "\(run.stdout)")
            let repaired = [UInt8](try Data(contentsOf: folder.appendingPathComponent("repaired.fit")))
            // 16 bits below an unknown number of header blocks, the last row first.
            let byteCount = width * height * 2
            let start = repaired.count - (byteCount + 2879) / 2880 * 2880
            var changed: Set<[Int]> = []
            for row in 0..<height {
                for column in 0..<width {
                    let place = start + ((height - 1 - row) * width + column) * 2
                    let stored = Int(Int16(bitPattern: UInt16(repaired[place]) << 8 | UInt16(repaired[place + 1])))
                    if stored + 32768 != Int(values[row * width + column]) { changed.insert([row, column]) }
                }
            }
            #expect(changed.isSubset(of: Self.pixels), "\(changed.subtracting(Self.pixels))")
            // A mean of neighbours may be the value that was there.
            #expect(Self.pixels.subtracting(changed).count <= 2, "\(Self.pixels.subtracting(changed))")
        }
    }

    /// What jpegpixi interpolates: the listed places turn grey again, all other blocks stay as they are.
    @Test(.enabled(if: jpegpixi != nil, "jpegpixi is not installed"))
    func jpegpixiChangesTheBlocksOfThoseDefectsOnly() throws {
        try withTemporaryFolder { folder in
            let photo = Repository.fixture("decoder/jpeg-grey-200x150-q90.jpg")
            let defects: [Defect] = [
                .made(row: 20, column: 43), .made(.column, row: 64, column: 120, rows: 40),
                .made(.row, row: 130, column: 8, columns: 30),
            ]
            let group = JudgedGroup.made(defects, width: 200, height: 150)
            _ = try Self.export(group, .jpegpixi, in: folder)
            let target = folder.appendingPathComponent("repaired.jpg")
            let run = try CommandRun.of(
                try #require(Self.jpegpixi), ["-v", "-f", "list-jpegpixi", photo.path, target.path], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            func samples(_ file: URL) throws -> [UInt8] {
                let opened = try OpenFile(FilePath(file.path))
                let decoder = try PhotoDecoder(opened, maximumPixels: 0)
                var samples = [UInt8](repeating: 0, count: 200 * 150)
                try samples.withUnsafeMutableBytes { try decoder.readRows(150, into: $0.baseAddress!) }
                try decoder.finish()
                return samples
            }
            let (before, after) = (try samples(photo), try samples(target))
            let blocks = Set(
                before.indices.filter { before[$0] != after[$0] }.map { [$0 / 200 / 8, $0 % 200 / 8] })
            let expected = Set(
                defects.flatMap { $0.covered.map { [$0.row / 8, $0.column / 8] } })
            #expect(blocks.isSubset(of: expected))
            #expect(blocks.count > expected.count / 2)
        }
    }
}
