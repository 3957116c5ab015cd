import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// The job of `fastpix show`: what some of a report's photos have at a place of the sensor, enlarged, with their mean and
/// variance.
package struct PlacePicture: Sendable {
    /// A JSON result of `fastpix hotpixels`.
    package var report: FilePath
    package var row: Int
    package var column: Int
    /// Number of the report's group; nil: the first whose frame has the place.
    package var group: Int?
    /// Largest photo accepted, in pixels (0: any).
    package var maximumPixels: UInt64

    package init(
        report: FilePath, row: Int, column: Int, group: Int? = nil,
        maximumPixels: UInt64 = PhotoFile.defaultMaximumPixels
    ) {
        self.report = report
        self.row = row
        self.column = column
        self.group = group
        self.maximumPixels = maximumPixels
    }

    /// What was drawn, and which of the report's photos could not be read.
    package struct Outcome: Sendable {
        package let drawing: Drawing
        /// Over how many photos mean and variance go.
        package let photos: Int
        package let skipped: [SkippedPhoto]
    }

    private static let enlargement = 10
    /// Photos that are shown themselves.
    private static let shown = 5

    /// Reads the photos that the report names as examples (25 at most; relative paths from the current folder), each down
    /// to the place. Throws `corrupt` when the file is no such report, `invalidArgument` when no group has the place,
    /// `notFound` when the report names no photos, and `unreadable` when none of them can be read.
    package func draw() throws(FastPixError) -> Outcome {
        let group = try chosenGroup()
        let shape = (width: group.width, height: group.height)
        let crop = FrameCrop(around: row, column, width: shape.width, height: shape.height)
        var parts: [(name: String, samples: [Double], channels: Int)] = []
        var skipped: [SkippedPhoto] = []
        for name in group.examplePhotos ?? [] {
            do throws(FastPixError) {
                parts.append(try part(of: name, crop, group))
            } catch {
                skipped.append(SkippedPhoto(path: FilePath(name), reason: error.reason))
            }
        }
        guard !(group.examplePhotos ?? []).isEmpty else {
            throw FastPixError(
                .notFound, path: report,
                "the report names no photos of this group; it is of an older fastpix or of fastpix merge")
        }
        guard let channels = parts.first?.channels else {
            throw FastPixError(
                .unreadable, path: report,
                "not one of the photos that the report names could be read (\(skipped[0].path): \(skipped[0].reason)); "
                    + "work in the folder in which the report was made")
        }
        return Outcome(
            drawing: drawing(crop, parts.map { ($0.name, $0.samples) }, channels, group), photos: parts.count,
            skipped: skipped)
    }

    // MARK: The report

    /// Out of a pipe. A line of some hundred bytes for each of as many places as a scan keeps is a few megabytes.
    private static let longestReport = 256 << 20

    private struct Report: Decodable {
        let schema: String
        let groups: [Group]
    }

    private struct Group: Decodable {
        let number: Int?
        let width: Int
        let height: Int
        let channels: Int
        let examplePhotos: [String]?
    }

    private func chosenGroup() throws(FastPixError) -> Group {
        let piped = try PipeContent.of(report, most: Self.longestReport)
        let bytes = if let piped { piped } else { try OpenFile(report).content() }
        guard let content = try? JSONDecoder().decode(Report.self, from: bytes),
            content.schema.hasPrefix("fastpix.hotpixels/")
        else {
            throw FastPixError(
                .corrupt, path: report,
                "is no JSON result of fastpix hotpixels; write it in its JSON form")
        }
        let holding = content.groups.enumerated().filter { index, candidate in
            (group == nil || (candidate.number ?? index + 1) == group) && (0..<candidate.height).contains(row)
                && (0..<candidate.width).contains(column)
        }
        guard let first = holding.first?.element else {
            throw FastPixError(
                .invalidArgument, path: report,
                "row \(row), column \(column) is in no frame of \(group.map { "group \($0) of " } ?? "")this report ("
                    + content.groups.map { "\($0.width) x \($0.height)" }.joined(separator: ", ") + ")")
        }
        return first
    }

    // MARK: Photos

    private func part(
        of name: String, _ crop: FrameCrop, _ group: Group
    ) throws(FastPixError) -> (name: String, samples: [Double], channels: Int) {
        let photo = try file(name)
        let shape = photo.header.shape
        guard shape.width == group.width, shape.height == group.height else {
            throw FastPixError(.corrupt, path: FilePath(name), "has another frame by now than the report says")
        }
        let reading = try PhotoReading(photo, channels: .all, maximumPixels: maximumPixels)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: shape.bytesPerRow, alignment: 16)
        defer { buffer.deallocate() }
        guard let base = buffer.baseAddress else {
            throw FastPixError(.outOfMemory, path: FilePath(name), "no memory for a row")
        }
        var samples: [Double] = []
        for index in 0..<crop.row + crop.height {
            try reading.readRows(1, into: base)
            guard index >= crop.row else { continue }
            for sample in crop.column * shape.channels..<(crop.column + crop.width) * shape.channels {
                samples.append(value(base, sample, shape.sampleType))
            }
        }
        try reading.demandUnchanged()
        return (photo.path.lastComponent?.string ?? name, samples, shape.channels)
    }

    private func value(_ row: UnsafeMutableRawPointer, _ sample: Int, _ type: SampleType) -> Double {
        switch type {
        case .u8: Double(row.load(fromByteOffset: sample, as: UInt8.self))
        case .u16: Double(row.load(fromByteOffset: 2 * sample, as: UInt16.self))
        case .f32: Double(row.load(fromByteOffset: 4 * sample, as: Float.self))
        }
    }

    /// A photo by its name in a report: a path, with "#" and a number for a picture of a stack.
    private func file(_ name: String) throws(FastPixError) -> PhotoFile {
        if FileIdentity(FilePath(name)) == nil, let sign = name.lastIndex(of: "#"),
            let number = Int(name[name.index(after: sign)...])
        {
            let found = PhotoProbe.probe(FilePath(String(name[..<sign])), channels: .all, maximumPixels: maximumPixels)
            guard let photo = found.photos.first(where: { $0.page.number == number }) else {
                throw FastPixError(.notFound, path: FilePath(name), found.failed.first?.reason ?? "has no such picture")
            }
            return photo
        }
        return try PhotoFile(probing: FilePath(name), maximumPixels: maximumPixels)
    }

    // MARK: The picture

    private func drawing(
        _ crop: FrameCrop, _ parts: [(name: String, samples: [Double])], _ channels: Int, _ group: Group
    ) -> Drawing {
        let count = Double(parts.count)
        let sampleCount = parts[0].samples.count
        var means = [Double](repeating: 0, count: sampleCount)
        for part in parts { for index in 0..<sampleCount { means[index] += part.samples[index] / count } }
        var variances = [Double](repeating: 0, count: sampleCount)
        for part in parts {
            for index in 0..<sampleCount {
                let difference = part.samples[index] - means[index]
                variances[index] += difference * difference / max(1, count - 1)
            }
        }
        let size = Double(FrameCrop.side * Self.enlargement)
        let gap = 20.0
        let heading = 2 * Drawing.lineHeight
        let examples = parts.prefix(Self.shown)
        // Two rows of panels: what was computed, then the photos.
        var picture = Drawing(
            width: Int(gap + Double(max(2, examples.count)) * (size + gap)),
            height: Int(heading + 2 * (size + Drawing.lineHeight + gap)),
            description: "Row \(row), column \(column): mean and variance of \(counted(parts.count, "photo")), and "
                + "\(examples.count) of them, enlarged")
        picture.addRectangle(0, 0, Double(picture.width), Double(picture.height), Drawing.paper)
        picture.addText(
            "row \(row), column \(column), \(Self.enlargement) times enlarged", gap, Drawing.lineHeight, .start,
            Drawing.ink)
        func panel(_ title: String, _ index: Int, line: Int, _ color: (Int) -> RGBColor) {
            let left = gap + Double(index) * (size + gap)
            let top = heading + Double(line) * (size + Drawing.lineHeight + gap)
            let letters = max(1, Int(size / Drawing.characterWidth))
            let ascii = String(title.unicodeScalars.map { (32..<127).contains($0.value) ? Character($0) : "?" })
            picture.addText(
                String(ascii.suffix(letters)), left, top + Drawing.lineHeight - 6, .start, Drawing.ink)
            let step = Double(Self.enlargement)
            for y in 0..<crop.height {
                for x in 0..<crop.width {
                    picture.addRectangle(
                        left + Double(x) * step, top + Drawing.lineHeight + Double(y) * step, step, step,
                        color(y * crop.width + x))
                }
            }
            // Around the place, so that the pixel itself stays free.
            let (x, y) = (Double(column - crop.column) * step, Double(row - crop.row) * step)
            let corner = Drawing.Point(x: left + x - 2, y: top + Drawing.lineHeight + y - 2)
            picture.addLine(
                [
                    corner, Drawing.Point(x: corner.x + step + 4, y: corner.y),
                    Drawing.Point(x: corner.x + step + 4, y: corner.y + step + 4),
                    Drawing.Point(x: corner.x, y: corner.y + step + 4), corner,
                ], Drawing.vermilion, width: 2)
        }
        panel("mean of \(parts.count)", 0, line: 0, Self.stretched(means, channels))
        panel("variance", 1, line: 0, Self.coloured(variances, channels))
        // All photos in one scale, so that they can be compared.
        let brightest = examples.flatMap(\.samples).max() ?? 0
        let scale = brightest <= 255 && !parts.isEmpty && group.channels > 0 ? 1 : 255 / max(brightest, 1e-9)
        for (index, part) in examples.enumerated() {
            panel(part.name, index, line: 1) { Self.color(part.samples, $0, channels) { $0 * scale } }
        }
        return picture
    }

    /// From the darkest sample to the brightest: most defects are a few steps above their neighbours.
    private static func stretched(_ values: [Double], _ channels: Int) -> (Int) -> RGBColor {
        let lowest = values.min() ?? 0
        let range = max((values.max() ?? 0) - lowest, 1e-9)
        return { color(values, $0, channels) { 255 * ($0 - lowest) / range } }
    }

    private static func color(
        _ values: [Double], _ pixel: Int, _ channels: Int, _ byte: (Double) -> Double
    ) -> RGBColor {
        let bytes = (0..<3).map { channel in
            UInt8(min(255, max(0, byte(values[pixel * channels + min(channel, channels - 1)]).rounded())))
        }
        return RGBColor(red: bytes[0], green: bytes[1], blue: bytes[2])
    }

    /// The channel of lowest variance, in the colours of the variance map.
    private static func coloured(_ variances: [Double], _ channels: Int) -> (Int) -> RGBColor {
        let axis = VarianceAxis(minimum: variances.min() ?? .nan, maximum: variances.max() ?? .nan)
        return { pixel in
            let lowest = variances[pixel * channels..<(pixel + 1) * channels].min() ?? .nan
            return PerceptualColorMap.color(of: axis.fraction(of: lowest) ?? 0)
        }
    }
}
