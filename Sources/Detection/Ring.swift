import FastPixFrames

/// Eight pixels around one, `distance` rows and columns away; at the frame's edges those there are, the nearest ones
/// repeated, and of a colour pattern, whose nearest ones are of other colours, those on the other side. So in the corners of
/// all frames of single samples, too, as many files of mosaics do not say that they are: there five of the nearest eight
/// would be of other colours, at the other edges three.
struct Ring {
    let shape: FrameShape
    let distance: Int
    private let isMosaic: Bool
    private let isSingle: Bool

    init(shape: FrameShape, distance: Int) {
        self.shape = shape
        self.distance = distance
        isSingle = shape.channels == 1 && min(shape.width, shape.height) > 2 * distance
        isMosaic = shape.pattern != nil && min(shape.width, shape.height) > 2 * distance
    }

    /// The middle of the eight, as the mean of the two middle ones. `value`: at a row and a sample of it.
    @inline(__always)
    func middle(_ row: Int, _ column: Int, _ channel: Int, _ value: (Int, Int) -> Double) -> Double {
        let folds = isMosaic || isSingle && isOutside(row, shape.height) && isOutside(column, shape.width)
        let up = place(row - distance, row + distance, shape.height, folds)
        let down = place(row + distance, row - distance, shape.height, folds)
        let left = place(column - distance, column + distance, shape.width, folds) * shape.channels + channel
        let middle = column * shape.channels + channel
        let right = place(column + distance, column - distance, shape.width, folds) * shape.channels + channel
        var (a, b, c, d) = (value(up, left), value(up, middle), value(up, right), value(row, left))
        var (e, f, g, h) = (value(row, right), value(down, left), value(down, middle), value(down, right))
        // Both halves sorted; of x and y sorted, the four smallest of all are min(x[i], y[3 - i]).
        Self.order(&a, &b)
        Self.order(&c, &d)
        Self.order(&a, &c)
        Self.order(&b, &d)
        Self.order(&b, &c)
        Self.order(&e, &f)
        Self.order(&g, &h)
        Self.order(&e, &g)
        Self.order(&f, &h)
        Self.order(&f, &g)
        let low = max(max(min(a, h), min(b, g)), max(min(c, f), min(d, e)))
        let high = min(min(max(a, h), max(b, g)), min(max(c, f), max(d, e)))
        return (low + high) / 2
    }

    /// How far the eight lie from the plane through them, the second furthest: a slope of the scene is even, too. The plane is
    /// that of least squares, which of eight places around one needs only sums. All of them have to be in the frame.
    func unevenness(_ row: Int, _ column: Int, _ channel: Int, _ value: (Int, Int) -> Double) -> Double {
        let around = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)].map { down, right in
            (
                down: Double(down), right: Double(right),
                value: value(row + down * distance, (column + right * distance) * shape.channels + channel)
            )
        }
        let mean = around.reduce(0) { $0 + $1.value } / 8
        let down = around.reduce(0) { $0 + $1.down * $1.value } / 6
        let right = around.reduce(0) { $0 + $1.right * $1.value } / 6
        return around.map { abs($0.value - mean - down * $0.down - right * $0.right) }.sorted()[6]
    }

    @inline(__always)
    private func place(_ wanted: Int, _ opposite: Int, _ count: Int, _ folds: Bool) -> Int {
        folds && !(0..<count).contains(wanted) ? opposite : max(0, min(count - 1, wanted))
    }

    /// Whether a neighbour of the row or column is.
    @inline(__always)
    private func isOutside(_ place: Int, _ count: Int) -> Bool { place < distance || place + distance >= count }

    @inline(__always)
    private static func order(_ a: inout Double, _ b: inout Double) { (a, b) = (min(a, b), max(a, b)) }
}
