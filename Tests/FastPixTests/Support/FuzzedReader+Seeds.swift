import Foundation
import SystemPackage

// Testable all of them: for the package of the fuzzers `package` is not enough.
@testable import FastPixAccumulation
@testable import FastPixCodecs
@testable import FastPixDetection
@testable import FastPixDiscovery
@testable import FastPixFrames
@testable import FastPixMaps
@testable import FastPixPlumbing

/// Small sound inputs to begin with.
extension FuzzedReader {
    func seeds() throws -> [[UInt8]] {
        switch self {
        case .maps: try Self.writtenMaps() + Self.foreignMaps.map { Array($0.utf8) }
        case .states:
            try [8, 16].flatMap { bits in try [1, 3].map { try Self.state(channels: $0, bits: bits) } } + [
                Self.unfinishedState()
            ]
        }
    }

    /// Lists as other programs and people write them.
    private static let foreignMaps = [
        " 62   91 1028350000  # died in August\n285 67 0\n", "P 62 91 H\n# a comment\nP 85 67 C\nP 1 2\n",
        "Col 62 91 91\nRow 67 85 85\nCol 5\n", "# frame 9 x 8, offset 0,0\nC 5 0\nL 3 0\n", "4\n58 87\n81 63\n",
        "62 91\n85 67\n", "62,91\n\n2:85,67,3,2 # two\n1,2,5\n",
        "row,column\n91,62\n67,85\n", "# frame 100 x 80, offset 72,-38\n100 2 0\n",
        "make,model,serial,width,height,row,column,class\nCanon,\"A \"\"B\"\", C\",'=1,100,80,5,6,hot\nCanon,,,9,9,7,8,\n",
        #"{"schema":"fastpix.defects/1","groups":[{"camera":{},"width":9,"height":8,"defects":[{"row":1,"column":2}]}]}"#,
    ]

    // MARK: As fastpix writes them

    private static func group(_ defects: [Defect]) -> JudgedGroup {
        let shape = FrameShape(width: 48, height: 40, channels: 3, bitsPerSample: 8)
        let camera = Camera(make: "Maker", model: "Model")
        return JudgedGroup(
            number: 1, camera: camera, shape: shape, frames: 2, name: camera.name, defects: defects)
    }

    private static func writtenMaps() throws -> [[UInt8]] {
        let defects: [Defect] = [
            .made(row: 8, column: 3, class: .stuck, margin: 1),
            .made(.column, row: 2, column: 9, class: .dead, rows: 5),
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

    // MARK: States

    /// The bytes of a frame of soft noise.
    private static func noise(_ shape: FrameShape, _ number: Int) -> [UInt8] {
        (0..<shape.sampleCount * shape.bytesPerSample).map { UInt8(truncatingIfNeeded: $0 * 37 * number) }
    }

    /// Adds the upper `rows` of a frame, as the engine does. Returns what is known of the frame.
    @discardableResult private static func add(
        _ bytes: [UInt8], to accumulators: Accumulators, _ coarse: CoarseSums?, half: Int = 0, rows: Int? = nil
    ) -> FrameFact {
        let shape = accumulators.shape
        let rows = rows ?? shape.height
        let levels = PhotoLevels()
        bytes.withUnsafeBytes { bytes in
            let frame = DecodedRows(
                firstRow: 0, strip: bytes.baseAddress!, kept: bytes.baseAddress!, keptRowCount: 0,
                bytesPerRow: shape.bytesPerRow, rowsBefore: 0, half: half, levels: levels)
            accumulators.scanMoments(
                rows: 0..<rows, frames: [bytes.baseAddress!], framesBefore: 0, tileSampleCount: nil)
            guard let coarse else { return }
            accumulators.scanExtremes(rows: Accumulators.rowsWithExtremes(shape, decodedRows: rows), frames: [frame])
            for row in CoarseSums.rowsLookedAt(0..<rows) {
                coarse.add(row: row, of: frame.row(row), half: half, to: levels)
            }
        }
        return FrameFact(
            level: levels.level, roughness: levels.roughness, half: half, exposureSeconds: half == 0 ? 0.01 : nil,
            iso: half == 0 ? 100 : nil, time: half == 0 ? "2024-01-02T03:04:05" : nil,
            pictureKind: half == 0 ? .dark : nil)
    }

    private static func hash(_ digit: Character) -> ContentHash {
        ContentHash(hexadecimal: String(repeating: digit, count: 32))!
    }

    /// What is written of these statistics, without its checksum.
    private static func written(
        _ accumulators: Accumulators, _ coarse: CoarseSums?, _ photos: [StatePhoto], make: String
    ) throws -> [UInt8] {
        let group = PhotoGroup(camera: Camera(make: make), shape: accumulators.shape, channels: .all, photos: [])
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("seed-\(UUID().uuidString).state")
        defer { try? FileManager.default.removeItem(at: file) }
        try StateWriter.write(
            accumulators, coarse,
            StateManifest(
                group, codedUnit: CodedUnit(width: 16, height: 8), hasExtremes: coarse != nil, photos: photos),
            to: FilePath(file.path))
        return try Data(contentsOf: file).dropLast(Checksum.byteCount)
    }

    /// A state of two frames without extremes, without its checksum.
    static func state(
        channels: Int, bits: Int, width: Int = 3, height: Int = 2
    ) throws -> [UInt8] {
        let shape = FrameShape(width: width, height: height, channels: channels, bitsPerSample: bits)
        let accumulators = try Accumulators(
            shape: shape, contents: AccumulatorContents(kind: .exact, hasExtremes: false))
        for number in 1...2 { add(noise(shape, number), to: accumulators, nil) }
        let photos = ["0", "f"].map { StatePhoto(hash: hash(Character($0)), name: "\($0).jpg") }
        return try written(accumulators, nil, photos, make: "Maker")
    }

    static let shapeOfUnfinished = FrameShape(width: 9, height: 8, channels: 3, bitsPerSample: 8)

    /// A state with extremes, without its checksum, of a run that was stopped: one photo of each half, and seven of eight
    /// rows of a third.
    static func unfinishedState() throws -> [UInt8] {
        let shape = shapeOfUnfinished
        let accumulators = try Accumulators(
            shape: shape, contents: AccumulatorContents(kind: .exact, hasExtremes: true))
        let coarse = try CoarseSums(shape)
        let facts = [0, 1].map { add(noise(shape, $0 + 1), to: accumulators, coarse, half: $0) }
        add(noise(shape, 3), to: accumulators, coarse, half: 1, rows: 7)
        return try written(
            accumulators, coarse,
            [
                StatePhoto(hash: hash("a"), name: "a.jpg", fact: facts[0]),
                StatePhoto(hash: hash("b"), name: "b.jpg", fact: facts[1]),
                StatePhoto(hash: hash("c"), name: "c.jpg", rows: 7),
            ], make: "Maker")
    }
}
