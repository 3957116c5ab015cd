/// Which bands of rows wait for which strips of rows, and the other way round, where the two divide a frame differently
/// or bands overlap.
struct BandsOverStrips {
    private let strips: [Range<Int>]
    private let bands: [Range<Int>]
    /// By band: its strips that are not done.
    private var stripsLeft: [Int]
    /// By strip: its bands that are not done.
    private var bandsLeft: [Int]

    /// `bands`: the rows of each, in order of their first and of their last row. `strips` of `rowsPerStrip` rows, the
    /// last one perhaps of fewer.
    init(bands: [Range<Int>], rowsPerStrip: Int, stripCount: Int) {
        strips = bands.map { $0.lowerBound / rowsPerStrip..<($0.upperBound - 1) / rowsPerStrip + 1 }
        var bandsOfStrips = [Range<Int>](repeating: 0..<0, count: stripCount)
        for (band, strips) in strips.enumerated() {
            for strip in strips {
                let first = bandsOfStrips[strip].isEmpty ? band : bandsOfStrips[strip].lowerBound
                bandsOfStrips[strip] = first..<band + 1
            }
        }
        self.bands = bandsOfStrips
        stripsLeft = strips.map(\.count)
        bandsLeft = bandsOfStrips.map(\.count)
    }

    /// Returns the bands that have all their strips now.
    mutating func stripIsDone(_ strip: Int) -> [Int] {
        bands[strip].filter { band in
            stripsLeft[band] -= 1
            return stripsLeft[band] == 0
        }
    }

    /// Returns the strips on which no band waits any more.
    mutating func bandIsDone(_ band: Int) -> [Int] {
        strips[band].filter { strip in
            bandsLeft[strip] -= 1
            return bandsLeft[strip] == 0
        }
    }
}
