import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPix

/// State files as bytes: whatever they hold, reading ends with an error or with moments that photos can have.
struct StateReaderTests {
    private static let shape = FrameShape(width: 7, height: 5, channels: 3, bitsPerSample: 8)

    /// Two frames of soft noise.
    private static func accumulators(_ shape: FrameShape) throws -> Accumulators {
        let accumulators = try Accumulators(shape: shape, kind: .exact)
        for frame in 1...2 {
            let bytes = (0..<shape.sampleCount * shape.bytesPerSample).map {
                UInt8(truncatingIfNeeded: $0 * 37 * frame)
            }
            bytes.withUnsafeBytes {
                accumulators.accumulate(
                    0..<shape.sampleCount, frames: [$0.baseAddress!], framesBefore: 0,
                    tileSampleCount: shape.sampleCount)
            }
            accumulators.frameCount += 1
        }
        return accumulators
    }

    private static func state(_ shape: FrameShape, in folder: URL) throws -> [UInt8] {
        let group = PhotoGroup(camera: Camera(make: "Maker"), shape: shape, channels: .all, photos: [])
        let photos = ["0", "f"].map {
            StatePhoto(hash: ContentHash(hexadecimal: String(repeating: $0, count: 32))!, name: "\($0).jpg")
        }
        let file = folder.appendingPathComponent("written.state")
        try StateWriter.write(
            try accumulators(shape),
            StateManifest(group, codedUnit: CodedUnit(width: 16, height: 8), photos: photos), to: file.path)
        return [UInt8](try Data(contentsOf: file))
    }

    /// Of a run in halves that was stopped in the second.
    private static func confirmedState(in folder: URL) throws -> [UInt8] {
        let bytes = FuzzedReader.states.file(of: try FuzzedReader.stateInHalves())
        try Data(bytes).write(to: folder.appendingPathComponent("written.state"))
        return bytes
    }

    private static func states(in folder: URL) throws -> [[UInt8]] {
        [try state(shape, in: folder), try confirmedState(in: folder)]
    }

    /// Reads all of it; nil when it is refused, which must come with a reason.
    private static func read(_ bytes: [UInt8], in folder: URL) throws -> Accumulators? {
        let file = try folder.addFile("read.state", Data(bytes))
        do throws(FastPixError) {
            let reader = try StateReader(FilePath(file.path))
            guard reader.manifest.frame.sampleCount < 1_000_000 else { return nil }
            let accumulators = try Accumulators(shape: reader.manifest.frame, kind: .exact)
            try reader.add(to: accumulators)
            _ = try reader.scouting()
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

    @Test(arguments: [8, 16])
    func whatIsWrittenIsRead(_ bits: Int) throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 9, height: 4, channels: 1, bitsPerSample: bits)
            let state = try Self.state(shape, in: folder)
            #expect(try Self.sealed(state) == state)
            let read = try #require(try Self.read(state, in: folder))
            let expected = try Self.accumulators(shape)
            #expect(read.frameCount == 2)
            #expect(read.arrays.map { Data($0) } == expected.arrays.map { Data($0) })
        }
    }

    @Test func whatIsScoutedIsRead() throws {
        try withTemporaryFolder { folder in
            let state = try Self.confirmedState(in: folder)
            #expect(try Self.read(state, in: folder) != nil)
            let reader = try StateReader(FilePath(folder.appendingPathComponent("written.state").path))
            #expect(reader.manifest.photos.map(\.half) == [0, 1])
            #expect(reader.manifest.unfinished.map(\.rows) == [7])
            #expect(reader.manifest.bands.map(\.rows) == [0..<7, 7..<8])
            #expect(reader.manifest.bands.map(\.photoCount) == [3, 2])
            #expect(reader.manifest.confirmation?.damaged.map(\.reason) == ["truncated"])
            let scouting = try #require(try reader.scouting())
            #expect(scouting.sensitivity == .high)
            #expect(scouting.candidates.map(\.meanShift) == [0.1, -1.5e-300])
            #expect(scouting.candidates.allSatisfy { $0.meanScore == 4 && $0.varianceScore == 7 })
            #expect(scouting.recorder.witness(row: 3, column: 3)?.count == 2)
            #expect(scouting.recorder.witness(row: 4, column: 5)?.count == 1)
        }
    }

    @Test func truncationsAreRefused() throws {
        try withTemporaryFolder { folder in
            for state in try Self.states(in: folder) {
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
            for state in try Self.states(in: folder) {
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
            let states = try Self.states(in: folder)
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
                _ = VarianceSummary(read, top: 3)
            }
        }
    }

    @Test(arguments: [
        (#""width":7"#, #""width":0"#), (#""width":7"#, #""width":-7"#),
        (#""height":5"#, #""height":99999999999999999"#),
        (#""channels":3"#, #""channels":2"#), (#""bitsPerSample":8"#, #""bitsPerSample":9"#),
        (#""codedUnitWidth":16"#, #""codedUnitWidth":0"#), (#""channels":"all""#, #""channels":"luma""#),
        (#""channels":"all""#, #""channels":"none""#), ("00000000", "0000000G"), (#""photos""#, #""photo""#),
    ])
    func impossibleManifestsAreRefused(_ old: String, _ new: String) throws {
        try withTemporaryFolder { folder in
            try Self.expectRefusal(of: try Self.state(Self.shape, in: folder), replacing: old, with: new, in: folder)
        }
    }

    @Test(arguments: [
        (#""rows":7"#, #""rows":8"#), (#""rows":7"#, #""rows":0"#), (#""rows":7"#, #""rows":6"#),
        (#""half":1,"#, #""half":0,"#), (#""half":0,"#, #""half":2,"#), (#""half":0,"#, ""),
        (#""half":1,"hash":"cc"#, #""half":0,"hash":"cc"#),
        (#""sensitivity":"high""#, #""sensitivity":"highest""#), (#""row":3"#, #""row":2"#), (#""row":4"#, #""row":5"#),
        (#""row":4"#, #""row":3"#), (#""column":3"#, #""column":-3"#), (#""column":5"#, #""column":3"#),
        // 4.0, then infinity and no digits.
        ("4010000000000000", "7ff0000000000000"), ("4010000000000000", "401000000000000x"),
        (#""unfinished""#, #""finished""#), (#""damaged""#, #""sound""#), (#""scouting""#, #""scouted""#),
        (#""confirmation""#, #""none""#),
    ])
    func impossibleHalvesAreRefused(_ old: String, _ new: String) throws {
        try withTemporaryFolder { folder in
            try Self.expectRefusal(of: try Self.confirmedState(in: folder), replacing: old, with: new, in: folder)
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

    /// Records that the photos of the second half cannot leave.
    @Test func impossibleRecordsAreRefused() throws {
        try withTemporaryFolder { folder in
            let state = try Self.confirmedState(in: folder)
            let shape = FuzzedReader.shapeInHalves
            let records = 16 + Int(StateFormat.word(state[12..<16])) + shape.sampleCount * 8
            let samples = Neighbourhood.count * shape.channels
            try #require((state.count - records - Checksum.byteCount) % (8 * Witness.wordCount(channels: 3)) == 0)
            // One of each kind.
            for word in [0, 1, 2, 3, 4, 5, 5 + samples - 1, 5 + samples, 5 + 2 * samples - 1] {
                var bytes = state
                bytes[records + word * 8 + 5] = 0x7f
                let read = try Self.read(try Self.sealed(bytes), in: folder)
                #expect(read == nil, "word \(word)")
            }
        }
    }

    /// Sums that two photos cannot have.
    @Test func impossibleSumsAreRefused() throws {
        try withTemporaryFolder { folder in
            let state = try Self.state(Self.shape, in: folder)
            let sums = state.count - Checksum.byteCount - Self.shape.sampleCount * 8
            for (offset, value) in [(sums, UInt8(0xff)), (sums + Self.shape.sampleCount * 4 + 2, 0xff)] {
                var bytes = state
                bytes[offset + 1] = value
                let read = try Self.read(try Self.sealed(bytes), in: folder)
                #expect(read == nil)
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
