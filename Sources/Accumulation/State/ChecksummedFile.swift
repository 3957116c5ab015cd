import FastPixPlumbing
import SystemPackage

/// A file that appears under its name when it is complete and on the disk, and ends in the checksum of all before. Dropped
/// before `finish`, it leaves an older file of the name as it was.
package struct ChecksummedFile: ~Copyable {
    private var file: StagedFile
    private let checksum: Checksum

    /// Throws what `StagedFile` throws.
    package init(_ path: FilePath, replacing: Bool) throws(FastPixError) {
        self.init(file: try StagedFile(target: path, replacing: replacing), checksum: try Checksum())
    }

    private init(file: consuming StagedFile, checksum: consuming Checksum) {
        self.file = file
        self.checksum = checksum
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FastPixError) {
        checksum.add(bytes)
        try file.write(bytes)
    }

    package mutating func append(_ bytes: [UInt8]) throws(FastPixError) {
        checksum.add(bytes)
        try file.write(bytes)
    }

    package consuming func finish() throws(FastPixError) {
        let digest = checksum.digest
        try file.write(digest)
        try file.commit()
    }
}
