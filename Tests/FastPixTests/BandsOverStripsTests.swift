import Testing

@testable import FastPix

/// Which bands of rows wait for which strips.
struct BandsOverStripsTests {
    @Test func bandsAndStripsWaitForEachOther() {
        // Rows 0-9, 6-15, 12-19 over strips 0-7, 8-15, 16-19.
        var bands = BandsOverStrips(bands: [0..<10, 6..<16, 12..<20], rowsPerStrip: 8, stripCount: 3)
        #expect(bands.stripIsDone(1) == [])
        #expect(bands.stripIsDone(0) == [0, 1])
        #expect(bands.bandIsDone(1) == [])
        #expect(bands.stripIsDone(2) == [2])
        #expect(bands.bandIsDone(0) == [0])
        #expect(bands.bandIsDone(2) == [1, 2])
    }

    /// Against looking at every row, in a random order of strips and bands.
    @Test(arguments: [1, 5, 16, 48, 61, 200]) func everyRowIsWaitedFor(_ rowsPerStrip: Int) {
        let shape = FrameShape(width: 10, height: 170, channels: 1, bitsPerSample: 8)
        let rows = DetectionBands(shape, inHalves: true).judged
        let stripCount = (shape.height + rowsPerStrip - 1) / rowsPerStrip
        var bands = BandsOverStrips(bands: rows, rowsPerStrip: rowsPerStrip, stripCount: stripCount)
        var generator = SplitMix64(state: 3)
        var doneRows = Set<Int>()
        var ready = Set<Int>()
        for strip in (0..<stripCount).shuffled(using: &generator) {
            doneRows.formUnion(strip * rowsPerStrip..<min(shape.height, (strip + 1) * rowsPerStrip))
            let now = Set(rows.indices.filter { rows[$0].allSatisfy(doneRows.contains) })
            #expect(Set(bands.stripIsDone(strip)) == now.subtracting(ready))
            ready = now
        }
        var waiting = Set(rows.indices)
        var free = Set<Int>()
        for band in rows.indices.shuffled(using: &generator) {
            waiting.remove(band)
            let now = Set(
                (0..<stripCount).filter { strip in
                    !waiting.contains { rows[$0].overlaps(strip * rowsPerStrip..<(strip + 1) * rowsPerStrip) }
                })
            #expect(Set(bands.bandIsDone(band)) == now.subtracting(free))
            free = now
        }
        #expect(free.count == stripCount)
    }
}
