import SystemPackage

/// The maps that are written besides a report, for every group.
///
/// With one group the names are as given; the second group's get `-2` before the extension (or a folder `group-2`
/// inside the folder given), and so on.
public struct MapOutputs: Sendable {
    /// PNG picture of the variance.
    public var variancePicture: String?
    /// Folder for `mean.npy` and `variance.npy`: float64, (height, width, 3), for grey (height, width).
    public var mapsFolder: String?
    /// Folder for `sum.npy` and `sum_of_squares.npy`: the exact integers, uint32 (the squares of 16-bit photos
    /// uint64), shaped like the maps.
    public var sumsFolder: String?

    public init(variancePicture: String? = nil, mapsFolder: String? = nil, sumsFolder: String? = nil) {
        self.variancePicture = variancePicture
        self.mapsFolder = mapsFolder
        self.sumsFolder = sumsFolder
    }

    private static let fileNames = ["mean.npy", "variance.npy", "sum.npy", "sum_of_squares.npy"]

    var isEmpty: Bool { variancePicture == nil && mapsFolder == nil && sumsFolder == nil }

    /// Sees whether everything can be written, before hours of work end in an error.
    func prepare(photos: PhotoDiscovery) throws(FastPixError) {
        for folder in [mapsFolder, sumsFolder].compactMap({ $0 }) {
            try OutputFolders.check(FilePath(folder))
            StagedFile.removeAbandoned(targets: Self.fileNames.map { FilePath(folder).appending($0) })
        }
        if let variancePicture {
            StagedFile.removeAbandoned(target: variancePicture)
            try photos.refuseOverwriting(variancePicture)
            _ = try StagedFile(target: variancePicture)
        }
    }

    /// Writes the maps of the group with this number (1, 2, ...).
    func write(
        _ accumulators: Accumulators, of group: PhotoGroup, summary: VarianceSummary, number: Int,
        photos: PhotoDiscovery
    ) throws(FastPixError) {
        let reader = MomentsReader(accumulators: accumulators)
        if let variancePicture {
            let target = NumberedOutput.file(variancePicture, number)
            try photos.refuseOverwriting(target)
            try writePicture(target, reader, group, summary)
        }
        if let mapsFolder {
            let folder = try Self.folder(mapsFolder, number)
            try Self.writeArray("\(folder)/mean.npy", .float64, accumulators) { reader.mean($0) }
            try Self.writeArray("\(folder)/variance.npy", .float64, accumulators) { reader.varianceOrNaN($0) }
        }
        if let sumsFolder {
            let folder = try Self.folder(sumsFolder, number)
            try Self.writeArray("\(folder)/sum.npy", .uint32, accumulators) { accumulators.sum(at: $0).pointee }
            if accumulators.shape.bitsPerSample == 8 {
                try Self.writeArray("\(folder)/sum_of_squares.npy", .uint32, accumulators) {
                    accumulators.sumOfSquares8(at: $0).pointee
                }
            } else {
                try Self.writeArray("\(folder)/sum_of_squares.npy", .uint64, accumulators) {
                    accumulators.sumOfSquares16(at: $0).pointee
                }
            }
        }
    }

    private func writePicture(
        _ target: String, _ reader: MomentsReader, _ group: PhotoGroup, _ summary: VarianceSummary
    ) throws(FastPixError) {
        let shape = group.shape
        let frames = reader.accumulators.frameCount
        try VarianceMapPicture.write(
            to: target, width: shape.width, height: shape.height, title: group.name,
            caption: "\(counted(frames, "photo")); each pixel shows its channel of lowest variance",
            minimum: summary.minimum.variance ?? .nan, maximum: summary.maximum.variance ?? .nan
        ) { (row: Int, lowest: UnsafeMutableBufferPointer<Double>) throws(FastPixError) in
            for column in 0..<shape.width {
                let pixel = (row * shape.width + column) * shape.channels
                var value = reader.varianceOrNaN(pixel)
                for channel in 1..<max(1, shape.channels) {
                    value = min(value, reader.varianceOrNaN(pixel + channel))
                }
                lowest[column] = value
            }
            reader.accumulators.release(rows: row..<row + 1)
        }
    }

    private static func writeArray<Element: BitwiseCopyable>(
        _ target: String, _ type: NumPyArrayFile.ElementType, _ accumulators: Accumulators, _ value: (Int) -> Element
    ) throws(FastPixError) {
        let shape = accumulators.shape
        let dimensions = [shape.height, shape.width] + (shape.channels == 1 ? [] : [shape.channels])
        var file = try NumPyArrayFile(target: target, element: type, shape: dimensions)
        let row = UnsafeMutableBufferPointer<Element>.allocate(capacity: shape.samplesPerRow)
        defer { row.deallocate() }
        for start in stride(from: 0, to: shape.sampleCount, by: shape.samplesPerRow) {
            for index in 0..<shape.samplesPerRow { row[index] = value(start + index) }
            try file.append(UnsafeRawBufferPointer(row))
            accumulators.release(start..<start + shape.samplesPerRow)
        }
        try file.commit()
    }

    private static func folder(_ path: String, _ number: Int) throws(FastPixError) -> String {
        let folder = number > 1 ? "\(path)/group-\(number)" : path
        try OutputFolders().make(FilePath(folder))
        return folder
    }
}
