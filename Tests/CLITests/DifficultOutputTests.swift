import Foundation
import TestSupport
import Testing

/// Outputs that nobody reads, that cannot be written, or that something is left of: the results that can be saved are, and
/// nothing stays behind.
struct DifficultOutputTests {
    private static func addPhotos(_ count: Int, to folder: URL) throws {
        let photos = try folder.addFolder("photos")
        for number in 0..<count {
            var scenes = SyntheticScenes(width: 24, height: 16, channels: 3, seed: UInt64(number + 1))
            try photos.addFile("\(number).png", TestPhoto.png(scenes.next(), width: 24, channels: 3))
        }
        try folder.addFile("map.csv", Data("width,height,row,column\n24,16,3,3\n".utf8))
    }

    private static let commands = [
        ["stats", "photos", "--format", "json"], ["hotpixels", "photos", "--format", "json"],
        ["addweighted", "photos", "--blur", "3", "--output", "out", "--summary", "json"],
        ["repair", "photos", "--map", "map.csv", "--output", "out", "--format", "json"],
    ]

    // MARK: Nobody reads

    /// Redirects descriptor `number` to a pipe whose reader is gone; `rest` follows.
    private static func withoutReader(_ number: Int, _ rest: String) -> String {
        "mkfifo pipe && { : <pipe & exec \(number)>pipe; wait; \(rest); }"
    }

    /// Notes that nobody reads cost no result. The photos name no camera, which is a note at least.
    @Test(arguments: commands)
    func aClosedStderrCostsNothing(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(12, to: folder)
            // A broken one, so that there is something to say.
            try folder.addFile("photos/broken.png", Data("no photo".utf8))
            let writesFile = command[0] == "stats" || command[0] == "hotpixels"
            let run = try CommandRun.shell(
                Self.withoutReader(2, "\"$0\" \"$@\""), command + (writesFile ? ["--output", "result"] : []), in: folder
            )
            #expect(run.exitCode == 2)
            let result = writesFile ? try Data(contentsOf: folder.appendingPathComponent("result")) : run.stdoutBytes
            #expect(try JSONSerialization.jsonObject(with: result) is [String: Any])
        }
    }

    @Test(arguments: commands)
    func aClosedStdoutIsASentence(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(12, to: folder)
            let run = try CommandRun.shell(Self.withoutReader(3, "\"$0\" \"$@\" >&3"), command, in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("the result cannot be written to standard output (Broken pipe)"))
        }
    }

    // MARK: Pipes

    /// A named pipe is opened once: whoever reads it gets the result and then its end.
    @Test(arguments: [
        ["stats", "photos", "--format", "json", "--output", "pipe.png"],
        ["stats", "photos", "--histogram", "pipe.png"],
        ["hotpixels", "photos", "--format", "json", "--output", "pipe.png"],
        ["hotpixels", "photos", "--variance-map", "pipe.png"],
    ])
    func aNamedPipeGetsTheResult(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(12, to: folder)
            let run = try CommandRun.shell(
                "mkfifo pipe.png && { cat pipe.png >got & \"$0\" \"$@\"; code=$?; wait; exit $code; }", command,
                in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            let got = try Data(contentsOf: folder.appendingPathComponent("got"))
            #expect(got.starts(with: command.contains("json") ? Data("{".utf8) : Data([0x89, 0x50])))
        }
    }

    // MARK: Folders

    /// Known before anything is decoded: the broken photo is not even found out.
    @Test(.enabled(if: CommandRun.canBeUnprivileged))
    func aFolderThatCannotBeWrittenToIsKnownFirst() throws {
        for command in [
            ["addweighted", "photos", "--blur", "3", "--output", "locked"],
            ["addweighted", "photos", "--blur", "3", "--output", "locked/deeper"],
            ["repair", "photos", "--map", "map.csv", "--output", "locked"],
            ["hotpixels", "photos", "--save-maps", "locked"], ["hotpixels", "photos", "--save-sums", "locked/deeper"],
            ["hotpixels", "photos", "--export", "locked/"],
        ] {
            try withTemporaryFolder { folder in
                try Self.addPhotos(1, to: folder)
                try folder.addFile("photos/broken.png", Data([0x89] + Array("PNG\r\n".utf8) + [0x1a, 0x0a]))
                chmod(try folder.addFolder("locked").path, 0o555)
                defer { chmod(folder.appendingPathComponent("locked").path, 0o755) }
                let run = try CommandRun.unprivileged(command, in: folder)
                #expect(run.exitCode == 1)
                #expect(run.stderr.contains("the folder cannot be written to"), "\(command): \(run.stderr)")
                #expect(!run.stderr.contains("truncated"), "\(command): \(run.stderr)")
            }
        }
    }

    @Test(arguments: [
        ["addweighted", "photos", "--blur", "3", "--output", "out/a/b/"],
        ["repair", "photos", "--map", "map.csv", "--output", "out/a/b"],
        ["hotpixels", "photos", "--save-maps", "out/a", "--save-sums", "out/b"],
        ["hotpixels", "photos", "--export", "out/a/"],
    ])
    func emptyFoldersDoNotStay(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(0, to: folder)
            try folder.addFile("photos/broken.png", Data("no photo".utf8))
            let run = try CommandRun.fastpix(command, in: folder)
            #expect(run.exitCode == 1)
            #expect(try folder.entries() == ["map.csv", "photos"])
            // One that was there does.
            try folder.addFolder("out")
            _ = try CommandRun.fastpix(command, in: folder)
            #expect(try folder.entries() == ["map.csv", "out", "photos"])
            #expect(try folder.appendingPathComponent("out").entries() == [])
        }
    }

    /// What a run that was killed has left goes with the next run that has the same outputs; what others are writing, and
    /// what only looks alike, stays.
    @Test(arguments: [
        (["stats", "photos", "--output", "x.txt"], ".x.txt."),
        (["stats", "photos", "--histogram", "x.png"], ".x.png."),
        (["hotpixels", "photos", "--variance-map", "x.png"], ".x.png."),
        (["hotpixels", "photos", "--export", "x.json"], ".x.json."),
        (["hotpixels", "photos", "--save-maps", "."], ".mean.npy."),
        (["addweighted", "photos", "--blur", "3", "--output", "out"], "out/.3.png."),
        (["repair", "photos", "--map", "map.csv", "--output", "out"], "out/.3.png."),
    ])
    func whatKilledRunsLeftIsRemoved(_ command: [String], _ beginning: String) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(12, to: folder)
            try folder.addFolder("out")
            let kept = [beginning + "0k.partially", beginning + "a b.partial", beginning + "partial"]
            for name in kept + [beginning + "0k3z.partial"] { try folder.addFile(name, Data([1])) }
            let run = try CommandRun.fastpix(command, in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/" + beginning + "0k3z.partial"))
            for name in kept { #expect(FileManager.default.fileExists(atPath: folder.path + "/" + name)) }
        }
    }

    /// Results of a first run are no photos of the second.
    @Test(arguments: [
        ["addweighted", "photos", "-r", "--blur", "3", "--overwrite", "--output", "photos/out"],
        ["repair", "photos", "-r", "--map", "map.csv", "--overwrite", "--output", "photos/out"],
    ])
    func anOutputFolderAmongTheInputsIsLeftOut(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(2, to: folder)
            let first = try CommandRun.fastpix(command, in: folder)
            #expect(first.exitCode == 0 && !first.stderr.contains("left out of them"))
            let again = try CommandRun.fastpix(command, in: folder)
            #expect(again.exitCode == 0)
            #expect(again.stderr.contains("photos/out: the output folder lies among the inputs and was left out"))
            #expect(try folder.appendingPathComponent("photos/out").entries() == ["0.png", "1.png"])
        }
    }

    // MARK: Names

    /// On Linux a name is its bytes: composed and decomposed letters are two names, and not all bytes are UTF-8.
    #if os(Linux)
        @Test(arguments: [
            ["addweighted", "photos", "--blur", "3", "--output", "out"],
            ["repair", "photos", "--map", "map.csv", "--output", "out"],
        ])
        func namesKeepTheirBytes(_ command: [String]) throws {
            try withTemporaryFolder { folder in
                try Self.addPhotos(1, to: folder)
                let run = try CommandRun.shell(
                    #"""
                    for name in 'caf\303\251' 'cafe\314\201' 'caf\351' '\377\376'; do
                        cp photos/0.png "photos/$(printf "$name").png"
                    done
                    "$0" "$@" >/dev/null || exit 8
                    for photo in photos/*; do test -s "out/${photo#photos/}" || exit 9; done
                    test "$(ls out | wc -l)" = 5 || exit 10
                    """#, command, in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
            }
        }

        @Test func anOutputKeepsItsBytes() throws {
            try withTemporaryFolder { folder in
                try Self.addPhotos(2, to: folder)
                let run = try CommandRun.shell(
                    #"""
                    name=$(printf 'r\351')
                    "$0" stats photos --output "$name.txt" && test -s "$name.txt" &&
                    "$0" stats photos --output="$name=.txt" && test -s "$name=.txt" &&
                    "$0" repair photos --map map.csv --output "$name" && test -s "$name/1.png"
                    """#, in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
            }
        }
    #endif
}
