/// How one sample is stored.
package enum SampleType: String, Sendable, Hashable, Codable {
    /// Whole numbers, 0 to 255.
    case u8
    /// Whole numbers, 0 to 65535.
    case u16
    /// IEEE floating point of 32 bits; always finite.
    case f32
}

/// The colours of a mosaic: a block of `rows` x `columns` places that repeats over the frame from its top left.
package struct ColourPattern: Sendable, Hashable, Codable {
    package let rows: Int
    package let columns: Int
    /// Row by row, one letter for each place: "RGGB"; 36 letters for X-Trans. R, G, B are red, green and blue.
    package let letters: String

    /// Nil when there are not as many letters as places, or no places at all.
    package init?(rows: Int, columns: Int, letters: String) {
        guard rows > 0, columns > 0, letters.utf8.count == rows * columns,
            letters.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        self.rows = rows
        self.columns = columns
        self.letters = letters
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let rows = try container.decode(Int.self, forKey: .rows)
        let columns = try container.decode(Int.self, forKey: .columns)
        let letters = try container.decode(String.self, forKey: .letters)
        guard rows <= 64, columns <= 64, let pattern = ColourPattern(rows: rows, columns: columns, letters: letters)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .letters, in: container, debugDescription: "not one letter for each place of a colour pattern")
        }
        self = pattern
    }

    /// The colour of the sample in `row` and `column` of the frame, counted from 0.
    package func letter(row: Int, column: Int) -> Character {
        let place = row % rows * columns + column % columns
        return Character(Unicode.Scalar(letters.utf8[letters.utf8.index(letters.startIndex, offsetBy: place)]))
    }
}

/// The shape of a decoded frame: `height` rows of `width` pixels of `channels` interleaved samples.
public struct FrameShape: Sendable, Hashable, Codable {
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    /// 1 (grey, luma or a mosaic) or 3 (red, green, blue); 2 or 4 where alpha is the last.
    public let channels: Int
    /// 8 or 16, whole numbers, or 32, floating point.
    public let bitsPerSample: Int
    /// The colours of a mosaic; nil when the frame is none, or is not known to be one.
    package let pattern: ColourPattern?

    package init(width: Int, height: Int, channels: Int, bitsPerSample: Int, pattern: ColourPattern? = nil) {
        self.width = width
        self.height = height
        self.channels = channels
        self.bitsPerSample = bitsPerSample
        self.pattern = pattern
    }

    /// Width x channels.
    public var samplesPerRow: Int { width * channels }
    /// Width x height x channels.
    public var sampleCount: Int { samplesPerRow * height }
    /// 1, 2 or 4.
    public var bytesPerSample: Int { bitsPerSample / 8 }
    /// Of decoded samples, without gaps.
    public var bytesPerRow: Int { samplesPerRow * bytesPerSample }

    /// "8-bit RGB", "16-bit RGGB mosaic", "32-bit floating-point grey"; `grey`: what a single channel is called.
    package func samples(grey: String = "grey") -> String {
        let colours = channels == 3 ? "RGB" : grey
        let mosaic = pattern.map { pattern in
            pattern.letters.utf8.count > 8 ? "\(pattern.columns) x \(pattern.rows) mosaic" : "\(pattern.letters) mosaic"
        }
        return "\(bitsPerSample)-bit \(sampleType == .f32 ? "floating-point " : "")\(mosaic ?? colours)"
    }

    /// What is seen at a place, of a channel: "red", "green", "blue", or the pattern's letter; nil of grey and brightness.
    package func colour(row: Int, column: Int, channel: Int) -> String? {
        guard let pattern else { return channels == 3 ? ["red", "green", "blue"][channel] : nil }
        switch pattern.letter(row: row, column: column) {
        case "R": return "red"
        case "G": return "green"
        case "B": return "blue"
        case let letter: return String(letter)
        }
    }

    package var sampleType: SampleType {
        switch bitsPerSample {
        case 8: .u8
        case 16: .u16
        default: .f32
        }
    }

    /// How many columns and rows lie between a sample and the nearest ones that are sure to have its colour and are not
    /// touching it: 2 without a pattern and for Bayer's, 6 for X-Trans.
    public var neighbourDistance: Int {
        guard let pattern else { return 2 }
        // Whole periods in either direction, of which the longer side may hold several of the shorter one.
        var distance = 2
        while distance % pattern.rows != 0 || distance % pattern.columns != 0 { distance += 1 }
        return distance
    }
}

/// A block of pixels that compression treats as one: what one of them holds, the others are tinged with.
package struct CodedUnit: Sendable, Hashable {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) {
        self.width = max(1, width)
        self.height = max(1, height)
    }
}
