import FastPix
import FastPixFrames
import FastPixStatistics
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FastPixPlumbing

/// Channel statistics that are stopped after any number of photos, and go on: state and figures are those of a run that was
/// never stopped.
@Suite(.timeLimit(.minutes(10))) struct ChannelCheckpointTests {
    private static let photoCount = 9

    private static func statistics(_ state: URL, interval: Double, workers: Int) -> PhotoStatistics {
        var statistics = PhotoStatistics(workers: workers, moments: .pixel)
        statistics.countsValues = true
        statistics.checkpoint = CheckpointSettings(path: FilePath(state.path), interval: interval)
        return statistics
    }

    @Test(arguments: [0, 1000.0], [1, 3]) func stoppedRunsGoOn(_ interval: Double, _ workers: Int) throws {
        try withTemporaryFolder { folder in
            for (index, bits) in [8, 16].enumerated() {
                _ = try RandomPhotos.write(
                    index == 0 ? Self.photoCount - 3 : 3,
                    FrameShape(width: 13, height: 5 + index, channels: 3, bitsPerSample: bits),
                    to: try folder.addFolder("photos-\(bits)"), seed: UInt64(bits))
            }
            let photos = PhotoDiscovery(
                paths: [8, 16].map { FilePath(folder.appendingPathComponent("photos-\($0)").path) })
            let whole = folder.appendingPathComponent("whole.state")
            let expected = try Self.statistics(whole, interval: 1000, workers: 1).run(photos)
            #expect(expected.photoCount == Self.photoCount)
            for looks in [0, 1, 4, Self.photoCount - 1] {
                let state = folder.appendingPathComponent("stopped-\(looks).state")
                let statistics = Self.statistics(state, interval: interval, workers: workers)
                let asked = Atomic(0)
                let interruption = Interruption { asked.add(1, ordering: .relaxed).oldValue >= looks }
                let error = #expect(throws: FastPixError.self) {
                    try statistics.run(photos, interruption: interruption)
                }
                #expect(error?.code == .interrupted)
                if looks == 0 {
                    #expect(!FileManager.default.fileExists(atPath: state.path))
                } else {
                    let kept = try StatisticsMerge().run([FilePath(state.path)])
                    #expect(kept.photoCount == looks)
                }
                let report = try statistics.run(photos)
                #expect(report.moments?.channels == expected.moments?.channels)
                #expect(report.moments?.histograms == expected.moments?.histograms)
                #expect(try Data(contentsOf: state) == Data(contentsOf: whole), "stopped after \(looks)")
            }
        }
    }

    /// Counts that are not those of the sums, under a right checksum.
    @Test func impossibleFiguresAreRefused() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            _ = try RandomPhotos.write(
                2, FrameShape(width: 13, height: 5, channels: 3, bitsPerSample: 8), to: photos, seed: 3)
            let state = folder.appendingPathComponent("a.state")
            _ = try Self.statistics(state, interval: 1000, workers: 1).run(
                PhotoDiscovery(paths: [FilePath(photos.path)]))
            let sound = try Data(contentsOf: state)
            func merged(_ body: Data) throws -> Bool {
                var bytes = [UInt8](body)
                let checksum = try Checksum()
                checksum.add(bytes)
                bytes += checksum.digest
                try Data(bytes).write(to: state)
                return (try? StatisticsMerge().run([FilePath(state.path)])) != nil
            }
            let body = sound.dropLast(Checksum.byteCount)
            #expect(try merged(body))
            // The last count of values; a photo more; a sum that no photos have; other figures of the inventory.
            var changed = body
            changed[changed.count - 8] ^= 1
            #expect(try !merged(changed))
            let length = body.dropFirst(12).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            let json = try #require(String(data: body.dropFirst(16).prefix(length), encoding: .utf8))
            for (old, new) in [
                ("\"photoCount\":2", "\"photoCount\":3"), ("\"pixels\":65", "\"pixels\":66"),
                ("\"channels\":3", "\"channels\":1"),
                ("\"sumOfSquares\":[\"", "\"sumOfSquares\":[\"9"), ("\"bytesDecoded\":390", "\"bytesDecoded\":391"),
                ("\"bytesDecoded\":390", "\"bytesDecoded\":-90"),
            ] {
                // The last one: of the sums where both they and the inventory have it.
                let place = try #require(json.range(of: old, options: .backwards), "\(old)")
                let other = json.replacingCharacters(in: place, with: new)
                var file = Data(body.prefix(12))
                withUnsafeBytes(of: UInt32(other.utf8.count).littleEndian) { file.append(contentsOf: $0) }
                file.append(Data(other.utf8))
                file.append(body.dropFirst(16 + json.utf8.count))
                #expect(try !merged(file), "\(new)")
            }
        }
    }
}
