import Foundation
import TestSupport
import Testing

/// `--memory-limit`: the same result in less memory, or a sentence that says how much it takes.
@Suite(.disabled(if: Sanitizer.isAddress, "the memory that the sanitizer takes is no part of the promise"))
struct MemoryLimitTests {
    private struct Memory: Decodable {
        struct Settings: Decodable {
            let memoryLimitBytes: Int
        }
        let peakMemoryBytes: Int
        let temporaryFileBytes: Int
        let settings: Settings
    }

    private static let example = ["hotpixels", Repository.examplePhotos.path, "--quiet"]

    /// From memory that is plenty down to where nothing goes any more, everything that is written.
    @Test(arguments: [
        [], ["--history"], ["--no-defects", "--accumulator", "welford"], ["--channels", "luma"],
        ["--workers", "5", "--batch", "40"], ["--checkpoint", "out/run.state"],
    ])
    func everyLimitGivesTheSameResult(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            let sums = options.contains("welford") ? [] : ["--save-sums", "out"]
            let outputs = ["--save-maps", "out", "--variance-map", "out/map.png"] + sums
            let arguments = Self.example + ["--format", "json"] + options + outputs
            func run(_ limit: String) throws -> (run: CommandRun, files: [String: Data]) {
                let out = try folder.addFolder("out")
                defer { try? FileManager.default.removeItem(at: out) }
                let run = try CommandRun.fastpix(arguments + ["--memory-limit", limit], in: folder)
                let files = try out.entries().map { ($0, try Data(contentsOf: out.appendingPathComponent($0))) }
                return (run, Dictionary(uniqueKeysWithValues: files))
            }
            let plenty = try run("4G")
            #expect(plenty.run.exitCode == 0)
            let expected = try JSONDecoder().decode(HotPixelsResult.self, from: plenty.run.stdoutBytes)
            let memory = try JSONDecoder().decode(Memory.self, from: plenty.run.stdoutBytes)
            #expect(memory.temporaryFileBytes == 0 && memory.settings.memoryLimitBytes == 4 << 30)
            var filesUsed = 0
            var refused = 0
            for limit in stride(from: 82, to: 40, by: LongTests.areWanted ? -4 : -8) {
                let less = try run("\(limit)MiB")
                if less.run.exitCode != 0 {
                    refused += 1
                    #expect(less.run.exitCode == 1)
                    #expect(less.run.stderr.contains("and the memory limit is \(limit) MiB; raise the limit"))
                    continue
                }
                #expect(refused == 0, "less is enough, more is not")
                let result = try JSONDecoder().decode(HotPixelsResult.self, from: less.run.stdoutBytes)
                #expect(result.groups == expected.groups)
                #expect(less.files == plenty.files)
                let memory = try JSONDecoder().decode(Memory.self, from: less.run.stdoutBytes)
                #expect(memory.peakMemoryBytes <= limit << 20)
                filesUsed += memory.temporaryFileBytes > 0 ? 1 : 0
            }
            #expect(filesUsed > 0)
        }
    }

    /// 30 megapixels of 16 bits: 360 MB of moments alone in 256 MiB.
    @Test func framesLargerThanTheMemoryAreAnalysed() throws {
        try withTemporaryFolder { folder in
            try Self.addSixteenBitPhotos(2, width: 6000, height: 5000, to: folder)
            // A map needs the whole frame.
            let arguments = [
                "hotpixels", ".", "--minimum-frames", "2", "--format", "json", "--variance-map", "map.png",
            ]
            let run = try CommandRun.fastpix(arguments + ["--memory-limit", "256M"], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            #expect(
                run.stderr.contains(
                    "the accumulators did not fit the memory limit of 256 MiB and lay in a temporary file of "))
            let memory = try JSONDecoder().decode(Memory.self, from: run.stdoutBytes)
            #expect(memory.peakMemoryBytes <= 256 << 20, "\(memory.peakMemoryBytes)")
        }
    }

    /// What lies in a file is memory, too, until it is let go of: of the least that the program takes there is no more of it.
    @Test(arguments: [
        ["--no-defects", "--save-maps", "out"], ["--no-defects", "--variance-map", "map.png"],
        ["--variance-map", "map.png"],
    ])
    func theLowestLimitHolds(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            try Self.addSixteenBitPhotos(4, width: 4000, height: 3000, to: folder)
            let arguments = ["hotpixels", ".", "--minimum-frames", "4", "--format", "json", "--quiet"] + options
            for limit in stride(from: 48, through: 160, by: 8) {
                let run = try CommandRun.fastpix(arguments + ["--memory-limit", "\(limit)M"], in: folder)
                guard run.exitCode == 0 else { continue }
                let memory = try JSONDecoder().decode(Memory.self, from: run.stdoutBytes)
                #expect(memory.temporaryFileBytes > 0)
                #expect(memory.peakMemoryBytes <= limit << 20, "\(memory.peakMemoryBytes) of \(limit) MiB")
                return
            }
            Issue.record("no limit is enough")
        }
    }

    /// Without maps the moments of some rows are enough, and no file is needed for the others.
    @Test func framesLargerThanTheMemoryNeedNoFileWithoutMaps() throws {
        try withTemporaryFolder { folder in
            try Self.addSixteenBitPhotos(12, width: 2000, height: 1500, to: folder)
            let arguments = ["hotpixels", ".", "--format", "json", "--workers", "2", "--memory-limit"]
            let plenty = try CommandRun.fastpix(arguments + ["4G", "--variance-map", "map.png"], in: folder)
            let less = try CommandRun.fastpix(arguments + ["120M"], in: folder)
            #expect(plenty.exitCode == 0 && less.exitCode == 0, "\(less.stderr)")
            #expect(try less.hotPixels().groups == plenty.hotPixels().groups)
            let memory = try JSONDecoder().decode(Memory.self, from: less.stdoutBytes)
            #expect(memory.temporaryFileBytes == 0)
            #expect(memory.peakMemoryBytes <= 120 << 20, "\(memory.peakMemoryBytes)")
        }
    }

    /// An interlaced photo has no first row before its last byte; the others do without it.
    @Test func aPhotoTooLargeToUnpackIsNamedAlone() throws {
        try withTemporaryFolder { folder in
            try Self.addSixteenBitPhotos(2, width: 6000, height: 5000, to: folder)
            try Self.addSixteenBitPhotos(1, width: 6000, height: 5000, isInterlaced: true, named: "whole", to: folder)
            let arguments = ["hotpixels", ".", "--minimum-frames", "2", "--no-defects", "--format", "json", "--quiet"]
            let run = try CommandRun.fastpix(arguments + ["--memory-limit", "128M"], in: folder)
            #expect(run.exitCode == 2)
            #expect(
                run.stderrLines == [
                    "fastpix: skipped ./whole-0.png: this photo has to be unpacked whole, which takes 172 MiB, more than "
                        + "the memory limit of 128 MiB leaves; raise the limit"
                ])
            let groups = try JSONDecoder().decode(HotPixelsResult.self, from: run.stdoutBytes).groups
            #expect(groups.map(\.frames) == [2])
        }
    }

    /// 100 megapixels of three 16-bit channels in a control group of 512 MiB, or as near to that as this system goes.
    @Test(.enabled(if: LongTests.areWanted, "takes a minute and 4 GB of disk"))
    func aHundredMegapixelsFitHalfAGibibyte() throws {
        try withTemporaryFolder { folder in
            try Self.addSixteenBitPhotos(12, width: 11_600, height: 8_700, to: folder)
            let arguments = ["hotpixels", ".", "--format", "json"]
            let limit = 512 << 20
            let group = "/sys/fs/cgroup/memory/fastpix-test-\(getpid())"
            let isGroup =
                mkdir(group, 0o755) == 0
                && (try? "\(limit)".write(toFile: "\(group)/memory.limit_in_bytes", atomically: false, encoding: .utf8))
                    != nil
            defer { rmdir(group) }
            let run =
                isGroup
                ? try CommandRun.shell("echo $$ >\(group)/cgroup.procs && exec \"$0\" \"$@\"", arguments, in: folder)
                : try CommandRun.fastpix(arguments + ["--memory-limit", "\(limit)"], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            let memory = try JSONDecoder().decode(Memory.self, from: run.stdoutBytes)
            #expect(memory.peakMemoryBytes <= limit)
            #expect(memory.temporaryFileBytes == 11_600 * 8_700 * 3 * 12)
            #expect(memory.settings.memoryLimitBytes == (isGroup ? limit / 4 * 3 : limit))
        }
    }

    /// Black ones: a megabyte or so for each hundred megapixels.
    private static func addSixteenBitPhotos(
        _ count: Int, width: Int, height: Int, isInterlaced: Bool = false, named name: String = "photo", to folder: URL
    ) throws {
        var png = HostilePNG()
        png.chunk(
            "IHDR",
            HostilePNG.word(UInt32(width)) + HostilePNG.word(UInt32(height)) + [16, 2, 0, 0, isInterlaced ? 1 : 0])
        png.chunk("IDAT", HostilePNG.zeroes((width * 6 + 1) * height))
        png.chunk("IEND", [])
        // Other bytes behind the picture: copies of a file count once.
        for number in 0..<count {
            try folder.addFile("\(name)-\(number).png", Data(png.bytes + Array("\(name) \(number)".utf8)))
        }
    }

    @Test func statesAreMergedWithinTheLimit() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(24)
            for (name, part) in [("first.state", photos.prefix(11)), ("second.state", photos.dropFirst(11))] {
                let run = try CommandRun.fastpix(
                    ["hotpixels", "--minimum-frames", "1", "--quiet", "--checkpoint", name]
                        + part.map(\.path), in: folder)
                #expect(run.exitCode == 0)
            }
            let arguments = ["merge", "first.state", "second.state", "--defects", "--format", "json", "--quiet"]
            func merge(_ limit: String, _ state: String) throws -> (HotPixelsResult, Memory, Data) {
                let run = try CommandRun.fastpix(
                    arguments + ["--memory-limit", limit, "--save-state", state], in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
                return (
                    try JSONDecoder().decode(HotPixelsResult.self, from: run.stdoutBytes),
                    try JSONDecoder().decode(Memory.self, from: run.stdoutBytes),
                    try Data(contentsOf: folder.appendingPathComponent(state))
                )
            }
            let plenty = try merge("1G", "plenty.state")
            let little = try merge("56M", "little.state")
            let refused = try CommandRun.fastpix(arguments + ["--memory-limit", "44M"], in: folder)
            #expect(refused.exitCode == 1)
            #expect(refused.stderr.contains("raise --memory-limit"))
            #expect(plenty.1.temporaryFileBytes == 0 && little.1.temporaryFileBytes == 0)
            #expect(plenty.0.groups == little.0.groups)
            #expect(plenty.2 == little.2)
        }
    }

    // MARK: Where the file goes

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/shm"), "Linux only"))
    func aFolderInMemoryIsNoPlace() throws {
        let run = try Self.runIn(temporaryFolder: "/dev/shm")
        #expect(run.exitCode == 1)
        #expect(run.stderr.contains("/dev/shm: this folder for temporary files is itself in memory"), "\(run.stderr)")
    }

    @Test func aMissingFolderIsNamed() throws {
        let run = try Self.runIn(temporaryFolder: "/no/such/folder")
        #expect(run.exitCode == 1)
        #expect(run.stderr.contains("/no/such/folder: no temporary file can be made here for the accumulators"))
        #expect(run.stderr.contains("No such file or directory"))
    }

    @Test func theFileIsGoneAfterwards() throws {
        try withTemporaryFolder { folder in
            let run = try Self.runIn(temporaryFolder: folder.path)
            #expect(run.exitCode == 0)
            #expect(run.stderr.contains("lay in a temporary file"))
            #expect(try folder.entries() == [])
        }
    }

    private static func runIn(temporaryFolder: String) throws -> CommandRun {
        try CommandRun.shell(
            "TMPDIR=\(temporaryFolder) exec \"$0\" \"$@\"",
            ["hotpixels", Repository.examplePhotos.path, "--no-defects", "--memory-limit", "47M"])
    }

    // MARK: Sizes

    @Test(arguments: [
        ("512M", 512 << 20), ("512MiB", 512 << 20), ("512mb", 512_000_000), ("1.5G", 3 << 29), ("2t", 2 << 40),
        ("100000k", 102_400_000), ("99000000", 99_000_000),
    ])
    func sizesAreUnderstood(_ size: String, _ byteCount: Int) throws {
        let run = try CommandRun.fastpix(
            [
                "hotpixels", Repository.fixture("sixteen-bit").path, "--no-defects", "--quiet", "--format", "json",
                "--memory-limit", size,
            ])
        #expect(run.exitCode == 0)
        #expect(try JSONDecoder().decode(Memory.self, from: run.stdoutBytes).settings.memoryLimitBytes == byteCount)
    }

    @Test(arguments: ["", "0", "M", "-5M", "5X", "12 M", "1e9", "512MBB", "99999999999999999999G", "40M"])
    func otherSizesAreRefused(_ size: String) throws {
        let run = try CommandRun.fastpix(["hotpixels", "photos", "--memory-limit=\(size)"])
        #expect(run.exitCode == 64)
        #expect(run.stdout == "")
        #expect(run.stderr.contains("memory"))
    }
}
