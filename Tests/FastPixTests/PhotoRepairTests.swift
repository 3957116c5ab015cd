import CCodecs
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixMaps

/// `fastpix repair` on single files of every kind that the decoders take.
@Suite(.timeLimit(.minutes(10)))
struct PhotoRepairTests {
    typealias Fixture = PhotoDecoderTests.Fixture
    private static let photos = PhotoDecoderTests.sound

    /// Without a defect nothing changes: tables, coefficients, markers, chunks are all written as they were read.
    @Test(arguments: photos) func anEmptyListLeavesThePictureAlone(_ photo: Fixture) throws {
        try withTemporaryFolder { folder in
            let report = try Self.repair(photo, entries: [], in: folder)
            guard report.skipped.isEmpty else {
                #expect(try Self.hasNothingInBetween(photo), "\(report.skipped)")
                return
            }
            let decoded = try Self.decode(folder.appendingPathComponent("out/\(photo.file)").path)
            #expect(SHA256.hexadecimal(of: decoded.samples) == photo.sha256)
            #expect(report.photos.first?.blocksChanged == (photo.format == "jpeg" ? 0 : nil))
        }
    }

    /// Of a JPEG, one block of luma changes; of a PNG, one pixel.
    @Test(arguments: photos.filter { ($0.width ?? 0) >= 97 })
    func onlyTheDefectsBlockChanges(_ photo: Fixture) throws {
        try withTemporaryFolder { folder in
            let entry = DefectMap.Entry(row: 20, column: 43, smear: Smear(row: 20, column: 42, rows: 2, columns: 3))
            let report = try Self.repair(photo, entries: [entry], in: folder)
            guard report.skipped.isEmpty else {
                #expect(try Self.hasNothingInBetween(photo), "\(report.skipped)")
                return
            }
            let before = try Self.decode(photo.path.string, .luma)
            let after = try Self.decode(folder.appendingPathComponent("out/\(photo.file)").path, .luma)
            #expect(before.shape == after.shape)
            let bytes = before.shape.bytesPerSample
            let changed = (0..<before.samples.count).filter { before.samples[$0] != after.samples[$0] }.map {
                ($0 / bytes / before.shape.width, $0 / bytes % before.shape.width)
            }
            // Luma of a JPEG that stores RGB, or samples chroma more finely than luma, has no blocks of its own.
            let block = photo.format == "jpeg" ? (rows: 16..<24, columns: 40..<48) : (rows: 20..<22, columns: 42..<45)
            let isPlain = !photo.file.contains("rgb") && !photo.file.contains("2x1") && !photo.file.contains("chroma")
            if isPlain {
                #expect(changed.allSatisfy { block.rows.contains($0.0) && block.columns.contains($0.1) })
            } else {
                #expect(changed.allSatisfy { (0..<48).contains($0.0) && (16..<80).contains($0.1) })
            }
        }
    }

    /// Damaged, truncated, of another kind: what cannot be decoded is not repaired either, and nothing is written.
    @Test(arguments: PhotoDecoderTests.refused) func whatCannotBeDecodedIsRefused(_ photo: Fixture) throws {
        try withTemporaryFolder { folder in
            let map = folder.appendingPathComponent("list.badpixels")
            try Data("# frame 1 x 1, offset 0,0\n0 0 0\n".utf8).write(to: map)
            let out = folder.appendingPathComponent("out")
            let report = try PhotoRepair(folder: FilePath(out.path)).run(
                PhotoSource(paths: [photo.path]), maps: [DefectMapInput(FilePath(map.path))])
            #expect(report.photos == [])
            #expect(report.skipped.count == 1)
            #expect(!FileManager.default.fileExists(atPath: out.path))
        }
    }

    /// A damaged quantisation table, which libjpeg takes: without steps for them all but the mean of a block is 0. Found
    /// by fuzzing, as a division by 0 that the sanitizers see.
    @Test func stepsOfZeroLeaveTheMeans() throws {
        let name = "jpeg-grey-200x150-q90.jpg"
        try withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: Repository.fixture("decoder/\(name)"))
            let table = try #require(bytes.firstRange(of: Data([0xff, 0xdb]))).upperBound + 3
            for frequency in 1..<64 { bytes[table + frequency] = 0 }
            let photo = try folder.addFile(name, bytes)
            try Self.write(
                [DefectMap(width: 200, height: 150, entries: [DefectMap.Entry(row: 20, column: 43)])],
                to: folder.appendingPathComponent("map.json"))
            let report = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(photo.path)]),
                maps: [DefectMapInput(FilePath(folder.appendingPathComponent("map.json").path))]
            )
            #expect(report.photos.first?.blocksChanged == 1)
            let before = try Self.decode(photo.path).samples
            let after = try Self.decode(folder.appendingPathComponent("out/\(name)").path).samples
            for row in 0..<150 {
                for column in 0..<200 {
                    let corner = row / 8 * 8 * 200 + column / 8 * 8
                    #expect(after[row * 200 + column] == after[corner])
                    if (row / 8, column / 8) != (2, 5) { #expect(after[corner] == before[corner]) }
                }
            }
        }
    }

    /// Decoders smooth a progressive picture whose last scans are missing, so that it is not the camera's, and would not
    /// do so with what repair writes; a colour without any scan has no quantisation table. Both found by fuzzing.
    @Test(arguments: ["jpeg-grey-progressive.jpg", "jpeg-multiscan-420.jpg"])
    func aPictureWithMissingScansIsRefused(_ name: String) throws {
        try withTemporaryFolder { folder in
            let bytes = try Data(contentsOf: Repository.fixture("decoder/\(name)"))
            let scans = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
            try #require(scans.count > 2)
            let photo = try folder.addFile(name, bytes[..<scans[1]] + [0xff, 0xd9])
            for channels in [ChannelSelection.all, .luma] {
                let error = #expect(throws: FastPixError.self) { try Self.decode(photo.path, channels) }
                #expect(error?.reason == "truncated JPEG: scans of the picture are missing")
            }
            let size = try PhotoFile(probing: FilePath(Repository.fixture("decoder/\(name)").path), maximumPixels: 0)
                .header.shape
            let map = folder.appendingPathComponent("list.badpixels")
            try Data("# frame \(size.width) x \(size.height), offset 0,0\n3 3 0\n".utf8).write(to: map)
            let report = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(photo.path)]), maps: [DefectMapInput(FilePath(map.path))])
            #expect(report.photos == [])
            #expect(report.skipped.map(\.reason) == ["truncated JPEG: scans of the picture are missing"])
        }
    }

    /// Reading its header finds that, too; but the file may be another one by then. Found by fuzzing.
    @Test(arguments: ["tEXt", "zTXt", "iTXt", "eXIf"])
    func aChunkThatClaimsMoreThanTheFileHasIsRefused(_ type: String) throws {
        try withTemporaryFolder { folder in
            var png = HostilePNG(width: 16, height: 16)
            png.append(HostilePNG.word(0x7000_0000) + Array(type.utf8) + [1, 2, 3])
            let photo = try folder.addFile("claims.png", Data(png.bytes))
            let shape = FrameShape(width: 16, height: 16, channels: 1, bitsPerSample: 8)
            let patches = try RepairPatches(DefectMap(), shape: shape, radius: 0)
            var output = fpx_bytes()
            defer { fpx_bytes_free(&output) }
            let error = #expect(throws: FastPixError.self) {
                try RepairedPhoto.make(
                    FilePath(photo.path), .png, patches, isStrict: false, maximumPixels: 0, into: &output)
            }
            // Not "truncated": nothing was looked for.
            #expect(error?.reason.contains("too large") == true)
        }
    }

    /// Places that overlap reach differently far for good pixels, and their order in the list must not matter.
    @Test(arguments: ["jpeg-420-97x61-q50.jpg", "png-rgb8-97x61.png"])
    func theOrderOfAListChangesNothing(_ name: String) throws {
        let photo = try #require(Self.photos.first { $0.file == name })
        let entries = (0..<40).map { number in
            let (row, column, side) = (number * 7 % 40, number * 11 % 70, 1 + number * 5 % 20)
            return DefectMap.Entry(
                row: row, column: column, smear: Smear(row: row, column: column, rows: side, columns: 21 - side))
        }
        func repaired(_ entries: [DefectMap.Entry]) throws -> Data {
            try withTemporaryFolder { folder in
                #expect(try Self.repair(photo, entries: entries, in: folder).skipped == [])
                return try Data(contentsOf: folder.appendingPathComponent("out/\(name)"))
            }
        }
        let reference = try repaired(entries)
        #expect(try repaired(entries.reversed()) == reference)
        #expect(try repaired(entries.sorted { $0.column < $1.column }) == reference)
    }

    /// All that is not the picture is copied byte for byte and in order: EXIF, comments, profiles, tables.
    @Test(arguments: ["jpeg-exif.jpg", "jpeg-comment.jpg", "jpeg-photo-422.jpg", "jpeg-420-progressive-97x61.jpg"])
    func jpegMarkersAreKept(_ name: String) throws {
        let photo = try #require(Self.photos.first { $0.file == name })
        try withTemporaryFolder { folder in
            _ = try Self.repair(photo, entries: [DefectMap.Entry(row: 3, column: 3)], in: folder)
            let before = try JPEGSegments(URL(fileURLWithPath: photo.path.string))
            let after = try JPEGSegments(folder.appendingPathComponent("out/\(name)"))
            #expect(before.metadata == after.metadata)
            #expect(!before.metadata.isEmpty)
            #expect(before.quantisation == after.quantisation)
        }
    }

    @Test func bytesBehindThePictureAreKept() throws {
        let photo = try #require(Self.photos.first { $0.file == "jpeg-trailing-jpeg.jpg" })
        try withTemporaryFolder { folder in
            _ = try Self.repair(photo, entries: [], in: folder)
            let before = try Data(contentsOf: URL(fileURLWithPath: photo.path.string))
            let after = try Data(contentsOf: folder.appendingPathComponent("out/\(photo.file)"))
            let end = try #require(before.firstRange(of: Data([0xff, 0xd9])))
            let rest = before[end.upperBound...]
            #expect(rest.count > 2)
            #expect(after.suffix(rest.count) == rest)
        }
    }

    @Test(arguments: ["png-exif.png", "png-text-after.png", "png-many-idat.png", "png-rgba16-17x13-adam7.png"])
    func pngChunksAreKept(_ name: String) throws {
        let photo = try #require(Self.photos.first { $0.file == name })
        try withTemporaryFolder { folder in
            _ = try Self.repair(photo, entries: [DefectMap.Entry(row: 0, column: 1)], in: folder)
            let before = try PNGChunks(URL(fileURLWithPath: photo.path.string))
            let after = try PNGChunks(folder.appendingPathComponent("out/\(name)"))
            #expect(before.withoutPicture == after.withoutPicture)
            #expect(after.checksumsAreRight)
        }
    }

    /// A column, a row, a cluster and a grid on a slope, from bare lists too: what the slope says stands there afterwards,
    /// and sound pixels between those of the grid stay as they are.
    @Test(arguments: [DefectMapFormat.json, .csv, .mask, .dcraw, .siril, .pixinsight, .jpegpixi])
    func shapesAreRepaired(_ format: DefectMapFormat) throws {
        let (width, height) = (40, 30)
        let defects: [Defect] = [
            .made(.column, row: 0, column: 30, rows: 30), .made(.row, row: 4, column: 0, columns: 20),
            .made(.cluster, row: 20, column: 5, pixels: [(20, 5), (21, 6)]),
            .made(.grid, row: 10, column: 10, rows: 9, columns: 9, rowPeriod: 4, columnPeriod: 4),
        ]
        let right = (0..<width * height).map { UInt8(2 * ($0 % width) + 3 * ($0 / width)) }
        var pixels = right
        for place in defects.flatMap(\.covered) { pixels[place.row * width + place.column] = 255 }
        try withTemporaryFolder { folder in
            let source = folder.appendingPathComponent("slope.png")
            try Data(PNGImage.encode(width: width, height: height, .grey, pixels)).write(to: source)
            let list = folder.appendingPathComponent("list")
            let group = JudgedGroup.made(defects, width: width, height: height)
            _ = try DefectMapExport(path: FilePath(list.path), format: format).write(
                [group], unjudged: [], photos: PhotoDiscovery(paths: []))
            let isMute = format == .pixinsight
            let input = DefectMapInput(
                FilePath(list.path), size: isMute ? FrameSize(width: width, height: height) : nil,
                offset: isMute ? FrameOffset() : nil)
            let report = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(source.path)]), maps: [input])
            #expect(report.skipped == [])
            let repaired = try Self.decode(folder.appendingPathComponent("out/slope.png").path).samples
            for (index, value) in repaired.enumerated() {
                // At the frame's edge, and where lines end, there is nothing on one side of a pixel.
                let isAtEdge = [0, height - 1].contains(index / width) || index % width == 0
                #expect(abs(Int(value) - Int(right[index])) <= (isAtEdge ? 6 : 0), "pixel \(index)")
            }
        }
    }

    /// Several lists count together; those of other sizes and cameras do not, as long as one fits.
    @Test func severalListsAreMerged() throws {
        try withTemporaryFolder { folder in
            let source = folder.appendingPathComponent("grey.png")
            try Data(PNGImage.encode(width: 20, height: 10, .grey, [UInt8](repeating: 9, count: 200))).write(to: source)
            let files = ["1,1\n2,2\n", "2,2\n3,3\n", "# frame 30 x 30, offset 0,0\n25,25\n"].enumerated().map {
                (folder.appendingPathComponent("list-\($0).jpegpixi"), $1)
            }
            for (file, text) in files { try Data(text.utf8).write(to: file) }
            let inputs = files.enumerated().map {
                DefectMapInput(FilePath($1.0.path), size: $0 < 2 ? FrameSize(width: 20, height: 10) : nil)
            }
            let report = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(source.path)]), maps: inputs)
            #expect(report.photos.map(\.defects) == [3])
            #expect(report.maps == files.map { FilePath($0.0.path) })
            #expect(report.map == FilePath(files[0].0.path))
            let alone = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path), overwrites: true)
                .run(
                    PhotoSource(paths: [FilePath(source.path)]), maps: [inputs[2]])
            #expect(alone.skipped.count == 1)
        }
    }

    /// Without a frame it cannot be told whether a list fits.
    @Test(arguments: [
        "1 1 0\n", "1 1\n", "P 1 1 H\n", "C 1 0\n", "Col 1 1 1\n", "Col 1\n", "1,1\n", "row,column\n1,1\n",
    ])
    func listsWithoutAFrameAreRefused(_ text: String) throws {
        try withTemporaryFolder { folder in
            let source = folder.appendingPathComponent("grey.png")
            try Data(PNGImage.encode(width: 20, height: 10, .grey, [UInt8](repeating: 9, count: 200))).write(to: source)
            let list = FilePath(try folder.addFile("list", Data(text.utf8)).path)
            let repair = PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path))
            let error = #expect(throws: FastPixError.self) {
                try repair.run(PhotoSource(paths: [FilePath(source.path)]), maps: [DefectMapInput(list)])
            }
            #expect(error?.message.contains("give the photos' size") == true)
            #expect(error?.path == list)
            let told = DefectMapInput(list, size: FrameSize(width: 20, height: 10), offset: FrameOffset())
            #expect(try repair.run(PhotoSource(paths: [FilePath(source.path)]), maps: [told]).photos.count == 1)
            let other = DefectMapInput(list, size: FrameSize(width: 20, height: 11), offset: FrameOffset())
            #expect(try repair.run(PhotoSource(paths: [FilePath(source.path)]), maps: [other]).photos == [])
        }
    }

    /// On a slope the missing pixel is exactly what the slope says; a pixel that is defective itself is never used.
    @Test func slopesGoOn() throws {
        try withTemporaryFolder { folder in
            let (width, height) = (40, 30)
            var pixels = (0..<width * height).map { UInt8(2 * ($0 % width) + 3 * ($0 / width)) }
            let right = pixels
            let bad = [(10, 10), (10, 11), (11, 10), (0, 20), (29, 39)]
            for (row, column) in bad { pixels[row * width + column] = 255 }
            let source = folder.appendingPathComponent("slope.png")
            try Data(PNGImage.encode(width: width, height: height, .grey, pixels)).write(to: source)
            let map = DefectMap(
                width: width, height: height, entries: bad.map { DefectMap.Entry(row: $0.0, column: $0.1) })
            try Self.write([map], to: folder.appendingPathComponent("map.json"))
            let report = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(source.path)]),
                maps: [DefectMapInput(FilePath(folder.appendingPathComponent("map.json").path))])
            #expect(report.skipped == [])
            let repaired = try Self.decode(folder.appendingPathComponent("out/slope.png").path).samples
            for (index, value) in repaired.enumerated() {
                let isAtBorder = index == 20 || index == width * height - 1
                #expect(abs(Int(value) - Int(right[index])) <= (isAtBorder ? 5 : 0), "pixel \(index)")
            }
        }
    }

    /// An edge through the defect stays sharp: an average of all neighbours would put 100 there.
    @Test func edgesGoOn() throws {
        try withTemporaryFolder { folder in
            let (width, height) = (40, 30)
            var pixels = (0..<width * height).map { UInt8($0 % width < 20 ? 20 : 180) }
            for row in 13..<16 {
                for column in 18..<22 { pixels[row * width + column] = 255 }
            }
            let source = folder.appendingPathComponent("edge.png")
            try Data(PNGImage.encode(width: width, height: height, .grey, pixels)).write(to: source)
            let entry = DefectMap.Entry(row: 14, column: 19, smear: Smear(row: 13, column: 18, rows: 3, columns: 4))
            try Self.write(
                [DefectMap(width: width, height: height, entries: [entry])],
                to: folder.appendingPathComponent("map.json"))
            _ = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(source.path)]),
                maps: [DefectMapInput(FilePath(folder.appendingPathComponent("map.json").path))])
            let repaired = try Self.decode(folder.appendingPathComponent("out/edge.png").path).samples
            for row in 13..<16 {
                for column in 18..<22 {
                    let value = Int(repaired[row * width + column])
                    #expect(column < 20 ? value < 30 : value > 170, "row \(row), column \(column): \(value)")
                }
            }
        }
    }

    // MARK: Helpers

    static func write(_ maps: [DefectMap], to file: URL) throws {
        let groups = maps.map { map in
            [
                "camera": [:], "width": map.width ?? 0, "height": map.height ?? 0,
                "defects": map.entries.map { entry in
                    var values = ["row": entry.row, "column": entry.column]
                    if let smear = entry.smear {
                        values["smearRow"] = smear.row
                        values["smearColumn"] = smear.column
                        values["smearRows"] = smear.rows
                        values["smearColumns"] = smear.columns
                    }
                    return values
                },
            ] as [String: Any]
        }
        let list: [String: Any] = ["schema": "fastpix.defects/1", "groups": groups]
        try JSONSerialization.data(withJSONObject: list).write(to: file)
    }

    private static func repair(_ photo: Fixture, entries: [DefectMap.Entry], in folder: URL) throws -> RepairReport {
        let map = DefectMap(width: photo.width, height: photo.height, entries: entries)
        try write([map], to: folder.appendingPathComponent("map.json"))
        return try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
            PhotoSource(paths: [photo.path]),
            maps: [DefectMapInput(FilePath(folder.appendingPathComponent("map.json").path))])
    }

    private static func decode(
        _ path: String, _ channels: ChannelSelection = .all
    ) throws -> (shape: FrameShape, samples: [UInt8]) {
        let file = try OpenFile(FilePath(path))
        let decoder = try PhotoDecoder(file, channels: channels, maximumPixels: 0)
        let shape = decoder.shape
        var samples = [UInt8](repeating: 0, count: shape.height * shape.bytesPerRow)
        try samples.withUnsafeMutableBytes { try decoder.readRows(shape.height, into: $0.baseAddress!) }
        try decoder.finish()
        return (shape, samples)
    }

    /// Palettes and samples of fewer than 8 bits are refused.
    private static func hasNothingInBetween(_ photo: Fixture) throws -> Bool {
        guard photo.format == "png" else { return false }
        let header = try Data(contentsOf: URL(fileURLWithPath: photo.path.string))[24..<26]
        return header[24] < 8 || header[25] == 3
    }
}

/// The segments of a JPEG file in front of its first scan.
private struct JPEGSegments {
    /// Application data and comments: marker and content.
    private(set) var metadata: [Data] = []
    /// Quantisation tables, one by one, in any order.
    private(set) var quantisation: Set<Data> = []

    init(_ file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        var offset = 2
        while offset + 4 <= bytes.count {
            let marker = bytes[offset + 1]
            if marker == 0xff {
                offset += 1
                continue
            }
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            let content = Data(bytes[offset + 4..<offset + 2 + length])
            if marker == 0xda { break }
            if (0xe0...0xef).contains(marker) || marker == 0xfe { metadata.append(Data([marker]) + content) }
            if marker == 0xdb {
                var table = content.startIndex
                while table < content.endIndex {
                    let size = content[table] >> 4 == 0 ? 65 : 129
                    quantisation.insert(Data(content[table..<table + size]))
                    table += size
                }
            }
            offset += 2 + length
        }
    }
}

/// The chunks of a PNG file.
private struct PNGChunks {
    private let chunks: [(type: String, bytes: Data)]

    init(_ file: URL) throws {
        let bytes = try Data(contentsOf: file)
        var chunks: [(String, Data)] = []
        var offset = 8
        while offset + 12 <= bytes.count {
            let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self)
            chunks.append((type, bytes[offset..<offset + 12 + length]))
            offset += 12 + length
        }
        self.chunks = chunks
    }

    var withoutPicture: [Data] { chunks.filter { $0.type != "IDAT" }.map(\.bytes) }

    /// Every chunk ends in the CRC-32 of its type and content (PNG specification, annex D).
    var checksumsAreRight: Bool {
        chunks.allSatisfy { chunk in
            let bytes = [UInt8](chunk.bytes)
            var remainder: UInt32 = 0xffff_ffff
            for byte in bytes[4..<bytes.count - 4] {
                remainder ^= UInt32(byte)
                for _ in 0..<8 { remainder = remainder & 1 == 1 ? 0xedb8_8320 ^ remainder >> 1 : remainder >> 1 }
            }
            let stored = bytes.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return ~remainder == stored
        }
    }
}
