import FastPixPlatform
import SystemPackage

/// Whether files are read from memory or from the disk.
enum PageCache {
    /// The share of the files' pages that the system holds in memory, 0 to 1; nil when it does not tell: Linux answers
    /// only those who own a file or may write to it, and everybody else that all of it is there.
    static func residentShare(_ paths: [FilePath]) -> Double? {
        var resident = 0
        var all = 0
        for path in paths {
            guard let pages = pages(path) else { return nil }
            resident += pages.count { $0 & 1 == 1 }
            all += pages.count
        }
        return all > 0 ? Double(resident) / Double(all) : nil
    }

    /// One element for each page; its lowest bit is set when the page is in memory.
    private static func pages(_ path: FilePath) -> [UInt8]? {
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_size > 0 else { return [] }
        guard
            geteuid() == 0 || information.st_uid == geteuid() || path.withPlatformString({ access($0, W_OK) }) == 0
        else { return nil }
        let byteCount = Int(information.st_size)
        let mapped = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
        defer { munmap(mapped, byteCount) }
        let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        #if canImport(Darwin)
            var pages = [CChar](repeating: 0, count: (byteCount + pageSize - 1) / pageSize)
        #else
            var pages = [UInt8](repeating: 0, count: (byteCount + pageSize - 1) / pageSize)
        #endif
        guard mincore(mapped, byteCount, &pages) == 0 else { return nil }
        return pages.map { UInt8(truncatingIfNeeded: $0) }
    }
}
