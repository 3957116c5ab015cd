import FastPixFrames

/// What the lines beside a line have, along its extent. A line of defective pixels is as narrow as it is, is there in all
/// photos, and what lies beside it knows nothing of it; a line that a scene has is an edge, or a ridge, among others, or the
/// strong detail of a few photos.
struct LineProfile {
    private let statistics: ScanStatistics
    private let frameCount: Int
    /// Sums of a sample: see `LineSearch`.
    private let scale: Double

    /// Of a line's depth, what interpolation of colours leaves in the one beside it is a half; a sixth more for what the
    /// scene adds.
    private static let besideShare = 2.0 / 3
    /// Of a line's depth, how far lines beside it may lie apart from those as far away as its neighbours are. The least that
    /// makes the line the greatest step among them by a clear margin.
    private static let slopeShare = 0.5
    /// Neighbours' distances on either side that are looked at.
    private static let reach = 4

    /// Of the photos, how many have to show a line at least, but three: what one photo of a few dozen has is its scene.
    private static let photosShare = 1.0 / 15
    private static let fewestPhotos = 3.0

    init(_ statistics: ScanStatistics, frameCount: Int, scale: Double) {
        self.statistics = statistics
        self.frameCount = frameCount
        self.scale = scale
    }

    private var geometry: FrameGeometry { statistics.geometry }

    /// In how many photos a line shows at least. A pixel of a line that lies beyond all lines beside it lies beyond all its
    /// neighbours when it lies beyond the two of its own line, too, as one in three does: so often its count is higher than
    /// those of lines that are no defect's neighbours. Where lines like it are its neighbours it is less often. Nil where there
    /// are no counts, at the frame's edges.
    private func photos(_ line: DefectLine, _ alike: [Int]) -> Double? {
        let distance = geometry.shape.neighbourDistance
        let lines = line.isColumn ? geometry.shape.width : geometry.shape.height
        let inner = distance..<lines - distance
        let known = alike + [line.first]
        let apart = (-6...6).map { line.first + $0 * distance }.filter { index in
            inner.contains(index) && !known.contains { abs($0 - index) <= distance }
        }
        guard inner.contains(line.first), !apart.isEmpty else { return nil }
        func hits(_ index: Int) -> Double {
            mean(of: index, along: line) { place in
                Double(line.isColumn ? statistics.columnHits[place] : statistics.rowHits[place])
            }
        }
        let ground = apart.map(hits).reduce(0, +) / Double(apart.count)
        return 3 * (line.offset > 0 ? 1 : -1) * (hits(line.first) - ground)
    }

    /// Whether enough photos show a line, as far as that can be told.
    private func isInManyPhotos(_ line: DefectLine, _ alike: [Int]) -> Bool {
        guard let photos = photos(line, alike) else { return true }
        return photos >= max(Self.fewestPhotos, Self.photosShare * Double(frameCount)) || isStill(line)
    }

    /// Whether nothing is seen to happen in a line: what is dead, or stuck at one value, is so in all photos, and no pixel of it
    /// lies beyond the two of its own line. Of a line of the scene, pixels lie above all their neighbours in one photo of nine,
    /// and below in another: for the 32 pixels of a piece and 40 photos the difference scatters by 17, and is one at most in
    /// seven pieces of a hundred. Three pieces of four leave one for noise, and are two of two in one line of two hundred.
    /// False where there are no counts, at the frame's edges.
    func isStill(_ line: DefectLine) -> Bool {
        let distance = geometry.shape.neighbourDistance
        let lines = line.isColumn ? geometry.shape.width : geometry.shape.height
        guard (distance..<lines - distance).contains(line.first) else { return false }
        let hits = places(of: line.first, along: line).map {
            Int(line.isColumn ? statistics.columnHits[$0.place] : statistics.rowHits[$0.place])
        }
        return hits.count > 1 && 4 * hits.count { abs($0) <= 1 } >= 3 * hits.count
    }

    /// Of what lies on either side of a line, as far as it is there, the mean.
    func ground(of line: DefectLine) -> Double? {
        let distance = geometry.shape.neighbourDistance
        let lines = line.isColumn ? geometry.shape.width : geometry.shape.height
        let beside = [line.first - distance, line.first + line.width - 1 + distance].filter { (0..<lines).contains($0) }
        guard !beside.isEmpty else { return nil }
        return beside.map { level(of: $0, along: line) }.reduce(0, +) / Double(beside.count)
    }

    /// How far a line lies from what is on either side of it, in the mean.
    func offset(of line: DefectLine) -> Double {
        let own = level(of: line.first, along: line)
        return own - (ground(of: line) ?? own)
    }

    /// Whether a line of one pixel's width stands alone. `others`: all that were found, itself among them; those of its kind do
    /// not count against it.
    func isNarrow(_ line: DefectLine, among others: [DefectLine]) -> Bool {
        let distance = geometry.shape.neighbourDistance
        let own = line.first
        let lines = line.isColumn ? geometry.shape.width : geometry.shape.height
        let around = max(0, own - Self.reach * distance)...min(lines - 1, own + Self.reach * distance)
        let levels = around.map { self.level(of: $0, along: line) }
        func level(_ index: Int) -> Double { levels[index - around.lowerBound] }
        let alike = others.filter {
            $0 != line && $0.isAlike(line) && line.isAlike($0) && $0.extent.overlaps(line.extent)
        }.map(\.first)
        // Where colours are interpolated the lines next to another one have a part of it.
        let margin = geometry.shape.pattern == nil ? 1 : 0
        func isFree(_ index: Int) -> Bool { !alike.contains { abs($0 - index) <= margin } }
        func firstFree(_ step: Int) -> Double? {
            (1...Self.reach).map { own + $0 * step }.first { around.contains($0) && isFree($0) }.map(level)
        }
        let sides = [firstFree(-distance), firstFree(distance)].compactMap { $0 }
        guard !sides.isEmpty else { return false }
        let ground = sides.reduce(0, +) / Double(sides.count)
        let sign = line.offset > 0 ? 1.0 : -1
        let depth = sign * (level(own) - ground)
        guard depth > 0 else { return false }
        if !isInManyPhotos(line, alike) { return false }
        if geometry.shape.pattern == nil {
            let beside = [own - 1, own + 1].filter { around.contains($0) && !alike.contains($0) }
                .map { sign * (level($0) - ground) }
            if !beside.isEmpty, beside.reduce(0, +) / Double(beside.count) > Self.besideShare * depth { return false }
        }
        return around.allSatisfy { index in
            let next = index + distance
            guard around.contains(next), isFree(index), isFree(next),
                next <= own - distance || index >= own + distance
            else { return true }
            return abs(level(next) - level(index)) <= Self.slopeShare * depth
        }
    }

    /// In samples, over the tiles that lie in the extent, or what the most of it lies in.
    private func level(of line: Int, along other: DefectLine) -> Double {
        mean(of: line, along: other) { place in
            other.isColumn ? statistics.columnLevels[place] : statistics.rowLevels[place]
        } / scale
    }

    /// `pieceSum`: of a piece, by its place.
    private func mean(of line: Int, along other: DefectLine, _ pieceSum: (Int) -> Double) -> Double {
        let places = places(of: line, along: other)
        let pixels = places.reduce(0) { $0 + $1.pixels }
        return pixels == 0 ? 0 : places.reduce(0) { $0 + pieceSum($1.place) } / Double(pixels)
    }

    /// The pieces of a line that lie in the other one's extent, or the one that the most of it lies in, and how many pixels
    /// each has.
    private func places(of line: Int, along other: DefectLine) -> [(place: Int, pixels: Int)] {
        let size = geometry.tileSize
        let whole = (other.extent.lowerBound + size / 2) / size..<(other.extent.upperBound + size / 2) / size
        let pieces = whole.isEmpty ? other.extent.lowerBound / size..<other.extent.lowerBound / size + 1 : whole
        let length = other.isColumn ? geometry.shape.height : geometry.shape.width
        return pieces.filter { $0 * size < length }.map { piece in
            (
                other.isColumn ? piece * geometry.shape.width + line : line * geometry.tileColumns + piece,
                min(length, (piece + 1) * size) - piece * size
            )
        }
    }
}
