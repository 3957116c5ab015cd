import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// Reads the photos of a group once more, at the places of defects alone: how far each lies from its neighbours, photo by
/// photo.
package struct HistoryReading {
    package let shape: FrameShape
    package let channels: ChannelSelection
    package let maximumPixels: UInt64
    package let workers: Int

    package init(shape: FrameShape, channels: ChannelSelection, maximumPixels: UInt64, workers: Int) {
        self.shape = shape
        self.channels = channels
        self.maximumPixels = maximumPixels
        self.workers = workers
    }

    /// Lists longer than this would be no lists of defects.
    static let mostDefects = 4096

    /// Of each of `defects`, how far it lies from the middle of its neighbours in each of `photos`. Lines and grids have
    /// no history. A photo that cannot be read any more is left out: the statistics have it or have named it; their names
    /// are returned.
    package func run(
        _ photos: [PhotoFile], _ defects: [Defect], progress: @escaping @Sendable (Double) -> Void
    ) -> (series: [ResidualSeries?], unread: [FailedPhoto]) {
        let places = defects.prefix(Self.mostDefects).enumerated().filter {
            $0.element.shape == .point || $0.element.shape == .cluster
        }.map { Place(index: $0.offset, row: $0.element.row, column: $0.element.column, channel: $0.element.channel) }
            .sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        var series = [ResidualSeries?](repeating: nil, count: defects.count)
        guard !places.isEmpty else { return (series, []) }
        let readings = WorkerTeam.map(photos.count, workers: min(workers, OpenFile.limit)) { index in
            defer { progress(1) }
            do throws(FastPixError) {
                return Result<[Reading], FastPixError>.success(try read(photos[index], places))
            } catch {
                return .failure(error)
            }
        }
        var unread: [FailedPhoto] = []
        for (photo, reading) in zip(photos, readings) {
            if case .failure(let error) = reading { unread.append(FailedPhoto(photo, reason: error.reason)) }
        }
        for (number, place) in places.enumerated() {
            let entries = zip(photos, readings).compactMap { photo, reading -> ResidualSeries.Entry? in
                guard case .success(let pixels) = reading else { return nil }
                return ResidualSeries.Entry(
                    path: photo.name, capture: photo.header.capture, residual: pixels[number].residual,
                    neighbours: pixels[number].neighbours, side: pixels[number].side)
            }
            series[place.index] = ResidualSeries(entries: entries, sampleType: shape.sampleType)
        }
        return (series, unread)
    }

    private struct Place: Sendable {
        let index: Int
        let row: Int
        let column: Int
        let channel: Int
    }

    /// Of one place in one photo.
    private typealias Reading = (residual: Double, neighbours: Double, side: Int)

    /// `places` in the order of their rows.
    private func read(_ photo: PhotoFile, _ places: [Place]) throws(FastPixError) -> [Reading] {
        let reading = try PhotoReading(photo, channels: channels, maximumPixels: maximumPixels)
        let distance = shape.neighbourDistance
        let window = 2 * distance + 1
        // Rows lie in turn at the same places: only those around a defect are needed.
        let rows = UnsafeMutableRawBufferPointer.allocate(byteCount: window * shape.bytesPerRow, alignment: 16)
        defer { rows.deallocate() }
        func row(_ row: Int) -> UnsafeRawPointer {
            UnsafeRawPointer(rows.baseAddress! + row % window * shape.bytesPerRow)
        }
        var pixels: [Reading] = []
        pixels.reserveCapacity(places.count)
        for place in places {
            let end = min(shape.height, place.row + distance + 1)
            while reading.rowsRead < end {
                try reading.readRows(1, into: rows.baseAddress! + reading.rowsRead % window * shape.bytesPerRow)
            }
            var neighbours: [Double] = []
            for r in [place.row - distance, place.row, place.row + distance] where (0..<shape.height).contains(r) {
                for c in [place.column - distance, place.column, place.column + distance]
                where (0..<shape.width).contains(c) && (r != place.row || c != place.column) {
                    neighbours.append(sample(row(r), c * shape.channels + place.channel))
                }
            }
            let own = sample(row(place.row), place.column * shape.channels + place.channel)
            let middle = Selection.median(neighbours)
            let side = own > neighbours.max() ?? own ? 1 : own < neighbours.min() ?? own ? -1 : 0
            pixels.append((own - middle, middle, side))
        }
        try reading.demandUnchanged()
        return pixels
    }

    private func sample(_ row: UnsafeRawPointer, _ index: Int) -> Double {
        switch shape.sampleType {
        case .u8: Double(row.assumingMemoryBound(to: UInt8.self)[index])
        case .u16: Double(row.assumingMemoryBound(to: UInt16.self)[index])
        case .f32: Double(row.assumingMemoryBound(to: Float.self)[index])
        }
    }
}

extension Detection {
    /// The same with other `defects`, of the same places.
    package func with(_ defects: [Defect]) -> Detection {
        Detection(
            defects: defects, excludedRegions: excludedRegions, judgedShare: judgedShare, kind: kind,
            kindReason: kindReason, sceneCorrelation: sceneCorrelation, isFixedView: isFixedView,
            standingShare: standingShare, possibleLights: possibleLights, limitOfDetection: limitOfDetection,
            isTruncated: isTruncated)
    }
}
