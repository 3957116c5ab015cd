import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FastPix

/// Runs that are stopped at any point at which they look for it, and go on: the result has the bits of a run that
/// was never stopped, and so has the state.
struct CheckpointStopTests {
    private static let rowsPerStrip = 7
    private static let width = 40

    /// Soft scenes with a stuck and a hot pixel, `photo-00.png`...
    private static func addPhotos(_ count: Int, to folder: URL) throws {
        var photos = SyntheticPhotos(width: width, height: 30, count: count)
        photos.change(row: 13, column: 20) { _, _ in 255 }
        photos.change(row: 21, column: 9) { value, _ in value + 70 }
        for (number, samples) in photos.frames.enumerated() {
            try folder.addFile(
                String(format: "photo-%02d.png", number), TestPhoto.png(samples, width: width, channels: 1))
        }
    }

    /// Damages a photo so that 25 of its rows can be decoded: the next one has a filter that does not exist.
    private static func damage(_ name: String, in folder: URL) throws {
        let file = folder.appendingPathComponent(name)
        var bytes = try Data(contentsOf: file)
        // Behind the signature, the header and the beginnings of the chunk, of the zlib stream and of its block.
        let place = 8 + 25 + 8 + 2 + 5 + 25 * (1 + width)
        try #require(bytes[place] == 0)
        bytes[place] = 9
        try bytes.write(to: file)
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
        /// Looks from one stop to the next. Judging takes time.
        var step = 1
        var testDescription: String { "\(detection?.confirmation.rawValue ?? "no defects"), damaged: \(damaged)" }

        static let all: [Case] = [
            Case(), Case(damaged: ["photo-03.png"], step: 5), Case(detection: DetectionSettings(), step: 5),
            Case(detection: DetectionSettings(confirmation: .full), step: 29),
            Case(detection: DetectionSettings(), damaged: ["photo-06.png", "photo-09.png"], step: 11),
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
        _ detection: DetectionSettings?, in folder: URL, workers: Int, rowsPerStrip: Int, batch: Int,
        interruption: Interruption? = nil
    ) throws -> Result {
        let sums = folder.appendingPathComponent("sums")
        let search = HotPixelsSearch(
            accumulation: AccumulationSettings(
                workers: workers, tileSampleCount: rowsPerStrip * width, batch: batch),
            detection: detection, maps: MapOutputs(sumsFolder: sums.path),
            checkpoint: CheckpointSettings(path: folder.appendingPathComponent("all.state").path),
            interruption: interruption)
        let report = try search.run(PhotoDiscovery(paths: [FilePath(folder.appendingPathComponent("photos").path)]))
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
        _ detection: DetectionSettings?, afterLooks looks: Int, in folder: URL, workers: Int = 1,
        rowsPerStrip: Int = rowsPerStrip, batch: Int = 4
    ) throws -> FastPixError? {
        do {
            _ = try run(
                detection, in: folder, workers: workers, rowsPerStrip: rowsPerStrip, batch: batch,
                interruption: Looks(allowed: looks).interruption)
            return nil
        } catch let error as FastPixError {
            #expect(error.code == .interrupted, "\(error)")
            return error
        }
    }

    @Test(arguments: Case.all)
    func everyStopCanBeGoneOnFrom(_ wanted: Case) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(15, to: try folder.addFolder("photos"))
            for name in wanted.damaged { try Self.damage(name, in: folder.appendingPathComponent("photos")) }
            let expected = try Self.run(wanted.detection, in: folder, workers: 2, rowsPerStrip: 30, batch: 15)
            #expect(expected.skipped.count == wanted.damaged.count)
            if wanted.detection != nil { #expect(expected.groups.contains(#""class":"stuck""#)) }
            var looks = 0
            var unfinished: [String] = []
            while true {
                try Self.removeOutputs(in: folder)
                if try Self.stop(wanted.detection, afterLooks: looks, in: folder) == nil { break }
                unfinished += try Self.unfinished(in: folder)
                // Strips of another height, in batches of another size. In a strip of all rows the damage is found before
                // any of them is added.
                let resumed = try Self.run(
                    wanted.detection, in: folder, workers: 2, rowsPerStrip: looks % 2 == 0 ? 4 : 30, batch: 3)
                #expect(resumed == expected, "stopped after \(looks) looks")
                looks += wanted.step
            }
            #expect(looks > 100)
            #expect(unfinished.count > 5)
            // Rows of theirs that came with a state have been taken out.
            if wanted.detection == nil { #expect(Set(wanted.damaged).isSubset(of: unfinished)) }
        }
    }

    private static func unfinished(in folder: URL) throws -> [String] {
        let state = folder.appendingPathComponent("all.state")
        guard FileManager.default.fileExists(atPath: state.path) else { return [] }
        return try StateReader(FilePath(state.path)).manifest.unfinished.map(\.name)
    }

    /// Whatever is interrupted may be interrupted again, in strips of any height.
    @Test(arguments: Case.all)
    func stopsOfStopsCanBeGoneOnFrom(_ wanted: Case) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(15, to: try folder.addFolder("photos"))
            for name in wanted.damaged { try Self.damage(name, in: folder.appendingPathComponent("photos")) }
            let expected = try Self.run(wanted.detection, in: folder, workers: 2, rowsPerStrip: 30, batch: 15)
            for first in 0..<2 {
                try Self.removeOutputs(in: folder)
                var looks = first
                var stops = 0
                while try Self.stop(
                    wanted.detection, afterLooks: looks, in: folder, workers: 1 + stops % 3,
                    rowsPerStrip: 1 + (stops * 5 + first) % 11, batch: 1 + stops % 4) != nil
                {
                    stops += 1
                    looks += 3
                }
                #expect(stops > 5)
                // The last run of the loop was not stopped, and left nothing to do.
                let result = try Self.run(wanted.detection, in: folder, workers: 1, rowsPerStrip: 30, batch: 1)
                #expect(result == expected, "begun with \(first) looks")
            }
        }
    }

    /// Nobody decodes a strip without having looked, so that after the request each worker ends with the strip it is at:
    /// no more strips are taken in than there were looks before it.
    @Test(arguments: [1, 3])
    func aStopDoesNotWaitForTheBatch(_ workers: Int) throws {
        try withTemporaryFolder { folder in
            try Self.addPhotos(15, to: try folder.addFolder("photos"))
            for looks in stride(from: 0, to: 60, by: 3) {
                try Self.removeOutputs(in: folder)
                let error = try Self.stop(nil, afterLooks: looks, in: folder, workers: workers, batch: 16)
                #expect(error != nil)
                let file = folder.appendingPathComponent("all.state")
                guard FileManager.default.fileExists(atPath: file.path) else { continue }
                let manifest = try StateReader(FilePath(file.path)).manifest
                let rows =
                    manifest.photos.count * manifest.frame.height + manifest.unfinished.reduce(0) { $0 + $1.rows! }
                #expect(rows <= looks * Self.rowsPerStrip, "\(looks) looks")
            }
        }
    }

    // MARK: What is not gone on from

    /// Stops a run of the photos with some of them unfinished, and returns the state's manifest.
    private static func stopWithUnfinished(in folder: URL) throws -> StateManifest {
        try addPhotos(15, to: try folder.addFolder("photos"))
        #expect(try stop(nil, afterLooks: 40, in: folder) != nil)
        let manifest = try StateReader(FilePath(folder.appendingPathComponent("all.state").path)).manifest
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
                try Self.run(nil, in: folder, workers: 1, rowsPerStrip: 7, batch: 4)
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("1 photo that is not among those given") == true)
            #expect(try Data(contentsOf: folder.appendingPathComponent("all.state")) == state)
        }
    }

    @Test func unfinishedPhotosAreNotMerged() throws {
        try withTemporaryFolder { folder in
            let manifest = try Self.stopWithUnfinished(in: folder)
            let state = FilePath(folder.appendingPathComponent("all.state").path)
            let error = #expect(throws: FastPixError.self) { try StateMerge().run([state]) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("\(manifest.unfinished.count) unfinished photos") == true)
            _ = try Self.run(nil, in: folder, workers: 1, rowsPerStrip: 7, batch: 4)
            #expect(try StateMerge().run([state]).groups[0].frames == 15)
        }
    }

    /// Rows that are in the state cannot be taken out without their photo.
    @Test func aPhotoThatVanishesLeavesTheState() throws {
        try withTemporaryFolder { folder in
            let manifest = try Self.stopWithUnfinished(in: folder)
            let path = folder.appendingPathComponent("all.state").path
            let state = try Data(contentsOf: URL(fileURLWithPath: path))
            let photos = PhotoDiscovery(paths: [FilePath(folder.appendingPathComponent("photos").path)]).files.map {
                try! PhotoFile(probing: $0, maximumPixels: 0)
            }
            let group = try #require(PhotoGroup.grouping(photos).first)
            let checkpoint = try #require(
                try CheckpointSet(CheckpointSettings(path: path), groups: [group], detection: nil, workers: 1)[0])
            try FileManager.default.removeItem(
                at: folder.appendingPathComponent("photos/\(manifest.unfinished[0].name)"))
            let error = #expect(throws: FastPixError.self) {
                try PhotoAccumulation.run(
                    group.photos, shape: group.shape, settings: AccumulationSettings(), checkpoint: checkpoint
                ) { _ in }
            }
            #expect(error?.message.contains("upper rows of this photo are in the checkpoint") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == state)
        }
    }
}
