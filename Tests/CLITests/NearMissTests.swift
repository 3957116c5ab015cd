import Foundation
import TestSupport
import Testing

/// Words that are nearly right, or another program's, are answered with the one that works.
struct NearMissTests {
    @Test(arguments: [
        (["hotpixel", "x"], "Did you mean 'hotpixels'?"), (["stat"], "Did you mean 'stats'?"),
        (["repiar"], "Did you mean 'repair'?"), (["addweight"], "Did you mean 'addweighted'?"),
        (["schema", "hotpixel"], "Did you mean 'hotpixels'?"),
        (["hotpixels", "x", "--jobs", "3"], "Did you mean '--workers'?"),
        (["hotpixels", "x", "--threads=3"], "Did you mean '--workers'?"),
        (["stats", "x", "--out", "y"], "Did you mean '--output'?"),
        (["hotpixels", "x", "--force"], "Did you mean '--overwrite'?"),
        (["hotpixels", "x", "--varience-map", "y"], "--variance-map"),
        (["-q", "hotpixels", "x"], "Options come after the command: fastpix hotpixels -q"),
        (["help", "hotpixel"], "Did you mean 'hotpixels'?"), (["hotpixels", "x", "--wrokers", "2"], "--workers"),
        (["hotpixels", "x", "--min-frames", "2"], "Did you mean '--minimum-frames'?"),
        (["hotpixels", "x", "--shard", "5/4"], "a shard is I/N with I from 1 to N"),
        (["hotpixels", "x", "--hlep"], "Did you mean '--help'?"),
        (["stats", "--wrokers"], "Did you mean '--workers'?"),
        (["repair", "--mpa", "x"], "Did you mean '--map'?"), (["--vresion"], "Did you mean '--version'?"),
        (["blend", "x"], "Did you mean 'addweighted'?"), (["hotpixels", "--confirm", "full"], "Name a photo"),
        (["hotpixels"], "Name a photo"), (["repair", "x"], "Missing expected argument '--output"),
        (["stats", "x", "--ignore", "y"], "Did you mean '--exclude'?"), (["stats", "x", "--shards", "1/2"], "--shard"),
    ])
    func suggestions(_ arguments: [String], _ words: String) throws {
        let run = try CommandRun.fastpix(arguments)
        #expect(run.exitCode == 64)
        #expect(run.stdout == "")
        #expect(run.stderr.hasPrefix("Error: "))
        #expect(run.stderr.contains(words), "\(run.stderr)")
    }

    /// Values that have names, alone and in lists.
    @Test(arguments: [
        (["hotpixels", "x", "--frames", "scense"], "Did you mean 'scenes'?"),
        (["hotpixels", "x", "-f", "jsn"], "Did you mean 'json'?"),
        (["hotpixels", "x", "--classes", "stuck,hott"], "Did you mean 'hot'?"),
        (["hotpixels", "x", "--classes", "low-gian"], "Did you mean 'low-gain'?"),
        (["hotpixels", "x", "--group-by", "foldr"], "Did you mean 'folder'?"),
        (["hotpixels", "x", "--export", "a", "--export-format", "Sirl"], "Did you mean 'siril'?"),
        (["stats", "x", "--progress=jsom"], "Did you mean 'json'?"),
        (["addweighted", "x", "--blur", "3", "-o", "y", "--format", "pngg"], "Did you mean 'png'?"),
        (["compare", "x", "y", "--format", "json-lines"], "one of 'text', 'json' or 'jsonl'"),
        (["hotpixels", "x", "--classes", "cold"], "one of 'stuck', 'dead', 'hot', 'low-gain' or 'unstable'"),
    ])
    func values(_ arguments: [String], _ words: String) throws {
        let run = try CommandRun.fastpix(arguments)
        #expect(run.exitCode == 64)
        #expect(run.stderr.hasPrefix("Error: The value '"))
        #expect(run.stderr.contains(words), "\(run.stderr)")
        #expect(run.stderr.contains("Did you mean") == words.hasPrefix("Did you mean"), "\(run.stderr)")
    }

    /// A folder in the place of a command: what most people want with it.
    @Test func aFolderIsNoCommand() throws {
        let run = try CommandRun.fastpix([Photos.tiny.path])
        #expect(run.exitCode == 64)
        #expect(run.stderr.contains("fastpix hotpixels \(Photos.tiny.path)"))
    }

    @Test(arguments: ["hotpixels", "stats", "bench", "tune", "repair"])
    func commandsAlonePointToTheirOwnHelp(_ command: String) throws {
        let run = try CommandRun.fastpix([command])
        #expect(run.exitCode == 64)
        #expect(run.stderr.contains("fastpix \(command) --help") || run.stderr.contains("fastpix help \(command)"))
        if command != "repair" { #expect(run.stderr.contains("for example: fastpix \(command) my-photos/")) }
    }

    @Test(arguments: ["hotpixels", "stats"])
    func jIsWorkers(_ command: String) throws {
        for option in [["-j", "2"], ["-j2"]] {
            let run = try CommandRun.fastpix(
                [command, Repository.fixture("sixteen-bit").path, "-q", "--format", "json"] + option)
            #expect(run.exitCode == 0)
            #expect(run.stdout.contains("\"workers\" : 2"))
        }
    }

    /// Usage lines, help and tables: terminals and mails have eighty columns.
    @Test(arguments: [
        "hotpixels", "merge", "compare", "repair", "addweighted", "stats", "bench", "tune", "info", "show", "schema",
        "",
    ])
    func helpFitsEightyColumns(_ command: String) throws {
        let run = try CommandRun.fastpix(command.isEmpty ? ["--help"] : [command, "--help"])
        #expect(run.exitCode == 0)
        for line in run.stdout.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test func tablesOfSixteenBitsFitEightyColumns() throws {
        for command in ["hotpixels", "stats"] {
            let run = try CommandRun.fastpix([command, Repository.fixture("sixteen-bit").path, "-q"])
            #expect(run.exitCode == 0)
            let lines = run.stdout.split(separator: "\n").filter { $0.hasPrefix("  ") }
            #expect(!lines.isEmpty)
            for line in lines { #expect(line.count <= 80, "\(line)") }
        }
    }
}
