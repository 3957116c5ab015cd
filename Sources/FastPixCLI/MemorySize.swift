import ArgumentParser

/// The value of `--memory-limit`: a number of bytes, or of larger units.
struct MemorySize: ExpressibleByArgument {
    let byteCount: Int

    /// `512M` and `512MiB` are 512 x 1024 x 1024 bytes, `512MB` are 512 million; so with K, G and T.
    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number > 0, let unit = Self.unit(argument.dropFirst(digits.count)),
            let byteCount = Int(exactly: (number * unit).rounded(.down))
        else { return nil }
        self.byteCount = byteCount
    }

    private static func unit(_ name: Substring) -> Double? {
        guard let letter = name.first else { return 1 }
        guard let power = ["k", "m", "g", "t"].firstIndex(of: letter.lowercased()) else { return nil }
        let base: Double
        switch name.dropFirst().lowercased() {
        case "", "ib": base = 1024
        case "b": base = 1000
        default: return nil
        }
        return (0...power).reduce(1) { product, _ in product * base }
    }
}
