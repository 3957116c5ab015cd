import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixDiscovery

/// Lists of photos, and which of all photos are taken.
struct PhotoSelectionTests {
    private static let beginning = Data([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46])

    /// Files that begin like photos.
    private static func add(_ names: [String], to folder: URL) throws {
        for name in names {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try beginning.write(to: file)
        }
    }

    private static func names(_ found: PhotoDiscovery, in folder: URL) -> [String] {
        found.files.map { String($0.string.dropFirst(folder.path.count + 1)) }
    }

    private static func find(
        _ folder: URL, lists: [PhotoList] = [], _ selection: PhotoSelection
    ) throws -> PhotoDiscovery {
        try PhotoDiscovery(
            PhotoSource(
                paths: lists.isEmpty ? [FilePath(folder.path)] : [], lists: lists, recursive: true, selection: selection
            ))
    }

    // MARK: Shards

    /// Against `xxhsum -H2`, whose last digits for these names are ...78af5f94892f3950 and ...6001c324468d497f.
    @Test func theRuleIsTheOneThatIsWritten() throws {
        for (name, hash) in [("abc", 0x78af_5f94_892f_3950), ("", 0x6001_c324_468d_497f)] as [(String, UInt64)] {
            for count in [1, 2, 3, 7, 1000, 1_000_000_007] {
                let number = Int(hash % UInt64(count)) + 1
                let isHeld = name.utf8.withContiguousStorageIfAvailable { bytes in
                    Shard(number: number, of: count)?.holds(UnsafeRawBufferPointer(bytes))
                }
                #expect(isHeld == true)
            }
        }
    }

    @Test func everyPhotoIsInOneShardWhereverItLies() throws {
        try withTemporaryFolder { folder in
            let all = (0..<200).map { "IMG_\($0).jpg" }
            try Self.add(all.map { "here/\($0)" } + all.map { "there/year/\($0)" }, to: folder)
            let list = folder.appendingPathComponent("list")
            try Data(all.reversed().map { "\(folder.path)/here/\($0)\n" }.joined().utf8).write(to: list)
            var seen: [String] = []
            for number in 1...4 {
                let selection = PhotoSelection(shard: Shard(number: number, of: 4))
                let here = try Self.find(folder.appendingPathComponent("here"), selection)
                let names = here.files.map { $0.lastComponent!.string }
                // A fair part.
                #expect((30...70).contains(names.count))
                #expect(here.unselected == 200 - names.count)
                let there = try Self.find(folder.appendingPathComponent("there"), selection)
                #expect(there.files.map { $0.lastComponent!.string } == names)
                let listed = try Self.find(folder, lists: [PhotoList(FilePath(list.path))], selection)
                #expect(listed.files == here.files)
                let named = try PhotoDiscovery(PhotoSource(paths: here.files, selection: selection))
                #expect(named.files == here.files)
                seen += names
            }
            #expect(seen.sorted() == all.sorted())
        }
    }

    @Test(arguments: [
        "", "1", "/", "0/4", "5/4", "-1/4", "1/0", "1/4/2", "+1/4", " 1/4", "1/x", "1/99999999999999999999",
    ])
    func whatIsNoShardIsRefused(_ text: String) { #expect(Shard(text) == nil) }

    // MARK: Patterns and times

    @Test(
        arguments: [
            ([], [], ["a.jpg", "b.JPG", "thumbs/a.jpg", "year/a.jpg", "year/c.png"]),
            (["*.jpg"], [], ["a.jpg", "thumbs/a.jpg", "year/a.jpg"]),
            (["*.jpg", "*.JPG"], ["thumbs"], ["a.jpg", "b.JPG", "year/a.jpg"]),
            ([], ["a.*"], ["b.JPG", "year/c.png"]),
            ([], ["*/year/a*", "*/thumbs/*"], ["a.jpg", "b.JPG", "year/c.png"]),
            (["*/year/*"], [], ["year/a.jpg", "year/c.png"]),
            (["?.[jJ]*", "[c]*"], ["*r/?.jpg"], ["a.jpg", "b.JPG", "thumbs/a.jpg", "year/c.png"]),
        ] as [([FilePath], [FilePath], [String])])
    func patternsSelect(_ include: [FilePath], _ exclude: [FilePath], _ expected: [String]) throws {
        try withTemporaryFolder { folder in
            try Self.add(["a.jpg", "b.JPG", "year/a.jpg", "year/c.png", "thumbs/a.jpg"], to: folder)
            let found = try Self.find(folder, PhotoSelection(include: include, exclude: exclude))
            #expect(Self.names(found, in: folder).sorted() == expected.sorted())
        }
    }

    @Test func timesSelect() throws {
        try withTemporaryFolder { folder in
            try Self.add(["1.jpg", "2.jpg", "3.jpg"], to: folder)
            for number in 1...3 {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000 + Double(number))],
                    ofItemAtPath: folder.appendingPathComponent("\(number).jpg").path)
            }
            let second = try #require(FileTime(of: FilePath(folder.appendingPathComponent("2.jpg").path)))
            #expect(second == FileTime(seconds: 1_700_000_002))
            let found = try Self.find(folder, PhotoSelection(newerThan: second))
            #expect(Self.names(found, in: folder) == ["3.jpg"])
            #expect(found.unselected == 2)
        }
    }

    @Test(
        arguments: [
            ("1970-01-02", 86400), ("2023-11-14T22:13:20Z", 1_700_000_000), ("2023-11-14 22:13:20", 1_700_000_000),
            ("2023-11-15T00:13:20+02:00", 1_700_000_000), ("2023-11-14T16:43:20-0530", 1_700_000_000),
            ("2023-11-14T22:13", 1_699_999_980), ("2024-02-29", 1_709_164_800),
            ("2023-02-29", nil), ("2023-13-01", nil), ("2023-1-1", nil), ("2023-01-01T24:00", nil), ("yesterday", nil),
            ("2023-01-01x", nil), ("2023-01-01T00:00:00+2", nil), ("", nil),
        ] as [(String, Int?)])
    func datesAreRead(_ text: String, _ seconds: Int?) {
        #expect(FileTime(date: text) == seconds.map { FileTime(seconds: $0) })
    }

    // MARK: Lists

    private static func listed(_ bytes: [UInt8], null: Bool = false) throws -> [String] {
        var names: [String] = []
        try withTemporaryFolder { folder in
            let file = try folder.addFile("list", Data(bytes))
            try PhotoList(FilePath(file.path), isNullSeparated: null).readNames { names.append(String(cString: $0)) }
        }
        return names
    }

    @Test func listsAreReadWhateverTheirLength() throws {
        #expect(try Self.listed([]) == [])
        #expect(try Self.listed(Array("a\n\nb c\n/d".utf8)) == ["a", "b c", "/d"])
        #expect(try Self.listed(Array("a\0b\nc\0\0".utf8), null: true) == ["a", "b\nc"])
        // Across many pieces, with names of all lengths.
        let names = (1...3000).map { String(repeating: "x", count: $0 % 700 + 1) + "\($0)" }
        #expect(try Self.listed(Array(names.joined(separator: "\n").utf8)) == names)
        let longest = String(repeating: "x", count: PhotoList.longestName)
        #expect(try Self.listed(Array("a\n\(longest)\nb\n".utf8)) == ["a", longest, "b"])
    }

    /// Windows programs put a mark in front of UTF-8; in front of a name that is not the first it belongs to the name.
    @Test func aMarkOfUTF8IsNoPartOfTheFirstName() throws {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        #expect(try Self.listed(mark + Array("a.jpg\r\nb.jpg\r\n".utf8)) == ["a.jpg", "b.jpg"])
        #expect(try Self.listed(mark + Array("a.jpg".utf8)) == ["a.jpg"])
        #expect(try Self.listed(mark) == [])
        #expect(try Self.listed(mark + Array("\r\na\n".utf8)) == ["a"])
        #expect(try Self.listed(Array("a\n".utf8) + mark + Array("b\n".utf8)) == ["a", "\u{feff}b"])
        #expect(try Self.listed(mark + Array("a\0b\0".utf8), null: true) == ["\u{feff}a", "b"])
        try withTemporaryFolder { folder in
            let photo = try folder.addFile("a.jpg", Data([1]))
            let list = try folder.addFile("list", Data(mark + Array("\(photo.path)\n".utf8)))
            let found = try PhotoDiscovery(PhotoSource(paths: [], lists: [PhotoList(FilePath(list.path))]))
            #expect(found.files == [FilePath(photo.path)] && found.skipped.isEmpty)
        }
    }

    @Test func whatIsNoListIsRefused() throws {
        #expect(throws: FastPixError.self) { try Self.listed(Array("a\0b\0".utf8)) }
        #expect(throws: FastPixError.self) { try Self.listed([UInt8](repeating: 65, count: 300_000)) }
        #expect(throws: FastPixError.self) { try Self.listed([UInt8](repeating: 10, count: 300_000), null: true) }
        #expect(throws: FastPixError.self) { try PhotoList("/no/such/list").readNames { _ in } }
        try withTemporaryFolder { folder in
            _ = #expect(throws: FastPixError.self) { try PhotoList(FilePath(folder.path)).readNames { _ in } }
        }
    }

    /// Each shard names what is missing of its own part, and nothing is named twice.
    @Test func whatAListNamesInVainIsNamed() throws {
        try withTemporaryFolder { folder in
            try Self.add(["a.jpg", "folder/b.jpg"], to: folder)
            let names = ["a.jpg", "gone.jpg", "folder", "a.jpg"].map { "\(folder.path)/\($0)\n" }
            let list = try folder.addFile("list", Data(names.joined().utf8))
            var files: [String] = []
            var skipped: [String] = []
            for number in 1...3 {
                let found = try Self.find(
                    folder, lists: [PhotoList(FilePath(list.path))],
                    PhotoSelection(shard: Shard(number: number, of: 3)))
                files += Self.names(found, in: folder)
                skipped += found.skipped.map { String($0.path.string.dropFirst(folder.path.count + 1)) }
                #expect(found.repeatedPaths == (found.files.isEmpty ? 0 : 1))
            }
            #expect(files == ["a.jpg"])
            #expect(skipped.sorted() == ["folder", "gone.jpg"])
        }
    }
}
