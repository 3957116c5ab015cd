import Foundation
import TestSupport
import Testing

/// Files that are no sound photos: named with a reason, left out whole, and no reason to give up on the others.
struct BadInputTests {
    private static let goodCount = 12

    private static func hotpixels(_ arguments: [String], in folder: URL) throws -> CommandRun {
        try CommandRun.fastpix(["hotpixels", "--format", "json", "--quiet"] + arguments, in: folder)
    }

    /// Checks that exactly `bad` were skipped, and each was named once with its reason.
    private static func expectSkipped(
        _ bad: [String], _ run: CommandRun, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(run.exitCode == 2, sourceLocation: sourceLocation)
        let skipped = try run.hotPixels().skipped
        #expect(skipped.map(\.path) == bad.sorted(), sourceLocation: sourceLocation)
        #expect(skipped.allSatisfy { $0.reason.count > 10 }, sourceLocation: sourceLocation)
        run.expectNamed(skipped.map { ($0.path, $0.reason) }, sourceLocation)
    }

    private static func addGoodPhotos(to folder: URL) throws {
        let photos = try folder.addFolder("photos")
        for photo in try Photos.example(goodCount) { try photos.addCopy(of: photo) }
    }

    private static func referenceGroups(_ arguments: [String], in folder: URL) throws -> [HotPixelsResult.Group] {
        let run = try hotpixels(["photos"] + arguments, in: folder)
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let result = try run.hotPixels()
        #expect(result.skipped.isEmpty)
        #expect(result.groups.map(\.frames) == [goodCount])
        return result.groups
    }

    @Test func filesThatAreNoPhotosAreSkipped() throws {
        try withTemporaryFolder { folder in
            try Self.addGoodPhotos(to: folder)
            let exact = try Self.referenceGroups([], in: folder)
            let welford = try Self.referenceGroups(["--accumulator", "welford"], in: folder)

            let photos = folder.appendingPathComponent("photos")
            let fixtures = [
                "jpeg-truncated-50.jpg", "jpeg-truncated-header.jpg", "jpeg-corrupt-huffman.jpg",
                "jpeg-corrupt-progressive.jpg", "empty.jpg", "empty.png", "one-byte.jpg", "text.jpg", "gif.jpg",
                "jpeg-cmyk.jpg", "jpeg-12-bit.jpg", "jpeg-no-image.jpg", "png-60000x60000.png", "png-truncated-50.png",
                "png-bad-crc.png",
            ]
            for fixture in fixtures { try photos.addCopy(of: Photos.decoderFixture(fixture)) }
            try photos.addLink("dangling.jpg", to: "nowhere.jpg")
            #expect(mkfifo(photos.appendingPathComponent("fifo.jpg").path, 0o600) == 0)

            // Small photos fail while being read only in a group of their own.
            let arguments = ["photos", "--minimum-frames", "1"]
            let bad = (fixtures + ["dangling.jpg", "fifo.jpg"]).map { "photos/\($0)" }
            let run = try Self.hotpixels(arguments, in: folder)
            try Self.expectSkipped(bad, run)
            #expect(try run.hotPixels().groups == exact)
            let other = try Self.hotpixels(arguments + ["--accumulator", "welford"], in: folder)
            try Self.expectSkipped(bad, other)
            #expect(try other.hotPixels().groups == welford)
        }
    }

    @Test(.enabled(if: CommandRun.canBeUnprivileged, "root may read everything, and there is no setpriv"))
    func unreadableFilesAreSkipped() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(10, to: photos)
            try photos.addCopy(of: Photos.tiny, as: "secret.jpg")
            #expect(chmod(photos.appendingPathComponent("secret.jpg").path, 0) == 0)
            let closed = try photos.addFolder("closed")
            #expect(chmod(closed.path, 0) == 0)
            defer { chmod(closed.path, 0o700) }
            let run = try CommandRun.unprivileged(
                ["hotpixels", "--format", "json", "--quiet", "photos", "--recursive"], in: folder)
            try Self.expectSkipped(["photos/closed", "photos/secret.jpg"], run)
            #expect(run.stderr.contains("Permission denied"))
            #expect(try run.hotPixels().groups.map(\.frames) == [10])
        }
    }

    /// What is wrong with a photo of which most has been accumulated before the damage is met.
    enum Damage: CaseIterable {
        case cutAt20, cutAt50, cutAt95, noEndMarker, endsInTheMiddle

        func apply(to photo: Data) -> Data {
            switch self {
            case .cutAt20: photo.prefix(photo.count / 5)
            case .cutAt50: photo.prefix(photo.count / 2)
            case .cutAt95: photo.prefix(photo.count / 20 * 19)
            case .noEndMarker: photo.dropLast(2)
            case .endsInTheMiddle: photo.prefix(photo.count / 2) + [0xff, 0xd9] + photo.dropFirst(photo.count / 2 + 2)
            }
        }
    }

    struct Situation: Sendable, CustomTestStringConvertible {
        let accumulator: String
        let workers: Int
        /// Welford takes photos in the order of their names.
        let prefix: String
        /// Without defects no accumulators of the whole frame are kept, until a photo turns out damaged.
        var options: [String] = []
        var testDescription: String { "\(accumulator), \(workers) workers, \(prefix) \(options.joined())" }
    }

    @Test(arguments: [
        Situation(accumulator: "exact", workers: 1, prefix: "0-first"),
        Situation(accumulator: "exact", workers: 3, prefix: "z-last"),
        Situation(accumulator: "exact", workers: 1, prefix: "z-last", options: ["--no-defects"]),
        Situation(accumulator: "exact", workers: 3, prefix: "0-first", options: ["--no-defects"]),
        // Strips so low that not all of them have accumulators at a time.
        Situation(accumulator: "exact", workers: 1, prefix: "0-first", options: ["--tile", "18432"]),
        Situation(accumulator: "exact", workers: 3, prefix: "z-last", options: ["--tile", "18432"]),
        Situation(accumulator: "welford", workers: 1, prefix: "0-first"),
        Situation(accumulator: "welford", workers: 3, prefix: "0-first"),
        Situation(accumulator: "welford", workers: 1, prefix: "z-last"),
        Situation(accumulator: "welford", workers: 3, prefix: "IMG_9360-between"),
    ])
    func damagedPhotosLeaveNoTrace(_ situation: Situation) throws {
        try withTemporaryFolder { folder in
            try Self.addGoodPhotos(to: folder)
            let settings =
                ["--accumulator", situation.accumulator, "--workers", "\(situation.workers)"] + situation.options
            let reference = try Self.referenceGroups(settings, in: folder)

            // Photos that the good ones do not include, so that a trace of them would show.
            let others = try Photos.example(Self.goodCount + Damage.allCases.count).dropFirst(Self.goodCount)
            var bad: [String] = []
            for (damage, photo) in zip(Damage.allCases, others) {
                let name = "photos/\(situation.prefix)-\(damage).jpg"
                try folder.addFile(name, damage.apply(to: Data(contentsOf: photo)))
                bad.append(name)
            }
            let run = try Self.hotpixels(["photos"] + settings, in: folder)
            try Self.expectSkipped(bad, run)
            #expect(try run.hotPixels().groups == reference)
        }
    }

    /// The group was large enough until its photos turned out damaged.
    @Test(arguments: ["exact", "welford"])
    func aGroupMayShrinkBelowTheMinimum(_ accumulator: String) throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(9, to: photos)
            try photos.addFile("cut.jpg", Data(contentsOf: Photos.tiny).dropLast(60))
            let run = try CommandRun.fastpix(
                ["hotpixels", "photos", "--minimum-frames", "10", "--accumulator", accumulator], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("fastpix: skipped photos/cut.jpg: "))
            #expect(run.stderr.contains("9 photos left out"))
            #expect(run.stderr.contains("--minimum-frames"))
        }
    }

    @Test func photosWithTooManyPixelsAreSkipped() throws {
        try withTemporaryFolder { folder in
            let photos = try Photos.example(10).map(\.path)
            let all = try Self.hotpixels(photos + ["--max-pixels", "1000"], in: folder)
            #expect(all.exitCode == 1)
            #expect(try all.hotPixels().groups.isEmpty)
            #expect(try all.hotPixels().skipped.map(\.path) == photos)
            #expect(all.stderrLines.count == 11)
            #expect(all.stderr.contains("fastpix: error: not one of 10 files could be used; the lines above say why"))
            for photo in photos { #expect(all.stderr.contains("fastpix: skipped \(photo): ")) }

            try Photos.add(10, to: folder)
            let some = try Self.hotpixels([".", photos[0], "--max-pixels", "1000"], in: folder)
            try Self.expectSkipped([photos[0]], some)
            #expect(some.stderr.contains("more than the limit of 1000 pixels"))
            #expect(try some.hotPixels().groups.map(\.frames) == [10])
        }
    }
}
