import Foundation
import TestSupport
import Testing

/// What the system may refuse: each with its sentence and its exit code, and never at the cost of a sound photo.
struct SystemLimitTests {
    private static let sixteenBit = Repository.fixture("sixteen-bit").path

    private static func hasProgram(_ name: String) -> Bool {
        ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
        }
    }

    // MARK: Files and threads

    /// Down to three files besides the standard streams.
    @Test(arguments: [6, 8, 12])
    func fewFileDescriptorsCostNoPhoto(_ limit: Int) throws {
        let arguments = ["hotpixels", Repository.examplePhotos.path, "--format", "csv", "--quiet"]
        let usual = try CommandRun.fastpix(arguments)
        // The shell itself needs more for a moment.
        let limited = try CommandRun.shell(
            "ulimit -n \(limit); exec \"$0\" \"$@\" --workers 8", arguments)
        #expect(limited.exitCode == 0, "\(limited.stderr)")
        #expect(limited.stderr == "")
        #expect(limited.stdout == usual.stdout)
    }

    /// LibRaw opens a raw file once more; that it cannot is no fault of the file.
    @Test func aRawFileThatCannotBeOpenedTwiceIsNotDamaged() throws {
        let run = try CommandRun.shell(
            "ulimit -n 4; exec \"$0\" \"$@\"", ["stats", "--verify", Repository.fixture("raw/bayer-rggb.dng").path])
        #expect(run.exitCode == 1)
        #expect(run.stderr.contains("Too many open files") && !run.stderr.contains("truncated"), "\(run.stderr)")
    }

    /// Files that may not become large: without its signal ignored the system would end the program without a word.
    @Test(arguments: [
        ["--output", "r.json"], ["--save-maps", "r.maps"], ["--report", "r.html"], ["--export", "r.json"],
        ["--checkpoint", "r.state"],
    ])
    func aLimitOfFileSizesIsASentence(_ output: [String]) throws {
        try withTemporaryFolder { folder in
            // Through a pipe, as the test's own record of what was said is a file, too.
            let run = try CommandRun.shell(
                "{ (ulimit -f 0; exec \"$0\" \"$@\" >/dev/null); echo \"exit $?\"; } 2>&1 | cat",
                ["hotpixels", Repository.examplePhotos.path, "--format", "json", "--quiet"] + output, in: folder)
            // 2: the result itself went to stdout.
            #expect(run.stdout.contains(output[0] == "--output" ? "exit 1\n" : "exit 2\n"), "\(run.stdout)")
            #expect(run.stdout.contains("fastpix: error:"), "\(run.stdout)")
            #expect(try folder.entries() == [])
        }
    }

    /// Address space down to where the program cannot even be loaded: never a crash.
    @Test(
        .disabled(if: Sanitizer.isAddress || Sanitizer.isThread, "sanitizers take terabytes of it"),
        arguments: [
            [], ["--save-maps", "maps", "--variance-map", "map.png", "--report", "page.html", "--workers", "4"],
        ])
    func littleAddressSpaceIsASentence(_ options: [String]) throws {
        try withTemporaryFolder { folder in
            let arguments = ["hotpixels", Repository.examplePhotos.path, "--format", "csv", "--quiet"]
            let usual = try CommandRun.fastpix(arguments)
            var refused = 0
            for mebibytes in stride(from: 76, through: 236, by: 16) {
                let run = try CommandRun.shell(
                    "ulimit -v \(mebibytes * 1024); exec \"$0\" \"$@\"", arguments + options, in: folder)
                // 127: the system's loader has no room for the program.
                #expect([0, 1, 2, 127].contains(run.exitCode), "\(mebibytes) MiB: \(run.exitCode), \(run.stderr)")
                if run.exitCode == 0 { #expect(run.stdout == usual.stdout) }
                // A photo that there was no room for is named and left out.
                if run.exitCode == 2 { #expect(run.stderr.contains("fastpix: skipped "), "\(run.stderr)") }
                refused += run.exitCode == 1 ? 1 : 0
                if run.exitCode == 1 { #expect(run.stderr.contains("fastpix:"), "\(run.stderr)") }
            }
            #expect(refused > 0)
        }
    }

    /// More workers than files may be open: fewer of them work.
    @Test(arguments: [12, 16])
    func fewFileDescriptorsCostNoImage(_ limit: Int) throws {
        try withTemporaryFolder { folder in
            try folder.addFile(
                "map.json",
                Data(
                    CommandRun.fastpix(
                        ["hotpixels", Repository.examplePhotos.path, "--format", "json", "--quiet"]).stdout.utf8))
            let jobs = [
                ["addweighted", Repository.examplePhotos.path, Repository.examplePhotos.path, "--output", "blended"],
                ["repair", Repository.examplePhotos.path, "--map", "map.json", "--output", "repaired"],
                ["stats", Repository.examplePhotos.path, "--moments"],
            ]
            for job in jobs {
                let run = try CommandRun.shell(
                    "ulimit -n \(limit); exec \"$0\" \"$@\" --workers 8", job, in: folder)
                #expect(run.exitCode == 0, "\(job[0]): \(run.stderr)")
            }
            #expect(try folder.appendingPathComponent("blended").entries().count == 48)
            #expect(try folder.appendingPathComponent("repaired").entries().count == 48)
        }
    }

    /// A user who may have no more threads gets the same result from one.
    @Test(
        .enabled(
            if: geteuid() == 0 && hasProgram("setpriv") && hasProgram("prlimit"), "takes root and Linux's setpriv"),
        arguments: [1, 2, 3])
    func fewThreadsAreEnough(_ limit: Int) throws {
        try withTemporaryFolder { folder in
            // Where the other user may read it.
            chmod(folder.path, 0o755)
            try folder.addCopy(of: FastPixBinary.tested, as: "fastpix")
            let photos = try folder.addFolder("photos")
            for photo in try Photos.example(12) { try photos.addCopy(of: photo) }
            let usual = try CommandRun.fastpix(["hotpixels", "photos", "--format", "csv", "--quiet"], in: folder)
            let limited = try CommandRun.of(
                URL(fileURLWithPath: "/bin/sh"),
                [
                    "-c",
                    "exec setpriv --reuid=65533 --regid=65533 --clear-groups prlimit --nproc=\(limit) "
                        + "./fastpix hotpixels photos --format csv --quiet --workers 4",
                ], environment: Sanitizer.withoutLeaks, in: folder)
            #expect(limited.exitCode == 0, "\(limited.stderr)")
            #expect(limited.stdout == usual.stdout)
        }
    }

    /// Without a thread to wait for signals they still end the program. It has written a byte, so that it has long
    /// begun, and cannot write the rest.
    @Test(
        .enabled(
            if: geteuid() == 0 && hasProgram("setpriv") && hasProgram("prlimit"), "takes root and Linux's setpriv"))
    func signalsEndTheProgramAlsoWithoutAThread() throws {
        try withTemporaryFolder { folder in
            chmod(folder.path, 0o755)
            try folder.addCopy(of: FastPixBinary.tested, as: "fastpix")
            try Photos.add(10, copiesOf: Photos.example(1)[0], to: folder)
            let run = try CommandRun.of(
                URL(fileURLWithPath: "/bin/sh"),
                [
                    "-c",
                    """
                    mkfifo result
                    setpriv --reuid=65533 --regid=65533 --clear-groups prlimit --nproc=1 \
                        ./fastpix hotpixels . --no-defects --quiet --format json --top 100000 >result &
                    exec 3<result
                    head -c 1 <&3
                    kill -TERM $!
                    wait $!
                    echo " $?"
                    """,
                ], environment: Sanitizer.withoutLeaks, in: folder)
            #expect(run.stdout == "{ 143\n", "\(run.stderr)")
        }
    }

    // MARK: Disks

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "Linux only"))
    func aFullDeviceIsNamed() throws {
        let run = try CommandRun.fastpix(["hotpixels", Self.sixteenBit, "--quiet", "--output", "/dev/full"])
        #expect(run.exitCode == 1)
        #expect(run.stderr.contains("/dev/full: the output could not be written completely; make room on the disk"))
        let direct = try CommandRun.shell("exec \"$0\" hotpixels \"$1\" --quiet >/dev/full", [Self.sixteenBit])
        #expect(direct.exitCode == 1)
        #expect(direct.stderr.contains("cannot be written to standard output (No space left on device)"))
    }

    /// Every kind of output on a disk of its own that is too small or read-only.
    @Test(
        .enabled(if: canMount, "takes root and a namespace for mounts"),
        arguments: [
            ["--output", "disk/report.csv", "--top", "100000"], ["--variance-map", "disk/map.png"],
            ["--save-maps", "disk"], ["--save-sums", "disk"], ["--checkpoint", "disk/run.state"],
        ])
    func fullAndReadOnlyDisksAreNamed(_ output: [String]) throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("disk")
            let arguments = ["hotpixels", Repository.examplePhotos.path, "--quiet", "--format", "csv"] + output
            for (options, reason) in [("size=64k", "No space left on device"), ("ro", "Read-only file system")] {
                let run = try CommandRun.of(
                    URL(fileURLWithPath: "/bin/sh"),
                    [
                        "-c",
                        "unshare -m sh -c 'mount -t tmpfs -o \(options) none disk && \"$0\" \"$@\"; code=$?; "
                            + "ls -A disk >left; exit $code' \"$0\" \"$@\"", FastPixBinary.tested.path,
                    ] + arguments, in: folder)
                // What is written besides the result does not cost it, but for a place that was refused at the start.
                let isBesides =
                    ["--variance-map", "--save-maps", "--save-sums", "--checkpoint"].contains(output[0])
                    && options != "ro"
                #expect(run.exitCode == (isBesides ? 2 : 1))
                #expect(run.stdout.isEmpty == !isBesides)
                #expect(run.stderr.contains("disk"))
                #expect(run.stderr.contains(reason), "\(run.stderr)")
                #expect(run.stderrLines.count == 1)
                let left = try String(contentsOf: folder.appendingPathComponent("left"), encoding: .utf8)
                #expect(left == "", "\(left)")
            }
        }
    }

    private static let canMount =
        geteuid() == 0 && hasProgram("unshare")
        && (try? CommandRun.of(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "unshare -m mount -t tmpfs none /mnt"]))?.exitCode == 0

    // MARK: Folders

    /// Named like photos, but none that could be waited for.
    @Test func whatIsNoFileIsNotWaitedFor() throws {
        try withTemporaryFolder { folder in
            try Photos.add(10, to: folder)
            try folder.addFolder("folder.jpg")
            #expect(mkfifo(folder.appendingPathComponent("fifo.jpg").path, 0o600) == 0)
            try folder.addLink("zero.jpg", to: "/dev/zero")
            try folder.addLink("terminal.png", to: "/dev/tty")
            try folder.addLink("loop.jpg", to: "loop-2.jpg")
            try folder.addLink("loop-2.jpg", to: "loop.jpg")
            try folder.addLink("self", to: ".")
            try Self.addSocket(folder, "socket.jpg")
            let run = try CommandRun.fastpix(
                ["hotpixels", "self", "--recursive", "--quiet", "--format", "json"], in: folder)
            #expect(run.exitCode == 2)
            let result = try run.hotPixels()
            #expect(result.groups.map(\.frames) == [10])
            let names = ["fifo.jpg", "loop-2.jpg", "loop.jpg", "socket.jpg", "terminal.png", "zero.jpg"]
            #expect(result.skipped.filter { $0.path.hasPrefix("self/") }.map(\.path) == names.map { "self/\($0)" })
            #expect(run.stderr.contains("self/loop.jpg: Too many levels of symbolic links"))
            #expect(run.stderr.contains("self/socket.jpg: not a regular file"))
        }
    }

    /// Its file has no name in the file system that could be opened.
    private static func addSocket(_ folder: URL, _ name: String) throws {
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = folder.appendingPathComponent(name).path
        try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
    }

    @Test func namesMayBeAsLongAsTheSystemAllows() throws {
        try withTemporaryFolder { folder in
            for number in 0..<10 {
                try folder.addFile(
                    "\(number)" + String(repeating: "x", count: 250) + ".jpg", Photos.content(comment: "\(number)"))
            }
            let output = String(repeating: "y", count: 251) + ".csv"
            let run = try CommandRun.fastpix(["hotpixels", ".", "--quiet", "--output", output], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            #expect(try folder.entries().contains(output))
            let longer = try CommandRun.fastpix(["hotpixels", ".", "--quiet", "--output", "y" + output], in: folder)
            #expect(longer.exitCode == 1)
            #expect(longer.stderr.contains("File name too long"))
        }
    }

    /// More photos than exact sums of one group hold, in one folder.
    @Test(.enabled(if: LongTests.areWanted, "takes a minute"))
    func aHundredThousandFilesAreRead() throws {
        try withTemporaryFolder { folder in
            let kinds = try [Photos.tiny, Photos.decoderFixture("png-grey8-17x13-adam7.png")].map {
                try Data(contentsOf: $0)
            }
            for number in 0..<100_000 { try folder.addFile("\(number).jpg", kinds[number % 2]) }
            let run = try CommandRun.fastpix(["hotpixels", ".", "--quiet", "--format", "json"], in: folder)
            #expect(run.exitCode == 0)
            #expect(try run.hotPixels().groups.map(\.frames) == [50_000, 50_000])
        }
    }
}
