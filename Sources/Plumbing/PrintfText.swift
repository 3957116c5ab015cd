import FastPixPlatform

extension String {
    /// Numbers as the C library's `printf` writes them, with a decimal point whatever the language.
    package init(printf format: String, _ values: any CVarArg...) {
        let language = uselocale(Self.plainLanguage)
        defer { uselocale(language) }
        self = withVaList(values) { list in
            // The longest number, -1.8e308 with two decimals, has 313 characters.
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
                vsnprintf(text.baseAddress!, text.count, format, list)
                return String(cString: text.baseAddress!)
            }
        }
    }

    private nonisolated(unsafe) static let plainLanguage = newlocale(LC_NUMERIC_MASK, "C", nil)
}
