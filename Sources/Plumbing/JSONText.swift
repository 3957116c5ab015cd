import Foundation

/// The JSON form of results: keys in alphabetical order, so that equal results are equal texts.
package enum JSONText {
    /// With a final line break.
    package static func of(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Encoding fails for infinite and undefined numbers only; results hold nil instead.
        guard let bytes = try? encoder.encode(value) else { preconditionFailure("a number in a result is not finite") }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
