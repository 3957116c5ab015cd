import FastPixFrames

/// Eight pixels around one, `distance` rows and columns away; at the frame's edges those there are, the nearest ones
/// repeated.
struct Ring {
    let shape: FrameShape
    let distance: Int

    /// The middle of the eight, as the mean of the two middle ones. `value`: at a row and a sample of it.
    @inline(__always)
    func middle(_ row: Int, _ column: Int, _ channel: Int, _ value: (Int, Int) -> Double) -> Double {
        let up = max(0, row - distance)
        let down = min(shape.height - 1, row + distance)
        let left = max(0, column - distance) * shape.channels + channel
        let middle = column * shape.channels + channel
        let right = min(shape.width - 1, column + distance) * shape.channels + channel
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

    @inline(__always)
    private static func order(_ a: inout Double, _ b: inout Double) { (a, b) = (min(a, b), max(a, b)) }
}
