import Testing

@testable import FastPix

/// What is recorded of single pixels, photo by photo.
struct WitnessTests {
    private static func samples(centre: UInt16, others: UInt16) -> [UInt16] {
        (0..<Neighbourhood.count).map { $0 == Neighbourhood.centre ? centre : others + UInt16($0 % 2) }
    }

    @Test func residualIsThePixelMinusTheMedianOfItsNeighbours() {
        // Twelve neighbours of 50 and twelve of 51: twice the median is 101.
        #expect(Witness.residual(Self.samples(centre: 80, others: 50), channels: 1) == 160 - 101)
    }

    @Test func removingIsTheInverseOfAdding() {
        var witness = Witness(channels: 1)
        witness.add(Self.samples(centre: 80, others: 50), channels: 1)
        let before = witness
        witness.add(Self.samples(centre: 20, others: 70), channels: 1)
        #expect(witness != before)
        witness.add(Self.samples(centre: 20, others: 70), channels: 1, sign: -1)
        #expect(witness == before)
    }

    @Test func aSteadyOffsetStandsOutAndASteadyValueVariesLess() {
        var hot = Witness(channels: 1)
        var stuck = Witness(channels: 1)
        for photo in 0..<20 {
            let scene = UInt16(40 + photo * 5)
            hot.add(Self.samples(centre: scene + 30 + UInt16(photo % 3), others: scene), channels: 1)
            stuck.add(Self.samples(centre: 90, others: scene), channels: 1)
        }
        #expect(hot.signShare == 1)
        #expect(hot.studentT(channels: 1, leastScatter: 0.5) > 50)
        #expect(abs(hot.varianceShift(channels: 1, offset: 1).shift) < 0.1)
        #expect(stuck.varianceShift(channels: 1, offset: 1).shift < -5)
        #expect(abs(stuck.studentT(channels: 1, leastScatter: 0.5)) < 2)
    }

    /// A photo that comes in strips of any height leaves the same record.
    @Test(arguments: [1, 2, 5, 16, 48])
    func stripsChangeNothing(_ rowsPerStrip: Int) throws {
        let photos = SyntheticPhotos(width: 40, height: 48, channels: 3, count: 2)
        let positions = [(3, 3), (15, 20), (16, 21), (44, 36), (30, 30)].map {
            WitnessRecorder.Position(row: $0.0, column: $0.1)
        }
        func record(_ rowsPerStrip: Int) -> [Witness?] {
            let recorder = WitnessRecorder(shape: photos.shape, positions: positions)
            let reader = WitnessReader(recorder, frames: 2, rowsPerStrip: rowsPerStrip)
            for start in stride(from: 0, to: 48, by: rowsPerStrip) {
                let rows = start..<min(48, start + rowsPerStrip)
                for (slot, frame) in photos.frames.enumerated() {
                    frame.withUnsafeBytes {
                        reader.read(rows: rows, of: slot, from: $0.baseAddress! + start * photos.shape.bytesPerRow)
                    }
                }
            }
            return positions.map { recorder.witness(row: $0.row, column: $0.column) }
        }
        let expected = record(48)
        #expect(expected.allSatisfy { $0?.count == 2 })
        #expect(record(rowsPerStrip) == expected)
    }
}
