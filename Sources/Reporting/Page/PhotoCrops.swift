import FastPixAccumulation
import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// Parts of a few photos, as the camera stored them.
struct PhotoCrops: Sendable {
    /// The photo's file name.
    let name: String
    /// A PNG for each crop asked for.
    let pictures: [[UInt8]]

    /// Decodes at most `count` of the photos, evenly spread over them, down to the lowest crop. A photo that cannot be
    /// read (any more) is left out: it is the statistics that count, and they have it or have named it.
    static func of(
        _ photos: [PhotoFile], _ crops: [FrameCrop], count: Int, brightness: Double, settings: AccumulationSettings
    ) -> [PhotoCrops] {
        guard !crops.isEmpty, !photos.isEmpty else { return [] }
        let chosen = (0..<min(count, photos.count)).map {
            photos[(2 * $0 + 1) * photos.count / (2 * min(count, photos.count))]
        }
        return chosen.compactMap { photo in
            do throws(FastPixError) {
                return try PhotoCrops(photo, crops, brightness: brightness, settings: settings)
            } catch {
                return nil
            }
        }
    }

    private init(
        _ photo: PhotoFile, _ crops: [FrameCrop], brightness: Double, settings: AccumulationSettings
    ) throws(FastPixError) {
        name = photo.path.lastComponent?.string ?? photo.path.string
        let reading = try PhotoReading(photo, channels: settings.channels, maximumPixels: settings.maximumPixels)
        let shape = photo.header.shape
        var pixels = [[UInt8]](repeating: [], count: crops.count)
        let row = UnsafeMutableRawBufferPointer.allocate(byteCount: shape.bytesPerRow, alignment: 16)
        defer { row.deallocate() }
        let end = crops.map { $0.row + $0.height }.max() ?? 0
        guard end <= shape.height else {
            throw FastPixError(.corrupt, path: photo.path, "the file has changed")
        }
        for index in 0..<end {
            try reading.readRows(1, into: row.baseAddress!)
            for (number, crop) in crops.enumerated() where (crop.row..<crop.row + crop.height).contains(index) {
                for column in crop.column..<crop.column + crop.width {
                    for channel in 0..<3 {
                        let sample = column * shape.channels + min(channel, shape.channels - 1)
                        let value =
                            shape.bitsPerSample == 8
                            ? Double(row[sample]) : Double(row.assumingMemoryBound(to: UInt16.self)[sample])
                        pixels[number].append(UInt8(min(255, (value * brightness).rounded())))
                    }
                }
            }
        }
        try reading.demandUnchanged()
        var pictures: [[UInt8]] = []
        for (crop, pixels) in zip(crops, pixels) {
            pictures.append(try PNGImage.encode(width: crop.width, height: crop.height, .rgb, pixels))
        }
        self.pictures = pictures
    }
}
