import Foundation
import SystemPackage

@testable import FastPix

/// Small sound inputs to begin with.
extension FuzzedReader {
    func seeds() throws -> [[UInt8]] {
        switch self {
        case .maps: try Self.writtenMaps() + Self.foreignMaps.map { Array($0.utf8) }
        case .states:
            try [8, 16].flatMap { bits in try [1, 3].map { try Self.state(channels: $0, bits: bits) } } + [
                Self.stateInHalves()
            ]
        }
    }

    /// Lists as other programs and people write them.
    private static let foreignMaps = [
        " 62   91 1028350000  # died in August\n285 67 0\n", "P 62 91 H\n# a comment\nP 85 67 C\nP 1 2\n",
        "Col 62 91 91\nRow 67 85 85\nCol 5\n", "# frame 9 x 8, offset 0,0\nC 5 0\nL 3 0\n", "4\n58 87\n81 63\n", "62 91\n85 67\n", "62,91\n\n2:85,67,3,2 # two\n1,2,5\n",
        "row,column\n91,62\n67,85\n", "# frame 100 x 80, offset 72,-38\n100 2 0\n",
        "make,model,serial,width,height,row,column,class\nCanon,\"A \"\"B\"\", C\",'=1,100,80,5,6,hot\nCanon,,,9,9,7,8,\n",
        #"{"schema":"fastpix.defects/1","groups":[{"camera":{},"width":9,"height":8,"defects":[{"row":1,"column":2}]}]}"#,
    ]

    // MARK: As fastpix writes them

    private static func group(_ defects: [Defect]) -> JudgedGroup {
        let shape = FrameShape(width: 12, height: 10, channels: 3, bitsPerSample: 8)
        let camera = Camera(make: "Maker", model: "Model")
        return JudgedGroup(
            number: 1, camera: camera, shape: shape, frames: 2, name: camera.name, defects: defects)
    }

    private static func writtenMaps() throws -> [[UInt8]] {
        let defects: [Defect] = [
            .made(row: 8, column: 3, class: .stuck, margin: 1), .made(.column, row: 2, column: 9, class: .dead, rows: 5),
            .made(.cluster, row: 4, column: 4, pixels: [(4, 4), (5, 5)]), .made(.row, row: 7, column: 0, columns: 12),
            .made(.grid, row: 1, column: 1, rows: 5, columns: 5, rowPeriod: 2, columnPeriod: 4),
        ]
        let group = group(defects)
        let frame = RawFrame(group, offset: FrameOffset(column: 5, row: -1))
        let texts = [
            JSONText.of(DefectList([group])), DefectTable.text([group]), DcrawList.text(frame),
            RawTherapeeList.text(frame), SirilList.text(frame), PixInsightList.text(frame),
            JpegpixiBlocks.text(group),
        ]
        return try texts.map { Array($0.utf8) } + [DefectMask.png(group)]
    }

    /// Two frames of soft noise.
    private static func accumulators(_ shape: FrameShape) throws -> Accumulators {
        let accumulators = try Accumulators(shape: shape, kind: .exact)
        for frame in 1...2 {
            let bytes = (0..<shape.sampleCount * shape.bytesPerSample).map {
                UInt8(truncatingIfNeeded: $0 * 37 * frame)
            }
            bytes.withUnsafeBytes {
                accumulators.accumulate(
                    0..<shape.sampleCount, frames: [$0.baseAddress!], framesBefore: 0,
                    tileSampleCount: shape.sampleCount)
            }
            accumulators.frameCount += 1
        }
        return accumulators
    }

    /// A state without its checksum.
    private static func state(channels: Int, bits: Int) throws -> [UInt8] {
        let shape = FrameShape(width: 3, height: 2, channels: channels, bitsPerSample: bits)
        let group = PhotoGroup(camera: Camera(make: "Maker"), shape: shape, channels: .all, photos: [])
        let photos = ["0", "f"].map {
            StatePhoto(hash: ContentHash(hexadecimal: String(repeating: $0, count: 32))!, name: "\($0).jpg")
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("seed-\(UUID().uuidString).state")
        defer { try? FileManager.default.removeItem(at: file) }
        try StateWriter.write(
            try accumulators(shape),
            StateManifest(group, codedUnit: CodedUnit(width: 16, height: 8), photos: photos), to: file.path)
        return try Data(contentsOf: file).dropLast(Checksum.byteCount)
    }

    static let shapeInHalves = FrameShape(width: 9, height: 8, channels: 3, bitsPerSample: 8)

    /// A state, without its checksum, of a run in halves that was stopped in the second: one photo of each half, and
    /// seven of eight rows of a third. The candidate in row 3 has been seen in both photos of the second half, that in
    /// row 4 in one.
    static func stateInHalves() throws -> [UInt8] {
        let shape = shapeInHalves
        let accumulators = try Accumulators(shape: shape, kind: .exact)
        let candidates = [(3, 3, 0.1), (4, 5, -1.5e-300)].map {
            Candidate(row: $0.0, column: $0.1, meanShift: $0.2, meanScore: 4, varianceShift: -0.3, varianceScore: 7)
        }
        let scouting = Scouting(candidates, sensitivity: .high, shape: shape)
        for (photo, rowCount) in [8, 8, 7].enumerated() {
            let bytes = (0..<shape.sampleCount).map { UInt8(truncatingIfNeeded: $0 * 37 * (photo + 1)) }
            bytes.withUnsafeBytes {
                accumulators.accumulate(
                    0..<rowCount * shape.samplesPerRow, frames: [$0.baseAddress!], framesBefore: 0,
                    tileSampleCount: shape.sampleCount)
                if photo > 0 {
                    WitnessReader(scouting.recorder, frames: 1, rowsPerStrip: rowCount)
                        .read(rows: 0..<rowCount, of: 0, from: $0.baseAddress!)
                }
            }
        }
        accumulators.frameCount = 2
        func hash(_ digit: Character) -> ContentHash {
            ContentHash(hexadecimal: String(repeating: digit, count: 32))!
        }
        let photos = [
            StatePhoto(hash: hash("a"), name: "a.jpg", half: 0), StatePhoto(hash: hash("b"), name: "b.jpg", half: 1),
            StatePhoto(hash: hash("c"), name: "c.jpg", half: 1, rows: 7),
        ]
        let damaged = DamagedPhoto(hash: hash("d"), name: "d.jpg", reason: "truncated")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("seed-\(UUID().uuidString).state")
        defer { try? FileManager.default.removeItem(at: file) }
        try StateWriter.write(
            accumulators,
            StateManifest(
                PhotoGroup(camera: Camera(), shape: shape, channels: .all, photos: []),
                codedUnit: CodedUnit(width: 8, height: 8), photos: photos,
                confirmation: StateConfirmation(damaged: [damaged], scouting: scouting)),
            scouting.recorder, to: file.path)
        return try Data(contentsOf: file).dropLast(Checksum.byteCount)
    }
}
