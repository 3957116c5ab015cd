import FastPixPlatform
import SystemPackage

/// Arguments that are paths, with the bytes they were given in: Swift repairs arguments that are not valid UTF-8, and
/// the repaired names do not exist.
enum ArgumentPaths {
    static func asGiven(_ path: String) -> FilePath { asGiven([path])[0] }

    static func asGiven(_ paths: [String]) -> [FilePath] {
        var given: [String: [FilePath]] = [:]
        for index in stride(from: Int(CommandLine.argc) - 1, through: 1, by: -1) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            given[String(cString: argument), default: []].append(FilePath(platformString: argument))
            // An option and its value in one.
            if argument[0] == UInt8(ascii: "-"), let sign = strchr(argument, Int32(UInt8(ascii: "="))) {
                given[String(cString: sign + 1), default: []].append(FilePath(platformString: sign + 1))
            }
        }
        return paths.map { given[$0]?.popLast() ?? FilePath($0) }
    }
}
