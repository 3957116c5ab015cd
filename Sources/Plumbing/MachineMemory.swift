import FastPixPlatform

/// How much memory this process may have.
package enum MachineMemory {
    /// What the machine has, or the control group this process is in, whichever is less; in bytes.
    package static var byteCount: Int {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        #if os(Linux)
            guard let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else {
                return physical
            }
            return min(physical, ControlGroups.limit(groups, root: "/sys/fs/cgroup") ?? physical)
        #else
            return physical
        #endif
    }
}

/// Linux's control groups, of which containers and services are made.
enum ControlGroups {
    /// The least memory limit of the groups in `groups` (the text of `/proc/self/cgroup`) and of those above them; nil
    /// when there is none. `root`: where the control groups are mounted.
    static func limit(_ groups: String, root: String) -> Int? {
        groups.split(separator: "\n").compactMap { line -> Int? in
            // Version 2: "0::/path". Version 1: "4:memory:/path".
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            if fields[0] == "0", fields[1].isEmpty {
                return [root, "\(root)/unified"].compactMap {
                    least(of: "memory.max", from: String(fields[2]), upTo: $0)
                }.min()
            }
            guard fields[1].split(separator: ",").contains("memory") else { return nil }
            return least(of: "memory.limit_in_bytes", from: String(fields[2]), upTo: "\(root)/memory")
        }.min()
    }

    /// In a container the path may be the host's, which is not there; what limits the container is then at the top.
    private static func least(of file: String, from path: String, upTo mount: String) -> Int? {
        var components = path.split(separator: "/")
        var limits: [Int] = []
        while true {
            let folder = ([mount] + components.map(String.init)).joined(separator: "/")
            // "max" is no number: no limit.
            if let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8),
                let limit = Int(text.filter { !$0.isWhitespace })
            {
                limits.append(limit)
            }
            if components.isEmpty { return limits.min() }
            components.removeLast()
        }
    }
}
