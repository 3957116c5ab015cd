import Foundation
import TestSupport
import Testing

/// How far the work is: for people on a terminal of any width, for programs as lines.
struct ProgressTests {
    private static let photos = Repository.fixture("sixteen-bit").path

    @Test(arguments: [["hotpixels"], ["stats", "--moments"], ["addweighted", "--blur", "3", "-o", "out"]])
    func programsGetLines(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(
                [command[0], Self.photos, "--quiet", "--progress", "json"] + command.dropFirst(), in: folder)
            #expect(run.exitCode == 0)
            var last: [String: Any] = [:]
            for line in run.stderrLines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                last = try #require(object as? [String: Any])
                #expect(last["schema"] as? String == "fastpix.progress/1")
            }
            #expect(last["done"] as? Int == 12 && last["inAll"] as? Int == 12)
            if command[0] != "addweighted" {
                #expect(last["bytesDone"] as? Int == last["bytesInAll"] as? Int)
                #expect(last["bytesInAll"] as? Int ?? 0 > 12)
            }
        }
    }

    @Test func noneIsShownElsewhere() throws {
        #expect(try CommandRun.fastpix(["stats", Self.photos]).stderr == "")
        #expect(try CommandRun.fastpix(["stats", Self.photos, "--progress", "none"]).stderr == "")
        #expect(try CommandRun.fastpix(["stats", Self.photos, "--progress", "fancy"]).exitCode == 64)
    }

    @Test func mergingCountsRows() throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(["hotpixels", Self.photos, "-q", "--checkpoint", "a.state"], in: folder)
            let run = try CommandRun.fastpix(["merge", "a.state", "-q", "--progress", "json"], in: folder)
            #expect(run.exitCode == 0)
            let last = try #require(run.stderrLines.last)
            let object = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
            #expect(object?["activity"] as? String == "Adding up" && object?["unit"] as? String == "rows")
            #expect(object?["done"] as? Int ?? 0 > 0)
            #expect(object?["done"] as? Int == object?["inAll"] as? Int)
        }
    }

    #if os(Linux)
        /// What the program writes to a terminal so many columns wide.
        private static func shown(_ columns: Int, in folder: URL) throws -> String {
            let run = try CommandRun.shell(
                "TERM=xterm script -qec \"stty cols \(columns); '$0' stats --moments '$1' >result\" typescript </dev/null >/dev/null",
                [photos], in: folder)
            #expect(run.exitCode == 0)
            return try String(
                decoding: Data(contentsOf: folder.appendingPathComponent("typescript")), as: UTF8.self)
        }

        /// Where not even the count fits, no part of it is shown: 48/4 would be another number.
        @Test func numbersAreNotCut() throws {
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else { return }
            try withTemporaryFolder { folder in
                for columns in 1...9 {
                    let lines = try Self.shown(columns, in: folder).components(separatedBy: "\r\u{1b}[K").dropFirst()
                    for line in lines.dropLast() {
                        #expect(line.isEmpty || line.wholeMatch(of: /\d+\/12|\d+ %/) != nil, "\(line.debugDescription)")
                    }
                }
            }
        }

        /// A terminal that cannot take a line away gets no bar, unless it is asked for.
        @Test func dumbTerminalsGetNone() throws {
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else { return }
            try withTemporaryFolder { folder in
                for (form, isShown) in [("auto", false), ("bar", true)] {
                    _ = try CommandRun.shell(
                        "TERM=dumb script -qec \"'$0' stats '$1' --progress \(form) >result\" typescript </dev/null >/dev/null",
                        [Self.photos], in: folder)
                    let shown = try Data(contentsOf: folder.appendingPathComponent("typescript"))
                    // Whatever `script` itself says has no escape.
                    #expect(shown.contains(0x1b) == isShown)
                }
            }
        }

        /// `script` is a terminal for the program. No line of the bar is wider than the terminal, and no line stays.
        @Test(arguments: [12, 20, 40, 59, 80, 200])
        func theBarFits(_ columns: Int) throws {
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else { return }
            try withTemporaryFolder { folder in
                let shown = try Self.shown(columns, in: folder)
                let lines = shown.components(separatedBy: "\r\u{1b}[K").dropFirst()
                #expect(lines.count >= 3, "\(shown.debugDescription)")
                // Of the last one, the terminal's own end follows.
                for line in lines.dropLast() {
                    #expect(line.count < columns && !line.isEmpty, "\(line.debugDescription)")
                    #expect(!line.contains("\n"))
                }
                #expect(lines.dropLast().contains { $0.contains("12") })
            }
        }
    #endif
}
