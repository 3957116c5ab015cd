import Foundation

/// Writes the moments of a set of photos to a file that appears under its name when it is complete and on the disk.
enum StateWriter {
    /// `recorder` is that of the manifest's scouting. Throws what `StagedFile` throws; an older state of this name is then
    /// as it was.
    static func write(
        _ accumulators: Accumulators, _ manifest: StateManifest, _ recorder: WitnessRecorder? = nil, to path: String
    ) throws(FastPixError) {
        precondition(accumulators.kind == .exact, "rounded moments depend on the order of photos")
        precondition(accumulators.frameCount == manifest.photos.count)
        precondition((recorder == nil) == (manifest.confirmation?.scouting == nil))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Nothing in a manifest can fail to be encoded: there are no floating-point numbers.
        guard let json = try? encoder.encode(manifest) else { preconditionFailure("a manifest cannot be encoded") }
        var output = Output(file: try StagedFile(target: path), checksum: try Checksum())
        try output.append(StateFormat.header(manifestByteCount: json.count))
        try output.append([UInt8](json))
        for array in accumulators.arrays {
            // In pieces, so that the checksum finds each in the cache, or the write does.
            for start in stride(from: 0, to: array.count, by: pieceByteCount) {
                let piece = UnsafeRawBufferPointer(
                    rebasing: array[start..<min(array.count, start + pieceByteCount)])
                try output.append(piece)
                accumulators.release(piece)
            }
        }
        for record in recorder?.records ?? [] { try output.append(record.words) }
        try output.finish()
    }

    private static let pieceByteCount = 1 << 20

    private struct Output: ~Copyable {
        var file: StagedFile
        let checksum: Checksum

        mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FastPixError) {
            checksum.add(bytes)
            try file.write(bytes)
        }

        mutating func append(_ elements: [some FixedWidthInteger]) throws(FastPixError) {
            let result: Result<Void, FastPixError> = elements.withUnsafeBytes { bytes in
                do throws(FastPixError) {
                    return .success(try append(bytes))
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }

        consuming func finish() throws(FastPixError) {
            try append(checksum.digest)
            try file.commit()
        }
    }
}
