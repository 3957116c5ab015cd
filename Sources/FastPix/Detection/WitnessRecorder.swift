import Foundation

/// Records the neighbourhoods of chosen pixels in photos as they are decoded.
final class WitnessRecorder: Sendable {
    let shape: FrameShape
    /// In order of row, then column; each at least `Neighbourhood.margin` from the frame's edge.
    let positions: [Position]
    // Each witness is guarded by the lock of its part.
    private nonisolated(unsafe) let witnesses: UnsafeMutableBufferPointer<Witness>
    private let locks: [NSLock]
    /// Photo by photo, for each position in turn; guarded as the witnesses are.
    private nonisolated(unsafe) let residuals: UnsafeMutableBufferPointer<Int32>
    private let photoCount: Int

    struct Position: Sendable, Hashable, Comparable {
        let row: Int
        let column: Int

        static func < (left: Position, right: Position) -> Bool {
            (left.row, left.column) < (right.row, right.column)
        }
    }

    private static let positionsPerLock = 64

    /// With a `photoCount` the residual in each of so many photos is kept besides, 4 bytes for each position and photo.
    init(shape: FrameShape, positions: some Sequence<Position>, photoCount: Int = 0) {
        self.shape = shape
        let positions = Set(positions).sorted()
        self.positions = positions
        witnesses = .allocate(capacity: positions.count)
        witnesses.initialize(repeating: Witness(channels: shape.channels))
        self.photoCount = photoCount
        residuals = .allocate(capacity: positions.count * photoCount)
        residuals.initialize(repeating: Self.notRecorded)
        locks = (0...positions.count / Self.positionsPerLock).map { _ in NSLock() }
    }

    deinit {
        witnesses.deinitialize()
        witnesses.deallocate()
        residuals.deallocate()
    }

    /// No residual is so small.
    private static let notRecorded = Int32.min

    /// What was recorded of a pixel; nil when it was none of the positions. Only after recording has ended.
    func witness(row: Int, column: Int) -> Witness? {
        index(of: Position(row: row, column: column)).map { witnesses[$0] }
    }

    /// The pixel's residual in each photo, in sample units, nil where a photo could not be read; nil when it was none
    /// of the positions. Only after recording has ended.
    func residuals(row: Int, column: Int) -> [Double?]? {
        guard let index = index(of: Position(row: row, column: column)) else { return nil }
        let unit = Double(2 * Witness.Basis.weight(channels: shape.channels))
        return residuals[index * photoCount..<(index + 1) * photoCount].map {
            $0 == Self.notRecorded ? nil : Double($0) / unit
        }
    }

    /// What was recorded of each position so far, in their order. Only while nobody records.
    var records: [Witness] { Array(witnesses) }

    /// Goes on from what was recorded before; one witness for each position. Only before recording begins.
    func restore(_ records: [Witness]) {
        precondition(records.count == positions.count)
        _ = witnesses.update(fromContentsOf: records)
    }

    private func index(of wanted: Position) -> Int? {
        let index = firstPosition { $0 >= wanted }
        return index < positions.count && positions[index] == wanted ? index : nil
    }

    /// Index of the first position for which `condition` holds; it holds for all later ones, too.
    fileprivate func firstPosition(_ condition: (Position) -> Bool) -> Int {
        var low = 0
        var high = positions.count
        while low < high {
            let middle = (low + high) / 2
            if condition(positions[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    fileprivate func add(_ index: Int, _ samples: UnsafePointer<UInt16>, sign: Int, photo: Int?) {
        locks[index / Self.positionsPerLock].withLock {
            let residual = witnesses[index].add(samples, channels: shape.channels, sign: sign)
            if let photo {
                residuals[index * photoCount + photo] = sign > 0 ? Int32(residual) : Self.notRecorded
            }
        }
    }

    /// The rows that neighbourhoods reach into.
    var rowsRead: Range<Int> {
        guard let first = positions.first, let last = positions.last else { return 0..<0 }
        return first.row - Neighbourhood.margin..<last.row + Neighbourhood.margin + 1
    }

    /// The indexes of positions whose neighbourhoods reach into these rows.
    fileprivate func indexes(reaching rows: Range<Int>) -> Range<Int> {
        let margin = Neighbourhood.margin
        let lower = firstPosition { $0.row + margin >= rows.lowerBound }
        return lower..<max(lower, firstPosition { $0.row - margin >= rows.upperBound })
    }
}

/// One worker's neighbourhoods that have begun but are not complete, because their last rows come with a later strip.
/// Belongs to one thread.
final class WitnessReader {
    private let recorder: WitnessRecorder
    private let samplesPerPosition: Int
    /// Neighbourhoods in work at a time; they follow each other, so that a ring of this length holds them.
    private let capacity: Int
    private let samples: UnsafeMutablePointer<UInt16>
    /// From the middle sample of a neighbourhood's row to each of the row's.
    private let offsets: [Int]

    /// For `frames` photos that are decoded in step, in strips of `rowsPerStrip` rows.
    init(_ recorder: WitnessRecorder, frames: Int, rowsPerStrip: Int) {
        self.recorder = recorder
        let channels = recorder.shape.channels
        samplesPerPosition = Neighbourhood.count * channels
        offsets = Neighbourhood.taps.flatMap { tap in (0..<channels).map { tap * channels + $0 } }
        let rows = recorder.rowsRead
        capacity = stride(from: rows.lowerBound / rowsPerStrip * rowsPerStrip, to: rows.upperBound, by: rowsPerStrip)
            .reduce(1) { max($0, recorder.indexes(reaching: $1..<$1 + rowsPerStrip).count) }
        samples = .allocate(capacity: capacity * samplesPerPosition * frames)
    }

    deinit { samples.deallocate() }

    /// Takes in `rows` of the photo in `frame`; strips come from top to bottom. A neighbourhood is recorded with
    /// its last row, unless that lies above `firstRow`: it has been recorded before then. `sign` -1 takes out what the
    /// same call with 1 took in. `photo` is the photo's number where the recorder keeps photos apart.
    func read(
        rows: Range<Int>, of frame: Int, from pixels: UnsafeRawPointer, recordingFrom firstRow: Int = 0, sign: Int = 1,
        photo: Int? = nil
    ) {
        let samplesPerRow = recorder.shape.samplesPerRow
        for index in recorder.indexes(reaching: rows) {
            let position = recorder.positions[index]
            let neighbourhood = samples + (frame * capacity + index % capacity) * samplesPerPosition
            var target = neighbourhood
            for tap in Neighbourhood.taps {
                if rows.contains(position.row + tap) {
                    let start =
                        (position.row + tap - rows.lowerBound) * samplesPerRow
                        + position.column * recorder.shape.channels
                    copy(pixels, start, to: target)
                }
                target += offsets.count
            }
            let lastRow = position.row + Neighbourhood.margin
            if rows.contains(lastRow), lastRow >= firstRow {
                recorder.add(index, neighbourhood, sign: sign, photo: photo)
            }
        }
    }

    /// The five pixels of one row around sample `start`.
    private func copy(_ pixels: UnsafeRawPointer, _ start: Int, to target: UnsafeMutablePointer<UInt16>) {
        if recorder.shape.bitsPerSample == 8 {
            copy(pixels.assumingMemoryBound(to: UInt8.self) + start, to: target)
        } else {
            copy(pixels.assumingMemoryBound(to: UInt16.self) + start, to: target)
        }
    }

    private func copy<Sample: FixedWidthInteger>(
        _ centre: UnsafePointer<Sample>, to target: UnsafeMutablePointer<UInt16>
    ) {
        offsets.withUnsafeBufferPointer { offsets in
            for index in offsets.indices { target[index] = UInt16(truncatingIfNeeded: centre[offsets[index]]) }
        }
    }
}
