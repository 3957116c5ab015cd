import FastPixFrames
import FastPixPlatform

/// What stands in the list for what was found.
extension DefectJudgement {
    func confidence(_ strength: Double, _ mayBeSeen: Bool) -> Double {
        min(Confidence.share(strength: strength), mayBeSeen ? Confidence.mayBeSeen : 1)
    }

    /// `mayBeSeen`: whether it may be what was photographed.
    func defect(_ cluster: [PointEvidence], _ classifier: DefectClassifier, _ mayBeSeen: Bool) -> Defect {
        let point = cluster[0]
        let evidence = point.evidence
        let rows = cluster.map(\.row)
        let columns = cluster.map(\.column)
        let isUp = evidence.offset > 0
        let telling = frameCount - Int(isUp ? evidence.blindAbove : evidence.blindBelow)
        let hits = Int(isUp ? evidence.above : evidence.below)
        let ratio = Double(evidence.variance) / max(Double(evidence.ringVariance), 1e-9)
        let line = straight(cluster)
        return Defect(
            row: line == nil ? point.row : rows.min()!, column: line == nil ? point.column : columns.min()!,
            channel: point.channel, class: classifier.name(point, frameCount: frameCount),
            shape: line ?? (cluster.count > 1 ? .cluster : .point),
            confidence: confidence(point.strength, mayBeSeen), mean: evidence.mean,
            neighbourhoodMean: evidence.ringMean,
            variance: Double(evidence.variance), neighbourhoodVariance: Double(evidence.ringVariance),
            meanScore: point.spreads, varianceScore: log2(min(1e9, max(1e-9, ratio))), persistence: point.persistence,
            framesAbove: Int(evidence.above), framesBelow: Int(evidence.below),
            extentRows: rows.max()! - rows.min()! + 1, extentColumns: columns.max()! - columns.min()! + 1,
            pixels: line != nil
                ? []
                : cluster.map { PixelPlace(row: $0.row, column: $0.column) }.sorted {
                    ($0.row, $0.column) < ($1.row, $1.column)
                }, rowPeriod: 1, columnPeriod: 1, smear: smear(cluster), evidence: point.strength,
            photosConfirming: telling, signShare: telling > 0 ? Double(hits) / Double(telling) : nil, history: nil)
    }

    /// Whether it is a part of a column or of a row: longer than a block is wide, and one pixel across.
    func straight(_ cluster: [PointEvidence]) -> DefectShape? {
        guard cluster.count > Self.longestSmear else { return nil }
        if cluster.allSatisfy({ $0.column == cluster[0].column }) { return .column }
        return cluster.allSatisfy { $0.row == cluster[0].row } ? .row : nil
    }

    /// The pixels of a cluster and as far as each reaches.
    func smear(_ cluster: [PointEvidence]) -> Smear {
        var (top, left, bottom, right) = (Int.max, Int.max, 0, 0)
        for point in cluster {
            let reach = point.candidate.tinge
            top = min(top, point.row - Int(reach.up))
            bottom = max(bottom, point.row + Int(reach.down))
            left = min(left, point.column - Int(reach.left))
            right = max(right, point.column + Int(reach.right))
        }
        return Smear(row: top, column: left, rows: bottom - top + 1, columns: right - left + 1)
    }

    func defect(_ grid: DefectGrid, _ first: [PointEvidence], _ classifier: DefectClassifier) -> Defect {
        let evidence = first[0].evidence
        return Defect(
            row: grid.row, column: grid.column, channel: first[0].channel,
            class: classifier.name(first[0], frameCount: frameCount), shape: .grid,
            confidence: Confidence.share(strength: 2), mean: evidence.mean, neighbourhoodMean: evidence.ringMean,
            variance: Double(evidence.variance), neighbourhoodVariance: Double(evidence.ringVariance),
            meanScore: first[0].spreads, varianceScore: 0, persistence: first[0].persistence, framesAbove: nil,
            framesBelow: nil, extentRows: grid.rows.count, extentColumns: grid.columns.count, pixels: [],
            rowPeriod: grid.rowPeriod, columnPeriod: grid.columnPeriod,
            smear: Smear(row: grid.row, column: grid.column, rows: grid.rows.count, columns: grid.columns.count),
            evidence: 2, photosConfirming: nil, signShare: nil, history: nil)
    }

    /// `stands`: whether the photos show one view there, of which it may be a part.
    func defect(_ line: DefectLine, _ stands: Bool) -> Defect {
        let (row, column) = line.isColumn ? (line.extent.lowerBound, line.first) : (line.first, line.extent.lowerBound)
        let (rows, columns) = line.isColumn ? (line.extent.count, line.width) : (line.width, line.extent.count)
        // Whether it follows the scene is not known: only its mean is.
        let around = max(ground(of: line) ?? statistics.level, shape.sampleType == .f32 ? -.infinity : -line.offset)
        let isDead =
            line.offset < 0 && DefectClassifier(kind: recognition.kind, white: white).isBlack(around + line.offset)
        let strength = min(3, line.spreads / 6)
        return Defect(
            row: row, column: column, channel: geometry.mainChannel,
            class: isDead ? .dead : line.isStill ? .stuck : line.offset > 0 ? .hot : .lowGain,
            shape: line.isColumn ? .column : .row,
            confidence: confidence(strength, stands), mean: around + line.offset,
            neighbourhoodMean: around, variance: 0,
            neighbourhoodVariance: 0, meanScore: line.spreads, varianceScore: 0, persistence: 0, framesAbove: nil,
            framesBelow: nil, extentRows: rows, extentColumns: columns, pixels: [], rowPeriod: 1, columnPeriod: 1,
            smear: Smear(row: row, column: column, rows: rows, columns: columns), evidence: strength,
            photosConfirming: nil, signShare: nil, history: nil)
    }
}
