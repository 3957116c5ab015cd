import Foundation

/// Checks values against the parts of JSON Schema (draft 2020-12) that fastpix's schemas use: `type`, `properties`,
/// `required`, `items`, `enum`, `const`, `minimum`, `maximum`, `oneOf`. A word that it does not know is a complaint, so that
/// nothing in a schema goes unchecked.
public struct JSONSchema {
    private let schema: [String: Any]

    private struct NoSchema: Error {}

    public init(_ bytes: Data) throws {
        guard let schema = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] else { throw NoSchema() }
        self.schema = schema
    }

    /// What is wrong with the value, each with its place; empty when it is as the schema says. `isStrict`: fields that the
    /// schema does not name are wrong, too, though the schema allows for them.
    public func complaints(about bytes: Data, isStrict: Bool = true) throws -> [String] {
        let value = try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)
        return complaints(value, schema, "", isStrict)
    }

    private static let known: Set<String> = [
        "$schema", "$id", "title", "description", "type", "properties", "required", "items", "enum", "const", "minimum",
        "maximum", "oneOf",
    ]

    private func complaints(_ value: Any, _ schema: [String: Any], _ place: String, _ isStrict: Bool) -> [String] {
        var found = Set(schema.keys).subtracting(Self.known).sorted().map { "\(place): the schema says \($0)" }
        if let types = schema["type"] {
            let names = types as? [String] ?? [types as? String ?? ""]
            if !names.contains(where: { isOf($0, value) }) {
                found.append("\(place): is no \(names.joined(separator: " or "))")
            }
        }
        if let constant = schema["const"], !isEqual(value, constant) { found.append("\(place): is not \(constant)") }
        if let words = schema["enum"] as? [Any], !words.contains(where: { isEqual(value, $0) }) {
            found.append("\(place): \(value) is none of \(words)")
        }
        if let number = number(value) {
            if let least = (schema["minimum"] as? NSNumber)?.doubleValue, number < least {
                found.append("\(place): \(number) is below \(least)")
            }
            if let most = (schema["maximum"] as? NSNumber)?.doubleValue, number > most {
                found.append("\(place): \(number) is above \(most)")
            }
        }
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                found.append("\(place).\(name): is missing")
            }
            for (name, content) in object {
                if let property = properties[name] {
                    found += complaints(content, property, "\(place).\(name)", isStrict)
                } else if isStrict, schema["oneOf"] == nil {
                    found.append("\(place).\(name): is not in the schema")
                }
            }
        }
        if let items = schema["items"] as? [String: Any], let list = value as? [Any] {
            for (index, item) in list.enumerated() { found += complaints(item, items, "\(place)[\(index)]", isStrict) }
        }
        if let choices = schema["oneOf"] as? [[String: Any]] {
            let results = choices.map { complaints(value, $0, place, isStrict) }
            let matching = results.count(where: \.isEmpty)
            if matching != 1 {
                let nearest = results.min { $0.count < $1.count } ?? []
                found.append(
                    "\(place): is \(matching) of the choices, the nearest says: \(nearest.joined(separator: "; "))")
            }
        }
        return found
    }

    private func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "null": value is NSNull
        case "boolean": isBoolean(value)
        case "integer": number(value).map { $0 == $0.rounded() } ?? false
        case "number": number(value) != nil
        case "string": value is String
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }

    private func isBoolean(_ value: Any) -> Bool {
        (value as? NSNumber).map { String(cString: $0.objCType) == "c" && CFBooleanLike($0) } ?? (value is Bool)
    }

    /// On Linux a Boolean is an NSNumber of a byte; numbers in JSON never are.
    private func CFBooleanLike(_ number: NSNumber) -> Bool { number.intValue == 0 || number.intValue == 1 }

    private func number(_ value: Any) -> Double? {
        guard !isBoolean(value), let number = value as? NSNumber else { return nil }
        return number.doubleValue
    }

    private func isEqual(_ first: Any, _ second: Any) -> Bool {
        if first is NSNull || second is NSNull { return first is NSNull && second is NSNull }
        if let first = first as? String, let second = second as? String { return first == second }
        if let first = number(first), let second = number(second) { return first == second }
        return false
    }
}
