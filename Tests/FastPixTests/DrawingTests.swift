import FastPixPlumbing
import Testing

@testable import FastPixReporting
@testable import FastPixStatistics

/// Shapes in pixels and in SVG.
struct DrawingTests {
    private static let black = RGBColor.grey(0)

    private static func drawing(_ shapes: [Drawing.Shape], width: Int = 20, height: Int = 10) -> Drawing {
        var drawing = Drawing(width: width, height: height, description: "a < b & c")
        for shape in shapes { drawing.add(shape) }
        return drawing
    }

    /// The first byte of every pixel.
    private static func red(_ drawing: Drawing) -> [[UInt8]] {
        DrawingCanvas(drawing).rows.map { row in stride(from: 0, to: row.count, by: 3).map { row[$0] } }
    }

    @Test func rectanglesFillWholePixelsAndAreCutAtTheEdges() {
        let pixels = Self.red(
            Self.drawing([.rectangle(origin: .init(x: 17.6, y: -3), width: 10, height: 5.2, color: Self.black)]))
        for (row, line) in pixels.enumerated() {
            for (column, value) in line.enumerated() {
                #expect(value == (row < 2 && column >= 18 ? 0 : 255))
            }
        }
    }

    @Test func linesHaveTheirWidthAndSmoothEdges() {
        let pixels = Self.red(
            Self.drawing([
                .line([.init(x: -5, y: 5), .init(x: 30, y: 5)], width: 3, color: Self.black, isDashed: false)
            ]))
        // Centres of rows 4 and 5 are half a pixel away, those of rows 3 and 6 one and a half.
        let column = pixels.map { $0[10] }
        #expect(column == [255, 255, 255, 128, 0, 0, 128, 255, 255, 255])
    }

    @Test func dashesLeaveGaps() {
        let pixels = Self.red(
            Self.drawing(
                [.line([.init(x: 0, y: 5), .init(x: 60, y: 5)], width: 2, color: Self.black, isDashed: true)], width: 60
            ))
        #expect(pixels[5][4] == 0 && pixels[5][11] == 255 && pixels[5][18] == 0)
    }

    @Test(arguments: [(Drawing.Anchor.start, 10), (.middle, 5), (.end, 0)])
    func textHangsOnItsAnchor(_ anchor: Drawing.Anchor, _ firstColumn: Int) {
        // A dash is five font pixels wide, of two pixels each; the picture begins at column 0.
        let pixels = Self.red(
            Self.drawing(
                [.text("-", at: .init(x: 10, y: 15), anchor: anchor, color: Self.black)], width: 30, height: 20))
        let row = pixels.first { $0.contains(0) }
        #expect(row?.firstIndex(of: 0) == firstColumn)
        #expect(row?.count { $0 == 0 } == 10)
    }

    @Test func svgHoldsEveryShape() {
        let svg = Self.drawing([
            .rectangle(
                origin: .init(x: 1, y: 2), width: 3.5, height: 4, color: RGBColor(red: 1, green: 171, blue: 255)),
            .line([.init(x: 0, y: 0), .init(x: 1.25, y: 2)], width: 2, color: Self.black, isDashed: true),
            .disc(centre: .init(x: 5, y: 5), radius: 2, color: Self.black),
            .text("a<b>&", at: .init(x: 3, y: 4), anchor: .middle, color: Self.black),
        ]).svg
        for line in [
            "<title>a &lt; b &amp; c</title>",
            ##"<rect x="1" y="2" width="3.50" height="4" fill="#01abff"/>"##,
            ##"<polyline points="0,0 1.25,2" fill="none" stroke="#000000" stroke-width="2" stroke-dasharray="8 6"/>"##,
            ##"<circle cx="5" cy="5" r="2" fill="#000000"/>"##,
            ##"<text x="3" y="4" text-anchor="middle" fill="#000000" xml:space="preserve">a&lt;b&gt;&amp;</text>"##,
        ] {
            #expect(svg.contains(line + "\n"), "\(line)")
        }
        #expect(svg.contains(#"width="20" height="10" viewBox="0 0 20 10""#))
    }

    @Test func formsAreToldByNames() throws {
        #expect(try DrawingFormat(path: "a/b.PNG") == .png)
        #expect(try DrawingFormat(path: "plot.svg") == .svg)
        for name in ["plot", "plot.jpg", "svg", ""] {
            #expect(throws: FastPixError.self) { try DrawingFormat(path: name) }
        }
    }

    @Test func histogramBarsAreShares() {
        var counts = [UInt64](repeating: 0, count: 65536)
        counts[0] = 10
        counts[256] = 40
        counts[511] = 40
        let drawing = HistogramDrawing.drawing(of: [
            ChannelHistogram(channel: "grey", bitsPerSample: 16, counts: counts)
        ])
        // 256 values in one bar: 10 and 80 samples.
        let bars = drawing.shapes.compactMap { shape -> Double? in
            guard case .rectangle(_, let width, let height, let color) = shape, width == 3, color == Drawing.grey else {
                return nil
            }
            return height
        }
        #expect(bars == [150.0 / 8, 150])
    }
}
