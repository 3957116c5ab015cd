import CKernels
import Testing

/// What the tests need to treat the types of samples alike.
protocol ExtremesSample: Comparable, BitwiseCopyable, Sendable {
    static var zero: Self { get }
    var isNotANumber: Bool { get }
    static func row(
        _ counters: [UnsafeMutablePointer<UInt16>], _ above: [UnsafePointer<Self>], _ rows: [UnsafePointer<Self>],
        _ below: [UnsafePointer<Self>], _ frames: Int, _ samples: Int, _ distance: Int, _ black: Self, _ white: Self
    ) -> fpx_status
    static func tile(
        _ counters: [UnsafeMutablePointer<UInt16>], _ strideBytes: Int, _ rows: [UnsafePointer<Self>],
        _ shape: TileShape,
        _ black: Self, _ white: Self
    ) -> fpx_status
}

struct TileShape: CustomStringConvertible {
    var frames: Int
    var rows: Int
    var samples: Int
    var distanceRows: Int
    var distanceSamples: Int

    var rowsOfFrame: Int { rows + 2 * distanceRows }
    var description: String {
        "\(frames) frames, \(rows) x \(samples) samples, distance \(distanceRows), \(distanceSamples)"
    }
}

extension UInt8: ExtremesSample {
    static var zero: UInt8 { 0 }
    var isNotANumber: Bool { false }
    static func row(
        _ counters: [UnsafeMutablePointer<UInt16>], _ above: [UnsafePointer<UInt8>], _ rows: [UnsafePointer<UInt8>],
        _ below: [UnsafePointer<UInt8>], _ frames: Int, _ samples: Int, _ distance: Int, _ black: UInt8, _ white: UInt8
    ) -> fpx_status {
        fpx_extremes_u8_accumulate(
            counters[0], counters[1], counters[2], counters[3], above, rows, below, frames, samples, distance, black,
            white)
    }
    static func tile(
        _ counters: [UnsafeMutablePointer<UInt16>], _ strideBytes: Int, _ rows: [UnsafePointer<UInt8>],
        _ shape: TileShape, _ black: UInt8, _ white: UInt8
    ) -> fpx_status {
        fpx_extremes_u8_accumulate_tile(
            counters[0], counters[1], counters[2], counters[3], strideBytes, rows, shape.frames, shape.rows,
            shape.samples, shape.distanceRows, shape.distanceSamples, black, white)
    }
}

extension UInt16: ExtremesSample {
    static var zero: UInt16 { 0 }
    var isNotANumber: Bool { false }
    static func row(
        _ counters: [UnsafeMutablePointer<UInt16>], _ above: [UnsafePointer<UInt16>], _ rows: [UnsafePointer<UInt16>],
        _ below: [UnsafePointer<UInt16>], _ frames: Int, _ samples: Int, _ distance: Int, _ black: UInt16,
        _ white: UInt16
    ) -> fpx_status {
        fpx_extremes_u16_accumulate(
            counters[0], counters[1], counters[2], counters[3], above, rows, below, frames, samples, distance, black,
            white)
    }
    static func tile(
        _ counters: [UnsafeMutablePointer<UInt16>], _ strideBytes: Int, _ rows: [UnsafePointer<UInt16>],
        _ shape: TileShape, _ black: UInt16, _ white: UInt16
    ) -> fpx_status {
        fpx_extremes_u16_accumulate_tile(
            counters[0], counters[1], counters[2], counters[3], strideBytes, rows, shape.frames, shape.rows,
            shape.samples, shape.distanceRows, shape.distanceSamples, black, white)
    }
}

extension Float: ExtremesSample {
    var isNotANumber: Bool { isNaN }
    static func row(
        _ counters: [UnsafeMutablePointer<UInt16>], _ above: [UnsafePointer<Float>], _ rows: [UnsafePointer<Float>],
        _ below: [UnsafePointer<Float>], _ frames: Int, _ samples: Int, _ distance: Int, _ black: Float, _ white: Float
    ) -> fpx_status {
        fpx_extremes_f32_accumulate(
            counters[0], counters[1], counters[2], counters[3], above, rows, below, frames, samples, distance, black,
            white)
    }
    static func tile(
        _ counters: [UnsafeMutablePointer<UInt16>], _ strideBytes: Int, _ rows: [UnsafePointer<Float>],
        _ shape: TileShape, _ black: Float, _ white: Float
    ) -> fpx_status {
        fpx_extremes_f32_accumulate_tile(
            counters[0], counters[1], counters[2], counters[3], strideBytes, rows, shape.frames, shape.rows,
            shape.samples, shape.distanceRows, shape.distanceSamples, black, white)
    }
}

/// The definition, sample by sample, from lists of neighbours that are sorted.
struct ExpectedExtremes<Sample: ExtremesSample> {
    /// above, below, blind above, blind below; each row_count x sample_count.
    var counts: [[UInt16]]

    init(startingWith counts: [[UInt16]]) { self.counts = counts }

    /// `rows` are those of one frame, from the one distanceRows above the first that is counted.
    mutating func add(_ rows: [[Sample]], _ shape: TileShape, black: Sample, white: Sample) {
        let (down, across) = (shape.distanceRows, shape.distanceSamples)
        for row in 0..<shape.rows {
            for column in 0..<shape.samples where column >= across && column + across < shape.samples {
                var neighbours: [Sample] = []
                for (vertical, horizontal) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)] {
                    neighbours.append(rows[row + down + vertical * down][column + horizontal * across])
                }
                let sample = rows[row + down][column]
                let cell = row * shape.samples + column
                if sample.isNotANumber || neighbours.contains(where: \.isNotANumber) {
                    counts[2][cell] += 1
                    counts[3][cell] += 1
                    continue
                }
                neighbours.sort()
                if sample > neighbours[7] { counts[0][cell] += 1 }
                if sample < neighbours[0] { counts[1][cell] += 1 }
                if neighbours[7] >= white { counts[2][cell] += 1 }
                if neighbours[0] <= black { counts[3][cell] += 1 }
            }
        }
    }
}

extension KernelSuites {
    @Suite struct ExtremesTests {
        /// Makes one frame's samples.
        typealias Source<Sample> = (inout SeededGenerator) -> Sample

        private func checkEveryLevel<Sample: ExtremesSample>(
            _ shape: TileShape, slack: Int = 0, stride: Int? = nil, black: Sample, white: Sample, stream: UInt64,
            _ source: Source<Sample>
        ) {
            var generator = SeededGenerator(stream: stream)
            let frames = (0..<shape.frames).map { _ in
                (0..<shape.rowsOfFrame).map { _ in (0..<shape.samples).map { _ in source(&generator) } }
            }
            // Every row has a page behind it that no process may touch.
            let guarded = frames.map { rows in
                rows.map { GuardedBuffer($0, slackBytes: slack * MemoryLayout<Sample>.stride, zero: Sample.zero) }
            }
            let pointers = guarded.map { rows in rows.map { UnsafePointer($0.pointer) } }
            let stride = stride ?? shape.samples
            // The counters are not empty at first, and what lies between their rows is not touched.
            let start: [[UInt16]] = (0..<4).map { _ in
                (0..<shape.rows * shape.samples).map { _ in UInt16.random(in: 0...1000, using: &generator) }
            }
            var expected = ExpectedExtremes<Sample>(startingWith: start)
            for rows in frames { expected.add(rows, shape, black: black, white: white) }

            func counters() -> [GuardedBuffer<UInt16>] {
                start.map { counts in
                    let count = max(0, (shape.rows - 1) * stride + shape.samples)
                    let buffer = GuardedBuffer<UInt16>(count: count, slackBytes: slack * 2, filledWith: 0xeeee)
                    for row in 0..<shape.rows {
                        for column in 0..<shape.samples {
                            buffer.pointer[row * stride + column] = counts[row * shape.samples + column]
                        }
                    }
                    return buffer
                }
            }
            func check(_ buffers: [GuardedBuffer<UInt16>], _ level: Level, _ entry: String) {
                let note = describe(level, "\(Sample.self), \(entry), \(shape), slack \(slack), stream \(stream)")
                for (buffer, counts) in zip(buffers, expected.counts) {
                    var values: [UInt16] = []
                    for (index, value) in buffer.values.enumerated() {
                        if index % stride < shape.samples {
                            values.append(value)
                        } else {
                            #expect(value == 0xeeee, "\(note): written between rows")
                        }
                    }
                    #expect(buffer.isIntact, "\(note)")
                    #expect(values == counts, "\(note)")
                }
            }
            Level.walk { level in
                let tile = counters()
                #expect(
                    Sample.tile(tile.map(\.pointer), stride * 2, pointers.flatMap { $0 }, shape, black, white)
                        == .ok)
                check(tile, level, "tile")

                let single = counters()
                for row in 0..<shape.rows {
                    let status = Sample.row(
                        single.map { $0.pointer + row * stride }, pointers.map { $0[row] },
                        pointers.map { $0[row + shape.distanceRows] },
                        pointers.map { $0[row + 2 * shape.distanceRows] },
                        shape.frames, shape.samples, shape.distanceSamples, black, white)
                    #expect(status == .ok)
                }
                check(single, level, "row by row")
            }
        }

        private func checkEveryType(
            _ shape: TileShape, slack: Int = 0, stride: Int? = nil, stream: UInt64
        ) {
            // Few values, so that ties are common, and black and white among them, so that many frames are blind.
            checkEveryLevel(shape, slack: slack, stride: stride, black: 0, white: 255, stream: stream) {
                [0, 1, 40, 40, 128, 200, 254, 255 as UInt8][Int.random(in: 0...7, using: &$0)]
            }
            checkEveryLevel(shape, slack: slack, stride: stride, black: 256, white: 60_000, stream: stream) {
                UInt16.random(in: 0...99, using: &$0) * 661
            }
            checkEveryLevel(
                shape, slack: slack, stride: stride, black: -Float.infinity, white: Float.infinity, stream: stream
            ) { generator in
                switch UInt8.random(in: 0...99, using: &generator) {
                case 0: return Float.infinity
                case 1: return -Float.infinity
                case 2: return Float.nan
                case 3: return -Float.zero
                case 4: return Float.leastNonzeroMagnitude
                default: return Float(Int8.random(in: -9...9, using: &generator))
                }
            }
        }

        @Test func everyDistanceAndLength() {
            for distance in [1, 2, 3, 4, 6, 12] {
                for samples in [0, 1, 2, 3, 5, 9, 24, 25, 26, 33, 40, 63, 64, 65, 96, 127, 131, 176] {
                    let shape = TileShape(
                        frames: 3, rows: 2, samples: samples, distanceRows: 1 + distance % 3, distanceSamples: distance)
                    checkEveryType(shape, stream: UInt64(100 + distance))
                }
            }
        }

        @Test func blocksAndVectorsMeetWithoutGapOrOverlap() {
            // Around one block and two, for every type and level.
            for block in [128, 256, 512, 1024] {
                for extra in [-33, -1, 0, 1, 15, 31, 63, 64] {
                    let shape = TileShape(
                        frames: 2, rows: 1, samples: block + extra + 12, distanceRows: 1, distanceSamples: 6)
                    checkEveryType(shape, stream: UInt64(block))
                }
            }
        }

        @Test func everyNumberOfRows() {
            for rows in [0, 1, 2, 3, 5, 8, 9, 16, 17, 19] {
                for distanceRows in [1, 2, 3, 6] {
                    let shape = TileShape(
                        frames: 2, rows: rows, samples: 75, distanceRows: distanceRows, distanceSamples: 3)
                    checkEveryType(shape, stride: 80, stream: UInt64(200 + rows))
                }
            }
        }

        @Test func everyAlignment() {
            for slack in Shapes.alignments {
                let shape = TileShape(frames: 2, rows: 2, samples: 101, distanceRows: 2, distanceSamples: 2)
                checkEveryType(shape, slack: slack, stream: UInt64(300 + slack))
            }
        }

        @Test func everyFrameCountAndEveryFlush() {
            for frames in [0, 1, 2, 5, 6, 12, 14, 16, 254, 255, 256, 511] {
                let shape = TileShape(frames: frames, rows: 2, samples: 77, distanceRows: 1, distanceSamples: 1)
                checkEveryType(shape, stream: UInt64(400 + frames))
            }
        }

        /// Where nothing is near black or white, as in most of a photo, and where a single sample is.
        @Test func framesThatCanTellAndOneThatCannot() {
            let shape = TileShape(frames: 12, rows: 8, samples: 600, distanceRows: 2, distanceSamples: 6)
            var calls = 0
            for (odd, stream) in [(UInt8(7), UInt64(500)), (0, 501), (255, 502)] {
                calls = 0
                let source: Source<UInt8> = { generator in
                    calls += 1
                    return calls == 43_210 ? odd : UInt8.random(in: 1...254, using: &generator)
                }
                checkEveryLevel(shape, black: 0, white: 255, stream: stream, source)
            }
        }

        @Test func countersHoldTheirLastFrame() {
            // A peak, a hole, and a neighbourhood of white: each in every frame.
            let samples = 80
            var rows = (0..<3).map { _ in [UInt8](repeating: 100, count: samples) }
            rows[1][10] = 101
            rows[1][40] = 99
            for row in 0..<3 { for column in 60...62 where (row, column) != (1, 61) { rows[row][column] = 255 } }
            let guarded = rows.map { GuardedBuffer($0, zero: 0) }
            Level.walk { level in
                let counters = (0..<4).map { _ in GuardedBuffer<UInt16>(count: samples, filledWith: 0) }
                let pointers = guarded.map { buffer in
                    [UnsafePointer<UInt8>](
                        repeating: UnsafePointer(buffer.pointer), count: FPX_EXTREMES_MAXIMUM_FRAMES)
                }
                func accumulate(_ frames: Int) -> fpx_status {
                    UInt8.row(
                        counters.map(\.pointer), pointers[0], pointers[1], pointers[2], frames, samples, 1, 0, 255)
                }
                #expect(accumulate(65_535) == .ok)
                #expect(counters[0].values[10] == 65_535, "\(level)")
                #expect(counters[1].values[40] == 65_535, "\(level)")
                #expect(counters[2].values[61] == 65_535, "\(level)")
                #expect(counters[3].values.allSatisfy { $0 == 0 }, "\(level)")
                let before = counters.map(\.values)
                #expect(accumulate(65_536) == .overflow)
                #expect(counters.map(\.values) == before, "an error must change nothing")
            }
        }

        @Test func wrongArguments() {
            let rows = GuardedBuffer<UInt8>(count: 9, filledWith: 1)
            let counters = (0..<4).map { _ in GuardedBuffer<UInt16>(count: 9, filledWith: 0).pointer }
            let frames = [UnsafePointer(rows.pointer)]
            #expect(UInt8.row(counters, frames, frames, frames, 1, 9, 0, 0, 255) == .argument)
            let shape = TileShape(frames: 1, rows: 1, samples: 9, distanceRows: 0, distanceSamples: 1)
            #expect(UInt8.tile(counters, 18, frames + frames + frames, shape, 0, 255) == .argument)
            // Distances that do not fit the row, up to those whose double does not fit a number.
            for distance in [5, 9, 100, Int.max, -1] {
                let status = UInt8.row(counters, frames, frames, frames, 1, 9, distance, 0, 255)
                #expect(status == .ok)
            }
        }
    }
}
