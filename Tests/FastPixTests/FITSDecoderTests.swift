import FastPixCodecs
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixDiscovery

/// FITS samples against hashes of the arrays that astropy has written, made by `Tests/Fixtures/make_fits_fixtures.py`.
struct FITSDecoderTests {
    static let pictures = WrittenPicture.all("fits")
    static let sound = pictures.filter { $0.sha256 != nil }
    static let refused = pictures.filter { $0.error != nil }

    @Test func manifestCoversBothOutcomes() {
        #expect(Self.sound.count > 30)
        #expect(Self.refused.count >= 8)
        #expect(Set(Self.sound.compactMap(\.bitsPerSample)) == [8, 16, 32])
    }

    @Test(arguments: sound)
    func decodesWhatWasWritten(_ picture: WrittenPicture) throws {
        let photo = try picture.check(in: "fits", format: .fits)
        #expect(photo.header.whiteLevel == picture.whiteLevel)
    }

    @Test(arguments: refused)
    func refuses(_ picture: WrittenPicture) throws {
        let error = try #require(throws: FastPixError.self) {
            _ = try PhotoFile(probing: picture.path(in: "fits"), maximumPixels: 1_000_000).samples()
        }
        switch picture.error {
        case "unsupported": #expect(error.code == .unsupported)
        case "truncated": #expect(error.code == .corrupt && error.message.hasPrefix("truncated"))
        case let words?:
            #expect(error.code == .corrupt && error.message.contains(words))
            #expect(error.message.hasSuffix("in row 4, column 9"))
        case nil: Issue.record("the manifest names no error")
        }
        #expect(error.path == picture.path(in: "fits"))
    }

    @Test(arguments: ["cube.fits", "cube.fits.gz", "cube-rice.fits.fz", "extensions.fits"])
    func everyPlaneIsAPhoto(_ name: String) throws {
        let path = FilePath(Repository.fixture("fits/\(name)").path)
        let photos = PhotoProbe.probe(path, channels: .all, maximumPixels: 0).photos
        #expect(photos.map(\.page.number) == Array(photos.indices))
        #expect(photos.allSatisfy { $0.isInStack })
        // In any order: a packed file has to be unpacked again to go back.
        let forward = try photos.map { try $0.samples() }
        let backward = try photos.reversed().map { try $0.samples() }
        #expect(forward == backward.reversed())
    }

    @Test func aCubeIsNotLongerThanItsFile() throws {
        try withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: Repository.fixture("fits/cube.fits"))
            let planes = try #require(bytes.range(of: Data("NAXIS3  =                    5".utf8)))
            bytes.replaceSubrange(planes, with: Data("NAXIS3  =            123456789".utf8))
            let file = try folder.addFile("long.fits", bytes)
            let found = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0)
            #expect(found.photos.isEmpty)
            #expect(found.failed.count == 1 && found.failed[0].reason.hasPrefix("truncated"))
        }
    }

    /// A byte of picture for a kilobyte of list: a small file must not fill the memory.
    @Test func morePicturesThanAFilePaysForAreNotListed() throws {
        try withTemporaryFolder { folder in
            let planes = 70_000
            let cards = [
                "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    3",
                "NAXIS1  =                    1", "NAXIS2  =                    1",
                "NAXIS3  = " + String(repeating: " ", count: 15) + "\(planes)", "END",
            ]
            var bytes = Data(cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined().utf8)
            bytes += Data(repeating: 32, count: 2880 - bytes.count) + Data(count: planes)
            let file = try folder.addFile("many.fits", bytes)
            let found = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0)
            #expect(found.photos.count == 65_536)
            #expect(found.failed.map(\.path) == ["\(file.path)#65536"])
            #expect(found.failed.first?.reason.hasPrefix("more pictures than the 65536") == true)
        }
    }

    /// Taken for missing, they would give other samples.
    @Test(arguments: ["BSCALE  =                  NaN", "BSCALE  =                    0", "BZERO   = 'many'", "BSCALE  ="])
    func scalesThatAreNoNumbersAreDamage(_ card: String) throws {
        try withTemporaryFolder { folder in
            let picture = RawPicture(width: 20, height: 20, usual: 9, others: [])
            var text = String(decoding: picture.fitsAsStored([]), as: UTF8.self)
            let name = card.prefix(6)
            let start = try #require(text.range(of: name))
            let end = text.index(start.lowerBound, offsetBy: 80)
            text.replaceSubrange(
                start.lowerBound..<end, with: card.padding(toLength: 80, withPad: " ", startingAt: 0))
            let file = try folder.addFile("a.fits", Data(text.utf8))
            let error = #expect(throws: FastPixError.self) {
                try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            }
            #expect(error?.code == .corrupt && error?.message.contains("BSCALE") == true)
        }
    }

    /// gzip ends in a checksum of all, which a flipped bit does not pass.
    @Test func packedFilesAreCheckedToTheirEnd() throws {
        try withTemporaryFolder { folder in
            let whole = [UInt8](try Data(contentsOf: Repository.fixture("fits/u16.fits.gz")))
            let samples = try #require(try decodeHostile(Data(whole), as: "a.fits.gz", in: folder))
            for length in whole.count - 40..<whole.count {
                let cut = try decodeHostile(Data(whole.prefix(length)), as: "a.fits.gz", in: folder)
                #expect(cut == nil, "\(length) bytes of \(whole.count)")
            }
            // Behind gzip's own header, some fields of which mean nothing.
            for index in 10..<whole.count {
                var bytes = whole
                bytes[index] ^= UInt8(1 << (index % 8))
                let decoded = try decodeHostile(Data(bytes), as: "a.fits.gz", in: folder)
                #expect(decoded == nil || decoded == samples, "byte \(index)")
            }
        }
    }

    @Test func hugeFramesAreRefused() throws {
        try withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: Repository.fixture("fits/u8.fits"))
            for axis in ["NAXIS1  =                   31", "NAXIS2  =                   23"] {
                let card = try #require(bytes.range(of: Data(axis.utf8)))
                bytes.replaceSubrange(card, with: Data((axis.prefix(9) + "            2000000000").utf8.prefix(30)))
            }
            let file = try folder.addFile("huge.fits", bytes)
            let error = #expect(throws: FastPixError.self) {
                try PhotoFile(probing: FilePath(file.path), maximumPixels: 500_000_000)
            }
            #expect(error?.code == .tooLarge)
        }
    }

    /// The cards of a header are padded with blanks and data with zeros to 2880 bytes: cut off, they are not missed.
    @Test(arguments: ["u8.fits", "u16-rice_1.fits.fz", "u16-gzip_2.fits.fz", "u16.fits.gz"])
    func everyTruncationIsRefusedOrWhole(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Data(contentsOf: Repository.fixture("fits/\(name)"))
            let samples = try #require(try decodeHostile(whole, as: name, in: folder))
            for length in stride(from: 0, to: whole.count, by: 7) {
                let decoded = try decodeHostile(whole.prefix(length), as: name, in: folder)
                #expect(decoded == nil || decoded == samples, "\(length) bytes")
            }
        }
    }

    @Test(arguments: [
        "u16.fits", "camera.fits", "scaled.fits", "cube.fits", "rgb.fits", "u16-rice_1.fits.fz", "u8-gzip_1.fits.fz",
        "i32-gzip_2.fits.fz", "u16.fits.gz", "extensions.fits", "cube-rice.fits.fz",
    ])
    func flippedBitsNeverCrash(_ name: String) throws {
        let whole = try Data(contentsOf: Repository.fixture("fits/\(name)"))
        try flipBits(of: whole, as: name, headerBytes: 8640, rounds: 60)
    }
}
