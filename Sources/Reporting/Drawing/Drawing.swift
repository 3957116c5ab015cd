/// A picture made of simple shapes, for people to look at: written as SVG or drawn into a PNG.
///
/// Coordinates are pixels from the top left corner; later shapes cover earlier ones.
package struct Drawing: Sendable {
    struct Point: Sendable, Equatable {
        let x: Double
        let y: Double
    }

    enum Anchor: Sendable { case start, middle, end }

    enum Shape: Sendable {
        case rectangle(origin: Point, width: Double, height: Double, color: RGBColor)
        case line([Point], width: Double, color: RGBColor, isDashed: Bool)
        case disc(centre: Point, radius: Double, color: RGBColor)
        /// One line of ASCII; `at` is the anchor's end of its baseline.
        case text(String, at: Point, anchor: Anchor, color: RGBColor)
    }

    let width: Int
    let height: Int
    /// What the picture shows, in a sentence, for those who do not see it.
    let description: String
    private(set) var shapes: [Shape] = []

    init(width: Int, height: Int, description: String) {
        self.width = width
        self.height = height
        self.description = description
    }

    mutating func add(_ shape: Shape) { shapes.append(shape) }

    mutating func addRectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: RGBColor) {
        add(.rectangle(origin: Point(x: x, y: y), width: width, height: height, color: color))
    }

    mutating func addLine(
        _ points: [Point], _ color: RGBColor, width: Double = 1, isDashed: Bool = false
    ) {
        add(.line(points, width: width, color: color, isDashed: isDashed))
    }

    mutating func addText(_ text: String, _ x: Double, _ y: Double, _ anchor: Anchor, _ color: RGBColor) {
        add(.text(text, at: Point(x: x, y: y), anchor: anchor, color: color))
    }

    // MARK: Letters, of the same size in both forms

    /// Pixels for each pixel of the bitmap font.
    static let textScale = 2
    /// Width of a character.
    static let characterWidth = Double(BitmapFont.advance * textScale)
    static let capitalHeight = Double(BitmapFont.capitalHeight * textScale)
    static let lineHeight = Double((BitmapFont.height + 3) * textScale)

    // MARK: Colours that people of every colour vision tell apart (Okabe & Ito 2008)

    static let ink = RGBColor.grey(40)
    static let faint = RGBColor.grey(225)
    static let paper = RGBColor.grey(255)
    static let blue = RGBColor(red: 0, green: 114, blue: 178)
    static let vermilion = RGBColor(red: 213, green: 94, blue: 0)
    static let green = RGBColor(red: 0, green: 158, blue: 115)
    static let grey = RGBColor.grey(110)
}
