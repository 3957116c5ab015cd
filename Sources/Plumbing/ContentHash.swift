import CCodecs
import FastPixPlatform
import SystemPackage

/// What tells one file's content from another's: 128 bits of XXH3, written as 32 hexadecimal digits.
///
/// Equal contents have equal hashes; that two different photos share one by chance is as good as impossible. It is no
/// protection against somebody who makes such a pair on purpose.
package struct ContentHash: Hashable, Sendable, Comparable {
    private let high: UInt64
    package let low: UInt64

    private init(digest: [UInt8]) {
        high = digest[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = digest[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// From its 16 bytes, in canonical order.
    package init(bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    package func appendBytes(to bytes: inout [UInt8]) {
        for word in [high, low] { withUnsafeBytes(of: word.bigEndian) { bytes += $0 } }
    }

    /// Of bytes in memory.
    package init(of bytes: UnsafeRawBufferPointer) {
        var digest = [UInt8](repeating: 0, count: Int(FPX_CONTENT_HASH_BYTES))
        fpx_content_hash_of_bytes(bytes.baseAddress, bytes.count, &digest)
        self.init(digest: digest)
    }

    /// Reads the whole file. Throws when the system does not let it.
    package init(of file: borrowing OpenFile) throws(FastPixError) {
        var digest = [UInt8](repeating: 0, count: Int(FPX_CONTENT_HASH_BYTES))
        let failure = fpx_content_hash_of_file(file.fileDescriptor, &digest)
        guard failure == 0 else {
            throw FastPixError(.unreadable, path: file.path, systemErrno: failure, "the file cannot be read")
        }
        self.init(digest: digest)
    }

    /// Reads the first 64 KiB, which nearly always differ: they hold the time, and the first rows. Throws when the system
    /// does not let it.
    package init(ofHeadOf file: borrowing OpenFile) throws(FastPixError) {
        let head = try [UInt8](unsafeUninitializedCapacity: min(64 << 10, file.state.byteCount)) {
            (bytes, count) throws(FastPixError) in
            while count < bytes.count {
                let got = pread(file.fileDescriptor, bytes.baseAddress! + count, bytes.count - count, off_t(count))
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else {
                    throw FastPixError(
                        .unreadable, path: file.path, systemErrno: errno, "the file cannot be read")
                }
                if got == 0 { break }
                count += got
            }
        }
        let checksum = try Checksum()
        checksum.add(head)
        self.init(digest: checksum.digest)
    }

    /// 0 or 1, each for about half of all files.
    package var half: Int { Int(high >> 56 & 1) }

    /// Nil when the text is not 32 lowercase hexadecimal digits.
    package init?(hexadecimal text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(Self.isDigit) else { return nil }
        high = UInt64(text.prefix(16), radix: 16)!
        low = UInt64(text.suffix(16), radix: 16)!
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    package var hexadecimal: String { Self.padded(high) + Self.padded(low) }

    private static func padded(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func < (left: ContentHash, right: ContentHash) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// The hash of bytes as they come, for a file that is being written or read.
package struct Checksum: ~Copyable {
    private let hasher: OpaquePointer

    package init() throws(FastPixError) {
        guard let hasher = fpx_hasher_new() else {
            throw FastPixError(.outOfMemory, "no memory is left for a checksum")
        }
        self.hasher = hasher
    }

    deinit { fpx_hasher_free(hasher) }

    package func add(_ bytes: [UInt8]) { fpx_hasher_add(hasher, bytes, bytes.count) }

    package func add(_ bytes: UnsafeRawBufferPointer) { fpx_hasher_add(hasher, bytes.baseAddress, bytes.count) }

    /// Of all bytes so far.
    package var digest: [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        fpx_hasher_digest(hasher, &digest)
        return digest
    }

    package static let byteCount = Int(FPX_CONTENT_HASH_BYTES)
}
