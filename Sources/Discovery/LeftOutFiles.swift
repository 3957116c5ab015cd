import FastPixCodecs
import FastPixPlumbing
import SystemPackage

/// Files of one kind that lie in the folders looked through and are not read.
package struct LeftOutFiles: Sendable, Codable, Equatable {
    /// Without the dot, as the first of them has it; empty for names without one.
    package let `extension`: String
    package let files: Int
    /// What keeps them out when they are photos of a known format: "built without RAW"; nil for others.
    package let reason: String?
    /// What their owner can do, a phrase; nil for files that are no pictures by name.
    package let wayOut: String?

    enum CodingKeys: String, CodingKey { case `extension`, files, reason, wayOut }

    /// What is not known is written as null, so that a reader finds every key.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(`extension`, forKey: .extension)
        try container.encode(files, forKey: .files)
        try container.encode(reason, forKey: .reason)
        try container.encode(wayOut, forKey: .wayOut)
    }
}

extension [LeftOutFiles] {
    /// Those that are pictures by name.
    package var pictures: [LeftOutFiles] { filter { $0.wayOut != nil } }

    /// "212 .CR2 (built without RAW: build with it), 40 .HEIC (convert to TIFF), 3 .txt"; empty when there are none. Long
    /// lists are cut, and say so.
    public var text: String {
        guard !isEmpty else { return "" }
        let longest = 12
        var parts = prefix(longest).map { kind in
            let name = kind.extension.isEmpty ? "without extension" : ".\(kind.extension.printable)"
            let words = [kind.reason, kind.wayOut].compactMap { $0 }.joined(separator: "; ")
            return "\(kind.files) \(name)" + (words.isEmpty ? "" : " (\(words))")
        }
        if count > longest {
            parts.append(
                "\(dropFirst(longest).reduce(0) { $0 + $1.files }) of \(counted(count - longest, "other kind"))")
        }
        return parts.joined(separator: ", ")
    }
}

/// Counts files that are left out.
struct LeftOutCount: Sendable {
    private struct Kind: Sendable {
        var path: FilePath
        var files: Int
        let reason: String?
        let wayOut: String?
    }

    private var byExtension: [String: Kind] = [:]

    /// Names that end in something longer are not taken for kinds.
    private static let longestExtension = 12

    mutating func add(_ path: FilePath, _ format: PhotoFormat?) {
        let key = Self.kind(of: path).lowercased()
        var kind =
            byExtension[key]
            ?? Kind(
                path: path, files: 0, reason: format.map(\.missingTrait),
                wayOut: format.map(\.wayToReadIt) ?? OtherPictureFormats.wayOut(path))
        if path.bytesPrecede(kind.path) { kind.path = path }
        kind.files += 1
        byExtension[key] = kind
    }

    private static func kind(of path: FilePath) -> String {
        guard let ending = path.extension, ending.utf8.count <= longestExtension else { return "" }
        return ending
    }

    /// Photos that another build reads first, then other pictures, then the most frequent, then by name.
    var kinds: [LeftOutFiles] {
        byExtension.sorted { left, right in
            if (left.value.reason == nil) != (right.value.reason == nil) { return left.value.reason != nil }
            if (left.value.wayOut == nil) != (right.value.wayOut == nil) { return left.value.wayOut != nil }
            return left.value.files == right.value.files
                ? left.key < right.key : left.value.files > right.value.files
        }.map {
            LeftOutFiles(
                extension: Self.kind(of: $0.value.path), files: $0.value.files, reason: $0.value.reason,
                wayOut: $0.value.wayOut)
        }
    }
}
