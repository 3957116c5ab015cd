import FastPixCodecs
import FastPixFrames
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Copies of a photo: files of the same content under other names, which would count a photo several times.
package enum PhotoCopies {
    package struct Outcome: Sendable {
        /// Of files with the same content the first by path, with all its pictures; in the order given.
        package let photos: [PhotoFile]
        package let copies: [SkippedPhoto]
    }

    /// Only files of equal size and frame are compared. Files without compression are all of one size: of larger ones
    /// some samples of bytes are compared before the whole. Files that cannot be read are left for the decoder to refuse.
    package static func separate(_ photos: [PhotoFile], workers: Int) -> Outcome {
        var classes = Array(Dictionary(grouping: files(of: photos), by: Alikeness.init).values)
        let fingerprints: [@Sendable (PhotoFile) -> [UInt8]?] = [{ sampleHash($0) }, { wholeHash($0) }]
        for fingerprint in fingerprints {
            let candidates = classes.filter { $0.count > 1 }.flatMap { $0 }
            let hashes = WorkerTeam.map(candidates.count, workers: max(1, min(workers, OpenFile.limit))) { index in
                fingerprint(candidates[index])
            }
            var byHash: [Fingerprint: [PhotoFile]] = [:]
            for (photo, hash) in zip(candidates, hashes) {
                guard let hash else { continue }
                byHash[Fingerprint(hash: hash, alikeness: Alikeness(photo)), default: []].append(photo)
            }
            classes = Array(byHash.values)
        }
        var originals: [FilePath: FilePath] = [:]
        for same in classes where same.count > 1 {
            let sorted = same.map(\.path).sorted { $0.bytesPrecede($1) }
            for copy in sorted.dropFirst() { originals[copy] = sorted[0] }
        }
        let copies = originals.sorted { $0.key.bytesPrecede($1.key) }.map { copy, original in
            SkippedPhoto(path: copy, reason: reason, isFailure: false, copyOf: original)
        }
        return Outcome(photos: photos.filter { originals[$0.path] == nil }, copies: copies)
    }

    private static let reason = "the same content as another photo, which counts once"

    /// One picture of each file.
    private static func files(of photos: [PhotoFile]) -> [PhotoFile] {
        var seen: Set<FilePath> = []
        return photos.filter { seen.insert($0.path).inserted }
    }

    /// What copies have in common before anything but headers is read.
    private struct Alikeness: Hashable {
        let byteCount: Int
        let pictures: Int
        let shape: FrameShape

        init(_ photo: PhotoFile) {
            byteCount = photo.byteCount
            pictures = photo.picturesInFile
            shape = photo.header.shape
        }
    }

    private struct Fingerprint: Hashable {
        let hash: [UInt8]
        let alikeness: Alikeness
    }

    private static func wholeHash(_ photo: PhotoFile) -> [UInt8]? {
        guard let file = try? OpenFile(photo.path), let hash = try? ContentHash(of: file) else { return nil }
        return Array(hash.hexadecimal.utf8)
    }

    private static func sampleHash(_ photo: PhotoFile) -> [UInt8]? {
        let sampleBytes = 4096
        // Of small files the whole is as quickly read.
        guard photo.byteCount > 16 * sampleBytes else { return [] }
        guard let file = try? OpenFile(photo.path), let checksum = try? Checksum() else { return nil }
        var bytes = [UInt8](repeating: 0, count: sampleBytes)
        for place in 1...4 {
            let offset = (photo.byteCount - sampleBytes) / 4 * place
            guard pread(file.fileDescriptor, &bytes, sampleBytes, off_t(offset)) == sampleBytes else { return nil }
            bytes.withUnsafeBytes { checksum.add($0) }
        }
        return checksum.digest
    }
}
