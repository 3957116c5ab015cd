import Foundation

/// Elements with canaries before them and a page behind them that no process may touch: a kernel that reads or writes
/// past the end crashes the test, and one that writes before the start is found by `isIntact`.
final class GuardedBuffer<Element: BitwiseCopyable> {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    private let mapping: UnsafeMutableRawPointer
    private let mappingBytes: Int
    private let usableBytes: Int
    private let canaryByte: UInt8 = 0xa5
    private let leadingCanaryBytes = 256

    /// `slackBytes` canaries lie between the last element and the guard page, to give the start any alignment.
    init(count: Int, slackBytes: Int = 0, filledWith value: Element) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let bytes = count * MemoryLayout<Element>.stride
        usableBytes = (leadingCanaryBytes + bytes + slackBytes + page - 1) / page * page
        mappingBytes = usableBytes + page
        mapping = mmap(nil, mappingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)!
        precondition(mapping != MAP_FAILED && mprotect(mapping + usableBytes, page, PROT_NONE) == 0)
        memset(mapping, Int32(canaryByte), usableBytes)
        pointer = (mapping + usableBytes - slackBytes - bytes).assumingMemoryBound(to: Element.self)
        self.count = count
        for index in 0..<count { pointer[index] = value }
    }

    deinit { munmap(mapping, mappingBytes) }

    var isIntact: Bool {
        let start = UnsafeMutableRawPointer(pointer)
        let end = start + count * MemoryLayout<Element>.stride
        let canaries = canaryByte
        func areCanaries(_ range: Range<UnsafeMutableRawPointer>) -> Bool {
            UnsafeRawBufferPointer(start: range.lowerBound, count: range.upperBound - range.lowerBound)
                .allSatisfy { $0 == canaries }
        }
        return areCanaries((start - leadingCanaryBytes)..<start) && areCanaries(end..<(mapping + usableBytes))
    }

    func copy(from values: [Element]) {
        precondition(values.count == count)
        for index in 0..<count { pointer[index] = values[index] }
    }

    var values: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

extension GuardedBuffer {
    convenience init(_ values: [Element], slackBytes: Int = 0, zero: Element) {
        self.init(count: values.count, slackBytes: slackBytes, filledWith: zero)
        copy(from: values)
    }
}
