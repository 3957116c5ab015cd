import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixMaps
import FastPixPlumbing
import FastPixReporting
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What has become of the defects of one list in another.
struct DefectComparisonTests {
    typealias Kind = DefectComparisonReport.Change.Kind

    private static let camera = Camera(make: "Maker", model: "Maker One")

    private static func file(
        _ defects: [Defect], _ name: String, _ format: DefectMapFormat = .json, width: Int = 64, height: Int = 48,
        camera: Camera = camera, in folder: URL
    ) throws -> DefectMapInput {
        let path = folder.appendingPathComponent(name).path
        let group = JudgedGroup.made(defects, width: width, height: height, camera: camera)
        _ = try DefectMapExport(path: FilePath(path), format: format).write(
            [group], unjudged: [], photos: PhotoDiscovery(paths: []))
        return DefectMapInput(FilePath(path))
    }

    private static func compare(
        _ old: [Defect], _ new: [Defect], _ formats: (DefectMapFormat, DefectMapFormat) = (.json, .json),
        tolerance: Int? = nil
    ) throws -> [String] {
        try withTemporaryFolder { folder in
            let report = try DefectComparison(tolerance: tolerance).run(
                old: file(old, "old", formats.0, in: folder), new: file(new, "new", formats.1, in: folder))
            #expect(report.notCompared.isEmpty)
            #expect(report.groups.count == 1)
            #expect(report.isUnchanged == report.groups[0].defects.allSatisfy { $0.change == .unchanged })
            return report.groups[0].defects.map {
                "\($0.change.rawValue) \($0.row) \($0.column) +\($0.pixelsGained) -\($0.pixelsLost)"
            }
        }
    }

    private static let cluster = Defect.made(.cluster, row: 20, column: 20, pixels: [(20, 20), (20, 21), (21, 20)])

    @Test func whatIsNewGoneAndTheSameIsTold() throws {
        let changes = try Self.compare(
            [.made(row: 5, column: 7), .made(row: 40, column: 3), Self.cluster],
            [.made(row: 5, column: 7, mean: 230), Self.cluster, .made(row: 9, column: 60)])
        #expect(
            changes == ["unchanged 5 7 +0 -0", "new 9 60 +1 -0", "unchanged 20 20 +0 -0", "gone 40 3 +0 -1"])
    }

    @Test func growthIsCountedInPixels() throws {
        let grown = Defect.made(.cluster, row: 20, column: 20, pixels: [(20, 20), (20, 21), (21, 20), (21, 21)])
        let other = Defect.made(.cluster, row: 20, column: 20, pixels: [(19, 20), (20, 20), (20, 21)])
        #expect(try Self.compare([Self.cluster], [grown]) == ["grown 20 20 +1 -0"])
        #expect(try Self.compare([grown], [Self.cluster]) == ["shrunk 20 20 +0 -1"])
        #expect(try Self.compare([Self.cluster], [other]) == ["reshaped 20 20 +1 -1"])
        // A pixel becomes a column, and half of one the whole.
        #expect(
            try Self.compare([.made(row: 30, column: 8)], [.made(.column, row: 0, column: 8, rows: 48)])
                == ["grown 0 8 +47 -0"])
        #expect(
            try Self.compare(
                [.made(.column, row: 24, column: 8, rows: 24)], [.made(.column, row: 0, column: 8, rows: 48)])
                == ["grown 0 8 +24 -0"])
    }

    /// Two defects that become one are no loss.
    @Test func defectsThatMeetAreOneThatHasGrown() throws {
        let parts = [Defect.made(row: 20, column: 20), .made(row: 20, column: 22)]
        let whole = Defect.made(.cluster, row: 20, column: 21, pixels: [(20, 20), (20, 21), (20, 22)])
        #expect(try Self.compare(parts, [whole]) == ["grown 20 21 +1 -0"])
        #expect(try Self.compare([whole], parts) == ["shrunk 20 20 +0 -1"])
    }

    /// In photos that compression has smeared a defect's place is good to a pixel; in others it is exact.
    @Test func placesOfSmearedPhotosAreGoodToAPixel() throws {
        func defect(_ row: Int, _ column: Int, _ margin: Int) -> Defect {
            .made(row: row, column: column, margin: margin)
        }
        #expect(try Self.compare([defect(20, 20, 2)], [defect(21, 19, 2)]) == ["unchanged 21 19 +0 -0"])
        #expect(
            try Self.compare([defect(20, 20, 2)], [defect(20, 22, 2)]) == ["gone 20 20 +0 -1", "new 20 22 +1 -0"])
        #expect(
            try Self.compare([defect(20, 20, 0)], [defect(21, 19, 0)]) == ["gone 20 20 +0 -1", "new 21 19 +1 -0"])
        #expect(try Self.compare([defect(20, 20, 0)], [defect(21, 19, 0)], tolerance: 1) == ["unchanged 21 19 +0 -0"])
        #expect(
            try Self.compare([defect(20, 20, 2)], [defect(21, 19, 2)], tolerance: 0)
                == ["gone 20 20 +0 -1", "new 21 19 +1 -0"])
    }

    /// Lists of bare pixels say as much as those with shapes.
    @Test(arguments: [DefectMapFormat.csv, .mask, .dcraw, .siril, .jpegpixi])
    func everyFormIsTheSameAsJSON(_ format: DefectMapFormat) throws {
        let defects: [Defect] = [
            .made(row: 5, column: 7), .made(.column, row: 0, column: 30, rows: 48),
            .made(.cluster, row: 20, column: 20, pixels: [(20, 20), (20, 21), (21, 20), (21, 21)]),
            .made(.row, row: 44, column: 3, columns: 9),
        ]
        for formats in [(DefectMapFormat.json, format), (format, .json), (format, format)] {
            let changes = try Self.compare(defects, defects, formats, tolerance: 0)
            #expect(changes.count == 4)
            #expect(changes.allSatisfy { $0.hasPrefix("unchanged") && $0.hasSuffix("+0 -0") }, "\(changes)")
            let missing = try Self.compare(defects, Array(defects.dropFirst()), formats, tolerance: 0)
            #expect(missing.filter { !$0.hasPrefix("unchanged") } == ["gone 5 7 +0 -1"])
        }
    }

    /// The order of a list means nothing.
    @Test func theOrderOfAListChangesNothing() throws {
        let old = (0..<20).map { Defect.made(row: $0 * 2, column: $0 * 3 % 60) }
        let new = (10..<24).map { Defect.made(row: $0 * 2, column: $0 * 3 % 60) }
        let report = try Self.compare(old, new)
        #expect(report.count == 24)
        #expect(try Self.compare(old.reversed(), new) == report)
        #expect(try Self.compare(old.reversed(), new.shuffled()) == report)
    }

    @Test func classesAndOffsetsAreTold() throws {
        try withTemporaryFolder { folder in
            let report = try DefectComparison().run(
                old: Self.file([.made(row: 5, column: 7, mean: 80)], "old", in: folder),
                new: Self.file([.made(row: 5, column: 7, class: .stuck, mean: 255)], "new", in: folder))
            #expect(report.isUnchanged)
            let change = report.groups[0].defects[0]
            #expect(change.isOtherClass)
            #expect([change.old[0].meanOffset, change.new[0].meanOffset] == [13, 188])
            #expect(report.text.contains("hot > stuck"))
            #expect(report.text.contains("+13.00 > +188.00"))
            #expect(
                report.text.contains("Maker One, 64 x 48\n0 new, 0 gone, 0 grown, 0 shrunk, 0 reshaped, 1 unchanged\n"))
        }
    }

    @Test func otherCamerasAndSizesAreRefused() throws {
        try withTemporaryFolder { folder in
            let one = try Self.file([.made(row: 5, column: 7)], "one", in: folder)
            let two = try Self.file(
                [.made(row: 5, column: 7)], "two", camera: Camera(make: "Maker", model: "Maker Two"), in: folder)
            let small = try Self.file([.made(row: 5, column: 7)], "small", width: 60, in: folder)
            let cameras = #expect(throws: FastPixError.self) { try DefectComparison().run(old: one, new: two) }
            #expect(
                cameras?.message.contains("Maker Two") == true && cameras?.message.contains("allow any camera") == true)
            #expect(try DefectComparison(takesAnyCamera: true).run(old: one, new: two).isUnchanged)
            let sizes = #expect(throws: FastPixError.self) {
                try DefectComparison(takesAnyCamera: true).run(old: one, new: small)
            }
            #expect(sizes?.message.contains("60 x 48") == true && sizes?.message.contains("64 x 48") == true)
        }
    }

    /// Photos that could not be judged the second time are no proof that the defects have gone, nor that they stayed.
    @Test func listsWithoutACounterpartAreNamed() throws {
        try withTemporaryFolder { folder in
            func list(_ second: String) -> String {
                let first = #"{"camera":{"model":"A"},"width":9,"height":8,"defects":[{"row":1,"column":2}]}"#
                return "{\"schema\":\"fastpix.hotpixels/1\",\"groups\":[\(first),\(second)]}"
            }
            let group = #"{"camera":{"model":"B"},"width":9,"height":8,"defects":"#
            let old = try folder.addFile("old", Data(list(group + #"[{"row":3,"column":3}]}"#).utf8))
            let new = try folder.addFile("new", Data(list(group + "null}").utf8))
            let report = try DefectComparison().run(
                old: DefectMapInput(FilePath(old.path)), new: DefectMapInput(FilePath(new.path)))
            #expect(!report.isUnchanged)
            #expect(report.groups.map { $0.count(.unchanged) } == [1])
            #expect(report.notCompared.map(\.camera.model) == ["B"])
            #expect(report.notCompared.map(\.list) == [.old])
            #expect(report.text.contains("Not compared: 1 entry of B, 9 x 8 in the old list"))
        }
    }

    /// Two lists that both say nothing may be of one frame; one that says and one that does not may not.
    @Test func listsOfUnknownFramesAreComparedWithEachOtherOnly() throws {
        try withTemporaryFolder { folder in
            func input(_ name: String, _ text: String) throws -> DefectMapInput {
                DefectMapInput(FilePath(try folder.addFile(name, Data(text.utf8)).path))
            }
            let old = try input("old.txt", "Col 7 5 5\nCol 9\n")
            let new = try input("new.txt", "Col 7 5 5\nCol 8 3 3\nCol 9\n")
            let report = try DefectComparison().run(old: old, new: new)
            #expect(report.groups.map(\.width) == [nil])
            // By row: the whole column, the new pixel, the old one.
            #expect(report.groups[0].defects.map(\.change) == [.unchanged, .new, .unchanged])
            let told = try input("told", "# frame 64 x 48, offset 0,0\n7 5 0\n")
            #expect(throws: FastPixError.self) { try DefectComparison().run(old: told, new: new) }
            var placed = new
            (placed.size, placed.offset) = (FrameSize(width: 64, height: 48), FrameOffset())
            #expect(try DefectComparison().run(old: told, new: placed).groups[0].count(.new) == 2)
        }
    }
}
