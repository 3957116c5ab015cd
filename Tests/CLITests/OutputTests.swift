import Foundation
import TestSupport
import Testing

/// The forms of a result and where it goes.
struct OutputTests {
    private static let sixteenBit = Repository.fixture("sixteen-bit").path

    @Test func textIsAnAlignedTable() throws {
        let run = try CommandRun.fastpix(["hotpixels", Repository.examplePhotos.path, "--quiet", "--workers", "2"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let expected = """
            Canon PowerShot SX260 HS, 384 x 896, 8-bit RGB, 48 photos

            2 defects found at sensitivity normal in 100 % of the frame
            over 48 photos taken for scenes: pixels change with what is photographed
            The faintest steady offset that these photos show nine times out of ten: 4.93
              class  shape  row  column  channel    mean  around  variance   around  conf.
              stuck  point  889     355  green    219.71   53.00     58.25  1322.19   1.00
              hot    point   76      83  green    103.21   74.62    519.19   721.81   1.00

              Variance           row  column  channel
              lowest      58.25  889     355  green
              mean      1090.25
              highest   2613.68  279     167  blue

            Subpixels of lowest variance
              rank  row  column  channel    mean  variance
                 1  889     355  green    219.71     58.25
                 2  889     355  red      221.21     81.79
                 3  889     355  blue     210.35    103.13
                 4  889     354  green    166.46    274.72
                 5  889     356  green    163.23    311.63
                 6  889     354  red      167.96    320.34
                 7  889     356  red      164.35    344.96
                 8  889     354  blue     157.15    363.83
                 9  889     356  blue     153.46    396.08
                10   43     159  blue      61.71    425.19

            48 photos in 1 group, 0 skipped.
            Left out: 1 .md

            """
        #expect(run.stdout.hasPrefix(expected))
        // The rest, times and memory, differs from run to run.
        let rest = String(run.stdout.dropFirst(expected.count))
        let seconds = #"[0-9]+\.[0-9]{2} s"#
        let summary = try Regex(
            "Wall time: \(seconds) with 2 workers: headers \(seconds), decoding \(seconds),\n"
                + "accumulating \(seconds), waiting \(seconds), analysis \(seconds)\\.\nPeak memory [0-9]+ MiB\\.\n")
        #expect(rest.wholeMatch(of: summary) != nil, "\(rest)")
    }

    @Test func csvHasALineForEachSubpixel() throws {
        let run = try CommandRun.fastpix(["hotpixels", Self.sixteenBit, "--format", "csv", "--quiet"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        #expect(run.stdout.hasSuffix("\n"))
        let lines = run.stdout.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        // Ten of lowest variance and the one defect.
        try #require(lines.count == 12)
        #expect(
            lines[0] == "make,model,serial,width,height,channels,bits_per_sample,frames,rank,row,column,channel,"
                + "mean,variance,m2,class,confidence,neighbourhood_mean,neighbourhood_variance,"
                + "shape,extent_rows,extent_columns,row_period,column_period,pixels,judged_share")
        #expect(lines[1] == ",,,96,64,3,16,12,1,41,67,1,61235.0,0.7272727272727273,8.0,,,,,,,,,,,1.0")
        #expect(lines[10].hasPrefix(",,,96,64,3,16,12,10,"))
        #expect(lines[11].hasPrefix(",,,96,64,3,16,12,1,41,67,1,61235.0,0.7272727272727273,8.0,stuck,"))
        #expect(lines[11].hasSuffix(",point,1,1,1,1,41:67,1.0"))
    }

    @Test(arguments: [0, 3])
    func topSaysHowMany(_ top: Int) throws {
        let arguments = ["hotpixels", Self.sixteenBit, "--top", "\(top)", "--quiet", "--format"]
        let json = try CommandRun.fastpix(arguments + ["json"])
        #expect(json.exitCode == 0)
        #expect(json.stderr == "")
        #expect(try json.hotPixels().groups.first?.lowestVariance.count == top)
        let csv = try CommandRun.fastpix(arguments + ["csv"])
        #expect(csv.exitCode == 0)
        // The headings before them and the one defect behind.
        #expect(csv.stdout.split(separator: "\n").count == 1 + top + 1)
        let text = try CommandRun.fastpix(arguments + ["text"])
        #expect(text.exitCode == 0)
        #expect(text.stdout.contains("Subpixels of lowest variance") == (top > 0))
    }

    @Test func outputGoesToAFile() throws {
        try withTemporaryFolder { folder in
            let target = folder.appendingPathComponent("report.csv")
            try Data("an older report".utf8).write(to: target)
            let arguments = ["hotpixels", Self.sixteenBit, "--format", "csv", "--quiet"]
            let run = try CommandRun.fastpix(arguments + ["--overwrite", "--output", target.path])
            #expect(run.exitCode == 0)
            #expect(run.stdout == "")
            #expect(run.stderr == "")
            #expect(try folder.entries() == ["report.csv"])
            #expect(try Data(contentsOf: target) == CommandRun.fastpix(arguments).stdoutBytes)
        }
    }

    @Test func failureLeavesAnOlderOutputAlone() throws {
        try withTemporaryFolder { folder in
            let target = try folder.addFile("report.txt", Data("an older report".utf8))
            let run = try CommandRun.fastpix(["hotpixels", Photos.tiny.path, "--overwrite", "--output", target.path])
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(try folder.entries() == ["report.txt"])
            #expect(try String(contentsOf: target, encoding: .utf8) == "an older report")
        }
    }

    struct Target: Sendable, CustomTestStringConvertible {
        let option: String
        let path: String
        var testDescription: String { "\(option) \(path)" }
    }

    /// Nobody wants to hear about it after an hour of decoding.
    @Test(arguments: [
        Target(option: "--output", path: "missing/report.json"),
        Target(option: "--output", path: "folder"),
        Target(option: "--output", path: "file/report.json"),
        Target(option: "--output", path: ""),
        Target(option: "--variance-map", path: "missing/map.png"),
        Target(option: "--variance-map", path: "folder"),
        Target(option: "--save-maps", path: "file"),
        Target(option: "--save-sums", path: "file/sums"),
    ])
    func impossibleTargetsAreRefusedBeforeTheWork(_ target: Target) throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("folder")
            try folder.addFile("file", Data())
            try folder.addFile("photo.jpg", Data("would be named, had the work begun".utf8))
            let run = try CommandRun.fastpix(["hotpixels", "photo.jpg", target.option, target.path], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderrLines.count == 1)
            #expect(run.stderr.hasPrefix("fastpix: error: \(target.path)"))
            #expect(!run.stderr.contains("photo.jpg"))
            #expect(try folder.entries() == ["file", "folder", "photo.jpg"])
        }
    }

    /// `fastpix ... | head`: the reader has what it wants, and that is no reason to complain.
    @Test func aClosedReaderIsNoCrash() throws {
        try withTemporaryFolder { folder in
            // More than a pipe holds, so that the writer meets the closed end in any case.
            let run = try CommandRun.shell(
                #"{ "$0" hotpixels "$1" --format csv --top 3000 --quiet; echo $? >status; } | head -c 0"#,
                [Self.sixteenBit], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stdout == "")
            let status = try String(contentsOf: folder.appendingPathComponent("status"), encoding: .utf8)
            #expect(["141\n", "1\n"].contains(status), "exit code \(status)")
            #expect(!run.stderr.lowercased().contains("fatal") && !run.stderr.lowercased().contains("crash"))
            #expect(run.stderrLines.count <= 1)
        }
    }
}
