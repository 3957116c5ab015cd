import FastPixCodecs
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixDiscovery

struct PhotoDiscoveryTests {
    private static let jpeg = Repository.fixture("decoder/jpeg-exif.jpg")

    private func names(_ found: PhotoDiscovery) -> [String] { found.files.map { $0.lastComponent!.string } }

    private func copy(to file: URL) throws {
        try FileManager.default.copyItem(at: Self.jpeg, to: file)
    }

    @Test func foldersAreFilteredAndNamedFilesAreNot() throws {
        try withTemporaryFolder { folder in
            try copy(to: folder.appendingPathComponent("b.JPG"))
            try copy(to: folder.appendingPathComponent("a-photo.dat"))
            try copy(to: folder.appendingPathComponent(".hidden.jpg"))
            try Data("notes".utf8).write(to: folder.appendingPathComponent("notes.txt"))
            try Data("no photo".utf8).write(to: folder.appendingPathComponent("c.png"))
            let found = PhotoDiscovery(paths: [FilePath(folder.path)])
            // A file called like a photo is tried, so that its damage is reported and not passed over.
            #expect(names(found) == ["a-photo.dat", "b.JPG", "c.png"])
            #expect(found.skipped.isEmpty)
            let named = PhotoDiscovery(paths: [FilePath(folder.appendingPathComponent("notes.txt").path)])
            #expect(names(named) == ["notes.txt"])
        }
    }

    @Test func recursionEntersEveryFolderOnce() throws {
        try withTemporaryFolder { folder in
            let inner = folder.appendingPathComponent("x.jpg/inner")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            try copy(to: folder.appendingPathComponent("1.jpg"))
            try copy(to: inner.appendingPathComponent("2.jpg"))
            try FileManager.default.createSymbolicLink(
                at: inner.appendingPathComponent("back"), withDestinationURL: folder)
            let flat = PhotoDiscovery(paths: [FilePath(folder.path)])
            #expect(names(flat) == ["1.jpg"])
            let deep = PhotoDiscovery(paths: [FilePath(folder.path)], recursive: true)
            #expect(Set(names(deep)) == ["1.jpg", "2.jpg"])
            #expect(deep.files.count == 2)
            #expect(deep.repeatedPaths == 0)
        }
    }

    @Test func aPhotoReachedTwiceCountsOnce() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("1.jpg")
            try copy(to: file)
            try FileManager.default.createSymbolicLink(
                at: folder.appendingPathComponent("link.jpg"), withDestinationURL: file)
            let found = PhotoDiscovery(paths: [FilePath(folder.path), FilePath(file.path)])
            #expect(found.files.count == 1)
            #expect(found.repeatedPaths == 2)
        }
    }

    @Test func whatCannotBeTriedIsNamed() throws {
        try withTemporaryFolder { folder in
            let missing = folder.appendingPathComponent("missing").path
            let pipe = folder.appendingPathComponent("pipe.jpg").path
            try #require(mkfifo(pipe, 0o600) == 0)
            try FileManager.default.createSymbolicLink(
                atPath: folder.appendingPathComponent("dangling.png").path, withDestinationPath: "nowhere")
            let found = PhotoDiscovery(paths: [FilePath(folder.path), FilePath(missing)])
            #expect(found.files.isEmpty)
            #expect(
                found.skipped.map { URL(fileURLWithPath: $0.path.string).lastPathComponent }
                    == ["dangling.png", "missing", "pipe.jpg"])
            #expect(found.skipped.allSatisfy { $0.isFailure && !$0.reason.isEmpty })
        }
    }

    @Test func whatIsNotReadIsCounted() throws {
        try withTemporaryFolder { folder in
            try copy(to: folder.appendingPathComponent("1.jpg"))
            for name in ["a.HEIC", "b.heic", "c.heic", "notes.txt", "README", "x.fits.gz", "y.tar.gz", ".hidden.cr2"] {
                try Data("no photo".utf8).write(to: folder.appendingPathComponent(name))
            }
            let found = PhotoDiscovery(paths: [FilePath(folder.path)])
            #expect(names(found) == ["1.jpg", "x.fits.gz"])
            #expect(
                found.leftOut.text
                    == "3 .HEIC (convert to TIFF or PNG, as heif-convert and ImageMagick do), 1 without extension, 1 .gz, 1 .txt"
            )
            #expect(found.leftOut.first?.wayOut?.hasPrefix("convert to") == true && found.leftOut.last?.wayOut == nil)
            #expect(PhotoDiscovery(paths: [FilePath(folder.path)], recursive: true).leftOut == found.leftOut)
            // What is named is tried, and not left out.
            #expect(PhotoDiscovery(paths: [FilePath(folder.appendingPathComponent("a.HEIC").path)]).leftOut.isEmpty)
        }
    }

    /// Photos that another build reads come first, with the reason.
    @Test func whatThisBuildLeavesOutIsNamed() {
        var count = LeftOutCount()
        for _ in 0..<3 { count.add("notes.txt", nil) }
        for number in 0..<2 { count.add(FilePath("IMG_\(number).CR2"), .raw) }
        #expect(count.kinds.text == "2 .CR2 (built without RAW; build fastpix with the trait RAW), 3 .txt")
    }

    @Test func hardLinksCountUnderTheFirstName() throws {
        try withTemporaryFolder { folder in
            // Made in an order that is not that of the names.
            try copy(to: folder.appendingPathComponent("m.jpg"))
            for name in ["z.jpg", "b.jpg", "q.jpg"] {
                try FileManager.default.linkItem(
                    at: folder.appendingPathComponent("m.jpg"), to: folder.appendingPathComponent(name))
            }
            let found = PhotoDiscovery(paths: [FilePath(folder.path)])
            #expect(names(found) == ["b.jpg"])
            #expect(found.repeatedPaths == 3)
        }
    }

    @Test func orderIsThatOfThePathsWhateverTheArguments() throws {
        let folder = Repository.examplePhotos.path
        let files = PhotoDiscovery(paths: [FilePath(folder)]).files
        #expect(files.count == 48)
        #expect(PhotoDiscovery(paths: files.reversed()).files == files)
    }
}

struct PhotoGroupTests {
    @Test func camerasAndShapesAreKeptApart() throws {
        let names = ["jpeg-exif.jpg", "png-exif.png", "jpeg-grey-1x1-q90.jpg", "png-grey8-1x1.png"]
        let photos = try names.map {
            try PhotoFile(probing: FilePath(Repository.fixture("decoder/\($0)").path), maximumPixels: 0)
        }
        let groups = PhotoGroup.grouping(photos)
        #expect(groups.count == 3)
        #expect(groups[0].photos.count == 2)
        #expect(groups[0].camera == Camera())
        #expect(groups[1].camera.serial == "FPX-0012345")
        #expect(PhotoGroup.grouping(photos.reversed()).map(\.name) == groups.map(\.name))
    }

    @Test func namesReadLikeCameras() {
        #expect(Camera().name == "unknown camera")
        #expect(Camera(make: "Canon", model: "Canon EOS R5").name == "Canon EOS R5")
        #expect(
            Camera(make: "NIKON CORPORATION", model: "NIKON D850", serial: "7").name
                == "NIKON CORPORATION NIKON D850 (serial number 7)")
    }
}
