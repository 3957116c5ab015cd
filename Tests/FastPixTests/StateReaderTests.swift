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

    /// Reads all of it; nil when it is refused, which must come with a reason.
    private static func read(_ bytes: [UInt8], in folder: URL) throws -> Accumulators? {
        let file = try folder.addFile("read.state", Data(bytes))
        do throws(FastPixError) {
            let reader = try StateReader(FilePath(file.path))
            guard reader.manifest.frame.sampleCount < 1_000_000 else { return nil }
            let accumulators = try Accumulators(shape: reader.manifest.frame, kind: .exact)
            try reader.add(to: accumulators)
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

    @Test func everyTruncationIsRefused() throws {
        try withTemporaryFolder { folder in
            let state = try Self.state(Self.shape, in: folder)
            for length in 0..<state.count {
                let read = try Self.read(Array(state.prefix(length)), in: folder)
                #expect(read == nil, "\(length) bytes")
            }
        }
    }

    @Test func everyChangedByteIsNoticed() throws {
        try withTemporaryFolder { folder in
            let state = try Self.state(Self.shape, in: folder)
            for index in state.indices {
                var bytes = state
                bytes[index] ^= 0x10
                let read = try Self.read(bytes, in: folder)
                #expect(read == nil, "byte \(index)")
            }
        }
    }

    /// Forged: the checksum is right, the content is not.
    @Test func forgedStatesNeverCrash() throws {
        try withTemporaryFolder { folder in
            let state = try Self.state(Self.shape, in: folder)
            var random = SyntheticScenes.Random(state: 5)
            for _ in 0..<1500 {
                var bytes = state
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
            let state = try Self.state(Self.shape, in: folder)
            let length = Int(StateFormat.word(state[12..<16]))
            let manifest = String(decoding: state[16..<16 + length], as: UTF8.self)
            try #require(manifest.contains(old))
            let forged = Array(manifest.replacingOccurrences(of: old, with: new).utf8)
            let bytes = StateFormat.header(manifestByteCount: forged.count) + forged + state[(16 + length)...]
            let read = try Self.read(try Self.sealed(bytes), in: folder)
            #expect(read == nil)
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
