/// The name of a report's JSON form, and which version of fastpix has made it.
package enum ReportSchema {
    /// Reads `schema`, and throws when it is another. Fields that are not known, which a later version may add, are
    /// nobody's concern.
    package static func check<Keys: CodingKey>(
        _ schema: String, in container: KeyedDecodingContainer<Keys>, forKey key: Keys
    ) throws {
        let found = try container.decode(String.self, forKey: key)
        guard found == schema else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "a report of the form \(found), and \(schema) is expected"
            )
        }
    }
}
