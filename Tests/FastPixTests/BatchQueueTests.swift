import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPix

struct BatchQueueTests {
    /// Photos of equal cost.
    private static let photo = try! PhotoFile(
        probing: FilePath(Repository.fixture("sixteen-bit/frame-00.png").path), maximumPixels: 0)

    /// The sizes of batches when the workers ask in turn, as they do when all are equally fast.
    private func sizes(
        _ photos: [PhotoFile], workers: Int, batch: Int, multiple: Int = 1, decoderBytes: Int = .max
    ) -> [Int] {
        let queue = BatchQueue(
            photos,
            limits: BatchQueue.Limits(workers: workers, batch: batch, multiple: multiple, decoderBytes: decoderBytes))
        var sizes: [Int] = []
        while let next = queue.next(for: sizes.count % workers) {
            #expect(next.index == sizes.count)
            #expect(next.photosBefore == sizes.reduce(0, +))
            sizes.append(next.photos.count)
        }
        return sizes
    }

    private func equal(_ count: Int) -> [PhotoFile] { [PhotoFile](repeating: Self.photo, count: count) }

    @Test func dealsEveryPhotoOnce() {
        for photos in 0...40 {
            for workers in 1...4 {
                for batch in [1, 3, 8, 16] {
                    let sizes = sizes(equal(photos), workers: workers, batch: batch)
                    #expect(sizes.reduce(0, +) == photos)
                    #expect(sizes.allSatisfy { (1...batch).contains($0) })
                }
            }
        }
    }

    @Test func sharesAreFairAndTheLastBatchesSmaller() {
        #expect(sizes(equal(24), workers: 2, batch: 8) == [8, 8, 4, 4])
        #expect(sizes(equal(18), workers: 2, batch: 8) == [5, 5, 4, 4])
        #expect(sizes(equal(3), workers: 2, batch: 8) == [2, 1])
        #expect(sizes(equal(8), workers: 4, batch: 8) == [2, 2, 2, 2])
        #expect(sizes(equal(12), workers: 1, batch: 8) == [8, 4])
    }

    /// One photo that costs as much as several others: its worker gets fewer of them.
    @Test func sharesAreMeasuredByCostNotByNumber() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.fixture("decoder").path)
        let photos = names.compactMap {
            try? PhotoFile(probing: FilePath(Repository.fixture("decoder/\($0)").path), maximumPixels: 0)
        }.sorted { $0.decodingCost > $1.decodingCost }
        let queue = BatchQueue(
            photos, limits: BatchQueue.Limits(workers: 2, batch: 8, multiple: 1, decoderBytes: .max))
        var dealt = [0.0, 0.0]
        // A worker asks again when it is done with what it has.
        while let batch = queue.next(for: dealt[0] <= dealt[1] ? 0 : 1) {
            dealt[dealt[0] <= dealt[1] ? 0 : 1] += batch.photos.reduce(0) { $0 + $1.decodingCost }
        }
        #expect(abs(dealt[0] - dealt[1]) < 0.03 * dealt[0])
    }

    /// A worker that is slow leaves its share to the others.
    @Test func aFastWorkerTakesWhatASlowOneHasNotBegun() {
        let queue = BatchQueue(
            equal(40), limits: BatchQueue.Limits(workers: 2, batch: 8, multiple: 1, decoderBytes: .max))
        var taken = queue.next(for: 1)!.photos.count
        while let batch = queue.next(for: 0) { taken += batch.photos.count }
        #expect(taken == 40)
    }

    /// Welford's blocks must begin at multiples of their length.
    @Test func batchesKeepToMultiples() {
        for photos in 1...30 {
            let sizes = sizes(equal(photos), workers: 3, batch: 8, multiple: 4)
            #expect(sizes.dropLast().allSatisfy { $0 % 4 == 0 })
            #expect(sizes.reduce(0, +) == photos)
        }
    }

    @Test func largeDecodersMakeSmallBatches() {
        let bytes = Self.photo.header.decoderBytes
        #expect(sizes(equal(6), workers: 1, batch: 8, decoderBytes: bytes * 2) == [2, 2, 2])
        #expect(sizes(equal(3), workers: 1, batch: 8, decoderBytes: 0) == [1, 1, 1])
        #expect(sizes(equal(6), workers: 1, batch: 8, multiple: 4, decoderBytes: 0) == [4, 2])
    }
}
