import FastPixFrames
import Foundation
import Testing

@testable import FastPixAccumulation

/// Where accumulators lie changes nothing of what they hold.
struct AccumulatorsTests {
    private static let shape = FrameShape(width: 37, height: 50, channels: 3, bitsPerSample: 16)
    private static let samples = (0..<shape.sampleCount).map { UInt16(truncatingIfNeeded: $0 &* 40_503) }

    private static func scan(_ accumulators: Accumulators, rows: Range<Int>) {
        let contents = accumulators.contents
        samples.withUnsafeBytes { bytes in
            for number in 0..<3 {
                accumulators.scanMoments(
                    rows: rows, frames: [bytes.baseAddress! + rows.lowerBound * shape.bytesPerRow],
                    framesBefore: number, tileSampleCount: 99)
                // Comes back from the file, and the neighbours of a page with it.
                accumulators.release(rows: rows.lowerBound..<rows.lowerBound + rows.count / 2)
                guard contents.hasExtremes else { continue }
                let frame = DecodedRows(
                    firstRow: 0, strip: bytes.baseAddress!, kept: bytes.baseAddress!, keptRowCount: 0,
                    bytesPerRow: shape.bytesPerRow, rowsBefore: 0, half: 0, levels: PhotoLevels())
                let countable = Accumulators.rowsWithExtremes(shape, decodedRows: shape.height)
                accumulators.scanExtremes(rows: rows.clamped(to: countable), frames: [frame])
            }
        }
    }

    @Test(arguments: AccumulatorKind.allCases, [false, true])
    func aFileHoldsTheSameBits(_ kind: AccumulatorKind, _ hasExtremes: Bool) throws {
        let contents = AccumulatorContents(kind: kind, hasExtremes: hasExtremes)
        let all = try [false, true].map { inFile in
            let accumulators = try Accumulators(shape: Self.shape, contents: contents, inFile: inFile)
            #expect((accumulators.fileByteCount > 0) == inFile)
            Self.scan(accumulators, rows: 0..<20)
            Self.scan(accumulators, rows: 20..<50)
            accumulators.release(rows: -5..<Self.shape.height + 5)
            return accumulators.allBytes
        }
        #expect(all[0] == all[1])
        #expect(Set(all[0]).count > 1)
    }

    /// Rows that share their places with others, one after the other.
    @Test(arguments: AccumulatorKind.allCases) func sharedPlacesHoldTheSameBits(_ kind: AccumulatorKind) throws {
        let contents = AccumulatorContents(kind: kind, hasExtremes: true)
        let whole = try Accumulators(shape: Self.shape, contents: contents)
        Self.scan(whole, rows: 0..<50)
        let few = try Accumulators(shape: Self.shape, contents: contents, rowsHeld: 20)
        #expect(few.rowsHeld == 20)
        for rows in [0..<10, 10..<20, 20..<30, 30..<40, 40..<50] {
            few.clear(rows: rows)
            Self.scan(few, rows: rows)
            for row in max(0, rows.lowerBound - 10)..<rows.upperBound {
                #expect(few.bytes(row: row) == whole.bytes(row: row))
            }
        }
    }
}
