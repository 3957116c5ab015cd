import FastPixAccumulation
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// The layout of a state of channel statistics, `Guides/StateFile.md`: as that of `hotpixels`, with its own signature, and
/// behind the photos the counts of values, where they are counted.
enum ChannelStateFormat {
    static let signature = StateFormat.channelSignature
    /// Counted up when the layout changes, or photos decode to other samples.
    static let version: UInt32 = 1
    static let headerByteCount = 16
    /// A line for each number of pixels and each frame that occurs; bounds what a damaged length may claim.
    static let longestManifest = 1 << 28
}

/// A state that has been found sound, of which the photos are read one after the other. Its file stays open.
final class ChannelStateReader {
    let manifest: ChannelStateManifest
    /// Without the counts of values.
    private let sums: ChannelTotals
    private let file: OpenFile
    private let photosOffset: Int

    var path: FilePath { file.path }

    /// Reads the whole file once. Throws when it is no state, of another version, or damaged.
    init(_ path: FilePath) throws(FastPixError) {
        let file = try OpenFile(path)
        let headerByteCount = ChannelStateFormat.headerByteCount
        let start = try StateReader.bytes(file, 0, min(headerByteCount, file.state.byteCount))
        guard start.starts(with: ChannelStateFormat.signature), start.count == headerByteCount else {
            throw FastPixError(
                .notAnImage, path: path, "not a state of channel statistics; name one that fastpix stats wrote")
        }
        let version = Self.word(start[8..<12])
        guard version == ChannelStateFormat.version else {
            throw FastPixError(
                .unsupported, path: path,
                "a state of channel statistics of version \(version), and this fastpix reads version "
                    + "\(ChannelStateFormat.version); use the fastpix that wrote it, or begin anew")
        }
        let manifestByteCount = Int(Self.word(start[12..<16]))
        let photosOffset = headerByteCount + manifestByteCount
        guard manifestByteCount <= ChannelStateFormat.longestManifest,
            photosOffset + Checksum.byteCount <= file.state.byteCount
        else { throw StateReader.damaged(path, "it is shorter than it says") }
        try StateReader.verify(file)
        let json = try StateReader.bytes(file, headerByteCount, manifestByteCount)
        guard let manifest = try? JSONDecoder().decode(ChannelStateManifest.self, from: Data(json)) else {
            throw StateReader.damaged(path, "its manifest cannot be read")
        }
        guard (1...ChannelStateManifest.mostPhotos).contains(manifest.photoCount), manifest.inventory.isPossible,
            manifest.inventory.all.photos == manifest.photoCount, let sums = manifest.totals()
        else { throw StateReader.damaged(path, "it has sums that no photos have") }
        let rest = file.state.byteCount - photosOffset - Checksum.byteCount - manifest.countBytes
        guard manifest.photoBytes == rest, rest >= manifest.photoCount * StatePhotoRecord.fixedByteCount else {
            throw StateReader.damaged(path, "its length does not match its photos")
        }
        self.manifest = manifest
        self.sums = sums
        self.photosOffset = photosOffset
        self.file = file
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Its photos from the first. Not to be used longer than this reader.
    func photos() -> StatePhotoCursor {
        StatePhotoCursor(
            file.fileDescriptor, path, bytes: photosOffset..<photosOffset + manifest.photoBytes,
            count: manifest.photoCount
        ) { photo, _ in photo.isWhole && photo.fact == nil ? nil : "photos of another kind" }
    }

    /// Sums and counts of all its photos. Throws when no photos have such counts, or the file cannot be read.
    func totals() throws(FastPixError) -> ChannelTotals {
        var totals = sums
        guard manifest.countsValues else { return totals }
        var offset = photosOffset + manifest.photoBytes
        for kind in manifest.kinds {
            let byteCount = kind.channels * kind.values * 8
            let bytes = try StateReader.bytes(file, offset, byteCount)
            offset += byteCount
            let counts = bytes.withUnsafeBytes { bytes in
                (0..<byteCount / 8).map {
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
                }
            }
            guard sums.haveCounts(counts, kind) else {
                throw StateReader.damaged(path, "it has counts that no photos have")
            }
            totals.add(counts, kind)
        }
        return totals
    }

    /// Throws when the file is not what it was when it was opened: what was read of it is worthless then.
    func checkUnchanged() throws(FastPixError) {
        guard file.isUnchanged else {
            throw FastPixError(.corrupt, path: path, "the state file changed while it was being read; run again")
        }
    }
}

enum ChannelStateWriter {
    /// Hands each photo that is in the state to a closure, in order.
    typealias Photos = ((StatePhoto) throws(FastPixError) -> Void) throws(FastPixError) -> Void

    /// Puts a state into a file, which appears under its name when it is complete and on the disk. Throws what
    /// `StagedFile` and `photos` throw.
    static func write(
        _ manifest: ChannelStateManifest, _ totals: ChannelTotals, to path: FilePath, replacing: Bool = true,
        photos: Photos
    ) throws(FastPixError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Nothing in a manifest can fail to be encoded: it has no floating-point numbers.
        guard let json = try? encoder.encode(manifest) else { preconditionFailure("a manifest cannot be encoded") }
        guard json.count <= ChannelStateFormat.longestManifest else {
            throw FastPixError(
                .overflow, path: path,
                "these photos have more different sizes and cameras than one state holds; keep them in several states")
        }
        var file = try ChecksummedFile(path, replacing: replacing)
        var start = ChannelStateFormat.signature
        for word in [ChannelStateFormat.version, UInt32(json.count)] {
            withUnsafeBytes(of: word.littleEndian) { start += $0 }
        }
        try file.append(start)
        try file.append([UInt8](json))
        var record: [UInt8] = []
        var written = 0
        try photos { (photo: StatePhoto) throws(FastPixError) in
            record.removeAll(keepingCapacity: true)
            StatePhotoRecord.append(photo, to: &record)
            written += record.count
            try file.append(record)
        }
        precondition(written == manifest.photoBytes)
        if manifest.countsValues {
            for kind in manifest.kinds {
                var bytes: [UInt8] = []
                for count in totals.counts[kind]! { withUnsafeBytes(of: count.littleEndian) { bytes += $0 } }
                try file.append(bytes)
            }
        }
        try file.finish()
    }
}

extension ChannelTotals {
    /// Whether photos with these sums can have these counts of values, channel after channel: they have them exactly.
    fileprivate func haveCounts(_ counts: [UInt64], _ kind: Kind) -> Bool {
        let own = sums.filter { $0.key.kind == kind }
        let pixels = own.reduce(UInt128(0)) { $0 + UInt128($1.key.pixels) * UInt128($1.value.photos) }
        return (0..<kind.channels).allSatisfy { channel in
            var (count, sum, squares): (UInt128, UInt128, UInt128) = (0, 0, 0)
            for (value, times) in counts[channel * kind.values..<(channel + 1) * kind.values].enumerated() {
                count += UInt128(times)
                sum += UInt128(times) * UInt128(value)
                squares += UInt128(times) * UInt128(value * value)
            }
            return count == pixels && sum == own.reduce(0) { $0 + $1.value.sum[channel] }
                && squares == own.reduce(0) { $0 + $1.value.sumOfSquares[channel] }
        }
    }
}
