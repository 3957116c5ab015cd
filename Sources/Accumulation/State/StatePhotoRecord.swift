import FastPixCodecs
import FastPixFrames
import FastPixPlumbing

/// A photo as a state file has it, all numbers little-endian:
///
/// | bytes | |
/// |---|---|
/// | 16 | hash |
/// | 4 | which of several pictures of the file; -1: it is the only one |
/// | 4 | how many rows are in the sums; -1: all |
/// | 1 | what follows: 1 a fact, of the second half 2, with exposure time 4, ISO 8, time 16, what the file says it is times 32 |
/// | 1 | length of the time |
/// | 2 | length of the name |
/// | 32 | with a fact: level, roughness (int64), exposure in seconds (float64), ISO (int64); 0 where not known |
/// | | time, name: UTF-8 |
package enum StatePhotoRecord {
    package static let fixedByteCount = 28
    private static let factByteCount = 32
    static let longest = fixedByteCount + factByteCount + Int(UInt8.max) + Int(UInt16.max)

    private static let (hasFact, isSecondHalf, hasExposure, hasISO, hasTime): (UInt8, UInt8, UInt8, UInt8, UInt8) =
        (1, 2, 4, 8, 16)
    /// The number of a `PictureKind`, 0 where a file says none, times this.
    private static let ofKind: UInt8 = 32

    package static func byteCount(_ photo: StatePhoto) -> Int {
        fixedByteCount + (photo.fact == nil ? 0 : factByteCount) + time(photo).count + name(photo).count
    }

    private static func time(_ photo: StatePhoto) -> Substring.UTF8View.SubSequence {
        (photo.fact?.time ?? "")[...].utf8.prefix(Int(UInt8.max))
    }

    private static func name(_ photo: StatePhoto) -> Substring.UTF8View.SubSequence {
        photo.name[...].utf8.prefix(Int(UInt16.max))
    }

    package static func append(_ photo: StatePhoto, to bytes: inout [UInt8]) {
        func append<Number: FixedWidthInteger>(_ number: Number) {
            withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
        }
        photo.hash.appendBytes(to: &bytes)
        append(Int32(photo.page ?? -1))
        append(Int32(photo.rows ?? -1))
        var flags: UInt8 = 0
        if let fact = photo.fact {
            flags |= hasFact
            if fact.half == 1 { flags |= isSecondHalf }
            if fact.exposureSeconds != nil { flags |= hasExposure }
            if fact.iso != nil { flags |= hasISO }
            if fact.time != nil { flags |= hasTime }
            flags |= (fact.pictureKind?.rawValue ?? 0) * ofKind
        }
        bytes.append(flags)
        bytes.append(UInt8(time(photo).count))
        append(UInt16(name(photo).count))
        if let fact = photo.fact {
            append(fact.level)
            append(fact.roughness)
            append((fact.exposureSeconds ?? 0).bitPattern)
            append(Int64(fact.iso ?? 0))
        }
        bytes += time(photo)
        bytes += name(photo)
    }

    /// The record at the beginning of `bytes`, and its length. Nil when it is longer than `bytes`, or no record.
    static func read(_ bytes: UnsafeRawBufferPointer) -> (photo: StatePhoto, byteCount: Int)? {
        guard bytes.count >= fixedByteCount else { return nil }
        func number<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type) -> Number {
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        let page = Int(number(16, Int32.self))
        let rows = Int(number(20, Int32.self))
        let flags = bytes[24]
        let (timeCount, nameCount) = (Int(bytes[25]), Int(number(26, UInt16.self)))
        let start = fixedByteCount + (flags & hasFact == 0 ? 0 : factByteCount)
        let end = start + timeCount + nameCount
        let kind = flags / ofKind
        guard bytes.count >= end, page >= -1, rows >= -1, kind == 0 || PictureKind(rawValue: kind) != nil,
            flags & hasFact != 0 || flags == 0,
            timeCount == 0 || flags & hasTime != 0,
            let name = String(validating: bytes[start + timeCount..<end], as: UTF8.self)
        else { return nil }
        var fact: FrameFact?
        if flags & hasFact != 0 {
            let exposure = Double(bitPattern: number(44, UInt64.self))
            let iso = Int(number(52, Int64.self))
            guard exposure.isFinite, flags & hasExposure != 0 || exposure == 0, flags & hasISO != 0 || iso == 0,
                let time = String(validating: bytes[start..<start + timeCount], as: UTF8.self)
            else { return nil }
            fact = FrameFact(
                level: number(28, Int64.self), roughness: number(36, Int64.self),
                half: flags & isSecondHalf == 0 ? 0 : 1, exposureSeconds: flags & hasExposure == 0 ? nil : exposure,
                iso: flags & hasISO == 0 ? nil : iso, time: flags & hasTime == 0 ? nil : time,
                pictureKind: PictureKind(rawValue: kind))
        }
        let photo = StatePhoto(
            hash: ContentHash(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<16])), page: page < 0 ? nil : page,
            name: name, rows: rows < 0 ? nil : rows, fact: fact)
        return (photo, end)
    }
}
