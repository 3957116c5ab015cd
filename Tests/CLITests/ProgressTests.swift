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

    #if os(Linux)
        /// `script` is a terminal for the program. No line of the bar is wider than the terminal, and no line stays.
        @Test(arguments: [12, 20, 40, 59, 80, 200])
        func theBarFits(_ columns: Int) throws {
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else { return }
            try withTemporaryFolder { folder in
                let run = try CommandRun.shell(
                    "script -qec \"stty cols \(columns); '$0' stats --moments '$1' >result\" typescript </dev/null >/dev/null",
                    [Self.photos], in: folder)
                #expect(run.exitCode == 0)
                let shown = try String(
                    decoding: Data(contentsOf: folder.appendingPathComponent("typescript")), as: UTF8.self)
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
