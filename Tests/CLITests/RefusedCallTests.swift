import Foundation
import TestSupport
import Testing

/// A system that refuses one thing, at any moment: the disk is full or broken, too many files are open. The program says
/// so and ends; what was there before is there still, whole, or the complete new file is.
@Suite(.enabled(if: FaultInjection.isPossible, "takes Linux's LD_PRELOAD and a C compiler"))
struct RefusedCallTests {
    /// A command with the files that it reads and replaces.
    struct Job: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let arguments: [String]
        /// What is there already and is to be replaced.
        let outputs: [String]
        /// Whether the reason stands in the line about the only image, above that about all of them.
        let namesImages: Bool
        let prepare: @Sendable (URL) throws -> Void

        /// Whether an image gets its name by `link`; where that is refused, `rename` does it.
        var hasSecondWay: Bool { namesImages && outputs.isEmpty }
    }

    private static func addPhotos(_ numbers: Range<Int>, to folder: URL) throws {
        let photos = try folder.addFolder("photos")
        var scenes = SyntheticScenes(width: 96, height: 64, channels: 3)
        for number in 0..<numbers.upperBound {
            let scene = scenes.next()
            guard numbers.contains(number) else { continue }
            try photos.addFile("\(number + 10).png", TestPhoto.png(scene, width: 96, channels: 3))
        }
    }

    private static func addState(_ name: String, _ numbers: Range<Int>, to folder: URL) throws {
        let photos = numbers.map { "photos/\($0 + 10).png" }
        let run = try CommandRun.fastpix(
            ["hotpixels", "--minimum-frames", "1", "--quiet", "--checkpoint", name] + photos, in: folder)
        try #require(run.exitCode == 0)
    }

    /// Long enough for several writes of one file.
    private static func addMap(to folder: URL) throws {
        try folder.addFile("list.badpixels", Data("# frame 384 x 896, offset 0,0\n10 10 0\n20 20 0\n".utf8))
    }

    static let jobs = [
        Job(
            testDescription: "hotpixels",
            arguments: [
                "hotpixels", "photos", "--quiet", "--format", "csv", "--checkpoint", "run.state",
                "--save-maps", "maps", "--save-sums", "maps", "--variance-map", "map.png", "--report", "page.html",
                "--export", "list.csv", "--output", "result.csv", "--overwrite",
            ],
            outputs: [
                "run.state", "maps/mean.npy", "maps/variance.npy", "maps/sum.npy", "maps/sum_of_squares.npy", "map.png",
                "page.html", "list.csv", "result.csv",
            ], namesImages: false
        ) { folder in
            try addPhotos(0..<12, to: folder)
            try addState("run.state", 0..<5, to: folder)
        },
        Job(
            testDescription: "merge",
            arguments: [
                "merge", "a.state", "b.state", "--quiet", "--format", "csv", "--save-state", "c.state", "--save-maps",
                "maps", "--variance-map", "map.png", "--output", "result.csv", "--overwrite",
            ],
            outputs: ["c.state", "maps/mean.npy", "maps/variance.npy", "map.png", "result.csv"], namesImages: false
        ) { folder in
            try addPhotos(0..<12, to: folder)
            try addState("a.state", 0..<5, to: folder)
            try addState("b.state", 5..<12, to: folder)
        },
        Job(
            testDescription: "addweighted to PNG",
            arguments: ["addweighted", "a.png", "b.png", "--quiet", "--overwrite", "--output", "blend.png"],
            outputs: ["blend.png"], namesImages: true
        ) { folder in
            try folder.addCopy(of: Blends.fixture("large-rgb16.png"), as: "a.png")
            try folder.addCopy(of: Blends.fixture("large-rgb16.png"), as: "b.png")
        },
        Job(
            testDescription: "addweighted to JPEG, under a new name",
            arguments: ["addweighted", "a.jpg", "--blur", "3", "--quiet", "--output", "blend.jpg"],
            outputs: [], namesImages: true
        ) { folder in try folder.addCopy(of: Photos.example(1)[0], as: "a.jpg") },
        Job(
            testDescription: "repair",
            arguments: [
                "repair", "a.jpg", "--map", "list.badpixels", "--quiet", "--overwrite", "--output", "repaired",
            ],
            outputs: ["repaired/a.jpg"], namesImages: true
        ) { folder in
            try folder.addCopy(of: Photos.example(1)[0], as: "a.jpg")
            try addMap(to: folder)
        },
    ]

    /// All files with their content.
    private static func contents(_ folder: URL) throws -> [String: Data] {
        try Dictionary(
            uniqueKeysWithValues: Blends.files(folder).map {
                ($0, try Data(contentsOf: folder.appendingPathComponent($0)))
            })
    }

    private static func fill(_ folder: URL, _ contents: [String: Data]) throws {
        for (name, content) in contents {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try content.write(to: file)
        }
    }

    /// What is in the folder when the job begins.
    private static func beginning(_ job: Job) throws -> [String: Data] {
        try withTemporaryFolder { folder in
            try job.prepare(folder)
            let prepared = try contents(folder)
            let outputs = job.outputs.map { ($0, Data("what was here before".utf8)) }
            return prepared.merging(outputs) { prepared, _ in prepared }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let calls: [FaultInjection.Call]
        let code: Int32
        let isLasting: Bool
        let reason: String
        var testDescription: String {
            "\(calls.map(\.rawValue).joined(separator: ", ")): \(reason)\(isLasting ? ", from then on" : "")"
        }
    }

    @Test(
        arguments: jobs,
        [
            Refusal(calls: [.write], code: ENOSPC, isLasting: true, reason: "No space left on device"),
            Refusal(calls: [.write, .sync, .rename], code: EIO, isLasting: false, reason: "Input/output error"),
        ])
    func refusedChangesLeaveWholeFiles(_ job: Job, _ refusal: Refusal) throws {
        let before = try Self.beginning(job)
        var after: [String: Data] = [:]
        let count = try withTemporaryFolder { folder in
            try Self.fill(folder, before)
            let whole = try FaultInjection.fastpix(job.arguments, calls: refusal.calls, in: folder)
            #expect(whole.run.exitCode == 0, "\(whole.run.stderr)")
            after = try Self.contents(folder)
            for output in job.outputs { #expect(after[output] != before[output], "\(output)") }
            return whole.calls
        }
        try #require(count > 0)
        for number in FaultInjection.moments(count, most: 12) {
            let comment: Comment = "call \(number) of \(count)"
            try withTemporaryFolder { folder in
                try Self.fill(folder, before)
                let run = try FaultInjection.fastpix(
                    job.arguments, calls: refusal.calls, number: number,
                    fault: .error(refusal.code, lasting: refusal.isLasting), in: folder
                ).run
                let left = try Self.contents(folder)
                if job.hasSecondWay && run.exitCode == 0 {
                    #expect(number == count && left == after, comment)
                    return
                }
                // What is written besides a result does not cost it.
                #expect(run.exitCode == 1 || run.exitCode == 2 && !job.namesImages, comment)
                #expect(run.stdout == "", comment)
                #expect(run.stderrLines.count == (job.namesImages ? 2 : 1), "\(run.stderr)")
                #expect(run.stderr.hasPrefix(job.namesImages ? "fastpix: skipped " : "fastpix: error: "), comment)
                #expect(run.stderrLines.first?.hasSuffix("(\(refusal.reason))") == true, "\(run.stderr)")
                #expect(Set(left.keys).isSubset(of: after.keys), comment)
                for (name, content) in before where !job.outputs.contains(name) {
                    #expect(left[name] == content, "\(name), \(comment)")
                }
                for name in left.keys {
                    let isWhole =
                        left[name] == before[name] || left[name] == after[name]
                        // Tells the time that the run took.
                        || name == "page.html" && left[name]!.suffix(8) == Data("</html>\n".utf8)
                    #expect(isWhole, "\(name), \(comment)")
                }
            }
        }
    }

    /// An image that cannot be written does not keep the others from being made.
    @Test(arguments: ["addweighted", "repair"])
    func oneRefusedImageIsNamed(_ command: String) throws {
        let options = command == "repair" ? ["--map", "list.badpixels"] : ["--blur", "3"]
        let arguments = [command, "photos", "--quiet", "--output", "out", "--workers", "2"] + options
        func begin(_ folder: URL) throws {
            let photos = try folder.addFolder("photos")
            for photo in try Photos.example(4) { try photos.addCopy(of: photo) }
            try Self.addMap(to: folder)
        }
        var expected: [String: Data] = [:]
        let calls: [FaultInjection.Call] = [.write]
        let count = try withTemporaryFolder { folder in
            try begin(folder)
            let whole = try FaultInjection.fastpix(arguments, calls: calls, in: folder)
            #expect(whole.run.exitCode == 0)
            expected = try Self.contents(folder.appendingPathComponent("out"))
            return whole.calls
        }
        try #require(count >= 4)
        for number in FaultInjection.moments(count, most: 6) {
            let comment: Comment = "call \(number) of \(count)"
            try withTemporaryFolder { folder in
                try begin(folder)
                let run = try FaultInjection.fastpix(
                    arguments, calls: calls, number: number, fault: .error(EIO), in: folder
                ).run
                #expect(run.exitCode == 2, comment)
                #expect(run.stderrLines.count == 1, "\(run.stderr)")
                #expect(run.stderr.hasPrefix("fastpix: skipped photos/"), "\(run.stderr)")
                let made = try Self.contents(folder.appendingPathComponent("out"))
                #expect(made.count == 3, comment)
                for (name, content) in made { #expect(content == expected[name], "\(name), \(comment)") }
            }
        }
    }

    /// A photo that cannot be read or opened is named and leaves no trace; anything else that cannot is no harm or ends
    /// the run.
    @Test(arguments: [
        Refusal(calls: [.read], code: EIO, isLasting: false, reason: "Input/output error"),
        Refusal(calls: [.open], code: EMFILE, isLasting: false, reason: "Too many open files"),
        Refusal(calls: [.open], code: EMFILE, isLasting: true, reason: "Too many open files"),
    ])
    func refusedPhotosLeaveNoTrace(_ refusal: Refusal) throws {
        let arguments = [
            "hotpixels", "photos", "--quiet", "--format", "json", "--minimum-frames", "3", "--overwrite", "--save-maps",
        ]
        var expected: [[String]: [HotPixelsResult.Group]] = [:]
        try withTemporaryFolder { folder in
            try Self.addPhotos(0..<12, to: folder)
            let whole = try FaultInjection.fastpix(arguments + ["maps"], calls: refusal.calls, in: folder)
            expected[[]] = try whole.run.hotPixels().groups
            try #require(whole.calls >= 20)
            for number in FaultInjection.moments(whole.calls, most: 12) {
                let comment: Comment = "call \(number) of \(whole.calls)"
                let run = try FaultInjection.fastpix(
                    arguments + ["maps"], calls: refusal.calls, number: number,
                    fault: .error(refusal.code, lasting: refusal.isLasting), in: folder
                ).run
                #expect([0, 1, 2].contains(run.exitCode), comment)
                #expect(try Blends.files(folder).allSatisfy { !$0.contains("partial") }, comment)
                if run.exitCode != 0 { #expect(run.stderr.contains(refusal.reason), "\(run.stderr), \(comment)") }
                guard run.exitCode != 1 else { continue }
                let result = try run.hotPixels()
                let skipped = result.skipped.map(\.path)
                #expect((skipped.isEmpty && result.failedOutputs.isEmpty) == (run.exitCode == 0), comment)
                #expect(run.stderrLines.count >= skipped.count, "\(run.stderr), \(comment)")
                if expected[skipped] == nil {
                    let others = try folder.appendingPathComponent("photos").entries().map { "photos/\($0)" }
                        .filter { !skipped.contains($0) }
                    let usual = try CommandRun.fastpix(
                        ["hotpixels"] + others + arguments.dropFirst(2) + ["others"], in: folder)
                    expected[skipped] = try usual.hotPixels().groups
                }
                #expect(result.groups == expected[skipped], comment)
            }
        }
    }
}
