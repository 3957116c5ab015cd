/// Which rows of an image may go through which stage next.
///
/// Rows go decode -> blend -> encode in strips. A blurred row needs `halo` rows above and below, so decoding is ahead
/// of blending. Rows stay in their ring as long as a stage behind may need them; a ring that is full makes the stage
/// before it wait. Each stage takes its strips in order, one at a time, so that what comes out does not depend on who
/// runs them when.
struct StripSchedule {
    enum Stage: CaseIterable {
        // Later stages first: a strip that is still in the cache goes on before a new one is begun.
        case encode, blend, decodeSecond, decodeFirst
    }

    let height: Int
    let stripRows: Int
    let halo: Int
    /// Rows that each ring holds: multiples of a strip, or all rows, so that a strip lies in one piece.
    let decodedCapacity: Int
    let secondCapacity: Int
    let blendedCapacity: Int
    let hasSecond: Bool

    /// Rows that are through each stage.
    private(set) var decodedFirst = 0
    private(set) var decodedSecond = 0
    private(set) var blended = 0
    private(set) var encoded = 0

    /// `extraStrips`: strips that a stage may be ahead of the next, beyond what is needed; they let stages run at the
    /// same time and cost memory.
    init(height: Int, stripRows: Int, halo: Int, hasSecond: Bool, extraStrips: Int) {
        self.height = height
        self.stripRows = stripRows
        self.halo = halo
        self.hasSecond = hasSecond
        // Blending strip by strip keeps `halo` rows above its strip and has, in whole strips, `halo` rows below.
        let haloStrips = halo == 0 ? 0 : (2 * halo + stripRows - 1) / stripRows + 1
        decodedCapacity = min(height, (1 + haloStrips + extraStrips) * stripRows)
        secondCapacity = hasSecond ? min(height, (1 + extraStrips) * stripRows) : 0
        blendedCapacity = min(height, (1 + extraStrips) * stripRows)
    }

    var isDone: Bool { encoded == height }

    /// The rows that `stage` may take now; nil when it must wait for others, or has done all.
    func rows(for stage: Stage) -> Range<Int>? {
        switch stage {
        case .decodeFirst:
            let rows = strip(from: decodedFirst)
            return rows.isEmpty || rows.upperBound - max(0, blended - halo) > decodedCapacity ? nil : rows
        case .decodeSecond:
            let rows = strip(from: decodedSecond)
            return !hasSecond || rows.isEmpty || rows.upperBound - blended > secondCapacity ? nil : rows
        case .blend:
            let rows = strip(from: blended)
            let isReady =
                decodedFirst >= min(height, rows.upperBound + halo)
                && (!hasSecond || decodedSecond >= rows.upperBound)
                && rows.upperBound - encoded <= blendedCapacity
            return rows.isEmpty || !isReady ? nil : rows
        case .encode:
            return encoded < blended ? encoded..<min(blended, encoded + stripRows) : nil
        }
    }

    private func strip(from row: Int) -> Range<Int> { row..<min(height, row + stripRows) }

    mutating func finished(_ rows: Range<Int>, in stage: Stage) {
        switch stage {
        case .decodeFirst: decodedFirst = rows.upperBound
        case .decodeSecond: decodedSecond = rows.upperBound
        case .blend: blended = rows.upperBound
        case .encode: encoded = rows.upperBound
        }
    }
}
