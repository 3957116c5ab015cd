import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// The maps that are written besides a report, for every group.
///
/// With one group the names are as given; the second group's get `-2` before the extension (or a folder `group-2`
/// inside the folder given), and so on.
public struct MapOutputs: Sendable {
    /// PNG picture of the variance.
    public var variancePicture: FilePath?
    /// Folder for `mean.npy` and `variance.npy`: float64, (height, width, 3), for grey (height, width); or the same as `.tif`
    /// and `.fits`, float32.
    public var mapsFolder: FilePath?
    /// In which forms these are written.
    package var mapFormats: [MapFormat] = [.npy]
    /// Folder for `sum.npy` and `sum_of_squares.npy`: the exact integers, uint32 (the squares of 16-bit photos
    /// uint64; both uint64 for more photos than 32 bits hold), shaped like the maps.
    public var sumsFolder: FilePath?
    /// Whether files that are there already are replaced.
    public var overwrites: Bool

    /// Maps in these places; nil: none.
    public init(
        variancePicture: FilePath? = nil, mapsFolder: FilePath? = nil, sumsFolder: FilePath? = nil,
        overwrites: Bool = true
    ) {
        self.variancePicture = variancePicture
        self.mapsFolder = mapsFolder
        self.sumsFolder = sumsFolder
        self.overwrites = overwrites
    }

    /// What lies in `mapsFolder`.
    package var mapNames: [String] {
        mapFormats.flatMap { format in ["mean", "variance"].map { "\($0).\(format.fileExtension)" } }
    }

    private static let sumNames = ["sum.npy", "sum_of_squares.npy"]

    package var isEmpty: Bool { variancePicture == nil && mapsFolder == nil && sumsFolder == nil }

    /// Enters what is written. `isNumbered`: for each of several groups. Throws when it is another file of the run.
    package func enter(in files: inout DistinctFiles, isNumbered: Bool) throws(FastPixError) {
        try files.writes(variancePicture, .variancePicture, isNumbered: isNumbered)
        for name in mapNames { try files.writes(mapsFolder?.appending(name), .maps) }
        for name in Self.sumNames { try files.writes(sumsFolder?.appending(name), .sums) }
    }

    /// Sees whether everything can be written, before hours of work end in an error.
    package func prepare() throws(FastPixError) {
        for (folder, names) in [(mapsFolder, mapNames), (sumsFolder, Self.sumNames)] {
            guard let folder else { continue }
            try OutputFolders.check(folder)
            let files = names.map { folder.appending($0) }
            StagedFile.removeAbandoned(targets: files)
            for file in files where !overwrites && OutputFolders.holds(file) {
                _ = try StagedFile(target: file, replacing: false)
            }
        }
        if let variancePicture {
            StagedFile.removeAbandoned(targets: [variancePicture])
            _ = try StagedFile(target: variancePicture, replacing: overwrites)
        }
    }

    /// Writes the maps of the group with this number (1, 2, ...). `exact`: what the sums are taken from, when these are
    /// others. Returns those that cannot be written.
    package func write(
        _ accumulators: Accumulators, exact: Accumulators? = nil, of group: PhotoGroup, summary: VarianceSummary,
        number: Int,
        photos: PhotoDiscovery
    ) -> [FailedOutput] {
        var failed: [FailedOutput] = []
        let folders = OutputFolders()
        defer { folders.removeEmpty() }
        func attempt(_ output: FilePath?, _ write: (FilePath) throws(FastPixError) -> Void) {
            guard let output else { return }
            do throws(FastPixError) {
                try write(output)
            } catch {
                failed.append(FailedOutput(error, of: output))
            }
        }
        attempt(variancePicture) { (path: FilePath) throws(FastPixError) in
            let target = NumberedOutput.file(path, number)
            try photos.refuseOverwriting(target)
            try writePicture(target, MomentsReader(accumulators: accumulators), group, summary)
        }
        attempt(mapsFolder) { (path: FilePath) throws(FastPixError) in
            let folder = try Self.folder(path, number, folders)
            for format in mapFormats { try writeMaps(accumulators, format, of: group, to: folder) }
        }
        attempt(sumsFolder) { (path: FilePath) throws(FastPixError) in
            try writeSums(exact ?? accumulators, to: try Self.folder(path, number, folders))
        }
        return failed
    }

    private func writeMaps(
        _ accumulators: Accumulators, _ format: MapFormat, of group: PhotoGroup, to folder: FilePath
    ) throws(FastPixError) {
        let reader = MomentsReader(accumulators: accumulators)
        for (name, values) in [("mean", reader.means), ("variance", reader.variancesOrNaN)] {
            let target = folder.appending("\(name).\(format.fileExtension)")
            let words = "\(name) of \(counted(accumulators.frameCount, "photo")) of \(group.name)"
            switch format {
            case .npy: try writeArray(target, .float64, accumulators, values)
            case .tiff: try writeTIFF(target, words, accumulators, values)
            case .fits: try writeFITS(target, words, accumulators, values)
            }
        }
    }

    private func writeTIFF(
        _ target: FilePath, _ words: String, _ accumulators: Accumulators, _ values: (Range<Int>) -> [Double]
    ) throws(FastPixError) {
        let shape = accumulators.shape
        var file = try TIFFArrayFile(
            target: target, width: shape.width, height: shape.height, channels: shape.channels, bitsPerSample: 32,
            description: "fastpix \(fastPixVersion): \(words)", replacing: overwrites)
        for row in 0..<shape.height {
            try file.append(values(row * shape.samplesPerRow..<(row + 1) * shape.samplesPerRow).map { Float($0) })
            accumulators.release(rows: row..<row + 1)
        }
        try file.commit()
    }

    private func writeFITS(
        _ target: FilePath, _ words: String, _ accumulators: Accumulators, _ values: (Range<Int>) -> [Double]
    ) throws(FastPixError) {
        let shape = accumulators.shape
        var file = try FITSArrayFile(
            target: target, width: shape.width, height: shape.height, planes: shape.channels, bitsPerSample: 32,
            cards: [FITSArrayFile.card("CREATOR", "fastpix \(fastPixVersion)"), FITSArrayFile.card("OBJECT", words)],
            replacing: overwrites)
        for channel in 0..<shape.channels {
            for row in 0..<shape.height {
                let samples = values(row * shape.samplesPerRow..<(row + 1) * shape.samplesPerRow)
                try file.append(
                    stride(from: channel, to: samples.count, by: shape.channels).map { Float(samples[$0]) })
                accumulators.release(rows: row..<row + 1)
            }
        }
        try file.commit()
    }

    private func writeSums(_ accumulators: Accumulators, to folder: FilePath) throws(FastPixError) {
        guard !accumulators.contents.isWide else {
            try writeArray(folder.appending("sum.npy"), .uint64, accumulators) {
                Array(UnsafeBufferPointer(start: accumulators.wideSum(at: $0.lowerBound), count: $0.count))
            }
            return try writeArray(folder.appending("sum_of_squares.npy"), .uint64, accumulators) {
                Array(UnsafeBufferPointer(start: accumulators.wideSumOfSquares(at: $0.lowerBound), count: $0.count))
            }
        }
        try writeArray(folder.appending("sum.npy"), .uint32, accumulators) {
            Array(UnsafeBufferPointer(start: accumulators.sum(at: $0.lowerBound), count: $0.count))
        }
        if accumulators.shape.bitsPerSample == 8 {
            try writeArray(folder.appending("sum_of_squares.npy"), .uint32, accumulators) {
                Array(UnsafeBufferPointer(start: accumulators.sumOfSquares8(at: $0.lowerBound), count: $0.count))
            }
        } else {
            try writeArray(folder.appending("sum_of_squares.npy"), .uint64, accumulators) {
                Array(UnsafeBufferPointer(start: accumulators.sumOfSquares16(at: $0.lowerBound), count: $0.count))
            }
        }
    }

    private func writePicture(
        _ target: FilePath, _ reader: MomentsReader, _ group: PhotoGroup, _ summary: VarianceSummary
    ) throws(FastPixError) {
        let shape = group.shape
        let frames = reader.accumulators.frameCount
        try VarianceMapPicture.write(
            to: target, replacing: overwrites, width: shape.width, height: shape.height, title: group.name,
            caption: "\(counted(frames, "photo")); each pixel shows its channel of lowest variance",
            minimum: summary.minimum.variance ?? .nan, maximum: summary.maximum.variance ?? .nan
        ) { (row: Int, lowest: UnsafeMutableBufferPointer<Double>) throws(FastPixError) in
            let first = row * shape.samplesPerRow
            let variances = reader.variancesOrNaN(first..<first + shape.samplesPerRow)
            for column in 0..<shape.width {
                var value = variances[column * shape.channels]
                for channel in 1..<max(1, shape.channels) {
                    value = min(value, variances[column * shape.channels + channel])
                }
                lowest[column] = value
            }
            reader.accumulators.release(rows: row..<row + 1)
        }
    }

    private func writeArray<Element: BitwiseCopyable>(
        _ target: FilePath, _ type: NumPyArrayFile.ElementType, _ accumulators: Accumulators,
        _ values: (Range<Int>) -> [Element]
    ) throws(FastPixError) {
        let shape = accumulators.shape
        let dimensions = [shape.height, shape.width] + (shape.channels == 1 ? [] : [shape.channels])
        var file = try NumPyArrayFile(target: target, element: type, shape: dimensions, replacing: overwrites)
        for row in 0..<shape.height {
            let samples = row * shape.samplesPerRow..<(row + 1) * shape.samplesPerRow
            try file.append(values(samples))
            accumulators.release(rows: row..<row + 1)
        }
        try file.commit()
    }

    private static func folder(
        _ path: FilePath, _ number: Int, _ folders: OutputFolders
    ) throws(FastPixError) -> FilePath {
        let folder = number > 1 ? path.appending("group-\(number)") : path
        try folders.make(folder)
        return folder
    }
}
