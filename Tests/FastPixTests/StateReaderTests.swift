import FastPix
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation

/// State files as bytes: whatever they hold, reading ends with an error or with moments that photos can have.
struct StateReaderTests {
    private static let shape = FrameShape(width: 7, height: 5, channels: 3, bitsPerSample: 8)

    /// Without extremes.
    private static func plainState() throws -> [UInt8] {
        FuzzedReader.states.file(
            of: try FuzzedReader.state(channels: 3, bits: 8, width: shape.width, height: shape.height))
    }

    /// With them, of a run that was stopped.
    private static func unfinishedState() throws -> [UInt8] {
        FuzzedReader.states.file(of: try FuzzedReader.unfinishedState())
    }

    private static func states() throws -> [[UInt8]] { [try plainState(), try unfinishedState()] }

    /// Reads all of it; nil when it is refused, which must come with a reason.
    private static func read(_ bytes: [UInt8], in folder: URL) throws -> Accumulators? {
        let file = try folder.addFile("read.state", Data(bytes))
        do throws(FastPixError) {
            let reader = try StateReader(FilePath(file.path))
            guard reader.manifest.frame.sampleCount < 1_000_000 else { return nil }
            let accumulators = try Accumulators(shape: reader.manifest.frame, contents: reader.manifest.contents)
            try reader.add(rows: 0..<reader.manifest.frame.height, to: accumulators)
            if reader.manifest.hasExtremes { try reader.add(to: CoarseSums(reader.manifest.frame)) }
            accumulators.frameCount = reader.manifest.photos.count
            return accumulators
        } catch {
            #expect(!error.message.isEmpty)
            return nil
        }
    }

    /// The same bytes with the checksum they should have.
    private static func sealed(_ bytes: [UInt8]) throws -> [UInt8] {
        let content = Array(bytes.dropLast(Checksum.byteCount))
        let checksum = try Checksum()
        content.withUnsafeBytes { checksum.add($0) }
        return content + checksum.digest
    }

    /// The statistics of photos, with and without extremes, at every depth.
    @Test(arguments: [8, 16], [1, 3]) func whatIsWrittenIsRead(_ bits: Int, _ channels: Int) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 19, height: 12, channels: channels, bitsPerSample: bits)
            let photos = try RandomPhotos.write(4, shape, to: try folder.addFolder("photos"))
            for hasExtremes in [true, false] {
                let expected = try ReferenceStatistics(photos, hasExtremes: hasExtremes)
                let path = folder.appendingPathComponent("\(hasExtremes).state").path
                _ = try HotPixelsSearch(
                    minimumFrames: 1, detection: hasExtremes ? DetectionSettings() : nil,
                    checkpoint: CheckpointSettings(path: FilePath(path))
                ).run(PhotoDiscovery(paths: photos.map(\.path)))
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                #expect(try Self.sealed(bytes) == bytes)
                let reader = try StateReader(FilePath(path))
                #expect(reader.manifest.frame == shape && reader.manifest.hasExtremes == hasExtremes)
                #expect(reader.manifest.photos.map(\.name).sorted() == photos.map(\.fileName))
                #expect(reader.manifest.photos.compactMap(\.fact).sorted { $0.precedes($1) } == expected.facts)
                let accumulators = try Accumulators(shape: shape, contents: reader.manifest.contents)
                try reader.add(rows: 0..<5, to: accumulators)
                try reader.add(rows: 5..<12, to: accumulators)
                #expect(accumulators.allBytes == expected.rows)
                guard hasExtremes else { continue }
                let coarse = try CoarseSums(shape)
                try reader.add(to: coarse)
                #expect(Data(coarse.bytes) == expected.coarse)
            }
        }
    }

    @Test func whatIsUnfinishedIsRead() throws {
        try withTemporaryFolder { folder in
            let file = try folder.addFile("unfinished.state", Data(try Self.unfinishedState()))
            let reader = try StateReader(FilePath(file.path))
            #expect(reader.manifest.photos.map(\.fact?.half) == [0, 1])
            #expect(reader.manifest.photos.map(\.fact?.iso) == [100, nil])
            #expect(reader.manifest.photos.map(\.fact?.time) == ["2024-01-02T03:04:05", nil])
            #expect(reader.manifest.unfinished.map(\.rows) == [7])
            #expect((0..<8).map { reader.manifest.photoCount(row: $0) } == [3, 3, 3, 3, 3, 3, 3, 2])
            #expect(try Self.read(try Self.unfinishedState(), in: folder) != nil)
        }
    }

    @Test func truncationsAreRefused() throws {
        try withTemporaryFolder { folder in
            for state in try Self.states() {
                // At every byte of the manifest, and at some behind it.
                for length in 0..<state.count where length < 2000 || length % 7 == 0 {
                    let read = try Self.read(Array(state.prefix(length)), in: folder)
                    #expect(read == nil, "\(length) bytes")
                }
            }
        }
    }

    @Test func changedBytesAreNoticed() throws {
        try withTemporaryFolder { folder in
            for state in try Self.states() {
                // As above.
                for index in state.indices where index < 2000 || index % 7 == 0 {
                    var bytes = state
                    bytes[index] ^= 0x10
                    let read = try Self.read(bytes, in: folder)
                    #expect(read == nil, "byte \(index)")
                }
            }
        }
    }

    /// Forged: the checksum is right, the content is not.
    @Test func forgedStatesNeverCrash() throws {
        try withTemporaryFolder { folder in
            let states = try Self.states()
            var random = SyntheticScenes.Random(state: 5)
            for number in 0..<3000 {
                var bytes = states[number % 2]
                for _ in 0..<Int(1 + 3 * random.next()) {
                    let index = Int(random.next() * Double(bytes.count - Checksum.byteCount - 1))
                    bytes[index] = random.next() < 0.5 ? UInt8(random.next() * 255) : bytes[index] &+ 1
                }
                if random.next() < 0.1 { bytes.removeSubrange(20..<20 + Int(random.next() * 40)) }
                guard let read = try Self.read(try Self.sealed(bytes), in: folder) else { continue }
                // What is accepted can be analysed.
                guard read.frameCount > 0 else { continue }
                let ranking = VarianceRanking(shape: read.shape, frameCount: read.frameCount, top: 3)
                ranking.add(read, rows: 0..<read.shape.height)
                #expect(ranking.summary.lowest.count <= 3)
            }
        }
    }

    @Test(arguments: [
        (#""width":7"#, #""width":0"#), (#""width":7"#, #""width":-7"#),
        (#""height":5"#, #""height":99999999999999999"#),
        (#""channels":3"#, #""channels":2"#), (#""bitsPerSample":8"#, #""bitsPerSample":9"#),
        (#""codedUnitWidth":16"#, #""codedUnitWidth":0"#), (#""channels":"all""#, #""channels":"luma""#),
        (#""channels":"all""#, #""channels":"none""#), (#""photoCount":2"#, #""photoCount":3"#),
        (#""photoCount":2"#, #""photoCount":1"#), (#""photoCount":2"#, #""photoCount":-2"#),
        (#""photoCount":2"#, #""photoCount":4294967296"#), (#""unfinishedCount":0"#, #""unfinishedCount":1"#),
        (#""photoBytes":"#, #""photoBytes":9"#), (#""photoBytes":"#, #""photoBytes":-"#),
        (#""sumBits":32"#, #""sumBits":64"#), (#""sumBits":32"#, #""sumBits":16"#), (#""photoCount""#, #""photos""#),
        (#""hasExtremes":false"#, #""hasExtremes":true"#), (#""hasExtremes":false"#, #""hasExtremes":0"#),
    ])
    func impossibleManifestsAreRefused(_ old: String, _ new: String) throws {
        try withTemporaryFolder { folder in
            try Self.expectRefusal(of: try Self.plainState(), replacing: old, with: new, in: folder)
        }
    }

    /// A byte of one of the three records (two whole photos, the second without time; one of seven rows), changed.
    @Test(arguments: [
        // Rows: all that there are, none, another number than the sums have, of a whole photo.
        (2, 20, 8), (2, 20, 0), (2, 20, 6), (0, 20, 7), (2, 20, 0xff), (2, 23, 0xff),
        // What follows: unknown, less, a fact of an unfinished photo, a time that is not known.
        (0, 24, 0xbd), (0, 24, 0x1c), (0, 24, 0), (2, 24, 1), (1, 24, 0x22), (0, 24, 0x0d), (1, 24, 0x03 | 0xe0),
        // Lengths of time and name.
        (0, 25, 255), (0, 25, 20), (1, 26, 0xff), (2, 27, 0xff), (2, 26, 4),
        // Level and roughness: below zero, more than the frame can have. Exposure: no number, known as zero.
        (0, 35, 0x80), (0, 43, 0x80), (0, 33, 0xff), (1, 41, 0xff), (0, 51, 0x7f), (1, 45, 1),
        // ISO where none is known; a name that is no text; photos out of order.
        (1, 52, 1), (2, 28, 0xff), (0, 0, 0xcc),
    ])
    func impossibleRecordsAreRefused(_ record: Int, _ place: Int, _ value: Int) throws {
        try withTemporaryFolder { folder in
            var state = try Self.unfinishedState()
            let start = 16 + Int(StateFormat.word(state[12..<16])) + [0, 84, 149][record]
            // Exposure 0x7f..., with all bits of the exponent.
            if place == 51 { state[start + 50] = 0xf0 }
            try #require(state[start + place] != UInt8(value))
            state[start + place] = UInt8(value)
            #expect(try Self.read(try Self.sealed(state), in: folder) == nil)
        }
    }

    /// Replaces a part of the manifest, with all else right.
    private static func expectRefusal(
        of state: [UInt8], replacing old: String, with new: String, in folder: URL
    ) throws {
        let length = Int(StateFormat.word(state[12..<16]))
        let manifest = String(decoding: state[16..<16 + length], as: UTF8.self)
        try #require(manifest.contains(old), "\(manifest)")
        let forged = Array(manifest.replacingOccurrences(of: old, with: new).utf8)
        let bytes = StateFormat.header(manifestByteCount: forged.count) + forged + state[(16 + length)...]
        let read = try Self.read(try Self.sealed(bytes), in: folder)
        #expect(read == nil)
    }

    /// Where the rows begin.
    private static func rowsStart(_ state: [UInt8], _ shape: FrameShape, hasExtremes: Bool) throws -> Int {
        let manifestEnd = 16 + Int(StateFormat.word(state[12..<16]))
        let manifest = try #require(
            try JSONSerialization.jsonObject(with: Data(state[16..<manifestEnd])) as? [String: Any])
        let photoBytes = try #require(manifest["photoBytes"] as? Int)
        return manifestEnd + photoBytes + (hasExtremes ? CoarseSums.byteCount(shape) : 0)
    }

    /// The same state with other sums and counts.
    private static func forged(
        _ state: [UInt8], _ shape: FrameShape, hasExtremes: Bool, in folder: URL, _ change: (Accumulators) -> Void
    ) throws -> [UInt8] {
        let file = try folder.addFile("sound.state", Data(state))
        let reader = try StateReader(FilePath(file.path))
        let accumulators = try Accumulators(shape: shape, contents: reader.header.contents)
        try reader.add(rows: 0..<shape.height, to: accumulators)
        let start = try rowsStart(state, shape, hasExtremes: hasExtremes)
        let rows = state.count - Checksum.byteCount - start
        let packer = RowPacker()
        #expect(Array(packer.pack(accumulators, rows: 0..<shape.height)) == Array(state[start..<start + rows]))
        change(accumulators)
        let packed = Array(packer.pack(accumulators, rows: 0..<shape.height))
        return try sealed(Array(state[..<start] + packed + [UInt8](repeating: 0, count: Checksum.byteCount)))
    }

    /// Sums that two photos cannot have.
    @Test func impossibleSumsAreRefused() throws {
        try withTemporaryFolder { folder in
            let shape = Self.shape
            let state = try Self.plainState()
            for row in 0..<shape.height {
                for sample in [row * shape.samplesPerRow, (row + 1) * shape.samplesPerRow - 1] {
                    for isOfSquares in [false, true] {
                        let bytes = try Self.forged(state, shape, hasExtremes: false, in: folder) {
                            if isOfSquares {
                                $0.sumOfSquares8(at: sample).pointee |= 0xff0000
                            } else {
                                $0.sum(at: sample).pointee |= 0xff00
                            }
                        }
                        #expect(try Self.read(bytes, in: folder) == nil, "row \(row), sample \(sample)")
                    }
                }
            }
        }
    }

    /// Counters and coarse sums that three photos cannot have.
    @Test func impossibleCountsAreRefused() throws {
        try withTemporaryFolder { folder in
            let state = try Self.unfinishedState()
            let shape = FuzzedReader.shapeOfUnfinished
            // In a row in the middle: two rows and columns further in than any border.
            let sample = 3 * shape.samplesPerRow + 13
            func counters(_ accumulators: Accumulators) -> [UnsafeMutablePointer<UInt16>] {
                [
                    accumulators.above(at: sample), accumulators.below(at: sample), accumulators.blindAbove(at: sample),
                    accumulators.blindBelow(at: sample),
                ]
            }
            for counter in 0..<4 {
                for value in [4, 255] as [UInt16] {
                    let bytes = try Self.forged(state, shape, hasExtremes: true, in: folder) {
                        counters($0)[counter].pointee = value
                    }
                    #expect(try Self.read(bytes, in: folder) == nil, "counter \(counter)")
                }
            }
            // Above and below, or above and not able to tell, in one photo more than there are.
            for (one, other) in [(0, 1), (0, 2), (1, 3)] {
                let bytes = try Self.forged(state, shape, hasExtremes: true, in: folder) {
                    for (counter, own) in counters($0).enumerated() {
                        own.pointee = [one, other].contains(counter) ? 2 : 0
                    }
                }
                #expect(try Self.read(bytes, in: folder) == nil, "counters \(one) and \(other)")
            }
            // A cell for each half: one row and eight columns of the frame.
            let rows = try Self.rowsStart(state, shape, hasExtremes: true)
            for cell in 0..<2 {
                for place in [2, 7] {
                    var bytes = state
                    bytes[rows - 16 + cell * 8 + place] = 0x80
                    #expect(try Self.read(try Self.sealed(bytes), in: folder) == nil, "cell \(cell)")
                }
            }
        }
    }

    /// Widths that no numbers have, that leave bytes over or need more than there are, and what lies behind the widths.
    @Test func impossibleWidthsAreRefused() throws {
        try withTemporaryFolder { folder in
            let state = try Self.unfinishedState()
            let shape = FuzzedReader.shapeOfUnfinished
            let rows = try Self.rowsStart(state, shape, hasExtremes: true)
            let layout = PackedRows(shape, AccumulatorContents(kind: .exact, hasExtremes: true))
            #expect(layout.headByteCount == 64 && layout.widths == (0..<6).map { $0..<$0 + 1 })
            for place in 0..<64 {
                // Of the sums, 17 bits are possible.
                for value in [33, 64, 255, 17] as [UInt8] where place >= 2 || value != 17 {
                    var bytes = state
                    bytes[rows + place] = value
                    #expect(try Self.read(try Self.sealed(bytes), in: folder) == nil, "byte \(place): \(value)")
                }
            }
            // Rows that end too early and too late.
            let content = state.dropLast(Checksum.byteCount)
            let seal = [UInt8](repeating: 0, count: Checksum.byteCount)
            for bytes in [
                content.dropLast(), content.dropLast(64), content + [0], content + [UInt8](repeating: 0, count: 64),
                content[..<rows], content[..<(rows + 64 * shape.height)],
            ] {
                #expect(try Self.read(try Self.sealed(Array(bytes + seal)), in: folder) == nil, "\(bytes.count) bytes")
            }
        }
    }

    /// Against `xxhsum -H2`.
    @Test(arguments: [
        ("", "99aa06d3014798d86001c324468d497f"), ("abc", "06b05ab6733a618578af5f94892f3950"),
    ])
    func hashesAreThoseOfXXHSum(_ content: String, _ expected: String) throws {
        try withTemporaryFolder { folder in
            let file = try folder.addFile("content", Data(content.utf8))
            let hash = try ContentHash(of: try OpenFile(FilePath(file.path)))
            #expect(hash.hexadecimal == expected)
            #expect(ContentHash(hexadecimal: expected) == hash)
        }
    }

    @Test func aPhotosHashIsThatOfXXHSum() throws {
        let photo = Repository.examplePhotos.appendingPathComponent("IMG_9354.jpg")
        let hash = try ContentHash(of: try OpenFile(FilePath(photo.path)))
        #expect(hash.hexadecimal == "a34b32b6c5543c98966522f01769115b")
    }
}
