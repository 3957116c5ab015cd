import ArgumentParser
import FastPix

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of a command's JSON.",
        discussion: """
            JSON Schema, draft 2020-12. Fields may be added to what fastpix writes, and are never renamed: the schemas allow \
            for more. Without a name the names are listed.

            Example:
              fastpix schema hotpixels > hotpixels.schema.json
            """)

    @Argument(
        help: ArgumentHelp("Which JSON. Without it the names are listed.", valueName: "name"),
        completion: .list(JSONSchemas.names))
    var name: String?

    func run() throws {
        let console = Console(isQuiet: false)
        guard let name else {
            return try console.reportingErrors { () throws(FastPixError) in
                try ResultSink(nil).write(JSONSchemas.names.joined(separator: "\n") + "\n")
                return .success
            }
        }
        guard let schema = JSONSchemas.text(of: name) else {
            let near = CommandWords.nearest(to: name, among: JSONSchemas.names)
            throw ValidationError(
                "There is no schema \(name). \(near.map { "Did you mean '\($0)'?" } ?? "There are: \(JSONSchemas.names.joined(separator: ", ")).")"
            )
        }
        try console.reportingErrors { () throws(FastPixError) in
            try ResultSink(nil).write(schema)
            return .success
        }
    }
}
