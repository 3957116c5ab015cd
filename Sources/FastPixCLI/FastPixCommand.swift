import ArgumentParser
import FastPix
import FastPixPlatform

@main
struct FastPixCommand: ParsableCommand {
    static func main() {
        StandardStream.prepare()
        LargeMemory.returnWhenFreed()
        SignalWatch.begin()
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            // Of an unknown command, the parser's own help shows that of the program.
            if arguments.first == "help", let message = CommandWords.unknownCommand(Array(arguments.dropFirst())) {
                endWrong(message)
            }
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            end(error, arguments)
        }
    }

    /// As the parser ends a command, with its message made more helpful where a word is not known.
    private static func end(_ error: any Error, _ arguments: [String]) -> Never {
        // Help and completions are results, too: not the parser's own way, which does not see that nobody takes them.
        if exitCode(for: error) == .success {
            let text = Data((fullMessage(for: error) + "\n").utf8)
            if StandardStream.write(text, to: STDOUT_FILENO) { FastPixPlatform.exit(0) }
            let reason = String(cString: strerror(errno))
            Console(isQuiet: false).error("this cannot be written to standard output: \(reason)")
            FastPixPlatform.exit(ExitCode.failure.rawValue)
        }
        guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
        var message = CommandWords.unknownCommand(arguments) ?? fullMessage(for: error)
        let command = configuration.subcommands.first { $0.configuration.commandName == arguments.first }
        if let name = command?.configuration.commandName {
            // What a command refuses when it runs, the parser takes for the program's.
            message.replace("Usage: fastpix <subcommand>\n  See 'fastpix --help'", with: "See 'fastpix \(name) --help'")
        }
        let help = helpMessage(for: command ?? Self.self, includeHidden: true)
        message = CommandWords.namingUnknownOption(message, arguments, help: help)
        endWrong(CommandWords.namingNearValue(CommandWords.improved(message, help: help)))
    }

    private static func endWrong(_ message: String) -> Never {
        _ = StandardStream.write(Data((message + "\n").utf8), to: STDERR_FILENO)
        FastPixPlatform.exit(ExitCode.validationFailure.rawValue)
    }

    static let configuration = CommandConfiguration(
        commandName: "fastpix",
        abstract: "Finds the bad pixels of a camera in its ordinary photos, and blends and counts folders of them.",
        discussion: """
            Start with:  fastpix hotpixels my-photos/

            Exit codes: 0 all well, 2 some files failed (they are named on stderr), 3 compare found changes, \
            1 nothing could be done, 64 wrong usage, 130 or 143 interrupted.
            """,
        version: fastPixVersion,
        subcommands: [
            HotPixelsCommand.self, MergeCommand.self, CompareCommand.self, RepairCommand.self, AddWeightedCommand.self,
            StatsCommand.self, BenchCommand.self, TuneCommand.self, InfoCommand.self, ShowCommand.self,
            SchemaCommand.self,
        ])
}
