import Foundation
import TestSupport
import Testing

/// `fastpix compare`, as a user runs it.
struct CompareTests {
    private static func list(_ defects: [(row: Int, column: Int, kind: String)], model: String = "One") -> Data {
        let entries = defects.map {
            "{\"row\":\($0.row),\"column\":\($0.column),\"class\":\"\($0.kind)\",\"shape\":\"point\",\"mean\":90.5,"
                + "\"neighbourhoodMean\":80}"
        }
        return Data(
            """
            {"schema":"fastpix.defects/1","groups":[{"camera":{"make":"Maker","model":"\(model)","serial":null},
            "width":64,"height":48,"frames":30,"defects":[\(entries.joined(separator: ","))]}]}
            """.utf8)
    }

    private static func folder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            try folder.addFile("old.json", list([(5, 7, "hot"), (40, 3, "hot")]))
            try folder.addFile("new.json", list([(5, 7, "stuck"), (9, 60, "dead")]))
            try folder.addFile("other.json", list([(5, 7, "hot"), (40, 3, "hot")], model: "Two"))
            return try body(folder)
        }
    }

    /// Each of so many met each of the others.
    @Test func manyDefectsOfOnePlaceAreOne() throws {
        try withTemporaryFolder { folder in
            let count = 60_000
            let copies = [(row: Int, column: Int, kind: String)](repeating: (5, 7, "hot"), count: count)
            try folder.addFile("many.json", Self.list(copies))
            try folder.addFile("one.json", Self.list([(5, 7, "hot")]))
            for (old, new) in [("many", "many"), ("many", "one"), ("one", "many")] {
                // Of processor time, so that a busy machine makes no difference.
                let run = try CommandRun.shell(
                    "ulimit -t 60; exec \"$0\" compare \(old).json \(new).json --format json", in: folder)
                #expect(run.exitCode == 0)
                let group = try JSONDecoder().decode(Report.self, from: run.stdoutBytes).groups[0]
                #expect(group.defects.map(\.change) == ["unchanged"])
            }
            // Without shapes, which makes one of what touches.
            let lines = [String](repeating: "64,48,5,7", count: count).joined(separator: "\n")
            try folder.addFile("many.csv", Data("width,height,row,column\n\(lines)\n".utf8))
            let run = try CommandRun.shell("ulimit -t 60; exec \"$0\" compare many.csv many.csv", in: folder)
            #expect(run.stdout.contains("1 unchanged"))
        }
    }

    @Test func changesAreATableAndAnExitCode() throws {
        try Self.folder { folder in
            let run = try CommandRun.fastpix(["compare", "old.json", "new.json"], in: folder)
            #expect(run.exitCode == 3)
            #expect(run.stderr == "")
            #expect(
                run.stdout == """
                    Maker One, 64 x 48
                    1 new, 1 gone, 0 grown, 0 shrunk, 0 reshaped, 1 unchanged
                    the old list does not say which parts of the frame it has judged
                    the new list does not say which parts of the frame it has judged
                      change     row  column  class        shape  pixels  offset
                      new          9      60  dead         point       1  +10.50
                      gone        40       3  hot          point       1  +10.50
                      unchanged    5       7  hot > stuck  point       1  +10.50

                    """)
            let same = try CommandRun.fastpix(["compare", "old.json", "old.json"], in: folder)
            #expect(same.exitCode == 0)
            #expect(same.stdout == "Maker One, 64 x 48\n0 new, 0 gone, 0 grown, 0 shrunk, 0 reshaped, 2 unchanged\n")
        }
    }

    /// The contract as a script reads it.
    private struct Report: Decodable {
        struct Side: Decodable {
            let row: Int
            let column: Int
            let `class`: String?
            let shape: String?
            let pixels: Int
            let meanOffset: Double?
        }
        struct Change: Decodable {
            let change: String
            let row: Int
            let column: Int
            let pixelsGained: Int
            let pixelsLost: Int
            let old: [Side]
            let new: [Side]
        }
        struct Group: Decodable {
            let camera: HotPixelsResult.Camera
            let width: Int?
            let height: Int?
            let tolerance: Int
            let counts: [String: Int]
            let defects: [Change]
        }
        struct Lone: Decodable {
            let list: String
            let entries: Int
        }
        let schema: String
        let version: String
        let old: String
        let new: String
        let isUnchanged: Bool
        let groups: [Group]
        let notCompared: [Lone]
    }

    @Test func jsonTellsAll() throws {
        try Self.folder { folder in
            let run = try CommandRun.fastpix(
                ["compare", "old.json", "new.json", "-f", "json", "-o", "result.json"], in: folder)
            #expect(run.exitCode == 3)
            #expect(run.stdout == "")
            let report = try JSONDecoder().decode(
                Report.self, from: Data(contentsOf: folder.appendingPathComponent("result.json")))
            #expect(report.schema == "fastpix.compare/1")
            #expect([report.old, report.new] == ["old.json", "new.json"])
            #expect(!report.isUnchanged)
            #expect(report.notCompared.isEmpty)
            let group = try #require(report.groups.first)
            #expect(group.camera == HotPixelsResult.Camera(make: "Maker", model: "One"))
            #expect([group.width, group.height, group.tolerance] == [64, 48, 0])
            #expect(
                group.counts == [
                    "new": 1, "gone": 1, "grown": 0, "shrunk": 0, "reshaped": 0, "unchanged": 1, "not-judged": 0,
                    "not-listed": 0,
                ])
            #expect(group.defects.map(\.change) == ["unchanged", "new", "gone"])
            #expect(group.defects[0].old.map(\.class) == ["hot"])
            #expect(group.defects[0].new.map(\.class) == ["stuck"])
            #expect(group.defects[1].old.isEmpty && group.defects[2].new.isEmpty)
            #expect(group.defects[1].new.map(\.meanOffset) == [10.5])
        }
    }

    /// A part that was not judged and a class that was not asked for are neither gone nor new.
    /// A line for each defect, those that have not changed, too, and for each list that was not compared.
    @Test func linesTellAll() throws {
        try Self.folder { folder in
            let groups = try ["new.json", "other.json"].map { try Self.groups(of: $0, in: folder) }
            try folder.addFile(
                "both.json",
                Data("{\"schema\":\"fastpix.defects/1\",\"groups\":[\(groups.joined(separator: ","))]}".utf8))
            let run = try CommandRun.fastpix(["compare", "old.json", "both.json", "--output", "a.jsonl"], in: folder)
            #expect(run.exitCode == 3, "\(run.stderr)")
            let text = try String(contentsOf: folder.appendingPathComponent("a.jsonl"), encoding: .utf8)
            let records = try text.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(
                records.map { $0["record"] as? String } == [
                    "report", "group", "defect", "defect", "defect", "not-compared",
                ])
            #expect(records[0]["schema"] as? String == "fastpix.compare-lines/1")
            #expect(records[0]["groups"] as? Int == 1 && records[0]["notCompared"] as? Int == 1)
            #expect(records[2...4].map { $0["change"] as? String } == ["unchanged", "new", "gone"])
            #expect(records[1...4].allSatisfy { $0["group"] as? Int == 1 })
            #expect(records[3]["row"] as? Int == 9 && records[5]["entries"] as? Int == 2)
            let csv = try CommandRun.fastpix(["compare", "old.json", "both.json", "-o", "a.csv"], in: folder)
            #expect(csv.exitCode == 64)
        }
    }

    /// What lies between the brackets of a list's groups.
    private static func groups(of name: String, in folder: URL) throws -> String {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return String(try #require(text.firstMatch(of: /"groups":\[([\s\S]*)\]}$/)).1)
    }

    @Test func whatAListCouldNotHaveIsNoChange() throws {
        try withTemporaryFolder { folder in
            func report(_ defects: String, notJudged: String, classes: String) -> Data {
                Data(
                    """
                    {"schema":"fastpix.hotpixels/1","settings":{"classes":[\(classes)]},"groups":[{"camera":{"make":"Maker",
                    "model":"One","serial":null},"width":64,"height":48,"frames":30,"notJudged":[\(notJudged)],
                    "defects":[\(defects)]}]}
                    """.utf8)
            }
            let all = #""stuck","dead","hot","low-gain","unstable""#
            func point(_ row: Int, _ column: Int, _ kind: String) -> String {
                "{\"row\":\(row),\"column\":\(column),\"class\":\"\(kind)\",\"shape\":\"point\"}"
            }
            try folder.addFile(
                "old.json",
                report(
                    [point(5, 7, "hot"), point(40, 3, "hot"), point(30, 9, "dead")].joined(separator: ","),
                    notJudged: "",
                    classes: all))
            try folder.addFile(
                "new.json",
                report(
                    point(5, 7, "hot"), notJudged: #"{"row":36,"column":0,"rows":12,"columns":64}"#,
                    classes: #""hot","stuck""#))
            let run = try CommandRun.fastpix(["compare", "old.json", "new.json"], in: folder)
            #expect(run.exitCode == 3)
            #expect(
                run.stdout == """
                    Maker One, 64 x 48
                    0 new, 0 gone, 0 grown, 0 shrunk, 0 reshaped, 1 unchanged, 1 not judged, 1 not listed
                    not judged: the new list did not judge their places
                    not listed: the new list has hot, stuck alone
                      change      row  column  class  shape  pixels  offset
                      not judged   40       3  hot    point       1
                      not listed   30       9  dead   point       1

                    """)
            let json = try CommandRun.fastpix(["compare", "old.json", "new.json", "-f", "json"], in: folder)
            let group = try #require(try JSONDecoder().decode(Report.self, from: json.stdoutBytes).groups.first)
            #expect(group.counts["gone"] == 0 && group.counts["not-judged"] == 1 && group.counts["not-listed"] == 1)
            #expect(json.stdout.contains("\"isUnchanged\" : false"))
            // The other way round it is not known either.
            let back = try CommandRun.fastpix(["compare", "new.json", "old.json"], in: folder)
            #expect(
                back.exitCode == 3 && back.stdout.contains("0 new, 0 gone")
                    && back.stdout.contains("the old list did not"))
        }
    }

    /// Lists come through pipes, too; a mask does not.
    @Test func pipesAreRead() throws {
        try Self.folder { folder in
            let run = try CommandRun.shell("cat old.json | \"$0\" compare /dev/stdin old.json", in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            let named = try CommandRun.shell(
                "mkfifo p && { cat new.json > p & } && \"$0\" compare old.json p", in: folder)
            #expect(named.exitCode == 3 && named.stdout.contains("1 new, 1 gone"))
            let mask = try CommandRun.shell(
                "printf '\\211PNG\\r\\n\\032\\n' | \"$0\" compare old.json /dev/stdin", in: folder)
            #expect(mask.exitCode == 1 && mask.stderr.contains("a mask cannot be read from a pipe"))
        }
    }

    @Test func otherCamerasAreRefusedUnlessTold() throws {
        try Self.folder { folder in
            let run = try CommandRun.fastpix(["compare", "old.json", "other.json"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("--any-camera compares them nevertheless"))
            #expect(
                try CommandRun.fastpix(["compare", "old.json", "other.json", "--any-camera"], in: folder).exitCode == 0)
        }
    }

    /// A list that cannot say its frame is placed by the options; an offset may begin with a minus.
    @Test func bareListsArePlaced() throws {
        try Self.folder { folder in
            try folder.addFile("new.txt", Data("Col 5 4 4\nCol 1 39 39\n".utf8))
            let run = try CommandRun.fastpix(["compare", "old.json", "new.txt"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("--map-size"))
            let placed = try CommandRun.fastpix(
                [
                    "compare", "old.json", "new.txt", "--map-size", "64x48", "--map-offset", "0,0", "--map-offset",
                    "-2,-1",
                ], in: folder)
            #expect(placed.exitCode == 0, "\(placed.stderr)")
            let both = try CommandRun.fastpix(["compare", "new.txt", "new.txt"], in: folder)
            #expect(both.exitCode == 0)
            #expect(both.stderr.contains("neither list says which frame it is for"))
        }
    }

    @Test(arguments: [
        [], ["old.json"], ["old.json", "new.json", "--tolerance", "9"], ["old.json", "new.json", "--map-size", "12"],
        ["old.json", "new.json", "--map-size", "1x1", "--map-size", "1x1", "--map-size", "1x1"],
        ["old.json", "new.json", "--map-offset", "1"], ["old.json", "new.json", "--format", "csv"],
    ])
    func wrongUseIsExplained(_ arguments: [String]) throws {
        let run = try CommandRun.fastpix(["compare"] + arguments)
        #expect(run.exitCode == 64)
        #expect(run.stderr.contains("Error:"))
    }

    @Test(arguments: [
        (["missing.json", "new.json"], 1), (["new.json", "text"], 1), (["new.json", "new.json", "-o", "new.json"], 64),
    ])
    func whatCannotBeReadOrWrittenIsNamed(_ arguments: [String], _ exitCode: Int) throws {
        try Self.folder { folder in
            try folder.addFile("text", Data("no list\n".utf8))
            let before = try Data(contentsOf: folder.appendingPathComponent("new.json"))
            let run = try CommandRun.fastpix(["compare"] + arguments, in: folder)
            #expect(run.exitCode == exitCode)
            #expect(run.stdout == "")
            #expect(run.stderrLines.count == 1 || exitCode == 64)
            #expect(try Data(contentsOf: folder.appendingPathComponent("new.json")) == before)
        }
    }
}
