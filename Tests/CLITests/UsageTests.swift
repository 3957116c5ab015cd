import Foundation
import TestSupport
import Testing

/// The command line itself: help, version, and what happens when it is wrong.
struct UsageTests {
    @Test(arguments: [
        [], ["--workers", "0"], ["--workers", "many"], ["--tile", "0"], ["--batch", "0"], ["--format", "xml"],
        ["--top", "-1"], ["--top=-1"], ["--minimum-frames", "0"], ["--max-pixels", "-1"], ["--max-pixels=-1"],
        ["--accumulator", "float"], ["--no-such-option"], ["--output"],
        ["--save-sums", "sums", "--accumulator", "welford"], ["--sensitivity", "11"], ["--classes", "hot,cold"],
        ["--classes", ""], ["--confirm", "twice"],
        ["--no-defects", "--confirm", "full"], ["--no-defects", "--classes", "hot"], ["--no-defects", "--history"],
        ["--frames", "night"], ["--above", "-3"], ["--above=-3"], ["--above", "nan"],
    ])
    func wrongUsage(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            try Photos.add(1, to: folder)
            // Without options it is the path that is missing.
            let paths = options.isEmpty ? [] : ["photo-0.jpg"]
            let run = try CommandRun.fastpix(["hotpixels"] + paths + options, in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stdout == "")
            #expect(run.stderr.hasPrefix("Error: "))
            #expect(run.stderr.contains("Usage: fastpix hotpixels"))
            #expect(try folder.entries() == ["photo-0.jpg"])
        }
    }

    /// The sentence names what is wrong and what would be right.
    @Test(arguments: [
        ("--workers", "workers must be 1 to 512, not 0"), ("--batch", "the batch must be 1 to 1024 photos, not 0"),
        ("--minimum-frames", "the minimum of frames must be 1 or more, not 0"),
    ])
    func wrongNumbers(_ option: String, _ sentence: String) throws {
        let run = try CommandRun.fastpix(["hotpixels", ".", option, "0"])
        #expect(run.exitCode == 64)
        #expect(run.stdout == "")
        #expect(run.stderr.contains(sentence))
    }

    @Test func noPathIsAnsweredWithAnExample() throws {
        let run = try CommandRun.fastpix(["hotpixels"])
        #expect(run.exitCode == 64)
        #expect(run.stdout == "")
        #expect(run.stderr.contains("fastpix hotpixels my-photos/"))
    }

    @Test func unknownCommandsAreRefused() throws {
        let run = try CommandRun.fastpix(["coldpixels"])
        #expect(run.exitCode == 64)
        #expect(run.stdout == "")
        #expect(run.stderr.contains("coldpixels"))
    }

    @Test func versionIsThatOfTheReports() throws {
        let run = try CommandRun.fastpix(["--version"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        #expect(run.stdout.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
        let report = try CommandRun.fastpix(
            ["hotpixels", Photos.tiny.path, "--minimum-frames", "1", "--format", "json", "--quiet"])
        #expect(report.exitCode == 0)
        #expect(report.stdout.contains("\"version\" : \"\(run.stdout.dropLast())\""))
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], []])
    func helpTellsHowToBegin(_ arguments: [String]) throws {
        let run = try CommandRun.fastpix(arguments)
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        #expect(run.stdout.contains("fastpix hotpixels my-photos/"))
        #expect(run.stdout.contains("Exit codes: 0 all well, 2 some files failed"))
        #expect(run.stdout.contains("hotpixels"))
    }

    @Test(arguments: [["hotpixels", "--help"], ["help", "hotpixels"]])
    func helpNamesEveryOption(_ arguments: [String]) throws {
        let run = try CommandRun.fastpix(arguments)
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let options = [
            "-r, --recursive", "-f, --format", "-o, --output", "-q, --quiet", "--top", "--minimum-frames",
            "--max-pixels", "--accumulator", "--variance-map", "--save-maps", "--save-sums", "-j, --workers", "--tile",
            "--progress", "-v, --verbose", "--dry-run", "--overwrite", "--batch", "--defects/--no-defects",
            "--sensitivity",
            "--classes", "--frames", "--above", "--history", "--version", "-h, --help", "--files-from", "-0, --null",
            "--include", "--exclude", "--newer", "--shard", "--strict", "--export", "--raw-sample", "--map-format",
        ]
        for option in options { #expect(run.stdout.contains("  \(option) "), "\(option)") }
    }

    /// Help, version and completions that nobody takes are no success: an installer would go on without them.
    @Test(arguments: ["--help", "hotpixels --help", "--version", "--generate-completion-script bash"])
    func whatCannotBeWrittenIsAFailure(_ arguments: String) throws {
        let closed = try CommandRun.shell("\"$0\" \(arguments) >&-")
        #expect(closed.exitCode == 1)
        #expect(closed.stderr.hasPrefix("fastpix: error: this cannot be written to standard output: "))
        #expect(closed.stderrLines.count == 1)
        #expect(try CommandRun.shell("\"$0\" \(arguments)").stdout.hasSuffix("\n"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func shellsCanCompleteIt(_ shell: String) throws {
        let run = try CommandRun.fastpix(["--generate-completion-script", shell])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        for word in ["fastpix", "hotpixels", "minimum-frames", "low-gain", "scenes", "exposure", "compare-lines"] {
            #expect(run.stdout.contains(word), "\(word)")
        }
    }
}
