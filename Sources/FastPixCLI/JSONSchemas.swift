/// The schemas of all JSON that fastpix writes: the files in the folder Schemas, which are inside the program.
enum JSONSchemas {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("hotpixels", PackageResources.hotpixels_json), ("hotpixels-lines", PackageResources.hotpixels_lines_json),
        ("stats", PackageResources.stats_json), ("bench", PackageResources.bench_json),
        ("tune", PackageResources.tune_json), ("info", PackageResources.info_json),
        ("compare", PackageResources.compare_json), ("compare-lines", PackageResources.compare_lines_json),
        ("repair", PackageResources.repair_json),
        ("repair-lines", PackageResources.repair_lines_json), ("addweighted", PackageResources.addweighted_json),
        ("addweighted-lines", PackageResources.addweighted_lines_json), ("defects", PackageResources.defects_json),
        ("progress", PackageResources.progress_json),
    ]

    static let names = files.map(\.name)

    /// With a final line break; nil when there is none of this name.
    static func text(of name: String) -> String? {
        files.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}
