import FastPixPerformance
import FastPixPlumbing

extension MachineDescription {
    /// The description in one of the report's forms, with a final line break.
    package func formatted(_ format: ReportFormat) -> String {
        switch format {
        case .text: text
        case .json: JSONText.of(self)
        case .jsonl: JSONText.line(of: self)
        case .csv: rows.map { "\($0[0]),\(CSVText.field($0[1]))" }.joined(separator: "\n") + "\n"
        }
    }

    private var text: String {
        TextTable(columns: [.left("fastpix"), .left(version)], rows: rows).text + "\n"
    }

    private var rows: [[String]] {
        [
            ["processors", "\(processors)"],
            ["memory", "\(memoryBytes >> 20) MiB"],
            ["level-1 data cache", size(level1CacheBytes)],
            ["level-2 cache", size(level2CacheBytes)],
            ["SIMD levels", levelsAvailable.joined(separator: " ")],
            ["SIMD level used", levelSelected + (usesDotProduct ? " with byte dot products" : "")],
            ["OpenMP", openMP],
        ]
    }

    private var openMP: String {
        if let openMPRefusal { return "on one thread: \(openMPRefusal)" }
        return hasOpenMP ? "on (\(counted(openMPThreads, "thread")))" : "off"
    }

    private func size(_ bytes: Int) -> String { bytes == 0 ? "unknown" : "\(bytes / 1024) KiB" }
}
