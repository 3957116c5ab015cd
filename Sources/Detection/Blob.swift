import FastPixFrames

/// What lies around a pixel of single samples without loss as a whole: a block of defective pixels, of which each may hide
/// the others, or what a lens has drawn. Read in finished means, against a background that such blocks do not reach.
struct Blob {
    private let moments: BandMoments
    private let shape: FrameShape
    private let background: Ring

    /// Rows and columns over which it is followed: a block of five by five from its corner, less one.
    private static let farthest = 3
    /// Of a pixel, what those that belong to it have at least.
    private static let share = 0.5

    /// Whether the rows at hand reach far enough.
    static func canBeSeen(_ geometry: FrameGeometry) -> Bool {
        geometry.isLossless && geometry.colours == 1 && geometry.shape.neighbourDistance == 2
    }

    /// Of frames of which `canBeSeen` says so.
    init(_ moments: BandMoments) {
        self.moments = moments
        shape = moments.shape
        // Three neighbour distances, so that colours are the same: beyond a block of five by five.
        background = Ring(shape: moments.shape, distance: 3 * moments.shape.neighbourDistance)
    }

    /// The middle of the means around; of less than eight pixels, at the frame's edges, none that tells.
    func surroundings(_ row: Int, _ column: Int) -> Double? {
        let distance = background.distance
        guard row >= distance, row + distance < shape.height, column >= distance, column + distance < shape.width else {
            return nil
        }
        return background.middle(row, column, 0, moments.mean)
    }

    func offset(_ row: Int, _ column: Int) -> Double {
        moments.mean(row, column * shape.channels) - background.middle(row, column, 0, moments.mean)
    }

    /// How much of a pixel's offset those have that lie around it and those that belong to it: next to nothing for what is
    /// wrong in the sensor, which ends from one pixel to the next.
    struct Border: Sendable, Equatable {
        /// Half of them have no more.
        let middle: Float
        /// A quarter of them have no more.
        let quarter: Float
    }

    func border(_ row: Int, _ column: Int) -> Border {
        let own = offset(row, column)
        guard own != 0 else { return Border(middle: 0, quarter: 0) }
        let side = 2 * Self.farthest + 3
        // 0: not seen, 1: belongs to it, 2: lies around it.
        var marks = [UInt8](repeating: 0, count: side * side)
        var open = [(row: 0, column: 0)]
        marks[side * side / 2] = 1
        var border: [Double] = []
        while let place = open.popLast() {
            for (down, right) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                let (r, c) = (place.row + down, place.column + right)
                let mark = (r + Self.farthest + 1) * side + c + Self.farthest + 1
                guard (0..<shape.height).contains(row + r), (0..<shape.width).contains(column + c), marks[mark] == 0
                else { continue }
                let share = offset(row + r, column + c) / own
                if share >= Self.share, max(abs(r), abs(c)) <= Self.farthest {
                    marks[mark] = 1
                    open.append((r, c))
                } else {
                    marks[mark] = 2
                    border.append(share)
                }
            }
        }
        border.sort()
        return border.isEmpty
            ? Border(middle: 1, quarter: 1)
            : Border(middle: Float(Selection.median(border)), quarter: Float(border[border.count / 4]))
    }
}
