import FastPixPlatform

/// A drawing as rows of red, green and blue bytes.
struct DrawingCanvas {
    private(set) var rows: [[UInt8]]
    private let width: Int

    init(_ drawing: Drawing) {
        width = drawing.width
        let paper = Drawing.paper
        let row = (0..<3 * drawing.width).map { [paper.red, paper.green, paper.blue][$0 % 3] }
        rows = [[UInt8]](repeating: row, count: drawing.height)
        for shape in drawing.shapes { paint(shape) }
    }

    private mutating func paint(_ shape: Drawing.Shape) {
        switch shape {
        case .rectangle(let origin, let width, let height, let color):
            // Whole pixels, so that bars side by side leave no seams.
            let columns = pixels(origin.x, origin.x + width, limit: self.width)
            for row in pixels(origin.y, origin.y + height, limit: rows.count) {
                for column in columns { blend(row, column, color, 1) }
            }
        case .line(let points, let width, let color, let isDashed):
            for (from, to) in zip(points, points.dropFirst()) {
                for (start, end) in isDashed ? Self.dashes(from, to) : [(from, to)] {
                    paintStroke(start, end, radius: width / 2, color)
                }
            }
        case .disc(let centre, let radius, let color):
            paintStroke(centre, centre, radius: radius, color)
        case .text(let text, let point, let anchor, let color):
            let textWidth = Double(BitmapFont.width(of: text, scale: Drawing.textScale))
            let shares: [Drawing.Anchor: Double] = [.start: 0, .middle: 0.5, .end: 1]
            let column = Int((point.x - textWidth * shares[anchor]!).rounded())
            let top = Int((point.y - Drawing.capitalHeight).rounded())
            for textRow in 0..<BitmapFont.height * Drawing.textScale where rows.indices.contains(top + textRow) {
                BitmapFont.draw(
                    row: textRow, of: text, at: column, scale: Drawing.textScale, color: color,
                    into: &rows[top + textRow])
            }
        }
    }

    private func pixels(_ from: Double, _ to: Double, limit: Int) -> Range<Int> {
        let start = min(limit, max(0, Int(from.rounded())))
        return start..<max(start, min(limit, Int(to.rounded())))
    }

    /// Everything nearer than `radius` to the segment, with smoothed edges.
    private mutating func paintStroke(
        _ from: Drawing.Point, _ to: Drawing.Point, radius: Double, _ color: RGBColor
    ) {
        let reach = radius + 1
        let columns = pixels(min(from.x, to.x) - reach, max(from.x, to.x) + reach + 1, limit: width)
        for row in pixels(min(from.y, to.y) - reach, max(from.y, to.y) + reach + 1, limit: rows.count) {
            for column in columns {
                let distance = Self.distance(Double(column) + 0.5, Double(row) + 0.5, from, to)
                blend(row, column, color, min(1, max(0, radius + 0.5 - distance)))
            }
        }
    }

    private static func distance(_ x: Double, _ y: Double, _ from: Drawing.Point, _ to: Drawing.Point) -> Double {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let lengthSquared = dx * dx + dy * dy
        let along =
            lengthSquared > 0 ? min(1, max(0, ((x - from.x) * dx + (y - from.y) * dy) / lengthSquared)) : 0
        return hypot(x - from.x - along * dx, y - from.y - along * dy)
    }

    private static func dashes(
        _ from: Drawing.Point, _ to: Drawing.Point
    ) -> [(Drawing.Point, Drawing.Point)] {
        let length = hypot(to.x - from.x, to.y - from.y)
        func point(_ distance: Double) -> Drawing.Point {
            let share = length > 0 ? min(1, distance / length) : 0
            return Drawing.Point(x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y))
        }
        return stride(from: 0, to: length, by: Drawing.dash + Drawing.gap).map {
            (point($0), point($0 + Drawing.dash))
        }
    }

    private mutating func blend(_ row: Int, _ column: Int, _ color: RGBColor, _ share: Double) {
        guard share > 0 else { return }
        for (channel, value) in [color.red, color.green, color.blue].enumerated() {
            let old = Double(rows[row][3 * column + channel])
            rows[row][3 * column + channel] = UInt8((old + share * (Double(value) - old)).rounded())
        }
    }
}
