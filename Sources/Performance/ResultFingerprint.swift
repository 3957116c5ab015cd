import Foundation

/// A result without what may differ between two runs of one job: times, memory, and what it was asked for.
struct ResultFingerprint: Hashable, Sendable {
    private let text: String
    /// Hashes of the files written, by name.
    private let files: [String: Int]

    private static let volatile: Set<String> = [
        "timing", "totals", "peakMemoryBytes", "temporaryFileBytes", "settings",
    ]

    /// `json`: what a command printed. Nil when that is not one JSON object.
    init?(json: Data, files: [String: Int] = [:]) {
        guard var object = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any] else { return nil }
        object = object.filter { !Self.volatile.contains($0.key) }
        guard let bytes = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]) else {
            return nil
        }
        text = String(decoding: bytes, as: UTF8.self)
        self.files = files
    }
}
