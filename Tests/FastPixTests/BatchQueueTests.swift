import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPix

struct BatchQueueTests {
    private static let photo = try! PhotoFile(
        probing: FilePath(Repository.fixture("sixteen-bit/frame-00.png").path), maximumPixels: 0)

    private func sizes(
        _ photoCount: Int, workers: Int, batch: Int, multiple: Int = 1, decoderBytes: Int = .max
    ) -> [Int] {
        let queue = BatchQueue(
            [PhotoFile](repeating: Self.photo, count: photoCount),
            limits: BatchQueue.Limits(workers: workers, batch: batch, multiple: multiple, decoderBytes: decoderBytes))
        var sizes: [Int] = []
        while let next = queue.next() {
            #expect(next.index == sizes.count)
            #expect(next.photosBefore == sizes.reduce(0, +))
            sizes.append(next.photos.count)
        }
        return sizes
    }

    @Test func dealsEveryPhotoOnce() {
        for photos in 0...40 {
            for workers in 1...4 {
                for batch in [1, 3, 8, 16] {
                    let sizes = sizes(photos, workers: workers, batch: batch)
                    #expect(sizes.reduce(0, +) == photos)
                    #expect(sizes.allSatisfy { (1...batch).contains($0) })
                }
            }
        }
    }

    @Test func batchesShrinkToAShareOfWhatIsLeft() {
        #expect(sizes(24, workers: 2, batch: 8) == [8, 8, 4, 4])
        #expect(sizes(18, workers: 2, batch: 8) == [8, 5, 4, 1])
        #expect(sizes(3, workers: 2, batch: 8) == [2, 1])
        #expect(sizes(8, workers: 4, batch: 8) == [2, 2, 2, 2])
        #expect(sizes(20, workers: 1, batch: 8) == [8, 8, 4])
    }

    /// Welford's blocks must begin at multiples of their length.
    @Test func batchesKeepToMultiples() {
        for photos in 1...30 {
            let sizes = sizes(photos, workers: 3, batch: 8, multiple: 4)
            #expect(sizes.dropLast().allSatisfy { $0 % 4 == 0 })
            #expect(sizes.reduce(0, +) == photos)
        }
    }

    @Test func largeDecodersMakeSmallBatches() {
        let bytes = Self.photo.header.decoderBytes
        #expect(sizes(6, workers: 1, batch: 8, decoderBytes: bytes * 2) == [2, 2, 2])
        #expect(sizes(3, workers: 1, batch: 8, decoderBytes: 0) == [1, 1, 1])
        #expect(sizes(6, workers: 1, batch: 8, multiple: 4, decoderBytes: 0) == [4, 2])
    }
}
