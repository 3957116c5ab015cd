import FastPixPlatform

/// The memory of this process as the system counts it.
package enum ProcessMemory {
    /// The most physical memory held at any time so far, in bytes; 0 when the system does not say.
    package static var peakBytes: UInt64 {
        #if os(Linux)
            // VmHWM and not getrusage: there, ru_maxrss still holds the peak of whoever started this program.
            if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
                let kibibytes = UInt64(line.filter(\.isNumber))
            {
                return kibibytes * 1024
            }
            return 0
        #else
            var usage = rusage()
            getrusage(RUSAGE_SELF, &usage)
            return UInt64(usage.ru_maxrss)
        #endif
    }
}
