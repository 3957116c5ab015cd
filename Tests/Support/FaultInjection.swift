import Foundation

/// Faults at a chosen moment of a program's run: a signal at, or an error from, the Nth call of some system function. It
/// is done from outside (`Tests/Faults/faults.c`, by LD_PRELOAD), so that no test has to hit a moment by waiting.
public enum FaultInjection {
    /// What goes outside the process, and what comes in.
    public enum Call: String, Sendable {
        case open, read, write, sync, rename, list
    }

    public enum Fault: Sendable {
        /// The process gets the signal. `holding`: the thread that makes the call gets no further, which must not be
        /// asked of a program that finishes something before it ends.
        case signal(Int32, holding: Bool = false)
        /// The call fails with this errno; `lasting`: and so do all later ones.
        case error(Int32, lasting: Bool = false)
    }

    public static var isPossible: Bool {
        #if os(Linux)
            compiler != nil
        #else
            false
        #endif
    }

    /// Runs fastpix with a fault at the call with this number, from 1; 0: without any. `ignoring`: a signal that the
    /// program was started to ignore. Also returns how many such calls there were.
    public static func fastpix(
        _ arguments: [String], calls: [Call], number: Int = 0, fault: Fault? = nil, ignoring: Int32? = nil,
        environment others: [String: String] = [:], in folder: URL? = nil
    ) throws -> (run: CommandRun, calls: Int) {
        let library = try library.get()
        return try withTemporaryFolder { scratch in
            let counter = try scratch.addFile("counter", Data(count: 8))
            let preloaded = ProcessInfo.processInfo.environment["LD_PRELOAD"].map { ":\($0)" } ?? ""
            var environment = [
                "LD_PRELOAD": library.path + preloaded, "FASTPIX_FAULT_COUNTER": counter.path,
                "FASTPIX_FAULT_CALLS": calls.map(\.rawValue).joined(separator: ","),
                "FASTPIX_FAULT_NUMBER": "\(number)",
            ]
            environment.merge(Sanitizer.withoutLeaks) { $1 }
            environment.merge(others) { $1 }
            switch fault {
            case .signal(let signal, let holding):
                environment["FASTPIX_FAULT_SIGNAL"] = "\(signal)"
                if holding { environment["FASTPIX_FAULT_HOLDING"] = "1" }
            case .error(let code, let lasting):
                environment["FASTPIX_FAULT_ERRNO"] = "\(code)"
                if lasting { environment["FASTPIX_FAULT_LASTING"] = "1" }
            case nil: break
            }
            let binary = FastPixBinary.tested
            let run =
                if let ignoring {
                    // What is ignored stays so across exec.
                    try CommandRun.of(
                        URL(fileURLWithPath: "/bin/sh"),
                        ["-c", "trap '' \(ignoring); exec \"$0\" \"$@\"", binary.path] + arguments,
                        environment: environment, in: folder)
                } else {
                    try CommandRun.of(binary, arguments, environment: environment, in: folder)
                }
            let count = try Data(contentsOf: counter).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            return (run, Int(count))
        }
    }

    /// Numbers of calls to try: each of `count`, or `most` of them when there are more, one from each of equal parts.
    /// The choice depends on `seed` alone. The long tests try each.
    public static func moments(_ count: Int, most: Int, seed: UInt64 = 1) -> [Int] {
        let triesAll = LongTests.areWanted
        guard count > most, !triesAll else { return Array(1..<count + 1) }
        var random = SyntheticScenes.Random(state: seed)
        return (0..<most).map { part in
            let start = part * count / most
            let end = (part + 1) * count / most
            return start + 1 + Int(random.next() * Double(end - start - 1) + 0.5)
        }
    }

    private static let compiler = Program.named("clang") ?? Program.named("cc")

    /// Compiled once.
    private static let library = Result { () throws -> URL in
        let target = FastPixBinary.besideTests.appendingPathComponent("libfastpix-faults.so")
        // Two test processes may be at it at once.
        let fresh = target.appendingPathExtension(UUID().uuidString)
        guard let compiler else { throw NotCompiled(description: "there is no C compiler") }
        let run = try CommandRun.of(
            compiler,
            [
                "-std=gnu17", "-O1", "-Wall", "-Werror", "-shared", "-fPIC",
                Repository.root.appendingPathComponent("Tests/Faults/faults.c").path, "-o", fresh.path, "-ldl",
            ])
        guard run.exitCode == 0, rename(fresh.path, target.path) == 0 else {
            throw NotCompiled(description: run.stderr)
        }
        return target
    }

    private struct NotCompiled: Error, CustomStringConvertible {
        let description: String
    }
}
