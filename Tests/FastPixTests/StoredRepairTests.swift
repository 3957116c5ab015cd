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

/// `fastpix repair` on TIFF and FITS files: the listed samples change, in place, and not one other byte.
@Suite(.timeLimit(.minutes(10)))
struct StoredRepairTests {
    private static func repair(_ file: URL, _ entries: [[Int]], in folder: URL) throws -> (RepairReport, Data?) {
        let photo = try #require(
            PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0).photos.first)
        let shape = photo.header.shape
        let rows = entries.map { "\(shape.width),\(shape.height),\($0[0]),\($0[1])" }
        let map = try folder.addFile(
            "list.csv", Data((["width,height,row,column"] + rows).joined(separator: "\n").utf8))
        let out = folder.appendingPathComponent("out")
        let report = try PhotoRepair(folder: FilePath(out.path), overwrites: true).run(
            PhotoSource(paths: [FilePath(file.path)]), maps: [DefectMapInput(FilePath(map.path))])
        return (report, try? Data(contentsOf: out.appendingPathComponent(file.lastPathComponent)))
    }

    private static func samples(_ file: URL) throws -> [[UInt8]] {
        try PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0).photos.map { try $0.samples() }
    }

    /// Files whose samples are as they are delivered, in every order of bytes, planes, strips and tiles: near either end.
    @Test(arguments: [
        "tiff/grey8-strips.tif", "tiff/grey8-bigtiff.tif", "tiff/grey16-strips.tif", "tiff/grey16-big-endian.tif",
        "tiff/rgb16-planar.tif", "tiff/rgb8-chunky.tif", "tiff/float32-strips.tif", "tiff/float32-big-endian.tif",
        "tiff/grey8-tiles.tif", "tiff/grey16-tiles.tif", "tiff/float32-tiles.tif",
        "tiff/imagej.tif", "tiff/imagej-pages.tif", "fits/u8.fits", "fits/u16.fits", "fits/i16-positive.fits",
        "fits/f32.fits", "fits/cube.fits", "fits/rgb.fits", "fits/extensions.fits",
    ])
    func onlyTheListedSamplesChange(_ name: String) throws {
        try withTemporaryFolder { folder in
            let file = Repository.fixture(name)
            let before = try Data(contentsOf: file)
            let photos = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0).photos
            let size = try #require(photos.first).header.shape
            let entries = [[3, 4], [size.height - 2, size.width - 3]]
            let (report, after) = try Self.repair(file, entries, in: folder)
            #expect(report.skipped == [])
            let repaired = try #require(after)
            #expect(repaired.count == before.count)
            let old = try Self.samples(file)
            let new = try Self.samples(folder.appendingPathComponent("out/\(file.lastPathComponent)"))
            var changedSamples = 0
            for (photo, (old, new)) in zip(photos, zip(old, new)) {
                let shape = photo.header.shape
                let pixelBytes = shape.channels * shape.bytesPerSample
                let places = entries.map { $0[0] * shape.bytesPerRow + $0[1] * pixelBytes }
                let changed = old.indices.filter { old[$0] != new[$0] }
                #expect(changed.allSatisfy { byte in places.contains { ($0..<$0 + pixelBytes).contains(byte) } })
                changedSamples += places.count { place in changed.contains { ($0 - place) / pixelBytes == 0 } }
                // Between those around it.
                guard shape.bitsPerSample == 8, shape.channels == 1 else { continue }
                for (entry, place) in zip(entries, places) {
                    let around = (entry[0] - 1...entry[0] + 1)
                        .flatMap { row in (entry[1] - 1...entry[1] + 1).map { old[row * shape.bytesPerRow + $0] } }
                    #expect((around.min()!...around.max()!).contains(new[place]))
                }
            }
            #expect(changedSamples > 1)
            // The same number of bytes has changed as in the samples: headers and all else are kept.
            let inFile = before.indices.filter { before[$0] != repaired[$0] }.count
            let inSamples = zip(old, new).reduce(0) { sum, pair in sum + zip(pair.0, pair.1).count { $0 != $1 } }
            #expect(inFile == inSamples)
        }
    }

    /// Compressed strips and tiles are packed as they were, with every other sample and all that the headers tell; and
    /// again, when what did not fit lies at the file's end.
    @Test(arguments: [
        "grey16-lzw.tif", "grey16-lzw-predictor.tif", "grey16-packbits.tif", "grey16-zlib.tif", "grey16-zlib-tiles.tif",
        "grey16-zlib-predictor-big-endian.tif", "grey16-zstd.tif", "grey16-lzma.tif", "rgb8-lzw.tif",
        "rgb8-packbits.tif",
        "rgb8-planar-zlib.tif", "rgb16-planar-zlib.tif", "rgb-float32-planar-zlib.tif", "float32-zlib-predictor.tif",
    ])
    func packedSamplesAreRepaired(_ name: String) throws {
        try withTemporaryFolder { folder in
            let first = try folder.addCopy(of: Repository.fixture("tiff/\(name)"))
            let photo = try #require(
                PhotoProbe.probe(FilePath(first.path), channels: .all, maximumPixels: 0).photos.first)
            let shape = photo.header.shape
            let pixelBytes = shape.channels * shape.bytesPerSample
            var before = first
            for (round, entry) in [[3, 4], [shape.height - 2, shape.width - 3], [shape.height / 2, 9]].enumerated() {
                let out = try folder.addFolder("round-\(round)")
                let (report, _) = try Self.repair(before, [entry], in: out)
                #expect(report.skipped == [])
                let after = out.appendingPathComponent("out/\(name)")
                let old = try #require(try Self.samples(before).first)
                let new = try #require(try Self.samples(after).first)
                let place = entry[0] * shape.bytesPerRow + entry[1] * pixelBytes
                let changed = old.indices.filter { old[$0] != new[$0] }
                #expect(!changed.isEmpty && changed.allSatisfy { (place..<place + pixelBytes).contains($0) })
                let again = try #require(
                    PhotoProbe.probe(FilePath(after.path), channels: .all, maximumPixels: 0).photos.first)
                #expect(again.header.shape == photo.header.shape)
                before = after
            }
        }
    }

    /// Whole numbers of 32 bits become floating-point samples, and whole numbers of 32 bits again.
    @Test(arguments: ["i32.fits", "u32.fits"])
    func wholeNumbersOf32BitsAreRepaired(_ name: String) throws {
        try withTemporaryFolder { folder in
            let file = Repository.fixture("fits/\(name)")
            let before = try Data(contentsOf: file)
            let photo = try #require(
                PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0).photos.first)
            let (width, height) = (photo.header.shape.width, photo.header.shape.height)
            let entries = [[3, 4], [height - 2, width - 3]]
            let (report, after) = try Self.repair(file, entries, in: folder)
            #expect(report.skipped == [])
            let repaired = try #require(after)
            // Behind a header of one block.
            func stored(_ bytes: Data, _ row: Int, _ column: Int) -> Int32 {
                let start = bytes.startIndex + 2880 + (row * width + column) * 4
                return bytes[start..<start + 4].reduce(0) { $0 << 8 | Int32($1) }
            }
            let places = entries.map { 2880 + ($0[0] * width + $0[1]) * 4 }
            let changed = before.indices.filter { before[$0] != repaired[$0] }
            #expect(!changed.isEmpty && repaired.count == before.count)
            #expect(changed.allSatisfy { byte in places.contains { ($0..<$0 + 4).contains(byte) } })
            for entry in entries {
                let around = (entry[0] - 1...entry[0] + 1).flatMap { row in
                    (entry[1] - 1...entry[1] + 1).filter { [row, $0] != entry }.map { stored(before, row, $0) }
                }
                #expect((around.min()!...around.max()!).contains(stored(repaired, entry[0], entry[1])))
            }
            // It is read as before.
            let out = folder.appendingPathComponent("out/\(name)")
            #expect(try Self.samples(out).count == 1)
        }
    }

    /// Numbers that float32 holds in steps only: what is written can be read again.
    @Test func largeWholeNumbersStayReadable() throws {
        try withTemporaryFolder { folder in
            let cards = [
                "SIMPLE  =                    T", "BITPIX  =                   32", "NAXIS   =                    2",
                "NAXIS1  =                   16", "NAXIS2  =                   16", "END",
            ]
            var bytes = Data(cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined().utf8)
            bytes += Data(repeating: 32, count: 2880 - bytes.count)
            for place in 0..<256 {
                let number = 2_000_000_000 / 128 * 128 + 128 * UInt32(place * 37 % 101)
                bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
            }
            bytes += Data(count: 2880 - 1024)
            let file = try folder.addFile("large.fits", bytes)
            let old = try #require(try Self.samples(file).first)
            let (report, _) = try Self.repair(file, [[5, 5], [5, 6], [9, 2]], in: folder)
            #expect(report.skipped == [])
            let new = try #require(try Self.samples(folder.appendingPathComponent("out/large.fits")).first)
            let changed = Set(old.indices.filter { old[$0] != new[$0] }.map { $0 / 4 })
            #expect(!changed.isEmpty && changed.isSubset(of: [85, 86, 146]))
        }
    }

    /// A mosaic is repaired from samples of the same colour: of an even ground exactly.
    @Test func mosaicsAreRepairedFromTheirOwnColour() throws {
        try withTemporaryFolder { folder in
            let (width, height) = (24, 20)
            let colours: [UInt16] = [1000, 2000, 3000, 4000]
            func value(_ row: Int, _ column: Int) -> UInt16 { colours[row % 2 * 2 + column % 2] }
            var others: [(row: Int, column: Int, value: UInt16)] = []
            for row in 0..<height {
                for column in 0..<width { others.append((row, column, value(row, column))) }
            }
            let bad = [[5, 6], [6, 6], [6, 7], [0, 0], [19, 23]]
            for place in bad { others[place[0] * width + place[1]].value = 60000 }
            let picture = RawPicture(width: width, height: height, usual: 0, others: others)
            let file = try folder.addFile("a.fits", picture.fitsAsStored(["BAYERPAT= 'RGGB    '"]))
            let (report, _) = try Self.repair(file, bad, in: folder)
            #expect(report.skipped == [])
            let samples = try #require(try Self.samples(folder.appendingPathComponent("out/a.fits")).first)
            for row in 0..<height {
                for column in 0..<width {
                    let place = (row * width + column) * 2
                    #expect(UInt16(samples[place]) | UInt16(samples[place + 1]) << 8 == value(row, column))
                }
            }
        }
    }

    /// What is compressed with losses is named, and nothing is written.
    @Test func lossyFilesAreRefused() throws {
        try withTemporaryFolder { folder in
            let (report, after) = try Self.repair(Repository.fixture("tiff/grey8-jpeg.tif"), [[3, 4]], in: folder)
            #expect(report.photos.isEmpty && after == nil)
            #expect(report.skipped.first?.reason.contains("compressed with losses") == true, "\(report.skipped)")
        }
    }

    /// Tiles of rows that Rice or gzip have compressed, and whole files: what is read back is what the repair of a file
    /// without compression gives.
    @Test(arguments: [
        ("u8-rice_1.fits.fz", "u8.fits"), ("u8-gzip_1.fits.fz", "u8.fits"), ("u16-rice_1.fits.fz", "u16.fits"),
        ("u16-gzip_2.fits.fz", "u16.fits"), ("u16-rice-tall-tiles.fits.fz", "u16.fits"),
        ("i32-rice_1.fits.fz", "i32.fits"),
        ("i32-gzip_1.fits.fz", "i32.fits"), ("f32-gzip_2.fits.fz", "f32.fits"), ("cube-rice.fits.fz", "cube.fits"),
        ("u16.fits.gz", "u16.fits"), ("cube.fits.gz", "cube.fits"),
        ("even-rows-rice.fits.fz", "even-rows.fits"), ("even-rows-gzip_2.fits.fz", "even-rows.fits"),
    ])
    func compressedFITSFilesAreRepaired(_ name: String, _ plain: String) throws {
        try withTemporaryFolder { folder in
            let entries = [[3, 4], [12, 9], [12, 20], [20, 27]]
            var repaired: [[[UInt8]]] = []
            for file in [name, plain] {
                let (report, after) = try Self.repair(Repository.fixture("fits/\(file)"), entries, in: folder)
                #expect(report.skipped == [] && after != nil)
                repaired.append(try Self.samples(folder.appendingPathComponent("out/\(file)")))
            }
            #expect(repaired[0] == repaired[1])
            #expect(try Self.samples(Repository.fixture("fits/\(name)")) != repaired[0])
        }
    }

    private static let funpack = Program.named("funpack")

    /// What the tables of a FITS file have behind their rows.
    private static func heapBytes(_ file: Data) -> Int {
        file.ranges(of: Data("PCOUNT  = ".utf8)).reduce(0) { bytes, card in
            let value = String(decoding: file[card.upperBound..<card.upperBound + 20], as: UTF8.self)
            return bytes + (Int(value.trimmingCharacters(in: .whitespaces)) ?? 0)
        }
    }

    /// Tiles that become longer move what lies behind them: CFITSIO makes of the repaired file, byte for byte, what the
    /// repair of the file before it was compressed is, sums included.
    @Test(.enabled(if: funpack != nil, "funpack (libcfitsio-bin) is not installed"), arguments: ["rice", "gzip_2"])
    func whatHasBecomeLongerIsFoundByOthers(_ form: String) throws {
        try withTemporaryFolder { folder in
            let entries = stride(from: 2, to: 398, by: 2).flatMap { row in
                stride(from: 5, to: 55, by: 7).map { [row, $0] }
            }
            let file = Repository.fixture("fits/even-rows-\(form).fits.fz")
            let (report, after) = try Self.repair(file, entries, in: folder)
            #expect(report.skipped == [])
            let repaired = try #require(after)
            #expect(Self.heapBytes(repaired) > Self.heapBytes(try Data(contentsOf: file)))
            for start in repaired.ranges(of: Data("XTENSION= ".utf8)).map(\.lowerBound) {
                // Each extension ends where the next one begins.
                let next = repaired[(start + 1)...].range(of: Data("XTENSION= ".utf8))?.lowerBound ?? repaired.endIndex
                #expect(Self.sum(repaired[start..<next]) == .max)
            }
            let unpacked = folder.appendingPathComponent("unpacked.fits")
            let process = Process()
            process.executableURL = Self.funpack
            process.arguments = [
                "-O", unpacked.path, folder.appendingPathComponent("out/\(file.lastPathComponent)").path,
            ]
            try process.run()
            process.waitUntilExit()
            let (_, plain) = try Self.repair(Repository.fixture("fits/even-rows.fits"), entries, in: folder)
            #expect(try Data(contentsOf: unpacked) == plain)
        }
    }

    /// gzip's header, with its name and time, stays; nothing may follow, and nothing may be far larger than its pictures.
    @Test func packedFilesStayAsTheyArePacked() throws {
        try withTemporaryFolder { folder in
            let packed = [UInt8](try Data(contentsOf: Repository.fixture("fits/u16.fits.gz")))
            // A name behind the fixed ten bytes, which say that there is one, and a time.
            let name = Array("night.fits\0".utf8)
            var header = Array(packed[..<10])
            header[3] |= 8
            header[4] = 77
            let file = try folder.addFile("a.fits.gz", Data(header + name + packed[10...]))
            let (report, after) = try Self.repair(file, [[3, 4]], in: folder)
            #expect(report.skipped == [])
            #expect(Array(try #require(after).prefix(21)) == header + name)

            let followed = try folder.addFile("b.fits.gz", Data(packed + packed))
            let (refused, none) = try Self.repair(followed, [[3, 4]], in: folder)
            #expect(none == nil && refused.skipped.first?.reason.contains("follows its gzip stream") == true)

            let content = try Data(contentsOf: Repository.fixture("fits/u16.fits")) + Data(count: 17 << 20)
            let large = try folder.addFile("c.fits", content)
            let process = Process()
            process.executableURL = Program.named("gzip")
            process.arguments = [large.path]
            try process.run()
            process.waitUntilExit()
            let (tooLarge, nothing) = try Self.repair(folder.appendingPathComponent("c.fits.gz"), [[3, 4]], in: folder)
            #expect(nothing == nil && tooLarge.skipped.first?.reason.contains("more than its pictures") == true)
        }
    }

    /// What becomes longer is written behind the heap, where these have other tiles.
    @Test func tilesBehindTheirHeapAreRefused() throws {
        try withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: Repository.fixture("fits/even-rows-rice.fits.fz"))
            let card = try #require(bytes.range(of: Data("PCOUNT  = ".utf8), options: .backwards))
            bytes.replaceSubrange(card.upperBound..<card.upperBound + 20, with: Data("                   9".utf8))
            let (report, after) = try Self.repair(folder.addFile("a.fits.fz", bytes), [[3, 4]], in: folder)
            #expect(report.photos.isEmpty && after == nil)
            #expect(report.skipped.first?.reason.contains("behind the heap") == true, "\(report.skipped)")
        }
    }

    /// Of two sums nobody can tell which one was right.
    @Test(arguments: ["DATASUM = '0       '", "CHECKSUM= '0000000000000000'"])
    func sumsThatAreThereTwiceAreRefused(_ card: String) throws {
        try withTemporaryFolder { folder in
            let picture = RawPicture(width: 20, height: 20, usual: 9, others: [(3, 4, 700)])
            let file = try folder.addFile("a.fits", picture.fitsAsStored([card, card]))
            let (report, after) = try Self.repair(file, [[3, 4]], in: folder)
            #expect(report.photos.isEmpty && after == nil)
            #expect(report.skipped.first?.reason.contains("or twice") == true, "\(report.skipped)")
        }
    }

    /// Of the header's sums and the data, as the standard has them: added up to nothing, and to DATASUM. Astropy wrote them.
    @Test func checksumsAreRightAfterwards() throws {
        try withTemporaryFolder { folder in
            let file = Repository.fixture("fits/checked.fits")
            let before = try Data(contentsOf: file)
            let (report, after) = try Self.repair(file, [[3, 4], [21, 28]], in: folder)
            #expect(report.skipped == [])
            let repaired = try #require(after)
            #expect(repaired.count == before.count)
            for bytes in [before, repaired] {
                let start = try #require(bytes.range(of: Data("XTENSION= ".utf8))).lowerBound
                let data = bytes.suffix(2880)
                #expect(Self.sum(bytes[start...]) == .max)
                #expect(bytes.range(of: Data("DATASUM = '\(Self.sum(data))".utf8)) != nil)
            }
            #expect(Self.sum(before.suffix(2880)) != Self.sum(repaired.suffix(2880)))
            // Nothing but the two samples and the two sums.
            let changed = before.indices.filter { before[$0] != repaired[$0] }
            let cards = Set(changed.filter { $0 < before.count - 2880 }.map { $0 / 80 })
            #expect(cards.count == 2 && changed.count { $0 >= before.count - 2880 } <= 4)
        }
    }

    /// One's complement of numbers of four bytes.
    private static func sum(_ bytes: Data) -> UInt32 {
        var sum: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            sum += UInt64(byte) << (8 * UInt64(3 - index % 4))
            sum = (sum & 0xFFFF_FFFF) + (sum >> 32)
        }
        return UInt32(sum)
    }

    @Test(arguments: [
        "CHECKSUM= 'short'", "DATASUM = 'no number'", "DATASUM = '123abc'", "DATASUM =           2503531142",
    ])
    func checksumsOfAnotherFormAreNotLeftWrong(_ card: String) throws {
        try withTemporaryFolder { folder in
            let picture = RawPicture(width: 20, height: 20, usual: 9, others: [(3, 4, 700)])
            let file = try folder.addFile("a.fits", picture.fitsAsStored([card]))
            let (report, after) = try Self.repair(file, [[3, 4]], in: folder)
            #expect(report.photos.isEmpty && after == nil)
            #expect(report.skipped.first?.reason.contains("would be wrong afterwards") == true, "\(report.skipped)")
        }
    }

    /// 40 is the sum of one sample of 40 at a fourth byte; of zeros it is zero, and not its negative.
    @Test func theSumOfZerosIsZero() throws {
        try withTemporaryFolder { folder in
            var cards = [
                "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2",
            ]
            cards += [
                "NAXIS1  =                   20", "NAXIS2  =                   20", "DATASUM = '40      '", "END",
            ]
            let header = cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined()
            var bytes = Data(header.utf8)
            bytes += Data(repeating: UInt8(ascii: " "), count: 2880 - bytes.count) + Data(count: 2880)
            bytes[2880 + 3 * 20 + 7] = 40
            let (report, after) = try Self.repair(folder.addFile("a.fits", bytes), [[3, 7]], in: folder)
            #expect(report.skipped == [])
            #expect(after?.suffix(2880) == Data(count: 2880))
            #expect(after?.range(of: Data("DATASUM = '0       '".utf8)) != nil)
        }
    }

    /// An empty text stands for a sum that is not known.
    @Test(arguments: ["DATASUM = ''", "CHECKSUM= '                '"])
    func unknownChecksumsStayUnknown(_ card: String) throws {
        try withTemporaryFolder { folder in
            let picture = RawPicture(width: 20, height: 20, usual: 9, others: [(3, 4, 700)])
            let file = try folder.addFile("a.fits", picture.fitsAsStored([card]))
            let (report, after) = try Self.repair(file, [[3, 4]], in: folder)
            #expect(report.skipped == [])
            #expect(after == RawPicture(width: 20, height: 20, usual: 9, others: []).fitsAsStored([card]))
        }
    }

    /// BZERO + BSCALE x number: the numbers around are repaired from, and a whole number is stored.
    @Test func scaledSamplesStayWholeNumbers() throws {
        try withTemporaryFolder { folder in
            let file = Repository.fixture("fits/scaled.fits")
            let before = try Data(contentsOf: file)
            let (report, after) = try Self.repair(file, [[3, 4], [21, 28]], in: folder)
            #expect(report.skipped == [])
            let repaired = try #require(after)
            func stored(_ bytes: Data, _ row: Int, _ column: Int) -> Int {
                let place = 2880 + (row * 31 + column) * 2
                return Int(Int16(bitPattern: UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])))
            }
            for (row, column) in [(3, 4), (21, 28)] {
                let around = (row - 1...row + 1).flatMap { r in (column - 1...column + 1).map { stored(before, r, $0) }
                }
                #expect((around.min()!...around.max()!).contains(stored(repaired, row, column)))
                #expect(stored(repaired, row, column) != stored(before, row, column))
            }
            #expect(before.indices.count { before[$0] != repaired[$0] } <= 4)
        }
    }

    /// Between 8 and 10 lies 9, which stands for no value (found by fuzzing).
    @Test(arguments: [("9", 10), ("-32759", 10)]) func whatStandsForNoValueIsNotWritten(blank: String, expected: UInt16)
        throws
    {
        try withTemporaryFolder { folder in
            var others: [(row: Int, column: Int, value: UInt16)] = (5..<20).map { (0, $0, 10) }
            others.append((0, 4, 700))
            let picture = RawPicture(width: 20, height: 1, usual: 8, others: others)
            let card = "BLANK   = " + String(repeating: " ", count: 20 - blank.count) + blank
            let file = try folder.addFile("a.fits", picture.fitsAsStored([card]))
            let (report, after) = try Self.repair(file, [[0, 4]], in: folder)
            #expect(report.skipped == [])
            let bytes = try #require(after).dropFirst(2880 + 8).prefix(2)
            let sample = (UInt16(bytes.first!) << 8 | UInt16(bytes.last!)) ^ 0x8000
            #expect(sample == (blank == "9" ? 9 : expected))
        }
    }
}
