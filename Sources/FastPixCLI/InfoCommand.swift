import ArgumentParser
import FastPix

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tells what fastpix found on this machine: processors, caches, SIMD level, OpenMP.",
        usage: "fastpix info [<options>]",
        discussion:
            "The environment variable FASTPIX_ISA=c|avx2|avx512|neon forces a SIMD level; results stay the same.")

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        let machine = MachineDescription()
        if !machine.environmentHonoured {
            console.warning("FASTPIX_ISA names no level of this machine; \(machine.levelSelected) is used")
        }
        try console.reportingErrors { () throws(FastPixError) in
            try output.sink().write(machine.formatted(output.format))
            return .success
        }
    }
}
