/// The strip below the map, laid out as rectangles and lines of text, drawn row by row.
struct VarianceMapLegend {
    static let colorOfNoValue = RGBColor.grey(128)
    static let minimumMapHeight = 64
    private static let background = RGBColor(red: 18, green: 18, blue: 22)
    private static let bright = RGBColor.grey(240)
    private static let dimmed = RGBColor.grey(185)
    private static let axisTitle = "variance (squared sample units, log scale)"
    private static let noValueTitle = "no value"

    private enum Content {
        case text(String, RGBColor)
        case fill(RGBColor)
        case colorMap
    }

    private struct Item {
        let content: Content
        let column: Int
        let top: Int
        let width: Int
        let height: Int
    }

    let pictureWidth: Int
    let emptyRow: [UInt8]
    private(set) var height = 0
    private let scale: Int
    private let margin: Int
    private let axis: VarianceAxis
    private var items: [Item] = []

    init(mapWidth: Int, title: String, caption: String, axis: VarianceAxis) {
        // The axis title, a gap of three characters, the swatch with its title.
        let characters = Self.axisTitle.utf8.count + 3 + 2 + Self.noValueTitle.utf8.count
        let needed = characters * BitmapFont.advance + 2 * 8
        // About eighty characters across, whatever the sensor; never so large that the axis title is cut.
        // Beyond that, letters are readable in any picture, and the legend of a very wide one would outgrow its map.
        scale = max(1, min((mapWidth + 250) / 500, mapWidth / needed, 16))
        pictureWidth = max(mapWidth, needed)
        margin = 8 * scale
        self.axis = axis
        let background = Self.background
        emptyRow = (0..<3 * pictureWidth).map { [background.red, background.green, background.blue][$0 % 3] }

        height = margin
        addLines(of: title, color: Self.bright)
        addColorBar()
        addAxisTitle()
        addLines(of: caption, color: Self.dimmed)
        // The room below the last line looks larger than it is, as few letters hang into it.
        height += margin - lineGap - 2 * scale
    }

    private var lineGap: Int { 3 * scale }
    private var barWidth: Int { pictureWidth - 2 * margin }

    /// One pixel row of the strip; 0 is the one below the map.
    func row(_ row: Int) -> [UInt8] {
        var pixels = emptyRow
        for item in items where (item.top..<item.top + item.height).contains(row) {
            switch item.content {
            case .text(let text, let color):
                BitmapFont.draw(
                    row: row - item.top, of: text, at: item.column, scale: scale, color: color, into: &pixels)
            case .fill(let color):
                for column in item.column..<item.column + item.width { Self.set(column, to: color, in: &pixels) }
            case .colorMap:
                for offset in 0..<item.width {
                    let fraction = Double(offset) / Double(max(1, item.width - 1))
                    Self.set(item.column + offset, to: PerceptualColorMap.color(of: fraction), in: &pixels)
                }
            }
        }
        return pixels
    }

    private static func set(_ column: Int, to color: RGBColor, in pixels: inout [UInt8]) {
        pixels[3 * column] = color.red
        pixels[3 * column + 1] = color.green
        pixels[3 * column + 2] = color.blue
    }

    private mutating func add(_ content: Content, column: Int, top: Int, width: Int, height: Int) {
        items.append(Item(content: content, column: column, top: top, width: width, height: height))
    }

    private mutating func addText(_ text: String, color: RGBColor, column: Int, top: Int) {
        add(
            .text(text, color), column: column, top: top, width: BitmapFont.width(of: text, scale: scale),
            height: BitmapFont.height * scale)
    }

    private mutating func addLines(of text: String, color: RGBColor) {
        for line in Self.wrap(text, to: (barWidth + scale) / (BitmapFont.advance * scale)) {
            addText(line, color: color, column: margin, top: height)
            height += BitmapFont.height * scale + lineGap
        }
    }

    private mutating func addColorBar() {
        let barHeight = 12 * scale
        // A single value has a single colour, and no value has none.
        let single = axis.ticks.count == 1 ? axis.ticks.first : nil
        let content: Content =
            !axis.hasValues
            ? .fill(Self.colorOfNoValue) : single.map { .fill(PerceptualColorMap.color(of: $0.fraction)) } ?? .colorMap
        add(content, column: margin, top: height, width: barWidth, height: barHeight)
        height += barHeight
        addTicks()
        height += (4 + 2 + BitmapFont.height) * scale + lineGap
    }

    private mutating func addTicks() {
        let gap = 9 * scale
        var labelled: [Range<Int>] = []
        var marks: [Int] = []
        for tick in axis.ticks {
            let center = margin + Int((tick.fraction * Double(barWidth - scale)).rounded())
            let width = BitmapFont.width(of: tick.label, scale: scale)
            let start = min(max(center + scale / 2 - width / 2, 2 * scale), pictureWidth - 2 * scale - width)
            let range = start..<start + width
            let hasLabel = !labelled.contains { $0.overlaps(range.lowerBound - gap..<range.upperBound + gap) }
            // A short mark without a label still shows how the scale runs, unless the marks would melt together.
            guard hasLabel || !marks.contains(where: { abs($0 - center) < 4 * scale }) else { continue }
            marks.append(center)
            add(.fill(Self.bright), column: center, top: height, width: scale, height: (hasLabel ? 4 : 2) * scale)
            if hasLabel {
                labelled.append(range)
                addText(tick.label, color: Self.bright, column: start, top: height + (4 + 2) * scale)
            }
        }
    }

    private mutating func addAxisTitle() {
        let size = BitmapFont.capitalHeight * scale
        addText(Self.axisTitle, color: Self.dimmed, column: margin, top: height)
        let titleWidth = BitmapFont.width(of: Self.noValueTitle, scale: scale)
        let titleColumn = pictureWidth - margin - titleWidth
        addText(Self.noValueTitle, color: Self.dimmed, column: titleColumn, top: height)
        let swatchColumn = titleColumn - size - 4 * scale
        add(.fill(Self.colorOfNoValue), column: swatchColumn, top: height, width: size, height: size)
        height += BitmapFont.height * scale + lineGap
    }

    /// Lines of at most `limit` characters, broken at spaces where there are any.
    private static func wrap(_ text: String, to limit: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(whereSeparator: \.isNewline) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                var word = word
                if !line.isEmpty, line.count + 1 + word.count > limit {
                    lines.append(line)
                    line = ""
                }
                while word.count > limit {
                    lines.append(String(word.prefix(limit)))
                    word = word.dropFirst(limit)
                }
                line += line.isEmpty ? word : " " + word
            }
            if !line.isEmpty { lines.append(line) }
        }
        return lines
    }
}
