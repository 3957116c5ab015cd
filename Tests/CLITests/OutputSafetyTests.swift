import Foundation
import TestSupport
import Testing

/// Camera and file names are written by strangers: no form of a result may let them do more than be read.
struct OutputSafetyTests {
    /// Each has the 24 bytes of the model that it replaces.
    private static let models = [
        "=1+1;cmd|'/c calc'!A0 xx", "+SUM(1+1)*cmd|' /C x'!A0", "@SUM(1+1)\",\"\n=1+1,\"xxxx",
        "-2+3\r\n=HYPERLINK(\"x\",1)",
        "<script>alert(1)</scrip>", "a\"b,c\nd\r\n\u{1b}[2J\u{7}\u{0b}e'f\tgxxxx",
        "\u{1b}]0;x\u{7}\u{1b}[31mred\u{9b}2Jxxx",
    ]

    private static func photo(model: String) throws -> Data {
        var bytes = try Data(contentsOf: Photos.decoderFixture("jpeg-exif.jpg"))
        let place = try #require(bytes.range(of: Data("Canon PowerShot SX260 HS".utf8)))
        let text =
            Data(model.utf8.prefix(24)) + Data(repeating: UInt8(ascii: "x"), count: max(0, 24 - model.utf8.count))
        bytes.replaceSubrange(place, with: text)
        return bytes
    }

    private static func run(_ model: String, _ format: String, in folder: URL) throws -> CommandRun {
        let photos = try folder.addFolder("photos")
        for number in 0..<10 { try photos.addFile("\(number).jpg", photo(model: model) + Data([UInt8(number)])) }
        return try CommandRun.fastpix(["hotpixels", "photos", "--format", format, "--top", "2"], in: folder)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && scalar.properties.generalCategory == .control
    }

    @Test(arguments: models)
    func textAndMessagesHoldNoControlCharacters(_ model: String) throws {
        try withTemporaryFolder { folder in
            let run = try Self.run(model, "text", in: folder)
            #expect(run.exitCode == 0)
            for text in [run.stdout, run.stderr] { #expect(!text.unicodeScalars.contains(where: Self.isControl)) }
            // The name stays in its line.
            #expect(run.stdout.split(separator: "\n")[0].hasSuffix("97 x 61, 8-bit RGB, 10 photos"))
        }
    }

    @Test(arguments: models)
    func aFieldOfCSVIsNoFormulaAndStaysAField(_ model: String) throws {
        try withTemporaryFolder { folder in
            let run = try Self.run(model, "csv", in: folder)
            #expect(run.exitCode == 0)
            let lines = run.stdout.split(separator: "\n", omittingEmptySubsequences: false)
            // A heading, two subpixels, and the end of the last line.
            #expect(lines.count == 4)
            for line in lines[1...2] {
                let fields = Self.fields(line)
                #expect(fields.count == Self.fields(lines[0]).count)
                #expect(fields[..<3].allSatisfy { $0.isEmpty || !"=+-@\t\r".contains($0.first!) }, "\(fields)")
            }
            #expect(!run.stdout.unicodeScalars.contains(where: Self.isControl))
        }
    }

    /// RFC 4180, of one line.
    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        var before: Character?
        for character in line {
            switch character {
            case "\"":
                if !isQuoted, before == "\"" { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
            before = character
        }
        return fields
    }

    @Test(arguments: models)
    func JSONIsJSON(_ model: String) throws {
        try withTemporaryFolder { folder in
            let run = try Self.run(model, "json", in: folder)
            let found = try #require(try run.hotPixels().groups.first?.camera.model)
            #expect(!found.unicodeScalars.contains { $0.properties.generalCategory == .control })
            #expect(!run.stdout.unicodeScalars.contains(where: Self.isControl))
        }
    }

    /// A file's name goes to stderr and into JSON.
    @Test func namesOfFilesStayInTheirLine() throws {
        try withTemporaryFolder { folder in
            try Photos.add(10, to: folder)
            let names = ["=1+1\".jpg", "<script>.jpg", "two\nlines\r.jpg", "\u{1b}[2J.jpg"]
            for name in names { try folder.addFile(name, Data("no photo".utf8)) }
            let run = try CommandRun.fastpix(["hotpixels", ".", "--quiet", "--format", "json"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderrLines.count == names.count)
            #expect(!run.stderr.unicodeScalars.contains(where: Self.isControl))
            #expect(try run.hotPixels().skipped.count == names.count)
        }
    }
}
