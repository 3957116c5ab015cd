import Foundation
import TestSupport
import Testing

/// `--output -` where the output is a picture: the bytes that a file would have, or a sentence.
struct StandardOutputPictureTests {
    @Test func aBlendGoesToStandardOutput() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(2).map(\.path)
            for (name, options) in [("x.jpg", []), ("x.png", ["--format", "png"])] {
                _ = try CommandRun.fastpix(["addweighted"] + photos + ["-q", "-o", name], in: folder)
                let run = try CommandRun.fastpix(["addweighted"] + photos + options + ["-o", "-"], in: folder)
                #expect(run.exitCode == 0)
                #expect(try run.stdoutBytes == Data(contentsOf: folder.appendingPathComponent(name)))
            }
            #expect(try folder.entries() == ["x.jpg", "x.png"])
        }
    }

    /// Nothing stays of the folder in which it is made, whenever the run is ended.
    @Test(.enabled(if: FaultInjection.isPossible, "takes Linux's LD_PRELOAD and a C compiler"), arguments: [1, 2, 3])
    func anInterruptedOneLeavesNoFolder(_ number: Int) throws {
        try withTemporaryFolder { folder in
            let scratch = try folder.addFolder("scratch")
            let run = try FaultInjection.fastpix(
                ["addweighted"] + Photos.example(2).map(\.path) + ["-q", "-o", "-"], calls: [.write, .rename],
                number: number, fault: .signal(SIGTERM), environment: ["TMPDIR": scratch.path], in: folder
            ).run
            // The last call is of a run that is done.
            #expect(run.exitCode == 143 || number > 1)
            #expect(try scratch.entries() == [])
        }
    }

    @Test func aRepairedPhotoGoesToStandardOutput() throws {
        try withTemporaryFolder { folder in
            let photo = try Photos.example(1)[0]
            try Data("row,column\n889,355\n".utf8).write(to: folder.appendingPathComponent("list.csv"))
            let list = ["--map", "list.csv", "--map-size", "384x896", "--map-offset", "0,0"]
            _ = try CommandRun.fastpix(["repair", photo.path, "-q", "-o", "out"] + list, in: folder)
            let run = try CommandRun.fastpix(["repair", photo.path, "-o", "-"] + list, in: folder)
            #expect(run.exitCode == 0)
            #expect(
                try run.stdoutBytes == Data(contentsOf: folder.appendingPathComponent("out/\(photo.lastPathComponent)"))
            )
            #expect(try folder.entries() == ["list.csv", "out"])
            let plan = try CommandRun.fastpix(["repair", photo.path, "-o", "-", "--dry-run"] + list, in: folder)
            #expect(plan.stdout.hasPrefix("\(photo.path) -> standard output, 1 defect\n"), "\(plan.stdout)")
            let named = try CommandRun.fastpix(["repair", photo.path, "-o", "y.jpg"] + list, in: folder)
            #expect(named.exitCode == 64)
            #expect(named.stderr.contains("called like a file"))
            #expect(try folder.entries() == ["list.csv", "out"])
        }
    }

    @Test func aPlaceGoesToStandardOutput() throws {
        try withTemporaryFolder { folder in
            _ = try CommandRun.fastpix(
                ["hotpixels", Repository.fixture("sixteen-bit").path, "-q", "--output", "report.json"], in: folder)
            _ = try CommandRun.fastpix(["show", "report.json", "41", "67", "-q", "-o", "crop.png"], in: folder)
            let run = try CommandRun.fastpix(["show", "report.json", "41", "67", "-q", "-o", "-"], in: folder)
            #expect(run.exitCode == 0)
            #expect(try run.stdoutBytes == Data(contentsOf: folder.appendingPathComponent("crop.png")))
            #expect(try folder.entries() == ["crop.png", "report.json"])
        }
    }

    /// Pictures behind each other are none that a reader could part.
    @Test(arguments: [
        ["addweighted", "photos", "--blur", "3"], ["repair", "photos", "--map", "list.csv", "--map-size", "384x896"],
    ])
    func severalAreRefused(_ command: [String]) throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            for photo in try Photos.example(2) { try photos.addCopy(of: photo) }
            try Data("row,column\n889,355\n".utf8).write(to: folder.appendingPathComponent("list.csv"))
            let run = try CommandRun.fastpix(command + ["-o", "-"], in: folder)
            #expect(run.exitCode == 64)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("standard output takes one picture"))
        }
    }

    @Test(arguments: [
        ["addweighted", "a.jpg", "b.jpg", "--summary", "json"],
        ["repair", "a.jpg", "--map", "m.csv", "--format", "json"],
    ])
    func aSummaryBesideItIsRefused(_ command: [String]) throws {
        let run = try CommandRun.fastpix(command + ["-o", "-"])
        #expect(run.exitCode == 64)
        #expect(run.stdout == "")
    }
}
