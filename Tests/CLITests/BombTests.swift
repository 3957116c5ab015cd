import Foundation
import TestSupport
import Testing

/// Small files that unpack to, or claim, far more than they are: the whole program stays small.
struct BombTests {
    /// Some megabytes more than an ordinary run of small photos takes.
    private static let mostMemory = 64 << 20

    private struct Peak: Decodable {
        let peakMemoryBytes: Int
    }

    private static func run(_ png: HostilePNG, in folder: URL) throws -> CommandRun {
        try folder.addFile("bomb.png", Data(png.bytes))
        let run = try CommandRun.fastpix(
            ["hotpixels", "bomb.png", "--minimum-frames", "1", "--quiet", "--format", "json"], in: folder)
        let peak = try JSONDecoder().decode(Peak.self, from: run.stdoutBytes).peakMemoryBytes
        #expect(peak > 0 && (peak < mostMemory || Sanitizer.isAddress), "\(peak) bytes")
        return run
    }

    /// 100 MB of zeroes in 100 KB, in every chunk that may be compressed.
    @Test(arguments: ["zTXt", "iTXt", "iCCP", "IDAT"])
    func compressedChunksDoNotExplode(_ type: String) throws {
        try withTemporaryFolder { folder in
            let zeroes = HostilePNG.zeroes(100_000_000)
            var png = HostilePNG(width: 16, height: 16)
            switch type {
            case "zTXt", "iCCP": png.chunk(type, Array("name".utf8) + [0, 0] + zeroes)
            case "iTXt": png.chunk(type, Array("name".utf8) + [0, 1, 0, 0, 0] + zeroes)
            default: png.chunk(type, zeroes)
            }
            if type == "IDAT" { png.chunk("IEND", []) } else { png.finish(width: 16, height: 16) }
            // Side chunks are left out; picture data that does not end is damage.
            let run = try Self.run(png, in: folder)
            #expect(run.exitCode == (type == "IDAT" ? 1 : 0))
        }
    }

    /// A chunk may claim 2 GB; no room is made for them before they are there.
    @Test(arguments: ["tEXt", "zTXt", "iTXt", "iCCP", "eXIf", "IDAT", "PLTE", "sPLT", "tRNS", "none"])
    func hugeChunkLengthsAreRefused(_ type: String) throws {
        try withTemporaryFolder { folder in
            var png = HostilePNG(width: 16, height: 16)
            png.append(HostilePNG.word(0x7fff_ffff) + Array(type.utf8) + [1, 2, 3])
            let run = try Self.run(png, in: folder)
            #expect(run.exitCode == 1)
        }
    }

    /// Arithmetic decoders make up zeros where data end: a hundred bytes were 484 megapixels, unpacked 478 times over.
    @Test(arguments: ["stats", "hotpixels", "addweighted", "repair"])
    func scansThatNoByteHasPaidForAreRefused(_ command: String) throws {
        try withTemporaryFolder { folder in
            try folder.addFile("map.csv", Data("width,height,row,column\n22000,22000,3,3\n".utf8))
            let arguments =
                switch command {
                case "stats": ["stats", "bomb.jpg", "--verify", "--format", "json"]
                case "hotpixels": ["hotpixels", "bomb.jpg", "--minimum-frames", "1", "--format", "json"]
                case "addweighted":
                    ["addweighted", "bomb.jpg", "--blur", "3", "-o", "out.jpg", "--summary", "json"]
                default: ["repair", "bomb.jpg", "--map", "map.csv", "-o", "out", "--format", "json"]
                }
            for bomb in HostileJPEG.emptyScans + HostileJPEG.scansBesideOtherBytes {
                try folder.addFile("bomb.jpg", Data(bomb.bytes))
                // Of processor time, so that a busy machine makes no difference.
                let run = try CommandRun.shell("ulimit -t 60; exec \"$0\" \"$@\"", arguments, in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stderr.contains("which no photo does") || run.stderr.contains("has no data"))
                let peak = try JSONDecoder().decode(Peak.self, from: run.stdoutBytes).peakMemoryBytes
                // The program, 32 MiB for the coefficients of the 262,144 blocks that are not asked to be paid for, and as
                // much to spare (measured: 61 to 65 MiB).
                #expect(peak > 0 && (peak < 96 << 20 || Sanitizer.isAddress), "\(peak) bytes")
            }
        }
    }

    /// A DNG of a kilobyte that claims 400 megapixels was 7.9 GB of zeros.
    @Test(arguments: ["stats", "hotpixels"])
    func picturesThatADNGCannotHoldAreRefused(_ command: String) throws {
        try withTemporaryFolder { folder in
            var bomb = LosslessDNG(width: 44, height: 36)
            (bomb.width, bomb.height) = (20_000, 20_000)
            try folder.addFile("bomb.dng", Data(bomb.bytes))
            let options = command == "stats" ? ["--verify"] : ["--minimum-frames", "1"]
            let run = try CommandRun.fastpix([command, "bomb.dng", "--format", "json"] + options, in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("cannot hold its 20000 x 20000 pixels"))
            let peak = try JSONDecoder().decode(Peak.self, from: run.stdoutBytes).peakMemoryBytes
            #expect(peak > 0 && (peak < Self.mostMemory || Sanitizer.isAddress), "\(peak) bytes")
        }
    }

    private static let commands: [(name: String, arguments: [String])] = [
        ("stats", ["stats", "bomb.png", "--format", "json"]),
        ("stats --verify", ["stats", "bomb.png", "--verify", "--format", "json"]),
        ("hotpixels", ["hotpixels", "bomb.png", "--minimum-frames", "1", "--quiet", "--format", "json"]),
        ("addweighted", ["addweighted", "bomb.png", "--blur", "3", "-o", "out.png", "--summary", "json"]),
        ("repair", ["repair", "bomb.png", "--map", "map.csv", "-o", "out", "--format", "json"]),
    ]

    /// A row of 16-bit red, green, blue and alpha.
    private static func wideRow(_ width: UInt32, interlaced: Bool) -> HostilePNG {
        var png = HostilePNG()
        png.chunk("IHDR", HostilePNG.word(width) + HostilePNG.word(1) + [16, 6, 0, 0, interlaced ? 1 : 0])
        return png
    }

    /// A row of gigabytes that the file cannot hold is refused by its header.
    @Test(arguments: [false, true])
    func rowsThatTheFileCannotHoldAreNotMadeRoomFor(_ interlaced: Bool) throws {
        try withTemporaryFolder { folder in
            var png = Self.wideRow(400_000_000, interlaced: interlaced)
            png.chunk("IDAT", HostilePNG.zeroes(1))
            png.chunk("IEND", [])
            try folder.addFile("bomb.png", Data(png.bytes))
            try folder.addFile("map.csv", Data("width,height,row,column\n400000000,1,0,3\n".utf8))
            for command in Self.commands {
                let run = try CommandRun.fastpix(command.arguments, in: folder)
                #expect(run.exitCode == 1, "\(command.name)")
                #expect(run.stderr.contains("cannot hold 400000000 x 1 pixels"), "\(command.name): \(run.stderr)")
                let peak = try JSONDecoder().decode(Peak.self, from: run.stdoutBytes).peakMemoryBytes
                #expect(peak > 0 && (peak < Self.mostMemory || Sanitizer.isAddress), "\(command.name): \(peak) bytes")
            }
            let plan = try CommandRun.fastpix(["hotpixels", "bomb.png", "--dry-run"], in: folder)
            #expect(plan.stdout.contains("cannot hold") || plan.stderr.contains("cannot hold"))
        }
    }

    /// A row of 800 MB that its file does hold: headers cost no row, and what decoding takes is above a limit before it is
    /// taken.
    @Test(arguments: [false, true])
    func wideRowsAreCountedBeforeTheyAreMadeRoomFor(_ interlaced: Bool) throws {
        try withTemporaryFolder { folder in
            let width = 100_000_000
            var png = Self.wideRow(UInt32(width), interlaced: interlaced)
            // Of one row all is in the first, second, fourth and sixth pass.
            png.chunk("IDAT", HostilePNG.zeroes(8 * width + (interlaced ? 4 : 1)))
            png.chunk("IEND", [])
            try folder.addFile("bomb.png", Data(png.bytes))
            try folder.addFile("map.csv", Data("width,height,row,column\n\(width),1,0,3\n".utf8))
            for command in Self.commands {
                let isHeaderOnly = command.name == "stats"
                let run = try CommandRun.fastpix(
                    command.arguments + (isHeaderOnly ? [] : ["--memory-limit", "256M"]), in: folder)
                #expect(run.exitCode == (isHeaderOnly ? 0 : 1), "\(command.name): \(run.stderr)")
                #expect(isHeaderOnly || run.stderr.contains("memory limit") || run.stderr.contains("can be blended"))
                let peak = try JSONDecoder().decode(Peak.self, from: run.stdoutBytes).peakMemoryBytes
                #expect(peak > 0 && (peak < Self.mostMemory || Sanitizer.isAddress), "\(command.name): \(peak) bytes")
            }
        }
    }

    /// 484 megapixels of one bit become as many bytes where they are interlaced: above a limit they are not unpacked.
    @Test func interlacedBitsAreCountedAsTheBytesTheyBecome() throws {
        try withTemporaryFolder { folder in
            let side = 22_000
            var png = HostilePNG()
            png.chunk("IHDR", HostilePNG.word(UInt32(side)) + HostilePNG.word(UInt32(side)) + [1, 0, 0, 0, 1])
            let passes = [
                (8, 8, 0, 0), (8, 8, 4, 0), (4, 8, 0, 4), (4, 4, 2, 0), (2, 4, 0, 2), (2, 2, 1, 0), (1, 2, 0, 1),
            ]
            let byteCount = passes.reduce(0) { sum, pass in
                let columns = (side - pass.2 + pass.0 - 1) / pass.0
                let rows = (side - pass.3 + pass.1 - 1) / pass.1
                return sum + rows * ((columns + 7) / 8 + 1)
            }
            png.chunk("IDAT", HostilePNG.zeroes(byteCount))
            png.chunk("IEND", [])
            try folder.addFile("bomb.png", Data(png.bytes))
            for command in Self.commands where command.name != "repair" && command.name != "stats" {
                let run = try CommandRun.fastpix(command.arguments + ["--memory-limit", "256M"], in: folder)
                #expect(run.exitCode == 1, "\(command.name)")
                #expect(run.stderr.contains("memory limit"), "\(command.name): \(run.stderr)")
                let peak = try JSONDecoder().decode(Peak.self, from: run.stdoutBytes).peakMemoryBytes
                #expect(peak > 0 && (peak < Self.mostMemory || Sanitizer.isAddress), "\(command.name): \(peak) bytes")
            }
        }
    }

    @Test func aHundredThousandChunksAreRead() throws {
        try withTemporaryFolder { folder in
            var png = HostilePNG(width: 16, height: 16)
            for number in 0..<100_000 { png.chunk("tEXt", Array("key\(number)".utf8) + [0, 65]) }
            png.finish(width: 16, height: 16)
            let run = try Self.run(png, in: folder)
            #expect(run.exitCode == 0)
        }
    }
}
