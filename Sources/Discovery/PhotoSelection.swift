import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Which of the files that are found are taken, by name, time and shard. Nothing is left out by default.
public struct PhotoSelection: Sendable {
    /// Shell patterns, of which a file has to match one, when there are any. A pattern without a slash is compared with the
    /// file's name, one with a slash with the path as it was found, in which `*` matches slashes, too. Cases differ.
    public var include: [FilePath]
    /// Shell patterns of files, and of folders inside those looked through, that are left out.
    public var exclude: [FilePath]
    /// Files whose content was written at this time or earlier are left out.
    public var newerThan: FileTime?
    /// The part of all files that is taken.
    public var shard: Shard?

    /// A selection; by default of everything.
    public init(
        include: [FilePath] = [], exclude: [FilePath] = [], newerThan: FileTime? = nil, shard: Shard? = nil
    ) {
        self.include = include
        self.exclude = exclude
        self.newerThan = newerThan
        self.shard = shard
    }

    /// Whether nothing is left out.
    public var takesAll: Bool { include.isEmpty && exclude.isEmpty && newerThan == nil && shard == nil }

    /// What can be told from the name alone, without asking the system about the file. `name`: with a zero at its end.
    func mayTake(name: UnsafePointer<CChar>) -> Bool {
        if let shard, !shard.holds(UnsafeRawBufferPointer(start: name, count: strlen(name))) { return false }
        if exclude.contains(where: { !$0.hasSlash && $0.matches(name) }) { return false }
        return include.isEmpty || include.contains { $0.hasSlash || $0.matches(name) }
    }

    /// Whether a file is taken. `information`: the system's, of the file.
    func takes(_ path: FilePath, _ information: stat) -> Bool {
        if let newerThan, !(newerThan < FileTime(modified: information)) { return false }
        guard let name = path.lastComponent else { return true }
        guard FilePath(root: nil, components: name).withPlatformString({ mayTake(name: $0) }) else { return false }
        if exclude.contains(where: { $0.hasSlash && $0.matches(path) }) { return false }
        return include.isEmpty
            || include.contains { $0.matches($0.hasSlash ? path : FilePath(root: nil, components: name)) }
    }

    /// The same, for a file that the system is asked about; one that is not there is taken, to be named by who reads it.
    package func takes(_ path: FilePath) -> Bool {
        guard !takesAll else { return true }
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else { return true }
        return takes(path, information)
    }

    func leavesOut(folder: FilePath) -> Bool {
        guard let name = folder.lastComponent else { return false }
        return exclude.contains { $0.matches($0.hasSlash ? folder : FilePath(root: nil, components: name)) }
    }
}

/// One of several parts of all photos. Which part a photo is in follows from the bytes of its file's name, without folders,
/// and from nothing else: all machines agree, wherever the photos are mounted and in whatever order they are listed; each
/// photo is in exactly one; and copies that have kept their name are together, so that they count once.
///
/// The rule: the last eight bytes of the name's XXH3 hash of 128 bits (the last 16 digits that `xxhsum -H2` prints for it),
/// as a big-endian number, modulo `count`, plus 1.
public struct Shard: Sendable, Equatable {
    /// 1 to `count`.
    public let number: Int
    /// How many parts there are.
    public let count: Int

    /// Nil when `number` is not among 1 to `count`.
    public init?(number: Int, of count: Int) {
        guard count >= 1, (1...count).contains(number) else { return nil }
        self.number = number
        self.count = count
    }

    /// From "2/4"; nil when the text is something else, or no such part exists.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let number = Int(parts[0]), let count = Int(parts[1])
        else { return nil }
        self.init(number: number, of: count)
    }

    /// "2/4".
    public var text: String { "\(number)/\(count)" }

    func holds(_ name: UnsafeRawBufferPointer) -> Bool {
        Int(ContentHash(of: name).low % UInt64(count)) + 1 == number
    }
}

/// A moment, as files have it.
public struct FileTime: Sendable, Equatable, Comparable {
    /// Since 1970, UTC.
    public let seconds: Int
    /// 0 to 999,999,999.
    public let nanoseconds: Int

    /// So long after the beginning of 1970, UTC.
    public init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    init(modified information: stat) {
        #if canImport(Darwin)
            let time = information.st_mtimespec
        #else
            let time = information.st_mtim
        #endif
        self.init(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }

    /// When the file's content was written; nil when there is none.
    public init?(of path: FilePath) {
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else { return nil }
        self.init(modified: information)
    }

    /// "2024-05-31", "2024-05-31T18:30", "2024-05-31T18:30:00Z", "2024-05-31 18:30:00+02:00". Without a zone it is UTC, so
    /// that machines in different zones agree.
    public init?(date text: String) {
        var rest = text[...]
        func number(_ digits: Int) -> Int? {
            let part = rest.prefix(digits)
            guard part.utf8.count == digits, part.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return Int(part)
        }
        func skip(_ characters: String) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        var time = (hour: 0, minute: 0, second: 0)
        var zone = 0
        if skip("T ") {
            guard let hour = number(2), skip(":"), let minute = number(2) else { return nil }
            time = (hour, minute, 0)
            if skip(":") {
                guard let second = number(2) else { return nil }
                time.second = second
            }
            if let sign = rest.first, sign == "+" || sign == "-" {
                rest = rest.dropFirst()
                guard let hours = number(2), hours < 24 else { return nil }
                _ = skip(":")
                guard let minutes = number(2), minutes < 60 else { return nil }
                zone = (sign == "-" ? -60 : 60) * (60 * hours + minutes)
            } else {
                _ = skip("Z")
            }
        }
        guard rest.isEmpty, time.hour < 24, time.minute < 60, time.second < 60 else { return nil }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(time.hour)
        parts.tm_min = Int32(time.minute)
        parts.tm_sec = Int32(time.second)
        let seconds = timegm(&parts)
        // The system makes March 2 of February 30.
        guard parts.tm_mon == month - 1, parts.tm_mday == day else { return nil }
        self.init(seconds: Int(seconds) - zone)
    }

    /// Whether `left` is earlier.
    public static func < (left: FileTime, right: FileTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension FilePath {
    fileprivate var hasSlash: Bool { root != nil || components.count > 1 }

    /// Whether this, as a shell pattern, matches.
    fileprivate func matches(_ name: UnsafePointer<CChar>) -> Bool { withPlatformString { fnmatch($0, name, 0) == 0 } }

    fileprivate func matches(_ path: FilePath) -> Bool { path.withPlatformString { matches($0) } }
}
