import FastPixPlatform

/// The JSON form of results: keys in alphabetical order, so that equal results are equal texts.
package enum JSONText {
    /// With a final line break.
    package static func of(_ value: some Encodable) -> String { text(value, [.prettyPrinted]) }

    /// The same in one line, with its line break.
    package static func line(of value: some Encodable) -> String { text(value, []) }

    private static func text(_ value: some Encodable, _ form: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = form.union([.sortedKeys, .withoutEscapingSlashes])
        // Encoding fails for infinite and undefined numbers only; results hold nil instead.
        guard let bytes = try? encoder.encode(value) else { preconditionFailure("a number in a result is not finite") }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
