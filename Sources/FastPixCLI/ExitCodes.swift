import ArgumentParser
import FastPix

extension ExitCode {
    /// There is a result, but some files did not enter it.
    static let someFilesFailed = ExitCode(2)

    /// What was compared is not the same.
    static let differs = ExitCode(3)
}

extension Console {
    /// Runs a command's work; an error is printed and ends the program with exit code 1, or 64 when options contradict
    /// each other in a way that only the files can tell.
    func reportingErrors(_ work: () throws(FastPixError) -> ExitCode) throws {
        let exitCode: ExitCode
        do throws(FastPixError) {
            // Small things that everything takes cannot be refused politely one by one.
            try AddressSpace.demand(0, for: "the program")
            exitCode = try work()
        } catch {
            if error.code == .contradiction { throw ValidationError(OptionWords.added(to: error.description)) }
            self.error(error.description)
            if error.code == .interrupted { SignalWatch.end() }
            throw ExitCode.failure
        }
        if exitCode != .success { throw exitCode }
    }
}

/// Turns the library's complaint about a setting into one about the command line (exit code 64).
func validating(_ check: () throws(FastPixError) -> Void) throws {
    do throws(FastPixError) {
        try check()
    } catch {
        throw ValidationError(OptionWords.added(to: error.reason))
    }
}
