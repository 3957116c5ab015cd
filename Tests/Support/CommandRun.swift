import Dispatch
import Foundation

/// What a program left behind: its exit code and all it said.
public struct CommandRun: Sendable {
    /// As the shell counts: 128 + the signal when one ended the program.
    public let exitCode: Int32
    public let stdoutBytes: Data
    public let stderrBytes: Data

    public var stdout: String { String(decoding: stdoutBytes, as: UTF8.self) }
    public var stderr: String { String(decoding: stderrBytes, as: UTF8.self) }
    public var stderrLines: [Substring] { stderr.split(separator: "\n") }

    /// Runs a program to its end. `environment` is laid over this process's own.
    public static func of(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil
    ) throws -> CommandRun {
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw NotRunnable(description: "\(program.path) is no program; build it first, or set FASTPIX_BINARY")
        }
        return try withTemporaryFolder { scratch in
            // Files, because a pipe that nobody empties in time would block the program.
            let output = try emptyFile(scratch.appendingPathComponent("stdout"))
            let errors = try emptyFile(scratch.appendingPathComponent("stderr"))
            let process = Process()
            process.executableURL = program
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            if let folder { process.currentDirectoryURL = folder }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output.handle
            process.standardError = errors.handle
            let ended = DispatchSemaphore(value: 0)
            process.terminationHandler = { _ in ended.signal() }
            try process.run()
            // A program that hangs shall fail its test, not stop all of them.
            if ended.wait(timeout: .now() + .seconds(hangSeconds)) == .timedOut {
                kill(process.processIdentifier, SIGKILL)
                ended.wait()
            }
            let wasKilled = process.terminationReason == .uncaughtSignal
            return CommandRun(
                exitCode: process.terminationStatus + (wasKilled ? 128 : 0),
                stdoutBytes: try Data(contentsOf: output.url), stderrBytes: try Data(contentsOf: errors.url))
        }
    }

    /// Runs fastpix.
    public static func fastpix(
        _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil,
        binary: URL = FastPixBinary.tested
    ) throws -> CommandRun {
        try of(binary, arguments, environment: environment, in: folder)
    }

    /// Runs a line of shell in which `$0` is fastpix and `$1`... are `arguments`.
    public static func shell(_ line: String, _ arguments: [String] = [], in folder: URL? = nil) throws -> CommandRun {
        try of(URL(fileURLWithPath: "/bin/sh"), ["-c", line, FastPixBinary.tested.path] + arguments, in: folder)
    }

    private struct NotRunnable: Error, CustomStringConvertible {
        let description: String
    }

    private static let hangSeconds = Sanitizer.isAddress || Sanitizer.isThread ? 1200 : 240

    private static func emptyFile(_ url: URL) throws -> (url: URL, handle: FileHandle) {
        try Data().write(to: url)
        return (url, try FileHandle(forWritingTo: url))
    }
}

/// Which fastpix the tests run.
public enum FastPixBinary {
    /// FASTPIX_BINARY, or the one that was built together with the tests.
    public static let tested = named("FASTPIX_BINARY") ?? besideTests.appendingPathComponent("fastpix")

    /// FASTPIX_OTHER_BINARY: the same sources built another way, which must not change a result.
    public static let other = named("FASTPIX_OTHER_BINARY")

    private static func named(_ variable: String) -> URL? {
        let path = ProcessInfo.processInfo.environment[variable] ?? ""
        return path.isEmpty ? nil : URL(fileURLWithPath: path)
    }

    /// The folder that the tests were built into.
    static var besideTests: URL {
        #if os(macOS)
            // The process is a helper of Xcode's; the tests are a bundle that it has loaded.
            return Bundle(for: BundleMarker.self).bundleURL.deletingLastPathComponent()
        #else
            return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        #endif
    }

    private final class BundleMarker {}
}
