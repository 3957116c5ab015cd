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
            for bomb in HostileJPEG.emptyScans {
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
