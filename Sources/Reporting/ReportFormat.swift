/// The forms in which results can be written.
package enum ReportFormat: String, Sendable, CaseIterable {
    case text, json, csv
    /// JSON Lines: an object a line; what is no list is one line.
    case jsonl
}
