import ArgumentParser
import FastPix
import FastPixPlatform

/// What an output's name promises it holds: a name that ends in another form's extension is refused before the work.
enum OutputName {
    /// The form of a result that the name of its file says; nil when it says none.
    static func form(of path: String?) -> ReportFormat? {
        guard let path, let ending = ending(of: path) else { return nil }
        switch ending {
        case "json": return .json
        case "csv": return .csv
        case "jsonl", "ndjson": return .jsonl
        case "txt": return .text
        default: return nil
        }
    }

    /// A result in this form goes to a file that is not called like something else. Throws when it is.
    static func checkResult(
        _ path: String?, _ form: String, forms: String = ".json, .jsonl, .csv or .txt"
    ) throws(FastPixError) {
        guard let path, let ending = ending(of: path), !isOther(path) else { return }
        if let named = Self.form(of: path) {
            guard named.rawValue != form else { return }
            throw FastPixError(
                .contradiction, path: path,
                "is the name of a \(named.rawValue) file and the result is \(form); let the name and --format agree")
        }
        guard otherForms.contains(ending) else { return }
        throw FastPixError(
            .contradiction, path: path,
            "ends in .\(ending) and the result is \(form); give a name that ends in \(forms)")
    }

    /// Throws when an output other than the result is to go to standard output.
    static func refuseStandardOutput(
        _ path: String?, _ option: String, _ what: String = "file"
    ) throws(FastPixError) {
        guard path == "-" else { return }
        throw FastPixError(
            .contradiction,
            "\(option) needs a \(what): - is standard output, for --output alone (a \(what) called - is ./-)")
    }

    /// What else people call files, of which a result is none.
    private static let otherForms: Set<String> = [
        "html", "htm", "pdf", "png", "jpg", "jpeg", "svg", "tif", "tiff", "fits", "npy", "npz", "xls", "xlsx", "ods",
        "xml",
        "yaml", "yml", "zip", "gz",
    ]

    /// Throws when the name of an output of one form ends in another extension, or in none.
    static func check(
        _ path: String?, _ option: String, _ extensions: [String], _ what: String
    ) throws(FastPixError) {
        try refuseStandardOutput(path, option)
        // An empty name is refused elsewhere, with its own words.
        guard let path, !path.isEmpty, !isOther(path) else { return }
        if let ending = ending(of: path), extensions.contains(ending) { return }
        throw FastPixError(
            .contradiction, path: path,
            "\(option) writes \(what), which this is not called like; give a name that ends in .\(extensions[0])")
    }

    /// A state has no extension of its own; one that is called like something else is a slip.
    static func checkState(_ path: String?, _ option: String) throws(FastPixError) {
        try refuseStandardOutput(path, option)
        guard let path, !isOther(path), let ending = ending(of: path),
            otherForms.contains(ending) || form(of: path) != nil
        else { return }
        throw FastPixError(
            .contradiction, path: path,
            "\(option) writes a state, which this is not called like; give another name, such as one that ends in .state"
        )
    }

    /// Throws when a folder that is still to be made is called like a file: that is what its user has in mind.
    static func checkFolder(_ path: String?, _ option: String) throws(FastPixError) {
        guard let path, !isOther(path), let ending = ending(of: path), filesOfArrays.contains(ending) else { return }
        throw FastPixError(
            .contradiction, path: path,
            "\(option) names a folder, and this is called like a file; end it in a slash if it is one")
    }

    private static let filesOfArrays: Set<String> = [
        "jpg", "jpeg", "png", "tif", "tiff", "fit", "fits", "fts", "dng", "npy", "npz",
    ]

    /// Throws when the form given for an export is not the one that its name says. The lists of raw developers are text,
    /// which people call as they like.
    static func checkExport(_ path: String, _ format: DefectMapFormat) throws {
        guard let named = DefectMapFormat(path: path), named != format else { return }
        guard [.json, .csv, .mask].contains(named) || format == .mask else { return }
        throw ValidationError(
            "\(path) is called like the form \(named.rawValue), and --export-format is \(format.rawValue); let them agree."
        )
    }

    /// Devices and pipes may be called anything, and folders are refused elsewhere.
    private static func isOther(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT != S_IFREG
    }

    private static func ending(of path: String) -> String? {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex, name.index(after: dot) < name.endIndex else {
            return nil
        }
        return name[name.index(after: dot)...].lowercased()
    }
}
