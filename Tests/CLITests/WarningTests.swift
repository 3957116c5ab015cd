import Foundation
import TestSupport
import Testing

/// Reasons to doubt a result: one sentence each on stderr, and the same in JSON.
struct WarningTests {
    /// Runs over `count` example photos, each changed by `change`, and returns the warnings. Checks that stderr says
    /// the same.
    private static func warnings(
        _ count: Int = 30, _ change: (Int, Data) -> Data
    ) throws -> [HotPixelsResult.Warning] {
        try withTemporaryFolder { folder in
            for (number, photo) in try Photos.example(count).enumerated() {
                try folder.addFile("photo-\(number).jpg", change(number, try Data(contentsOf: photo)))
            }
            let run = try CommandRun.fastpix(["hotpixels", ".", "--format", "json", "--top", "0"], in: folder)
            #expect(run.exitCode == 0)
            let warnings = try run.hotPixels().warnings
            #expect(
                run.stderrLines.filter { $0.hasPrefix("fastpix: warning: ") }
                    == warnings.map { "fastpix: warning: \($0.message)" })
            return warnings
        }
    }

    private static func exif(_ fill: (inout ExifBlock) -> Void) -> ExifBlock {
        var block = ExifBlock()
        block.add(.image, 0x010f, "Maker")
        block.add(.image, 0x0110, "Model")
        fill(&block)
        return block
    }

    @Test func photosAsTheCameraWroteThemRaiseNone() throws {
        #expect(try Self.warnings { $1 } == [])
        let plain = Self.exif {
            $0.add(.image, 0x0131, "Firmware Version 1.01")
            $0.add(.exif, 0xa002, long: 384)
            $0.add(.exif, 0xa003, short: 896)
            $0.add(.exif, 0xa404, rational: 1, 1)
        }
        #expect(try Self.warnings { TestPhoto.jpeg($1, with: plain) } == [])
    }

    @Test func fewPhotos() throws {
        let warnings = try Self.warnings(29) { $1 }
        #expect(warnings.map(\.kind) == ["few-photos"])
        #expect(
            warnings.first?.message.hasPrefix("29 photos of Canon PowerShot SX260 HS, 384 x 896, 8-bit RGB: 30 are")
                == true)
        #expect(warnings.first?.group == 0)
    }

    @Test func editedPhotos() throws {
        let gimp = Self.exif { $0.add(.image, 0x0131, "GIMP 2.10.34") }
        let camera = Self.exif { $0.add(.image, 0x0131, "Ver.1.00") }
        let warnings = try Self.warnings { TestPhoto.jpeg($1, with: $0 < 7 ? gimp : camera) }
        #expect(warnings.map(\.kind) == ["edited"])
        #expect(
            warnings.first?.message.hasPrefix("7 of 30 photos of Maker Model were saved by a program (GIMP 2.10.34)")
                == true)
    }

    /// What Adobe's programs leave behind when EXIF says nothing.
    @Test func marksOfEditors() throws {
        let resources = Data("Photoshop 3.0\08BIM".utf8) + [0x04, 0x06, 0, 0, 0, 0, 0, 2, 0, 1]
        let photoshop = try Self.warnings { TestPhoto.jpeg($1, with: 0xed, resources) }
        #expect(photoshop.map(\.kind) == ["edited"])
        #expect(photoshop.first?.message.contains("Adobe Photoshop") == true)
        // Captions alone change no pixel.
        let captions = Data("Photoshop 3.0\08BIM".utf8) + [0x04, 0x04, 0, 0, 0, 0, 0, 2, 0, 1]
        #expect(try Self.warnings { TestPhoto.jpeg($1, with: 0xed, captions) } == [])
        let xmp = Data(
            ("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description xmlns:crs="
                + "\"http://ns.adobe.com/camera-raw-settings/1.0/\" crs:LensProfileEnable=\"1\"/></x:xmpmeta>").utf8)
        let lightroom = try Self.warnings { TestPhoto.jpeg($1, with: 0xe1, xmp) }
        #expect(lightroom.map(\.kind) == ["edited", "geometry"])
        #expect(lightroom.last?.message.contains("30 of 30 photos") == true)
        #expect(lightroom.last?.message.contains("lens profile") == true)
    }

    @Test func resizedPhotos() throws {
        let larger = Self.exif {
            $0.add(.exif, 0xa002, short: 768)
            $0.add(.exif, 0xa003, short: 1792)
        }
        let warnings = try Self.warnings { TestPhoto.jpeg($1, with: larger) }
        #expect(warnings.map(\.kind) == ["resized"])
        #expect(warnings.first?.message.contains("are 384 x 896, but 768 x 1792 by their EXIF") == true)
        let turned = Self.exif {
            $0.add(.exif, 0xa002, short: 896)
            $0.add(.exif, 0xa003, short: 384)
        }
        #expect(try Self.warnings { TestPhoto.jpeg($1, with: turned) }.map(\.kind) == ["turned"])
    }

    /// Where a place in the picture need not be one pixel of the sensor.
    @Test func geometry() throws {
        let zoomed = Self.exif { $0.add(.exif, 0xa404, rational: 15, 10) }
        let composite = Self.exif { $0.add(.exif, 0xa460, short: 3) }
        var phone = ExifBlock()
        phone.add(.image, 0x010f, "Apple")
        phone.add(.image, 0x0110, "iPhone 12")
        for (block, words) in [
            (zoomed, "zoomed digitally"), (composite, "several exposures"), (phone, "Apple iPhone 12"),
        ] {
            let warnings = try Self.warnings { TestPhoto.jpeg($1, with: block) }
            #expect(warnings.map(\.kind) == ["geometry"])
            #expect(warnings.first?.message.contains(words) == true)
        }
    }

    @Test func severalCameras() throws {
        let other = Self.exif { _ in }
        let warnings = try Self.warnings(48) { $0 < 15 ? TestPhoto.jpeg($1, with: other) : $1 }
        #expect(warnings.map(\.kind) == ["several-cameras", "few-photos"])
        #expect(
            warnings.first?.message
                == "the photos are of 2 cameras (Canon PowerShot SX260 HS, Maker Model); each is judged by its own photos"
        )
        #expect(warnings.map(\.group) == [nil, 1])
    }

    // MARK: Doubts about the list of defects

    /// Runs over 30 scenes without compression, each changed by `change`, and returns the warnings and the group.
    private static func judged(
        _ change: (inout [UInt8]) -> Void
    ) throws -> (warnings: [HotPixelsResult.Warning], group: HotPixelsResult.Group) {
        try withTemporaryFolder { folder in
            var scenes = SyntheticScenes(width: width, height: 128, channels: 1)
            for number in 0..<30 {
                var samples = scenes.next()
                change(&samples)
                try folder.addFile("photo-\(number).png", TestPhoto.png(samples, width: width, channels: 1))
            }
            let run = try CommandRun.fastpix(["hotpixels", ".", "--format", "json", "--top", "0"], in: folder)
            #expect(run.exitCode == 0)
            let result = try run.hotPixels()
            #expect(
                run.stderrLines.filter { $0.hasPrefix("fastpix: warning: ") }
                    == result.warnings.map { "fastpix: warning: \($0.message)" })
            return (result.warnings, try #require(result.groups.first))
        }
    }

    private static let width = 160

    /// One more than a small sensor may have.
    @Test func moreDefectsThanASensorHas() throws {
        func hot(_ count: Int) throws -> (warnings: [HotPixelsResult.Warning], group: HotPixelsResult.Group) {
            try Self.judged { samples in
                for number in 0..<count {
                    // Scattered, because rows and columns of them are a pattern of the compression.
                    let (row, column) = (12 + number * 37 % 103, 12 + number * 61 % 137)
                    let sample = row * Self.width + column
                    samples[sample] = UInt8(min(255, Int(samples[sample]) + 60))
                }
            }
        }
        let many = try hot(21)
        #expect(many.group.defects?.count == 21)
        #expect(many.warnings.map(\.kind) == ["many-defects"])
        #expect(
            many.warnings.first?.message == "21 defects in unknown camera are more than a sensor usually has; look at "
                + "some of them before you rely on the list")
        let few = try hot(20)
        #expect(few.group.defects?.count == 20)
        #expect(few.warnings == [])
    }

    @Test func photosOfOneView() throws {
        let first = try Data(contentsOf: try Photos.example(1)[0])
        // Another byte behind the picture: copies of a file count once.
        let kinds = try Self.warnings { number, _ in first + Data([UInt8(number)]) }.map(\.kind)
        #expect(kinds == ["static-scene"])
    }
}
