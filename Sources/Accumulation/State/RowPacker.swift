import FastPixFrames

/// Packs rows of accumulators as a state keeps them. Belongs to one thread.
final class RowPacker {
    private let bytes = PackedBytes()

    /// These rows, until the next ones.
    func pack(_ accumulators: Accumulators, rows: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(accumulators.kind == .exact, "rounded moments depend on the order of photos")
        let layout = PackedRows(accumulators.shape, accumulators.contents)
        bytes.demand(rows.count * layout.mostBytes)
        var end = 0
        for row in rows { end += layout.pack(accumulators.arrays(rows: row..<row + 1), to: bytes.start + end) }
        return UnsafeRawBufferPointer(start: bytes.start, count: end)
    }
}
