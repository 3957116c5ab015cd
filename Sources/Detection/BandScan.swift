import CKernels
import FastPixAccumulation
import FastPixFrames
import Synchronization

/// Some rows of one row of tiles.
struct BandScan {
    let geometry: FrameGeometry
    let frameCount: Int
    let leastOffset: Double?
    let accumulators: Accumulators
    let rows: Range<Int>
    let moments: BandMoments
    let shape: FrameShape
    let distance: Int
    private let nearRing: Ring
    /// Nil where it would reach beyond the rows at hand.
    private let farRing: Ring?
    /// Of frames in which it can be seen.
    private let blob: Blob?

    /// How far above the tile's share, in standard deviations of a binomial count, a count has to lie to be looked at.
    /// The list asks for 5 and more; a neighbourhood of one row knows the share to about a tenth.
    private static let gateSpread = 4.5
    /// Where nearly nothing lies above its neighbours (dark frames of zeros), chance alone is no reason to look.
    private static let leastShare = 0.01

    init(
        _ geometry: FrameGeometry, _ frameCount: Int, _ leastOffset: Double?, _ accumulators: Accumulators,
        _ rows: Range<Int>
    ) {
        self.leastOffset = leastOffset
        self.geometry = geometry
        self.frameCount = frameCount
        self.accumulators = accumulators
        self.rows = rows
        shape = geometry.shape
        let readable = rows.lowerBound - FinishedRows.halo..<rows.upperBound + FinishedRows.halo
        moments = BandMoments(accumulators, rows: readable.clamped(to: 0..<shape.height))
        distance = shape.neighbourDistance
        nearRing = Ring(shape: shape, distance: distance)
        farRing = 2 * distance <= DefectScan.farthestLook ? Ring(shape: shape, distance: 2 * distance) : nil
        blob = Blob.canBeSeen(geometry) ? Blob(moments) : nil
    }

    func run(into statistics: borrowing Mutex<ScanStatistics>) {
        let mostPerTile = statistics.withLock { $0.candidates.perTile }
        let tileColumns = geometry.tileColumns
        let channels = shape.channels
        let period = geometry.period
        let tileRow = rows.lowerBound / geometry.tileSize
        var tiles = [fpx_persistence_sums](repeating: fpx_persistence_sums(), count: tileColumns * channels)
        var phases = [fpx_persistence_sums](repeating: fpx_persistence_sums(), count: period * period * channels)
        var marks = [fpx_row_marks](repeating: fpx_row_marks(), count: rows.count * tileColumns)
        var silentVariances = [Float](repeating: -1, count: marks.count)
        var sightings: [Sighting] = []
        var still: [StillPixel] = []
        var flagged = [UInt32](repeating: 0, count: shape.width)
        for row in rows where row >= distance && row + distance < shape.height {
            let sample = row * shape.samplesPerRow
            var count = 0
            let phase = row % period * period * channels
            let status = phases.withUnsafeMutableBufferPointer { phases in
                marks.withUnsafeMutableBufferPointer { marks in
                    fpx_persistence_row(
                        &tiles, phases.baseAddress! + phase,
                        marks.baseAddress! + (row - rows.lowerBound) * tileColumns, &flagged, &count,
                        accumulators.above(at: sample), accumulators.below(at: sample),
                        accumulators.blindAbove(at: sample), accumulators.blindBelow(at: sample), shape.width, channels,
                        distance, period, geometry.tileSize, geometry.mainChannel, frameCount, Self.gateSpread,
                        Self.leastShare)
                }
            }
            check(status)
            for column in flagged[..<count] where isWorthALook(row, Int(column)) {
                look(row, Int(column), into: &sightings)
            }
            for tile in 0..<tileColumns {
                let index = (row - rows.lowerBound) * tileColumns + tile
                if geometry.isLossless, marks[index].silent > 0 {
                    findStill(row, geometry.countedColumns(ofTile: tile), into: &still)
                }
                if geometry.isLossless, geometry.colours == 1, 1...Self.fewSilent ~= Int(marks[index].silent) {
                    lookAtSilent(row, geometry.countedColumns(ofTile: tile), into: &sightings)
                }
                if LeftOutRegions.isSilent(marks[index], geometry.countedColumns(ofTile: tile).count) {
                    silentVariances[index] = middleVariance(row, geometry.countedColumns(ofTile: tile))
                }
            }
        }
        lookAtEdges(into: &sightings)
        let spreads = sampledSpreads()
        let lines = BandLines(needed: rows, by: 2 * distance, of: shape.height) {
            floats($0, channel: geometry.mainChannel)
        }
        if let blob { lookAtBlobs(blob, lines, into: &sightings) }
        let strongest = Sighting.strongest(sightings, most: mostPerTile, tileSize: geometry.tileSize) { $0 }
        let candidates = strongest.kept.map { candidate($0.row, $0.column) }
        let counts = lineCounts(lines)
        let quiet = quietCounts()
        statistics.withLock { all in
            all.isFloat = accumulators.kind == .welford
            for index in tiles.indices { all.tiles[tileRow * tiles.count + index].add(tiles[index]) }
            for index in phases.indices { all.phases[index].add(phases[index]) }
            all.marks.replaceSubrange(rows.lowerBound * tileColumns..<rows.upperBound * tileColumns, with: marks)
            all.silentVariances.replaceSubrange(
                rows.lowerBound * tileColumns..<rows.upperBound * tileColumns, with: silentVariances)
            for row in spreads.rows {
                let (first, last) = (row.line * tileColumns, (row.line + 1) * tileColumns)
                all.spreads.replaceSubrange(first * channels..<last * channels, with: row.values)
                all.pixelVariances.replaceSubrange(first..<last, with: row.variances)
                all.pixelMeans.replaceSubrange(first..<last, with: row.means)
                all.dispersions.replaceSubrange(first..<last, with: row.dispersions)
            }
            for index in spreads.phases.indices {
                all.phaseSpreads[index].sum += spreads.phases[index].sum
                all.phaseSpreads[index].places += spreads.phases[index].places
            }
            let column = tileRow * shape.width
            all.columns.add(counts.columns, at: column)
            all.farColumns.add(counts.farColumns, at: column)
            let first = rows.lowerBound * tileColumns
            all.rows.add(counts.rows, at: first)
            all.farRows.add(counts.farRows, at: first)
            for index in counts.columnLevels.indices { all.columnLevels[column + index] += counts.columnLevels[index] }
            all.rowLevels.replaceSubrange(first..<first + counts.rowLevels.count, with: counts.rowLevels)
            for index in counts.columnHits.indices { all.columnHits[column + index] += counts.columnHits[index] }
            for index in counts.rowHits.indices { all.rowHits[first + index] = counts.rowHits[index] }
            for index in quiet.columns.indices { all.quietColumns[column + index] += quiet.columns[index] }
            all.quietRows.replaceSubrange(first..<first + quiet.rows.count, with: quiet.rows)
            all.candidates.add(candidates, isTruncated: strongest.isTruncated)
            all.addStill(still)
        }
    }

    /// Of every fourth column, which tells the middle well enough.
    private func middleVariance(_ row: Int, _ columns: Range<Int>) -> Float {
        let values = stride(from: columns.lowerBound, to: columns.upperBound, by: 4).map {
            Float(moments.variance(row, $0 * shape.channels + geometry.mainChannel))
        }.sorted()
        return values.isEmpty ? -1 : values[values.count / 2]
    }

    // MARK: Close looks

    @inline(__always)
    private func ring(_ row: Int, _ column: Int, _ channel: Int, _ value: (Int, Int) -> Double) -> Double {
        nearRing.middle(row, column, channel, value)
    }

    private func offset(_ row: Int, _ column: Int, _ channel: Int) -> Double {
        moments.mean(row, column * shape.channels + channel) - ring(row, column, channel, moments.mean)
    }

    /// On even ground over many frames the sensor's pattern alone makes nearly every pixel one that lies above or below; the
    /// least offset that the list asks for (`PointWeighing.offsetNeeded`) tells them, of dark frames half of it, or a variance
    /// far off.
    private func isWorthALook(_ row: Int, _ column: Int) -> Bool {
        for channel in 0..<geometry.colours {
            let sample = column * shape.channels + channel
            let ringMean = ring(row, column, channel, moments.mean)
            let offset = abs(moments.mean(row, sample) - ringMean)
            let variance = max(0, moments.variance(row, sample))
            if offset >= leastOffset ?? min(0.02 * abs(ringMean), variance.squareRoot() / 2)
                || 2 * variance <= ring(row, column, channel, moments.variance)
            {
                return true
            }
        }
        return false
    }

    private func look(_ row: Int, _ column: Int, into sightings: inout [Sighting]) {
        sightings.append(sighting(row, column))
        // Of defects at the neighbour distance only the strongest one can lie above all its neighbours, and those that touch
        // may have it for a neighbour of their neighbours.
        guard geometry.isLossless, distance + DefectScan.farthestLook <= FinishedRows.halo else { return }
        let steps = Set([-distance, -1, 0, 1, distance]).sorted()
        for rowStep in steps {
            for columnStep in steps where rowStep != 0 || columnStep != 0 {
                let (r, c) = (row + rowStep, column + columnStep)
                guard (0..<shape.height).contains(r), (0..<shape.width).contains(c), isWorthALook(r, c) else {
                    continue
                }
                for channel in 0..<geometry.colours {
                    let own = offset(row, column, channel)
                    let other = offset(r, c, channel)
                    if own * other > 0, abs(other) >= abs(own) / 4 {
                        sightings.append(sighting(r, c))
                        break
                    }
                }
            }
        }
    }

    /// Pixels that nothing is seen to happen in while it does around them: stuck ones that have others of their kind for
    /// neighbours are so, and lie above none.
    private func findStill(_ row: Int, _ columns: Range<Int>, into still: inout [StillPixel]) {
        let (channels, channel) = (shape.channels, geometry.mainChannel)
        let usual = middleVariance(row, columns)
        // Of whole numbers: more than rounding, and than what a few frames may leave out by chance.
        guard usual > (shape.sampleType == .f32 ? 0 : StillPixel.leastNoise(frameCount)) else { return }
        let first = row * shape.samplesPerRow + channel
        let (above, below) = (accumulators.above(at: first), accumulators.below(at: first))
        for column in columns where above[column * channels] == 0 && below[column * channels] == 0 {
            let sample = column * channels + channel
            guard Float(moments.variance(row, sample)) <= usual * StillPixel.share(frameCount) else { continue }
            still.append(StillPixel(row: row, column: column, mean: Float(moments.mean(row, sample))))
        }
    }

    /// Two that are dead, or stuck at one value, among each other's neighbours never lie above or below all of them.
    private func lookAtSilent(_ row: Int, _ columns: Range<Int>, into sightings: inout [Sighting]) {
        let first = row * shape.samplesPerRow + geometry.mainChannel
        let (above, below) = (accumulators.above(at: first), accumulators.below(at: first))
        for column in columns
        where above[column * shape.channels] == 0 && below[column * shape.channels] == 0 && isWorthALook(row, column) {
            sightings.append(sighting(row, column))
        }
    }

    /// Of a tile's row: with 30 photos of scenes one pixel in a hundred is silent by chance. More are a place that no photo
    /// shows anything of, or the zeros of dark frames.
    private static let fewSilent = 4

    private func sighting(_ row: Int, _ column: Int) -> Sighting {
        var (strength, hits) = (0.0, 0)
        for channel in 0..<geometry.colours {
            let sample = (row * shape.width + column) * shape.channels + channel
            strength = max(strength, abs(offset(row, column, channel)))
            hits = max(
                hits, Int(accumulators.above(at: sample).pointee) + Int(accumulators.below(at: sample).pointee))
        }
        return Sighting(row: row, column: column, strength: strength, hits: hits)
    }

    private func candidate(_ row: Int, _ column: Int) -> Candidate {
        let isCounted =
            row >= distance && row + distance < shape.height && column >= distance && column + distance < shape.width
        let besides = (0..<geometry.colours).map { offsetsBeside(row, column, $0) }
        let evidence = (0..<geometry.colours).map { channel in
            let sample = (row * shape.width + column) * shape.channels + channel
            let mean = moments.mean(row, column * shape.channels + channel)
            let ringMean = ring(row, column, channel, moments.mean)
            return ChannelEvidence(
                above: accumulators.above(at: sample).pointee, below: accumulators.below(at: sample).pointee,
                blindAbove: accumulators.blindAbove(at: sample).pointee,
                blindBelow: accumulators.blindBelow(at: sample).pointee, mean: mean, ringMean: ringMean,
                variance: moments.variance(row, column * shape.channels + channel),
                ringVariance: ring(row, column, channel, moments.variance),
                touching: touching(offset(row, column, channel), besides[channel]),
                unevenness: Float(unevenness(row, column, channel)),
                storedFarMean: blob?.surroundings(row, column) ?? .infinity)
        }
        return Candidate(
            row: row, column: column, isCounted: isCounted, evidence: evidence,
            reach: reach(row, column, evidence),
            tinge: geometry.isLossless && geometry.colours == 1
                ? Candidate.Reach() : TingeSearch(moments, row: row, column: column).reach(row: row, column: column),
            border: blob?.border(row, column), spill: spill(evidence, besides))
    }

    /// 0 where the frame ends before: a plane through what is there says little of what is not.
    private func unevenness(_ row: Int, _ column: Int, _ channel: Int) -> Double {
        let reach = 2 * distance
        guard let farRing, row >= reach, row + reach < shape.height, column >= reach, column + reach < shape.width
        else {
            return 0
        }
        return farRing.unevenness(row, column, channel, moments.mean)
    }

    /// Offsets of the four touching pixels; 0 of those beyond the frame's edges.
    private func offsetsBeside(_ row: Int, _ column: Int, _ channel: Int) -> [Double] {
        [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)].map { r, c in
            (0..<shape.height).contains(r) && (0..<shape.width).contains(c) ? offset(r, c, channel) : 0
        }
    }

    /// See `ChannelEvidence`.
    private func touching(_ own: Double, _ besides: [Double]) -> Float {
        own == 0 ? 0 : Float(besides.reduce(0) { max($0, $1 / own) })
    }

    /// See `Candidate`.
    private func spill(_ evidence: [ChannelEvidence], _ besides: [[Double]]) -> Float {
        let own = evidence.map(\.offset).max { abs($0) < abs($1) } ?? 0
        guard own != 0 else { return 0 }
        let shares = besides.map { offsets in
            let sides = offsets.map { $0 / own }
            return min(sides.reduce(0, +) / Double(sides.count), 2 * sides.reduce(.infinity, min))
        }.sorted(by: >)
        return Float(shares.count == 1 ? shares[0] : shares[1])
    }

    /// Where the channel of the largest offset keeps a quarter of it. Not further than a look goes.
    private func reach(_ row: Int, _ column: Int, _ evidence: [ChannelEvidence]) -> Candidate.Reach {
        var channel = 0
        for other in evidence.indices where abs(evidence[other].offset) > abs(evidence[channel].offset) {
            channel = other
        }
        let least = evidence[channel].offset / 4
        guard least != 0 else { return Candidate.Reach() }
        func steps(_ rowStep: Int, _ columnStep: Int) -> UInt8 {
            var steps: UInt8 = 0
            while Int(steps) < DefectScan.farthestLook - distance {
                let next = Int(steps) + 1
                let (r, c) = (row + next * rowStep, column + next * columnStep)
                guard (0..<shape.height).contains(r), (0..<shape.width).contains(c),
                    offset(r, c, channel) / least >= 1
                else { break }
                steps += 1
            }
            return steps
        }
        return Candidate.Reach(up: steps(-1, 0), down: steps(1, 0), left: steps(0, -1), right: steps(0, 1))
    }

    /// Pixels next to the frame's edges have no counters. They are looked at by their means alone: one that lies far out
    /// among its row's, or column's, edge of the tile.
    private func lookAtEdges(into sightings: inout [Sighting]) {
        let tiles = 0..<geometry.tileColumns
        let (firstColumns, lastColumns) = (0..<distance, shape.width - distance..<shape.width)
        let sides = tiles.filter { tile in
            let columns = tile * geometry.tileSize..<(tile + 1) * geometry.tileSize
            return columns.overlaps(firstColumns) || columns.overlaps(lastColumns)
        }
        var offsets: [Double] = []
        for row in rows {
            let isEdge = row < distance || row + distance >= shape.height
            for tile in isEdge ? Array(tiles) : sides {
                let all = tile * geometry.tileSize..<min(shape.width, (tile + 1) * geometry.tileSize)
                let columns =
                    isEdge
                    ? Array(all) : all.filter { $0 < distance || $0 + distance >= shape.width }
                guard !columns.isEmpty else { continue }
                // A last tile of few columns is all defect where it has one.
                let known = max(0, min(all.lowerBound, shape.width - geometry.tileSize))..<all.upperBound
                for channel in 0..<geometry.colours {
                    offsets.removeAll(keepingCapacity: true)
                    for column in known { offsets.append(abs(offset(row, column, channel))) }
                    let spread = offsets.withUnsafeMutableBufferPointer {
                        Selection.value(at: $0.count * 27 / 32, of: $0)
                    }
                    for column in columns where abs(offset(row, column, channel)) > Self.edgeSpreads * spread {
                        sightings.append(sighting(row, column))
                    }
                }
            }
        }
    }

    /// Half of what the list asks of pixels without counters (`PointWeighing.spreadsAlone`): the row's own spread is known to
    /// a sixth only.
    private static let edgeSpreads = 6.0

    /// Pixels of blocks, which seldom lie above all their neighbours, and those that show in a few frames: far off in the mean.
    private func lookAtBlobs(_ blob: Blob, _ lines: BandLines, into sightings: inout [Sighting]) {
        guard shape.width > 2 * distance else { return }
        let period = geometry.period
        var phases = [fpx_spread_sums](repeating: fpx_spread_sums(), count: period * shape.channels)
        var offsets = [Float](repeating: 0, count: shape.width)
        let fewest = max(1, min(geometry.tileSize / 2, shape.width - 2 * distance))
        for row in rows {
            guard let upper = lines[row - distance], let own = lines[row], let lower = lines[row + distance] else {
                continue
            }
            check(fpx_ring_offsets_f32(&offsets, upper, own, lower, distance, shape.width - distance, distance))
            var spreads = [Float](repeating: -1, count: geometry.tileColumns)
            check(
                fpx_tile_spreads_f32(
                    &spreads, &phases, offsets, shape.width, 1, distance, period, geometry.tileSize, fewest))
            for tile in 0..<geometry.tileColumns {
                // Of a block, or of a part of a row, most of a tile's pixels may be.
                let around = spreads[max(0, tile - 1)...min(geometry.tileColumns - 1, tile + 1)].filter { $0 >= 0 }
                guard let least = around.min() else { continue }
                let gate = Float(PointWeighing.spreadsAlone) * least
                for column in geometry.countedColumns(ofTile: tile) where offsets[column] > gate {
                    if isSteady(row, column) {
                        if isWorthALook(row, column) { look(blob, row, column, into: &sightings) }
                    } else if offsets[column] > 2 * gate,
                        touching(offset(row, column, 0), offsetsBeside(row, column, 0)) < PointWeighing.touchingOfPoints
                    {
                        // Twice as far off a single pixel need not show in every frame: see `PointWeighing`.
                        sightings.append(sighting(row, column))
                    }
                }
            }
        }
    }

    private func isSteady(_ row: Int, _ column: Int) -> Bool {
        let sample = column * shape.channels
        let variances = moments.variance(row, sample) + ring(row, column, 0, moments.variance)
        return PointWeighing.isSteady(offset: offset(row, column, 0), variances: variances)
    }

    /// At a pixel of a block, and those that touch it: the middle ones have none but pixels of the block around them.
    private func look(_ blob: Blob, _ row: Int, _ column: Int, into sightings: inout [Sighting]) {
        sightings.append(sighting(row, column))
        let own = blob.offset(row, column)
        for r in max(0, row - 1)...min(shape.height - 1, row + 1) {
            for c in max(0, column - 1)...min(shape.width - 1, column + 1)
            where (r, c) != (row, column) && own != 0 && blob.offset(r, c) / own >= PointWeighing.hiddenShare {
                sightings.append(sighting(r, c))
            }
        }
    }

    func check(_ status: fpx_status) {
        precondition(status == .ok, String(cString: fpx_status_message(status)))
    }
}

extension fpx_persistence_sums {
    mutating func add(_ other: fpx_persistence_sums) {
        above += other.above
        below += other.below
        blind_above += other.blind_above
        blind_below += other.blind_below
        places += other.places
    }
}
