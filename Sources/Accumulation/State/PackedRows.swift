import CKernels
import FastPixFrames

/// How a state keeps a row of accumulators: each number in the bits that the largest of its block needs
/// (`fpx_packing.h`). First the widths of all blocks, array after array, filled up with zeros to a multiple of 64 bytes;
/// then the blocks.
struct PackedRows: Sendable {
    /// Bytes of one element of each array.
    let elementBytes: [Int]
    /// Of each array.
    let samplesPerRow: Int
    /// By array: which of the widths are its own.
    let widths: [Range<Int>]
    /// What the widths take.
    let headByteCount: Int

    init(_ shape: FrameShape, _ contents: AccumulatorContents) {
        let samplesPerRow = shape.samplesPerRow
        var end = 0
        elementBytes = contents.elementBytes(shape)
        widths = elementBytes.map { size in
            defer { end += fpx_packed_width_count(samplesPerRow, size) }
            return end..<end + fpx_packed_width_count(samplesPerRow, size)
        }
        headByteCount = (end + Self.alignment - 1) / Self.alignment * Self.alignment
        self.samplesPerRow = samplesPerRow
    }

    /// Blocks are multiples of so many bytes: where a row begins at one, all its blocks do.
    static let alignment = 64

    /// Where a row's arrays are, counted from its beginning; nil when no row has such widths, which `head` begins with.
    func places(_ head: UnsafeRawBufferPointer) -> [Range<Int>]? {
        guard head[widths.last!.upperBound..<headByteCount].allSatisfy({ $0 == 0 }) else { return nil }
        let start = head.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var places: [Range<Int>] = []
        var end = headByteCount
        for (own, size) in zip(widths, elementBytes) {
            // Below 0: widths that no numbers have.
            let count = fpx_packed_byte_count(start + own.lowerBound, samplesPerRow, size)
            guard count >= 0 else { return nil }
            places.append(end..<end + count)
            end += count
        }
        return places
    }

    /// What a row takes at most.
    var mostBytes: Int { elementBytes.reduce(headByteCount) { $0 + fpx_packed_most_bytes(samplesPerRow, $1) } }

    /// Packs one row of these arrays to `packed`, which has room for the most. Returns the bytes that it takes.
    func pack(_ arrays: [UnsafeMutableRawBufferPointer], to packed: UnsafeMutableRawPointer) -> Int {
        let start = packed.assumingMemoryBound(to: UInt8.self)
        (start + widths.last!.upperBound).update(repeating: 0, count: headByteCount - widths.last!.upperBound)
        var end = headByteCount
        for (array, values) in arrays.enumerated() {
            let (size, own) = (elementBytes[array], start + widths[array].lowerBound)
            let room = fpx_packed_most_bytes(samplesPerRow, size)
            let values = values.baseAddress!
            let count =
                switch size {
                case 2:
                    fpx_pack_u16(start + end, room, own, values.assumingMemoryBound(to: UInt16.self), samplesPerRow)
                case 4:
                    fpx_pack_u32(start + end, room, own, values.assumingMemoryBound(to: UInt32.self), samplesPerRow)
                default:
                    fpx_pack_u64(start + end, room, own, values.assumingMemoryBound(to: UInt64.self), samplesPerRow)
                }
            precondition(count >= 0, "a row without room")
            end += count
        }
        return end
    }

    /// Unpacks `count` values of one array, to the type that it has. Returns the bytes that they take of `packed`; below 0
    /// when they are not all there.
    func unpack(
        _ array: Int, _ count: Int, _ widths: UnsafePointer<UInt8>, _ packed: UnsafePointer<UInt8>, _ packedBytes: Int,
        to values: UnsafeMutableRawPointer
    ) -> Int {
        switch elementBytes[array] {
        case 2: fpx_unpack_u16(values.assumingMemoryBound(to: UInt16.self), count, widths, packed, packedBytes)
        case 4: fpx_unpack_u32(values.assumingMemoryBound(to: UInt32.self), count, widths, packed, packedBytes)
        default: fpx_unpack_u64(values.assumingMemoryBound(to: UInt64.self), count, widths, packed, packedBytes)
        }
    }
}

/// Memory for packed rows that begins where their blocks are aligned, and grows as they need it. Belongs to one thread.
final class PackedBytes {
    private(set) var start = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: PackedRows.alignment)
    private var byteCount = 64

    deinit { start.deallocate() }

    /// Makes room for so many bytes; keeps none.
    func demand(_ wanted: Int) {
        guard wanted > byteCount else { return }
        start.deallocate()
        start = .allocate(byteCount: wanted, alignment: PackedRows.alignment)
        byteCount = wanted
    }
}
