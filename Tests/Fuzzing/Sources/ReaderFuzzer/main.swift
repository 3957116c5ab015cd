// libFuzzer targets of what reads foreign bytes in Swift, which FPX_FUZZ_READER chooses: maps or states.
//
//     FPX_FUZZ_READER=maps ReaderFuzzer [options of libFuzzer] [folders of inputs]
//     FPX_FUZZ_READER=maps ReaderFuzzer --seeds FOLDER        writes inputs to begin with

import Foundation
import Glibc
import SystemPackage

/// `LLVMFuzzerRunDriver` of libFuzzer, the library without a main function.
@_silgen_name("LLVMFuzzerRunDriver")
private func runLibFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ takeInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private enum Target {
    static let reader: FuzzedReader = {
        let name = ProcessInfo.processInfo.environment["FPX_FUZZ_READER"] ?? ""
        guard let reader = FuzzedReader(rawValue: name) else {
            fatalError("set FPX_FUZZ_READER to \(FuzzedReader.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return reader
    }()

    /// A file in memory and without a name, which is gone with the process.
    private static let descriptor: CInt = {
        var template = Array("/dev/shm/fastpix-fuzzing.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0, unlink(template) == 0 else { fatalError("no temporary file can be made") }
        return descriptor
    }()

    private static let path = FilePath("/dev/fd/\(descriptor)")

    static func take(_ input: UnsafeBufferPointer<UInt8>) {
        let file = reader.file(of: Array(input))
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, file, file.count, 0) == file.count else {
            fatalError("the temporary file cannot be written")
        }
        _ = reader.accepts(path)
    }

    static func writeSeeds(to folder: URL) throws {
        for (number, seed) in try reader.seeds().enumerated() {
            try Data(seed).write(to: folder.appendingPathComponent("seed-\(number)"))
        }
    }
}

if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
    try Target.writeSeeds(to: URL(fileURLWithPath: CommandLine.arguments[2]))
} else {
    var count = CommandLine.argc
    var arguments = UnsafeMutableRawPointer(CommandLine.unsafeArgv)
        .assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
    exit(
        runLibFuzzer(&count, &arguments) { bytes, byteCount in
            Target.take(UnsafeBufferPointer(start: bytes, count: byteCount))
            return 0
        })
}
