import Foundation
import TestSupport
import Testing

/// Photos that break their format and are whole: every command takes them, with a note, and none with --strict.
struct StrictTests {
    private static func commands(_ photo: String) -> [[String]] {
        [
            ["stats", photo, "--verify"],
            ["hotpixels", photo, "--minimum-frames", "1"],
            ["addweighted", photo, "--blur", "3", "-o", "blended/"],
            ["addweighted", "sound.jpg", photo, "-o", "two/"],
            ["repair", photo, "--map", "map.csv", "-o", "repaired"],
        ]
    }

    @Test func everyCommandNotesWhatIsOddAndRefusesItWhenStrict() throws {
        try withTemporaryFolder { folder in
            var odd = [UInt8](try Data(contentsOf: try Photos.example(1)[0]))
            try folder.addFile("sound.jpg", Data(odd))
            // Bytes that belong to nothing behind the first segment.
            odd.insert(contentsOf: [0, 0, 0], at: 4 + Int(odd[4]) << 8 + Int(odd[5]))
            try folder.addFile("odd.jpg", Data(odd))
            try folder.addFile("map.csv", Data("width,height,row,column\n384,896,3,3\n".utf8))
            for command in Self.commands("odd.jpg") {
                let strict = try CommandRun.fastpix(command + ["--strict"], in: folder)
                #expect(strict.exitCode == 1, "\(command): \(strict.stderr)")
                #expect(strict.stderr.contains("odd.jpg: damaged JPEG"), "\(strict.stderr)")
                let run = try CommandRun.fastpix(command, in: folder)
                #expect(run.exitCode == 0, "\(command): \(run.stderr)")
                #expect(run.stderr.contains("bytes that belong to nothing"), "\(run.stderr)")
                #expect(run.stderr.contains("--strict refuses it"), "\(run.stderr)")
            }
            for command in Self.commands("sound.jpg") where command[0] != "addweighted" || command[2] == "--blur" {
                let run = try CommandRun.fastpix(command + ["--strict"], in: folder)
                #expect(run.exitCode == 0 && !run.stderr.contains("bytes that belong to nothing"), "\(run.stderr)")
            }
        }
    }
}
