/// The forms in which results can be written.
package enum ReportFormat: String, Sendable, CaseIterable {
    case text, json, csv
}
