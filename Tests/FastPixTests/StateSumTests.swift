import FastPix
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import FastPixReporting
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation

/// States of parts of the photos, added up: to the last bit the state of one run over all of them.
@Suite(.timeLimit(.minutes(10)))
struct StateSumTests {
    /// Writes the state of these photos and returns its path.
    private static func state(
        _ photos: [PhotoFile], _ name: String, in folder: URL, judging: Bool, workers: Int = 2
    ) throws -> FilePath {
        let path = folder.appendingPathComponent(name).path
        let search = HotPixelsSearch(
            accumulation: AccumulationSettings(workers: workers), minimumFrames: 1,
            detection: judging ? DetectionSettings() : nil, checkpoint: CheckpointSettings(path: FilePath(path)))
        _ = try search.run(PhotoDiscovery(paths: photos.map(\.path)))
        return FilePath(path)
    }

    private static func bytes(_ path: FilePath) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path.string))
    }

    /// Parts of these sizes.
    private static func parts(_ photos: [PhotoFile], _ sizes: [Int]) -> [[PhotoFile]] {
        var rest = photos[...]
        return sizes.map { size in
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    @Test(
        arguments: [
            FrameShape(width: 12, height: 5, channels: 3, bitsPerSample: 8),
            FrameShape(width: 3, height: 33, channels: 1, bitsPerSample: 8),
            FrameShape(width: 20, height: 130, channels: 1, bitsPerSample: 16),
            FrameShape(width: 17, height: 97, channels: 3, bitsPerSample: 8),
        ], [true, false])
    func partsAddUpToTheWhole(_ shape: FrameShape, _ judging: Bool) throws {
        try withTemporaryFolder { folder in
            var photos = try RandomPhotos.write(9, shape, to: try folder.addFolder("photos"))
            var generator = SplitMix64(state: 4)
            let whole = try Self.state(photos, "whole", in: folder, judging: judging)
            let expected = try ReferenceStatistics(photos, hasExtremes: judging)
            for (number, sizes) in [[1, 8], [3, 3, 3], [9]].enumerated() {
                photos.shuffle(using: &generator)
                let paths = try Self.parts(photos, sizes).enumerated().map { part, photos in
                    try Self.state(photos, "part-\(number)-\(part)", in: folder, judging: judging, workers: 1 + part)
                }.shuffled(using: &generator)

                let sum = try StateSum(paths, judging: judging)
                #expect(sum.facts == expected.facts)
                #expect(sum.coarse.map { Data($0.bytes) } ?? Data() == expected.coarse)
                if judging { #expect(sum.coarse?.frameCounts == expected.halfCounts) }
                for (needsAllRows, inFile) in [(false, false), (true, false), (true, true)] {
                    let rows = RowsRead(expected)
                    let added = Mutex<[Int]>([])
                    let accumulators = try sum.addUp(
                        needsAllRows: needsAllRows, inFile: inFile, workers: 1 + number, stripBytes: 1500 * number,
                        adding: { accumulators, rows in
                            added.withLock { $0 += rows }
                            for row in rows { #expect(accumulators.bytes(row: row) == expected.rows[row]) }
                        }, reading: rows.begin(9)
                    ).read
                    rows.expectAll()
                    #expect(added.withLock { $0 } == Array(0..<shape.height))
                    #expect(accumulators.frameCount == 9)
                    if needsAllRows { #expect(accumulators.allBytes == expected.rows) }
                }

                let combined = folder.appendingPathComponent("combined-\(number)").path
                let report = try StateMerge(
                    detection: judging ? DetectionSettings() : nil, combined: FilePath(combined)
                ).run(paths)
                #expect(report.groups[0].frames == 9)
                #expect(try Self.bytes(FilePath(combined)) == Self.bytes(whole))
            }
        }
    }

    /// Combined states can be combined.
    @Test func sumsOfSumsAreTheWhole() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 17, height: 40, channels: 3, bitsPerSample: 8)
            let photos = try RandomPhotos.write(6, shape, to: try folder.addFolder("photos"))
            let whole = try Self.state(photos, "whole", in: folder, judging: true)
            let paths = try Self.parts(photos, [2, 1, 3]).enumerated().map {
                try Self.state($1, "part-\($0)", in: folder, judging: true)
            }
            let (first, second) = ("first", "second")
            let target = folder.appendingPathComponent(first).path
            _ = try StateMerge(combined: FilePath(target)).run([paths[2], paths[0]])
            let last = folder.appendingPathComponent(second).path
            _ = try StateMerge(combined: FilePath(last)).run([FilePath(target), paths[1]])
            #expect(try Self.bytes(FilePath(last)) == Self.bytes(whole))
        }
    }

    /// Where one counts no extremes, the sum does not; and it is a state like any other.
    @Test func statesWithAndWithoutExtremesAddUpToOneWithout() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 17, height: 40, channels: 3, bitsPerSample: 8)
            let photos = try RandomPhotos.write(6, shape, to: try folder.addFolder("photos"))
            let parts = Self.parts(photos, [2, 4])
            let paths = [
                try Self.state(parts[0], "with", in: folder, judging: true),
                try Self.state(parts[1], "without", in: folder, judging: false),
            ]
            let whole = try Self.state(photos, "whole", in: folder, judging: false)
            for paths in [paths, paths.reversed()] {
                #expect(throws: FastPixError.self) { try StateSum(paths, judging: true) }
                let combined = folder.appendingPathComponent("combined").path
                _ = try StateMerge(combined: FilePath(combined)).run(paths)
                #expect(try Self.bytes(FilePath(combined)) == Self.bytes(whole))
                _ = try StateReader(FilePath(combined))
            }
        }
    }

    @Test func photosCountOnce() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 17, height: 40, channels: 3, bitsPerSample: 8)
            let photos = try RandomPhotos.write(4, shape, to: try folder.addFolder("photos"))
            let paths = [
                try Self.state(Array(photos.prefix(3)), "a", in: folder, judging: true),
                try Self.state(Array(photos.suffix(2)), "b", in: folder, judging: true),
            ]
            let error = #expect(throws: FastPixError.self) { try StateSum(paths, judging: true) }
            #expect(error?.message.contains("1 photo of this state is in") == true)
        }
    }
}
