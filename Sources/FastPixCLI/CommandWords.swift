import ArgumentParser
import FastPixPlatform

/// Words that people try, and what they may have meant.
enum CommandWords {
    /// A call of the command at hand that works.
    static var example: String {
        switch CommandLine.arguments.dropFirst().first {
        case "repair": "fastpix repair my-photos/ --map map.json --output repaired/"
        case let command? where names.contains(command): "fastpix \(command) my-photos/"
        default: "fastpix hotpixels my-photos/"
        }
    }

    static var names: [String] {
        // Not by a key path, on which the compiler (6.3.1) crashes.
        FastPixCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    }

    /// What to say of arguments whose first is no command; nil when it is one, or there is none.
    static func unknownCommand(_ arguments: [String]) -> String? {
        guard let word = arguments.first, !names.contains(word) else { return nil }
        if word.hasPrefix("-") {
            guard let command = arguments.first(where: names.contains) else { return nil }
            return "Error: Options come after the command: fastpix \(command) \(word)\n"
                + "See 'fastpix \(command) --help' for more information."
        }
        let hint: String
        if let near = otherNames[word.lowercased()] ?? nearest(to: word.lowercased(), among: names) {
            hint = "Did you mean '\(near)'?"
        } else if FileManager.default.fileExists(atPath: word) {
            hint = "For the photos there: fastpix hotpixels \(word)"
        } else {
            hint = "The commands are \(names.joined(separator: ", "))."
        }
        return "Error: There is no command '\(word)'. \(hint)\nSee 'fastpix --help' for more information."
    }

    /// What people call a command before they have read its name.
    private static let otherNames = [
        "blend": "addweighted", "find": "hotpixels", "detect": "hotpixels", "badpixels": "hotpixels", "fix": "repair",
        "clean": "repair", "diff": "compare", "count": "stats", "statistics": "stats", "benchmark": "bench",
        "version": "--version",
    ]

    /// The parser's message, unless it misses something and there is an option that it does not know: whoever misspelt
    /// that does not look for what is missing.
    static func namingUnknownOption(_ message: String, _ arguments: [String], help: String) -> String {
        guard message.hasPrefix("Error: Name ") || message.hasPrefix("Error: Missing expected argument") else {
            return message
        }
        let known = Set(options(in: help))
        let given = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { $0.prefix { $0 != "=" } }
        guard let unknown = given.first(where: { !known.contains(String($0.dropFirst(2))) }) else { return message }
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        let rest = lines.dropFirst().filter { !$0.hasPrefix("Help:") }
        return (["Error: Unknown option '\(unknown)'"] + rest.map(String.init)).joined(separator: "\n")
    }

    private static func options(in help: String) -> [String] {
        help.matches(of: /--([a-z][a-z-]*)/).map { String($0.1) }
    }

    /// The parser's message with the option that an unknown one may stand for, when the command has it.
    static func improved(_ message: String, help: String) -> String {
        guard let unknown = message.firstMatch(of: /Unknown option '--([A-Za-z][A-Za-z-]*)'/)
        else { return message }
        let word = String(unknown.1).lowercased()
        let options = options(in: help)
        let synonym = synonyms[word].flatMap { options.contains(String($0.split(separator: " ")[0])) ? $0 : nil }
        // The parser may have a suggestion of its own, which knows neither other programs' words nor --help.
        guard let known = synonym ?? nearest(to: word, among: options) else { return message }
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let index = lines.firstIndex(where: { $0.contains("Unknown option") }) else { return message }
        lines[index] = "Error: Unknown option '--\(unknown.1)'. Did you mean '--\(known)'?"
        return lines.joined(separator: "\n")
    }

    /// The parser's message with the value that a wrong one, or a word of a list, may stand for, where there are names for
    /// values.
    static func namingNearValue(_ message: String) -> String {
        let introduction = "Please provide one of "
        guard let wrong = message.firstMatch(of: /The value '([^']*)' is invalid/),
            let names = message.firstRange(of: introduction)
        else { return message }
        let rest = message[names.upperBound...]
        let text = rest.firstRange(of: "\nHelp:").map { rest[..<$0.lowerBound] } ?? rest
        let known =
            text.hasPrefix("the following")
            ? text.matches(of: /\n  - (.+)/).map { String($0.1) } : text.matches(of: /'([^']+)'/).map { String($0.1) }
        let word = wrong.1.split(separator: ",").map(String.init).first { !known.contains($0) }
        guard let word, let near = nearest(to: word.lowercased(), among: known) else { return message }
        return message.replacing(introduction, with: "Did you mean '\(near)'? \(introduction)", maxReplacements: 1)
    }

    /// What other programs call it.
    private static let synonyms = [
        "jobs": "workers", "job": "workers", "threads": "workers", "cores": "workers", "cpus": "workers",
        "processes": "workers", "parallel": "workers", "out": "output", "outfile": "output", "outdir": "output",
        "out-dir": "output", "output-dir": "output", "output-file": "output", "force": "overwrite",
        "replace": "overwrite",
        "clobber": "overwrite", "silent": "quiet", "no-progress": "quiet", "recurse": "recursive",
        "json": "format json",
        "csv": "format csv", "html": "report", "memory": "memory-limit", "max-memory": "memory-limit",
        "threshold": "above", "min-frames": "minimum-frames", "min-photos": "minimum-frames", "simulate": "dry-run",
        "preview": "dry-run", "ignore": "exclude", "skip": "exclude",
        "only": "include", "files": "files-from", "file-list": "files-from", "since": "newer", "part": "shard",
    ]

    /// The word at most two changes away, one from short ones and three from long ones; nil when there is none.
    static func nearest(to word: String, among words: [String]) -> String? {
        let closest = words.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
        guard let (near, changes) = closest, changes <= (word.count > 6 ? 3 : word.count > 3 ? 2 : 1),
            changes < near.count
        else {
            return nil
        }
        return near
    }

    /// Letters put in, left out, changed or swapped with their neighbour to turn one word into the other.
    private static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first), Array(second))
        var before: [Int] = []
        var last = Array(0...second.count)
        for row in 1...max(1, first.count) where row <= first.count {
            var line = [row] + [Int](repeating: 0, count: second.count)
            for column in 1...max(1, second.count) where column <= second.count {
                let isSame = first[row - 1] == second[column - 1]
                line[column] = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
                    line[column] = min(line[column], before[column - 2] + 1)
                }
            }
            before = last
            last = line
        }
        return last[second.count]
    }
}
