import FastPix
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixReporting
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation
@testable import FastPixPlumbing

/// Runs that are stopped at any point at which they look for it, and go on: the result has the bits of a run that
/// was never stopped, and so has the state.
@Suite(.timeLimit(.minutes(10))) struct CheckpointStopTests {
    private static let rowsPerStrip = 7
    private static let shape = FrameShape(width: 14, height: 30, channels: 3, bitsPerSample: 8)
    private static let photoCount = 15

    /// `photo-00.png`...
    private static func addPhotos(to folder: URL) throws {
        _ = try RandomPhotos.write(photoCount, shape, to: try folder.addFolder("photos"), seed: 5)
    }

    private static func photos(in folder: URL) -> [PhotoFile] {
        PhotoDiscovery(paths: [FilePath(folder.appendingPathComponent("photos").path)]).files.map {
            try! PhotoFile(probing: $0, maximumPixels: 0)
        }
    }

    /// Damages a photo so that 25 of its rows can be decoded.
    private static func damage(_ name: String, in folder: URL, afterRows rows: Int = 25) throws {
        try #require(photos(in: folder).first { $0.fileName == name }).damage(afterRows: rows)
    }

    /// A result to the last bit: what is reported, the sums, and the state.
    struct Result: Equatable {
        let groups: String
        let skipped: [String]
        let sums: [Data]
        let state: Data
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var detection: DetectionSettings?
        var damaged: [String] = []
        var damagedAfterRows = 25
        /// Between saves, in seconds.
        var interval = 1000.0
        var testDescription: String {
            (detection == nil ? "moments" : "defects") + ", damaged: \(damaged) after \(damagedAfterRows) rows, "
                + (interval == 0 ? "always saving" : "saving at the end")
        }

        static let all: [Case] = [
            Case(), Case(interval: 0), Case(detection: DetectionSettings()),
            Case(detection: DetectionSettings(), interval: 0), Case(damaged: ["photo-03.png"]),
            Case(damaged: ["photo-12.png"], interval: 0),
            Case(detection: DetectionSettings(), damaged: ["photo-06.png", "photo-09.png"]),
            Case(detection: DetectionSettings(), damaged: ["photo-06.png", "photo-12.png"], interval: 0),
            Case(detection: DetectionSettings(), damaged: ["photo-00.png"], damagedAfterRows: 29),
            Case(detection: DetectionSettings(), damaged: ["photo-03.png"], damagedAfterRows: 3),
        ]
    }

    /// Counts the looks of all workers, and says stop from some look on.
    private final class Looks: Sendable {
        private let count = Atomic(0)
        private let allowed: Int

        init(allowed: Int) { self.allowed = allowed }

        var interruption: Interruption {
            Interruption { self.count.add(1, ordering: .relaxed).newValue > self.allowed }
        }
    }

    /// With the state `all.state` in `folder`, and the photos in its folder `photos`.
    private static func run(
        _ wanted: Case, in folder: URL, workers: Int, rowsPerStrip: Int, batch: Int, interruption: Interruption? = nil
    ) throws -> Result {
        let sums = folder.appendingPathComponent("sums")
        let search = HotPixelsSearch(
            accumulation: AccumulationSettings(
                workers: workers, tileSampleCount: rowsPerStrip * shape.samplesPerRow, batch: batch),
            detection: wanted.detection, maps: MapOutputs(sumsFolder: FilePath(sums.path)),
            checkpoint: CheckpointSettings(
                path: FilePath(folder.appendingPathComponent("all.state").path), interval: wanted.interval))
        let report = try search.run(
            PhotoDiscovery(paths: [FilePath(folder.appendingPathComponent("photos").path)]), interruption: interruption)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Result(
            groups: String(decoding: try encoder.encode(report.groups), as: UTF8.self),
            skipped: report.skipped.map { "\($0.path): \($0.reason)" },
            sums: try sums.entries().map { try Data(contentsOf: sums.appendingPathComponent($0)) },
            state: try Data(contentsOf: folder.appendingPathComponent("all.state")))
    }

    private static func removeOutputs(in folder: URL) throws {
        for name in try folder.entries() where name != "photos" {
            try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
    }

    /// Nil when the run came to its end before it looked so often.
    private static func stop(
        _ wanted: Case, afterLooks looks: Int, in folder: URL, workers: Int = 1, rowsPerStrip: Int = rowsPerStrip,
        batch: Int = 4
    ) throws -> FastPixError? {
        do {
            _ = try run(
                wanted, in: folder, workers: workers, rowsPerStrip: rowsPerStrip, batch: batch,
                interruption: Looks(allowed: looks).interruption)
            return nil
        } catch let error as FastPixError {
            #expect(error.code == .interrupted, "\(error)")
            return error
        }
    }

    private static func manifest(in folder: URL) throws -> StateManifest? {
        let state = folder.appendingPathComponent("all.state")
        guard FileManager.default.fileExists(atPath: state.path) else { return nil }
        return try StateReader(FilePath(state.path)).manifest
    }

    /// A run that is not stopped, whose state is that of all sound photos, sample by sample.
    private static func expected(_ wanted: Case, in folder: URL) throws -> Result {
        let result = try run(wanted, in: folder, workers: 2, rowsPerStrip: 30, batch: 15)
        #expect(result.skipped.count == wanted.damaged.count)
        let sound = photos(in: folder).filter { !wanted.damaged.contains($0.fileName) }
        let reference = try ReferenceStatistics(sound, hasExtremes: wanted.detection != nil)
        let reader = try StateReader(FilePath(folder.appendingPathComponent("all.state").path))
        let accumulators = try Accumulators(shape: reference.shape, contents: reader.header.contents)
        try reader.add(rows: 0..<reference.shape.height, to: accumulators)
        #expect(accumulators.allBytes == reference.rows)
        if reader.header.hasExtremes {
            let coarse = try CoarseSums(reference.shape)
            try reader.add(to: coarse)
            #expect(Data(coarse.bytes) == reference.coarse)
        }
        let manifest = reader.manifest
        #expect(manifest.photos.map(\.name).sorted() == sound.map(\.fileName))
        #expect(manifest.unfinished.isEmpty)
        #expect(manifest.photos.compactMap(\.fact).sorted { $0.precedes($1) } == reference.facts)
        return result
    }

    /// Every third of them, unless long tests are wanted.
    @Test(arguments: LongTests.all(Case.all, otherwiseEvery: 3))
    func everyStopCanBeGoneOnFrom(_ wanted: Case) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            for name in wanted.damaged { try Self.damage(name, in: folder, afterRows: wanted.damagedAfterRows) }
            let expected = try Self.expected(wanted, in: folder)
            let step = LongTests.areWanted ? 1 : 3
            var looks = 0
            var unfinished: [String] = []
            while true {
                try Self.removeOutputs(in: folder)
                if try Self.stop(wanted, afterLooks: looks, in: folder) == nil { break }
                unfinished += try Self.manifest(in: folder)?.unfinished.map(\.name) ?? []
                // Strips of another height, in batches of another size. In a strip of all rows the damage is found before
                // any of them is added.
                let resumed = try Self.run(
                    wanted, in: folder, workers: 2, rowsPerStrip: looks % 2 == 0 ? 4 : 30, batch: 3)
                #expect(resumed == expected, "stopped after \(looks) looks")
                looks += step
            }
            #expect(looks > 15)
            #expect(unfinished.count > 5 / step)
            // Rows that came with a state have been taken out. At least those of one of the damaged photos: when it has
            // spoiled the pass, which goes on only to find the others, nothing is saved any more.
            if !wanted.damaged.isEmpty, wanted.damagedAfterRows > Self.rowsPerStrip {
                #expect(!Set(wanted.damaged).isDisjoint(with: unfinished))
            }
        }
    }

    /// Whatever is interrupted may be interrupted again, in strips of any height.
    @Test(arguments: LongTests.all(Case.all, otherwiseEvery: 4))
    func stopsOfStopsCanBeGoneOnFrom(_ wanted: Case) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            for name in wanted.damaged { try Self.damage(name, in: folder, afterRows: wanted.damagedAfterRows) }
            let expected = try Self.expected(wanted, in: folder)
            for first in 0..<(LongTests.areWanted ? 3 : 1) {
                try Self.removeOutputs(in: folder)
                var looks = first
                var stops = 0
                while try Self.stop(
                    wanted, afterLooks: looks, in: folder, workers: 1 + stops % 3,
                    rowsPerStrip: 1 + (stops * 5 + first) % 11, batch: 1 + stops % 4) != nil
                {
                    stops += 1
                    looks += 2
                }
                #expect(stops > 3)
                // The last run of the loop was not stopped, and left nothing to do.
                let result = try Self.run(wanted, in: folder, workers: 1, rowsPerStrip: 30, batch: 1)
                #expect(result == expected, "begun with \(first) looks")
            }
        }
    }

    /// Also when a pass that a damaged photo spoils ends where it would have been saved, with photos that nobody has begun.
    @Test(arguments: Case.all) func progressComesToItsEnd(_ wanted: Case) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            for name in wanted.damaged { try Self.damage(name, in: folder, afterRows: wanted.damagedAfterRows) }
            let progress = try Self.lastProgress(wanted, in: folder)
            #expect(progress.done == progress.total)
            // Every pass but the last has found a damaged photo; one that is saved only at the end has found all.
            let spoiled = wanted.interval == 0 ? wanted.damaged.count : min(1, wanted.damaged.count)
            #expect(progress.total <= (1 + spoiled) * Self.photoCount)
        }
    }

    /// What is saved does not come again, unless it has rows of the damaged photo in it.
    @Test func progressCountsPhotosAgainThatComeAgain() throws {
        try withTemporaryFolder { folder in
            let wanted = Case(damaged: ["photo-06.png"])
            try Self.addPhotos(to: folder)
            try Self.damage(wanted.damaged[0], in: folder)
            let sound = Self.photoCount - 1
            var looks = 2
            var found: Set<Int> = []
            while true {
                try Self.removeOutputs(in: folder)
                if try Self.stop(wanted, afterLooks: looks, in: folder, batch: 2) == nil { break }
                var again = sound
                if let manifest = try Self.manifest(in: folder),
                    !manifest.unfinished.contains(where: { $0.name == wanted.damaged[0] })
                {
                    again -= manifest.photos.count
                }
                found.insert(again)
                let progress = try Self.lastProgress(wanted, in: folder)
                #expect(progress.done == progress.total)
                #expect(progress.total == Self.photoCount + again, "stopped after \(looks) looks")
                looks += 3
            }
            #expect(found.count > 2)
        }
    }

    /// Of a run to its end with the state `all.state` in `folder`.
    private static func lastProgress(_ wanted: Case, in folder: URL) throws -> JobProgress {
        let search = HotPixelsSearch(
            accumulation: AccumulationSettings(
                workers: 2, tileSampleCount: rowsPerStrip * shape.samplesPerRow, batch: 3),
            detection: wanted.detection,
            checkpoint: CheckpointSettings(
                path: FilePath(folder.appendingPathComponent("all.state").path), interval: wanted.interval))
        let last = Mutex<JobProgress?>(nil)
        _ = try search.run(
            PhotoDiscovery(paths: [FilePath(folder.appendingPathComponent("photos").path)]),
            progress: { progress in last.withLock { $0 = progress } })
        return try #require(last.withLock { $0 })
    }

    /// Nobody decodes a strip without having looked, so that after the request each worker ends with the strip it is at:
    /// no more strips are taken in than there were looks before it.
    @Test(arguments: [1, 3])
    func aStopDoesNotWaitForTheBatch(_ workers: Int) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            for looks in 0..<5 {
                try Self.removeOutputs(in: folder)
                let error = try Self.stop(Case(), afterLooks: looks, in: folder, workers: workers, batch: 16)
                #expect(error != nil)
                guard let manifest = try Self.manifest(in: folder) else { continue }
                let rows =
                    manifest.photos.count * manifest.frame.height + manifest.unfinished.reduce(0) { $0 + $1.rows! }
                #expect(rows <= looks * Self.rowsPerStrip * 8, "\(looks) looks")
            }
        }
    }

    /// A photo that is written to while it is decoded, and then the run is stopped: what it was has left rows.
    @Test(arguments: [1, 3, 6, 9]) func aPhotoThatChangesBeforeTheStopLeavesNoTrace(_ looks: Int) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(to: folder)
            var others = RandomPhotos(Self.shape, seed: 99)
            let content = others.next()
            let wanted = Case(detection: DetectionSettings())
            // All are open in the first batches.
            let path = folder.appendingPathComponent("photos/photo-06.png")
            let count = Atomic(0)
            let interruption = Interruption {
                guard count.add(1, ordering: .relaxed).newValue > looks else { return false }
                try! content.write(to: path)
                return true
            }
            let error = #expect(throws: FastPixError.self) {
                try Self.run(
                    wanted, in: folder, workers: 1, rowsPerStrip: 7, batch: 16, interruption: interruption)
            }
            #expect(error?.code == .interrupted)
            let resumed = try Self.run(wanted, in: folder, workers: 2, rowsPerStrip: 4, batch: 3)
            try Self.removeOutputs(in: folder)
            #expect(resumed == (try Self.expected(wanted, in: folder)))
        }
    }

    // MARK: What is not gone on from

    /// Stops a run of the photos with some of them unfinished, and returns the state's manifest.
    private static func stopWithUnfinished(in folder: URL) throws -> StateManifest {
        try addPhotos(to: folder)
        #expect(try stop(Case(), afterLooks: 3, in: folder) != nil)
        let manifest = try #require(try manifest(in: folder))
        try #require(!manifest.unfinished.isEmpty)
        return manifest
    }

    @Test func aChangedPhotoIsRefused() throws {
        try withTemporaryFolder { folder in
            let manifest = try Self.stopWithUnfinished(in: folder)
            let photo = folder.appendingPathComponent("photos/\(manifest.unfinished[0].name)")
            try Data(contentsOf: folder.appendingPathComponent("photos/\(manifest.unfinished[1].name)")).write(
                to: photo)
            let state = try Data(contentsOf: folder.appendingPathComponent("all.state"))
            let error = #expect(throws: FastPixError.self) {
                try Self.run(Case(), in: folder, workers: 1, rowsPerStrip: 7, batch: 4)
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("1 photo that is not among those given") == true)
            #expect(try Data(contentsOf: folder.appendingPathComponent("all.state")) == state)
        }
    }

    /// What was begun without looking for defects holds nothing that they are judged by; the other way round all is there.
    @Test func defectsAreJudgedOnlyWhereExtremesAreCounted() throws {
        try withTemporaryFolder { folder in
            _ = try Self.stopWithUnfinished(in: folder)
            let judging = Case(detection: DetectionSettings())
            let state = try Data(contentsOf: folder.appendingPathComponent("all.state"))
            let error = #expect(throws: FastPixError.self) {
                try Self.run(judging, in: folder, workers: 1, rowsPerStrip: 7, batch: 4)
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("made without looking for defects") == true)
            #expect(try Data(contentsOf: folder.appendingPathComponent("all.state")) == state)
            try Self.removeOutputs(in: folder)
            let expected = try Self.expected(judging, in: folder)
            try Self.removeOutputs(in: folder)
            #expect(try Self.stop(judging, afterLooks: 3, in: folder) != nil)
            #expect(try Self.run(Case(), in: folder, workers: 1, rowsPerStrip: 7, batch: 4).state == expected.state)
        }
    }

    @Test func unfinishedPhotosAreNotMerged() throws {
        try withTemporaryFolder { folder in
            let manifest = try Self.stopWithUnfinished(in: folder)
            let state = FilePath(folder.appendingPathComponent("all.state").path)
            let error = #expect(throws: FastPixError.self) { try StateMerge().run([state]) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("\(manifest.unfinished.count) unfinished photos") == true)
            _ = try Self.run(Case(), in: folder, workers: 1, rowsPerStrip: 7, batch: 4)
            #expect(try StateMerge().run([state]).groups[0].frames == Self.photoCount)
        }
    }

    /// Rows that are in the state cannot be taken out without their photo.
    @Test func aPhotoThatVanishesLeavesTheState() throws {
        try withTemporaryFolder { folder in
            let manifest = try Self.stopWithUnfinished(in: folder)
            let path = folder.appendingPathComponent("all.state").path
            let state = try Data(contentsOf: URL(fileURLWithPath: path))
            let group = try #require(PhotoGroup.grouping(Self.photos(in: folder)).first)
            let checkpoint = try #require(
                try CheckpointSet(
                    CheckpointSettings(path: FilePath(path)), groups: [group], judging: false, workers: 1)[0])
            try FileManager.default.removeItem(
                at: folder.appendingPathComponent("photos/\(manifest.unfinished[0].name)"))
            let job = Accumulation(
                settings: AccumulationSettings(), contents: AccumulatorContents(kind: .exact, hasExtremes: false),
                checkpoint: checkpoint)
            let error = #expect(throws: FastPixError.self) {
                try job.run(group.photos, shape: group.shape, progress: { _ in }, reading: { _ in { _, _ in } })
            }
            #expect(error?.message.contains("upper rows of this photo are in the checkpoint") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == state)
        }
    }
}
