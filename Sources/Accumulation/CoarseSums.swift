import CKernels
import FastPixFrames
import FastPixPlumbing

/// Sums over cells of a few pixels, of two halves of the photos: what the halves' means have in common beyond the sensor
/// is a view that stays the same. Integers, exact and additive. Not synchronised: a row has one writer at a time.
package final class CoarseSums: @unchecked Sendable {
    /// One row in so many is looked at, and cells are as many columns wide.
    package static let cellSize = FPX_SCENE_CELL_COLUMNS
    /// Which one of them: not at the edge of a coded unit, where compression differs.
    private static let rowInCell = 3

    package let shape: FrameShape
    package let rows: Int
    package let columns: Int
    /// Photos in each half; set before anybody reads.
    package var frameCounts = [0, 0]
    private let memory: MappedMemory
    private let cells: UnsafeMutableBufferPointer<Int64>

    /// New pages are zeros that take no memory before a row comes.
    init(_ shape: FrameShape) throws(FastPixError) {
        self.shape = shape
        rows = Self.rowCount(shape)
        columns = shape.width / Self.cellSize
        let count = 2 * rows * columns
        memory = try MappedMemory(
            byteCount: max(1, count) * MemoryLayout<Int64>.stride, purpose: "sums of parts of the photos",
            advice: "leave defects out, or use smaller frames")
        cells = UnsafeMutableBufferPointer(
            start: memory.start.bindMemory(to: Int64.self, capacity: count), count: count)
    }

    static func byteCount(_ shape: FrameShape) -> Int { 16 * rowCount(shape) * (shape.width / cellSize) }

    /// What a sample of one counts as.
    package var unit: Double { shape.sampleType == .f32 ? Double(FPX_SCENE_FLOAT_STEPS) : 1 }

    /// Rows of a frame that are looked at.
    static func rowCount(_ shape: FrameShape) -> Int { (shape.height - rowInCell + cellSize - 1) / cellSize }

    /// Green of colour photos; of a mosaic all samples, as a cell holds whole periods of it.
    static func channel(_ shape: FrameShape) -> Int { shape.channels == 3 ? 1 : 0 }

    /// The rows of a frame, among `rows`, that are looked at.
    static func rowsLookedAt(_ rows: Range<Int>) -> some Sequence<Int> {
        let first = rows.lowerBound + (rowInCell - rows.lowerBound % cellSize + cellSize) % cellSize
        return stride(from: first, to: rows.upperBound, by: cellSize)
    }

    /// Sums of the cells of one half, row by row; divided by `frameCounts` and `cellSize` they are means.
    package func sums(half: Int) -> UnsafeBufferPointer<Int64> {
        UnsafeBufferPointer(rebasing: cells[half * rows * columns..<(half + 1) * rows * columns])
    }

    /// Both halves as they are kept in a state.
    var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(cells) }

    /// The largest sum of so many integer samples.
    static func largestSum(_ shape: FrameShape, of count: Int) -> Int64 {
        Int64(count) * ((1 << Int64(shape.bitsPerSample)) - 1)
    }

    /// Adds the sums of `photoCount` other photos of integer samples, as they are kept in a state from byte `offset` on.
    /// False, with sums that are worthless, when no photos have such.
    func merge(_ bytes: UnsafeRawBufferPointer, at offset: Int, photoCount: Int) -> Bool {
        let most = Self.largestSum(shape, of: photoCount * Self.cellSize)
        let own = cells[offset / 8..<(offset + bytes.count) / 8]
        var isPossible = true
        for (index, cell) in own.indices.enumerated() {
            let other = bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
            isPossible = isPossible && (0...most).contains(other)
            cells[cell] &+= other
        }
        return isPossible
    }

    /// Takes in a row that is looked at, of a photo of `half`, and adds to what is known of the photo. `half`: nil when
    /// the row is in the sums already.
    func add(row: Int, of samples: UnsafeRawPointer, half: Int?, to photo: PhotoLevels) {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: columns + 1) { unused in
            unused.initialize(repeating: 0)
            let start =
                half.map { cells.baseAddress! + ($0 * rows + row / Self.cellSize) * columns } ?? unused.baseAddress!
            let channel = Self.channel(shape)
            let distance = shape.neighbourDistance
            let status =
                switch shape.bitsPerSample {
                case 8:
                    fpx_scene_row_u8(
                        start, &photo.level, &photo.roughness, samples.assumingMemoryBound(to: UInt8.self), shape.width,
                        shape.channels, channel, distance)
                case 16:
                    fpx_scene_row_u16(
                        start, &photo.level, &photo.roughness, samples.assumingMemoryBound(to: UInt16.self),
                        shape.width, shape.channels, channel, distance)
                default:
                    fpx_scene_row_f32(
                        start, &photo.level, &photo.roughness, samples.assumingMemoryBound(to: Float.self),
                        shape.width, shape.channels, channel, distance)
                }
            precondition(status == .ok, String(cString: fpx_status_message(status)))
        }
    }
}

/// What is summed up of one photo while it is decoded. Belongs to one thread at a time.
final class PhotoLevels {
    var level: Int64 = 0
    var roughness: Int64 = 0
    var damage: DamageSigns
    /// Nil when its pattern is not looked at.
    let pattern: PatternSample?

    init(damage: DamageSigns = DamageSigns(), pattern: PatternSample? = nil) {
        self.damage = damage
        self.pattern = pattern
    }
}
