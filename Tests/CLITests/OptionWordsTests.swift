import Foundation
import TestSupport
import Testing

/// Options are the command line's: whoever uses the library knows none.
struct OptionWordsTests {
    @Test func theLibraryNamesNoOptions() throws {
        let sources = Repository.root.appendingPathComponent("Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { path in
            // What is measured is run as a command.
            path.hasSuffix(".swift") && !path.hasPrefix("FastPixCLI/") && !path.hasPrefix("Performance/")
        }
        #expect(files.count > 100)
        for file in files {
            let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
            for line in text.split(separator: "\n") where !line.contains("///") {
                #expect(line.firstMatch(of: /"[^"]*--[a-z]/) == nil, "\(file): \(line)")
            }
        }
    }
}
