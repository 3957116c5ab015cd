import CKernels
import FastPixFrames

/// What is summed up of all rows, by tiles and by places in the coded block. Whole numbers, or numbers that belong to one
/// row: nothing depends on the order of rows.
struct ScanStatistics: Sendable {
    let geometry: FrameGeometry
    /// [tile row][tile column][channel]
    var tiles: [fpx_persistence_sums]
    /// [row % period][column % period][channel]
    var phases: [fpx_persistence_sums]
    /// [row][tile column]
    var marks: [fpx_row_marks]
    /// Of the pixels of a tile's row that is silent (`LeftOutRegions`), the middle one of the variances; below 0 of others:
    /// [row][tile column]
    var silentVariances: [Float]
    /// Of rows that are sampled, how far pixels lie from their neighbours: [tile row][sample][tile column][channel], the
    /// value that 27 of 32 of the tile's columns do not exceed; below 0 where there is none.
    var spreads: [Float]
    /// Of a pixel in the middle of each tile, in the sampled rows, main channel: [tile row][sample][tile column]; below 0
    /// where there is none.
    var pixelVariances: [Float]
    var pixelMeans: [Float]
    /// In the sampled rows, main channel, the variance of counts among pixels of the same place in the block over that of
    /// chance: [tile row][sample][tile column]; below 0 where there are too few pixels.
    var dispersions: [Float]
    /// Spreads summed up by place, in units of the tile's: [row % period][column % period][channel], 1/256ths.
    var phaseSpreads: [fpx_spread_sums]
    /// How columns lie beside those `neighbourDistance` to the left and right: [tile row][column].
    var columns: LineCounts
    /// How rows lie beside those above and below: [row][tile column].
    var rows: LineCounts
    /// As `columns` and `rows`, beside those twice as far away: of lines that are their own neighbours' neighbours.
    var farColumns: LineCounts
    var farRows: LineCounts
    /// Levels of the pieces of columns and rows, summed up in the units of the sums: [tile row][column], [row][tile column].
    var columnLevels: [Double]
    var rowLevels: [Double]
    /// Of the same pieces, how many more times their pixels lie above all their neighbours than below, in all photos
    /// together.
    var columnHits: [Int32]
    var rowHits: [Int32]
    /// Of the samples of the same pieces, how many are quiet: see `BandScan.QuietCounts`.
    var quietColumns: [UInt8]
    var quietRows: [UInt8]
    var candidates: CandidateStore
    /// None when there are more than `StillPixel.most`, as in black or white parts of scenes. In any order.
    private(set) var still: [StillPixel] = []
    private var stillCount = 0
    /// Whether the accumulators hold means instead of sums.
    var isFloat = false

    mutating func addStill(_ pixels: [StillPixel]) {
        stillCount += pixels.count
        if stillCount <= StillPixel.most { still += pixels } else { still = [] }
    }

    /// Rows of each tile whose spread is taken.
    static let samplesPerTile = 4

    init(_ geometry: FrameGeometry) {
        self.geometry = geometry
        let shape = geometry.shape
        let tileCount = geometry.tileRows * geometry.tileColumns
        let places = geometry.period * geometry.period * shape.channels
        tiles = Array(repeating: fpx_persistence_sums(), count: tileCount * shape.channels)
        phases = Array(repeating: fpx_persistence_sums(), count: places)
        marks = Array(repeating: fpx_row_marks(), count: shape.height * geometry.tileColumns)
        silentVariances = Array(repeating: -1, count: marks.count)
        spreads = Array(repeating: -1, count: tileCount * Self.samplesPerTile * shape.channels)
        pixelVariances = Array(repeating: -1, count: tileCount * Self.samplesPerTile)
        pixelMeans = pixelVariances
        dispersions = pixelVariances
        phaseSpreads = Array(repeating: fpx_spread_sums(), count: places)
        columns = LineCounts(geometry.tileRows * shape.width)
        rows = LineCounts(shape.height * geometry.tileColumns)
        farColumns = columns
        farRows = rows
        columnLevels = Array(repeating: 0, count: columns.sums.count)
        rowLevels = Array(repeating: 0, count: rows.sums.count)
        columnHits = Array(repeating: 0, count: columns.sums.count)
        rowHits = Array(repeating: 0, count: rows.sums.count)
        quietColumns = Array(repeating: 0, count: columns.sums.count)
        quietRows = Array(repeating: 0, count: rows.sums.count)
        candidates = CandidateStore(geometry)
    }

    /// `spreads` of the main channel that are known.
    var mainSpreads: [Double] {
        stride(from: geometry.mainChannel, to: spreads.count, by: geometry.shape.channels).map { Double(spreads[$0]) }
            .filter { $0 >= 0 }
    }

    /// How bright most of the frame is in the mean, in samples.
    var level: Double { Selection.median(pixelMeans.filter { $0 >= 0 }.map { Double($0) }) }

    /// Bytes that it takes without candidates.
    static func byteCount(_ geometry: FrameGeometry) -> Int {
        let tileCount = geometry.tileRows * geometry.tileColumns
        let lines = geometry.tileRows * geometry.shape.width + geometry.shape.height * geometry.tileColumns
        return tileCount * geometry.shape.channels * (40 + 16 * samplesPerTile) + 25 * lines
            + 7 * geometry.shape.height * geometry.tileColumns
    }
}

/// A pixel of frames without loss in which nothing is seen to happen while it does around it.
struct StillPixel: Sendable {
    let row: Int
    let column: Int
    let mean: Float

    /// Zeros, as many pixels of dark frames are.
    var isBlack: Bool { mean == 0 }

    /// Of the middle variance of a tile's row: deviations of a quarter, which noise of ten frames has in one pixel of twenty
    /// thousand, and three that touch never. Of fewer frames only what does not change at all.
    static func share(_ frameCount: Int) -> Float { frameCount >= 10 ? 1.0 / 16 : 0 }
    /// As a variance, of whole numbers. In five frames noise of one step stays at one value in one pixel of forty, and three of
    /// those touch; noise of four does in one of ten thousand. In ten frames noise of one step does.
    static func leastNoise(_ frameCount: Int) -> Float { frameCount >= 10 ? 1 : 16 }
    /// As candidates.
    static let most = CandidateStore.capacity
}

/// Per piece of a line: of how many of its pixels is the mean above, or below, those of both sides, and how far beyond the
/// nearer one, summed up (in the units of the sums).
struct LineCounts: Sendable {
    var above: [UInt8]
    var below: [UInt8]
    var sums: [Int32]

    init(_ count: Int) {
        above = Array(repeating: 0, count: count)
        below = Array(repeating: 0, count: count)
        sums = Array(repeating: 0, count: count)
    }

    /// Adds what another part of the frame has, to the pieces from `first` on. Sums stay below 2^31: see
    /// `fpx_line_offsets_f32`.
    mutating func add(_ other: LineCounts, at first: Int) {
        let count = other.sums.count
        precondition(first >= 0 && first + count <= sums.count)
        withUnsafePointers { above, below, sums in
            for index in 0..<count { above[first &+ index] &+= other.above[index] }
            for index in 0..<count { below[first &+ index] &+= other.below[index] }
            for index in 0..<count { sums[first &+ index] &+= other.sums[index] }
        }
    }

    /// For kernels: `above`, `below` and `sums`.
    mutating func withUnsafePointers(
        _ body: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int32>) -> Void
    ) {
        above.withUnsafeMutableBufferPointer { above in
            below.withUnsafeMutableBufferPointer { below in
                sums.withUnsafeMutableBufferPointer { sums in
                    guard let above = above.baseAddress, let below = below.baseAddress, let sums = sums.baseAddress
                    else { return }
                    body(above, below, sums)
                }
            }
        }
    }
}
