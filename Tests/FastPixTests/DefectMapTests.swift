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

/// Reading lists of defects, and the names that other programs look for.
struct DefectMapTests {
    private static func read(
        _ text: String, _ size: FrameSize? = nil, _ offset: FrameOffset? = nil
    ) throws -> [DefectMap] {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("list")
            try Data(text.utf8).write(to: file)
            return try DefectMap.read(DefectMapInput(FilePath(file.path), size: size, offset: offset))
        }
    }

    private static func positions(_ text: String) throws -> [[Int]] {
        try read(text).flatMap { $0.entries.map { [$0.row, $0.column] } }
    }

    /// As their programs' own files look, without fastpix's comments.
    @Test(arguments: [
        " 962   91 1028350000  # died in August\n1285 1067 0\n", "P 962 91 H\n# a comment\nP 1285 1067\n",
        "Col 962 91 91\nRow 1067 1285 1285\n", "4\n958 87\n1281 1063\n", "962 91\n1285 1067\n",
        "962,91\n\n2:1285,1067,1,1 # two\n", "H:962,91\nv:1285,1067,1,1\n", "row,column\n91,962\n1067,1285\n",
    ])
    func listsOfOtherProgramsAreRead(_ text: String) throws {
        #expect(try Self.positions(text) == [[91, 962], [1067, 1285]])
    }

    @Test func theFrameAndItsOffsetAreRead() throws {
        let maps = try Self.read("# of a camera\n# frame 4000 x 3000, offset 72,-38\n100 62 0\n")
        #expect(maps == [DefectMap(width: 4000, height: 3000, entries: [DefectMap.Entry(row: 100, column: 28)])])
    }

    @Test func blocksKeepTheirSize() throws {
        let maps = try Self.read("351,885,9,7\n")
        #expect(maps[0].entries[0].smear == Smear(row: 885, column: 351, rows: 7, columns: 9))
    }

    /// Whole lines go from edge to edge of the frame, wherever it begins.
    @Test(arguments: [
        ("# frame 30 x 20, offset 8,4\nC 25 0\nL 8 0 H\n", FrameSize?.none, FrameOffset?.none),
        ("Col 25\nRow 8\n", FrameSize(width: 30, height: 20), FrameOffset(column: 8, row: 4)),
        ("Col 25 4 23\nRow 8 8 37\n", FrameSize(width: 30, height: 20), FrameOffset(column: 8, row: 4)),
    ])
    func linesAreRead(_ text: String, _ size: FrameSize?, _ offset: FrameOffset?) throws {
        let maps = try Self.read(text, size, offset)
        #expect(maps[0].size == FrameSize(width: 30, height: 20))
        #expect(maps[0].entries.map(\.shape) == [.column, .row])
        #expect(maps[0].entries[0].covered == (0..<20).map { PixelPlace(row: $0, column: 17) })
        #expect(maps[0].entries[1].covered == (0..<30).map { PixelPlace(row: 4, column: $0) })
    }

    /// Without a frame they have no length yet.
    @Test func linesOfAnUnknownFrameAreLines() throws {
        let entries = try Self.read("P 1 2 H\nL 40 0\nC 17 0\n")[0].entries
        #expect(entries.map(\.extentColumns) == [1, nil, 1])
        #expect(entries.map(\.extentRows) == [1, 1, nil])
    }

    /// CHDK's pairs of 16-bit numbers; the upper three bits of a row are a count of further pixels below.
    @Test func badPixelFilesOfCHDKAreRead() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("BADPIXEL.BIN")
            // Column 10, row 7; column 300, row 5 and two pixels below.
            try Data([10, 0, 7, 0, 0x2c, 0x01, 5, 0x40]).write(to: file)
            let input = DefectMapInput(
                FilePath(file.path), size: FrameSize(width: 400, height: 30), offset: FrameOffset(column: 6, row: 2))
            let maps = try DefectMap.read(input)
            #expect(
                maps[0].entries.flatMap(\.covered).map { [$0.row, $0.column] } == [
                    [5, 4], [3, 294], [4, 294], [5, 294],
                ])
            try Data([10, 0, 7]).write(to: file)
            #expect(throws: FastPixError.self) { try DefectMap.read(input) }
        }
    }

    /// What is given and what the file says must agree; a size alone does not place a list of raw positions.
    @Test(arguments: [
        ("# frame 30 x 20, offset 8,4\n9 9 0\n", FrameSize?.some(FrameSize(width: 31, height: 20)), FrameOffset?.none),
        ("# frame 30 x 20, offset 8,4\n9 9 0\n", nil, FrameOffset()),
        ("9 9 0\n", FrameSize(width: 30, height: 20), nil), ("9 9 0\n", FrameSize(width: 9, height: 9), FrameOffset()),
        ("row,column\n1,1\n", nil, FrameOffset(column: 8, row: 4)),
        ("row,column,width,height\n1,1,30,20\n", FrameSize(width: 20, height: 30), nil),
        ("9 9 0\n", FrameSize(width: 30, height: 20), FrameOffset(column: Int.min, row: 0)),
    ])
    func framesThatContradictAreRefused(_ text: String, _ size: FrameSize?, _ offset: FrameOffset?) throws {
        #expect(throws: FastPixError.self) { try Self.read(text, size, offset) }
    }

    /// Grids and blocks of a few bytes may claim any number of pixels.
    @Test(arguments: [
        "shape,row,column,width,height,extent_rows,extent_columns\ncluster,0,0,9999999,9999999,9999999,9999999\n",
        "shape,row,column,extent_rows,extent_columns\ngrid,0,0,9223372036854775807,9223372036854775807\n",
        "shape,row,column,row_period\ngrid,0,0,0\n", "shape,row,column,row_period\ngrid,0,0,-1\n",
        "shape,row,column\nround,0,0\n", "row,column,pixels\n0,0,1:2:3\n", "row,column,pixels\n0,0,1\n",
        "width,height,row,column,pixels\n9,9,0,0,0:0 9:9\n", "Col 5 0 9223372036854775807\n", "Col 5 7 3\n",
        "Col 5 0 9223372036854775806\n", "Col 9223372036854775807 1 1\n",
    ])
    func shapesThatCannotBeAreRefused(_ text: String) throws {
        #expect(throws: FastPixError.self) { try Self.read(text) }
    }

    /// Nonsense, places outside the frame.
    @Test(arguments: [
        "Col 17 0\n", "P 1 2 H\nL 40\n", "P 1 2 X\n", "hello\n", "1 2 3 4\n", "X:3,4\n", "10%,3\n",
        "1 2 0\n3 4\n", "# frame 10 x 10, offset 0,0\n10 3 0\n", "# frame 10 x 10, offset 4,4\n3 8 0\n", "{}",
        "{\"schema\": 1}",
        "row,column\n1\n", "row,column\na,b\n", "P 99999999999999999999 1 H\n",
    ])
    func whatIsNoListOfPixelsIsRefused(_ text: String) throws {
        #expect(throws: FastPixError.self) { try Self.read(text) }
    }

    /// Numbers that no frame has, which the fuzzer finds.
    @Test(arguments: [
        "9223372036854775807\n1 1\n", "-9223372036854775808\n-1 1\n",
        "# frame 10 x 10, offset 1,1\nP 0 -9223372036854775808 H\n",
        "# frame 10 x 10, offset 1,1\n-9223372036854775808,1,1,1\n",
        "# frame 10 x 10, offset 0,0\n1,1,9223372036854775807,9223372036854775807\n",
        "width,height,row,column\n-5,-5,1,1\n", "width,height,row,column\n5,-9223372036854775808,1,1\n",
        #"{"schema":"fastpix.defects/1","groups":[{"camera":{},"width":9,"height":-1,"defects":[{"row":1,"column":1}]}]}"#,
    ])
    func impossibleNumbersAreRefused(_ text: String) throws {
        #expect(throws: FastPixError.self) { try Self.read(text) }
    }

    @Test func anEmptyListIsOne() throws {
        #expect(try Self.read("# nothing yet\n") == [DefectMap()])
    }

    /// As a full disk leaves it.
    @Test(arguments: ["", "\n", " \r\n\t"]) func anEmptyFileIsNone(_ text: String) throws {
        #expect(throws: FastPixError.self) { try Self.read(text) }
    }

    /// A line a camera would otherwise be compared with all the lines before it.
    @Test func tablesOfManyCamerasAreReadInOrder() throws {
        let lines = (0..<20_000).map { "Maker \($0 % 10_000),\($0),1" }
        let maps = try Self.read("make,row,column\n" + lines.joined(separator: "\n"))
        #expect(maps.map(\.camera.make) == (0..<10_000).map { "Maker \($0)" })
        #expect(maps.allSatisfy { map in map.entries.count == 2 && map.entries[1].row - map.entries[0].row == 10_000 })
    }

    /// Time and memory follow the number of places; a few bytes may claim any number of them.
    /// An L of three pixels that tinge nothing, and one that tinges a pixel more.
    @Test func soundPixelsBetweenThoseOfAClusterStay() throws {
        let shape = FrameShape(width: 64, height: 48, channels: 1, bitsPerSample: 16)
        let pixels = [(10, 20), (11, 20), (11, 21)].map { PixelPlace(row: $0.0, column: $0.1) }
        func replaced(_ smear: Smear) throws -> Set<[UInt32]> {
            let entry = DefectMap.Entry(row: 10, column: 20, pixels: pixels, smear: smear)
            let patches = try RepairPatches(DefectMap(entries: [entry]), shape: shape, radius: 0).patches
            return Set(patches.map { [$0.row, $0.column, $0.height, $0.width] })
        }
        #expect(
            try replaced(Smear(row: 10, column: 20, rows: 2, columns: 2)) == [
                [10, 20, 1, 1], [11, 20, 1, 1], [11, 21, 1, 1],
            ])
        #expect(try replaced(Smear(row: 9, column: 20, rows: 3, columns: 2)) == [[9, 20, 3, 2]])
    }

    @Test func moreThanCanBeRepairedIsRefused() throws {
        func patches(_ side: Int) throws -> Int {
            let entry = DefectMap.Entry(row: 0, column: 0, smear: Smear(row: 0, column: 0, rows: side, columns: side))
            let shape = FrameShape(width: 100_000, height: 100_000, channels: 1, bitsPerSample: 8)
            return try RepairPatches(DefectMap(entries: [entry]), shape: shape, radius: 0).patches.count
        }
        #expect(try patches(256 * 64) == 65_536)
        #expect(throws: FastPixError.self) { try patches(256 * 64 + 1) }
        #expect(throws: FastPixError.self) { try patches(100_000) }
    }

    @Test func messagesNameTheLine() throws {
        let error = #expect(throws: FastPixError.self) { try Self.read("1 2 0\n\n\u{1b}[31mred\n") }
        #expect(error?.reason.hasPrefix("line 3 ") == true)
        #expect(error?.reason.contains("\u{1b}") == false)
    }

    /// The table that fastpix hotpixels writes has subpixels of low variance, too, which have no class.
    @Test func onlyLinesWithAClassAreDefects() throws {
        let maps = try Self.read(
            """
            make,model,serial,width,height,row,column,class
            Canon,"A ""B"", C",'=1,100,80,3,4,
            Canon,"A ""B"", C",'=1,100,80,5,6,hot
            Canon,Other,,100,80,7,8,stuck
            """)
        #expect(
            maps.map(\.camera) == [
                Camera(make: "Canon", model: "A \"B\", C", serial: "=1"), Camera(make: "Canon", model: "Other"),
            ])
        #expect(maps.map { $0.entries.map(\.row) } == [[5], [7]])
    }

    /// What quoting does, reading undoes.
    @Test(arguments: ["", "plain", "a,b", "\"", "=cmd", "-1", "'quoted'", "line\nbreak", "@x,\"y\""])
    func csvFieldsComeBack(_ text: String) {
        let records = CSVRecords.of("first,\(CSVText.field(text)),last\r\nnext\r\n")
        #expect(records == [["first", text, "last"], ["next"]])
    }

    /// Two cameras that read the same to people have a file each, numbered as the report numbers its groups.
    @Test func groupsOfOneNameHaveAFileEach() throws {
        let cameras = [Camera(make: "Canon", model: "X"), Camera(model: "Canon X")]
        #expect(Set(cameras.map(\.name)).count == 1)
        let groups = cameras.enumerated().map { index, camera in
            JudgedGroup.made(
                [.made(row: index, column: 5)], width: 12, height: 10, camera: camera, number: index + 2)
        }
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("list.txt")
            let export = DefectMapExport(path: FilePath(file.path), format: .siril)
            let notes = try export.write(groups, unjudged: ["Nikon"], photos: PhotoDiscovery(paths: []))
            #expect(notes.first == "\(file.path): no list for Nikon, whose defects could not be judged")
            // Of each of the two files, where its positions count from.
            #expect(
                notes.count == 3 && notes.dropFirst().allSatisfy { $0.contains("positions are those of the photos") })
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                    "list-2.txt", "list-3.txt",
                ])
            for index in 0...1 {
                let maps = try DefectMap.read(DefectMapInput(FilePath(folder.path + "/list-\(index + 2).txt")))
                #expect(maps.map { $0.entries.map { [$0.row, $0.column] } } == [[[index, 5]]])
            }
        }
    }

    /// Names that dcraw, and RawTherapee with it, gives these cameras.
    @Test(arguments: [
        ("Canon", "Canon EOS 5D Mark IV", nil, "Canon EOS 5D Mark IV.badpixels"),
        ("NIKON CORPORATION", "NIKON D750", "6012345", "Nikon D750 6012345.badpixels"),
        ("OLYMPUS IMAGING CORP.", "E-M5", nil, "Olympus E-M5.badpixels"),
        ("RICOH IMAGING COMPANY, LTD.", "PENTAX K-3", nil, "Pentax K-3.badpixels"),
        ("FUJIFILM", "FinePix X100", nil, "Fujifilm X100.badpixels"),
        ("SONY", "ILCE-7M3", nil, "Sony ILCE-7M3.badpixels"), ("Parrot", "Sequoia", nil, "Parrot Sequoia.badpixels"),
    ])
    func rawTherapeeFilesAreNamedAsItsDecoderNamesCameras(
        _ make: String, _ model: String, _ serial: String?, _ name: String
    ) {
        #expect(RawTherapeeList.fileName(of: Camera(make: make, model: model, serial: serial)) == name)
    }

    @Test func camerasWithoutAUsableNameHaveNoRawTherapeeFile() {
        #expect(RawTherapeeList.fileName(of: Camera(make: "Canon")) == nil)
        #expect(RawTherapeeList.fileName(of: Camera(make: "A", model: "../../etc/passwd")) == nil)
    }

    @Test func formatsAreToldByNames() {
        #expect(DefectMapFormat(path: "a/b.JSON") == .json)
        #expect(DefectMapFormat(path: "x.csv") == .csv)
        #expect(DefectMapFormat(path: "x.png") == .mask)
        #expect(DefectMapFormat(path: ".badpixels") == .dcraw)
        #expect(DefectMapFormat(path: "x.lst") == .siril)
        #expect(DefectMapFormat(path: "x.txt") == .pixinsight)
        #expect(DefectMapFormat(path: "x.jpegpixi") == .jpegpixi)
        #expect(DefectMapFormat(path: "darkframes/") == .rawtherapee)
        #expect(DefectMapFormat(path: "a.json/b") == nil)
    }

    @Test func masksOfTheWrongPolarityAreRefused() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("mask.png")
            try Data(PNGImage.encode(width: 20, height: 10, .grey, [UInt8](repeating: 255, count: 200))).write(to: file)
            let error = #expect(throws: FastPixError.self) { try DefectMap.read(DefectMapInput(FilePath(file.path))) }
            #expect(error?.reason.contains("more than a tenth") == true)
        }
    }

    @Test func masksOfTIFFAreRead() throws {
        try withTemporaryFolder { folder in
            var samples = [UInt16](repeating: 0, count: 20 * 10)
            samples[3 * 20 + 4] = 256
            let file = try folder.addFile("mask.tif", TIFFFile.grey16(samples, width: 20))
            let map = try DefectMap.read(DefectMapInput(FilePath(file.path)))[0]
            #expect(map.size == FrameSize(width: 20, height: 10))
            #expect(map.entries.map(\.smear) == [Smear(row: 3, column: 4, rows: 1, columns: 1)])
        }
    }

    @Test func masksAreReadInRuns() throws {
        try withTemporaryFolder { folder in
            var pixels = [UInt8](repeating: 0, count: 20 * 10)
            pixels[3 * 20 + 4] = 1
            pixels[3 * 20 + 5] = 255
            pixels[9 * 20 + 19] = 128
            let file = folder.appendingPathComponent("mask.png")
            try Data(PNGImage.encode(width: 20, height: 10, .grey, pixels)).write(to: file)
            let map = try DefectMap.read(DefectMapInput(FilePath(file.path)))[0]
            #expect((map.width, map.height) == (20, 10))
            #expect(
                map.entries.map(\.smear) == [
                    Smear(row: 3, column: 4, rows: 1, columns: 2), Smear(row: 9, column: 19, rows: 1, columns: 1),
                ])
        }
    }
}
