import SystemPackage

/// Arguments that are paths, with the bytes they were given in: Swift repairs arguments that are not valid UTF-8, and
/// the repaired names do not exist.
enum ArgumentPaths {
    static func asGiven(_ paths: [String]) -> [FilePath] {
        var given: [String: [FilePath]] = [:]
        for index in stride(from: Int(CommandLine.argc) - 1, through: 1, by: -1) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            given[String(cString: argument), default: []].append(FilePath(platformString: argument))
        }
        return paths.map { given[$0]?.popLast() ?? FilePath($0) }
    }
}
