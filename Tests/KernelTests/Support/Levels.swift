import CKernels

/// One way in which the kernels can run on this machine.
struct Level: CustomStringConvertible {
    let isa: fpx_isa
    /// FPX_EXTENSION_...
    let extensions: UInt32

    var description: String {
        var text = String(cString: fpx_isa_name(isa))
        if extensions & FPX_EXTENSION_SUBNORMAL != 0 { text += " with subnormal arithmetic" }
        if extensions & FPX_EXTENSION_DOT_PRODUCT != 0 { text += " with dot products" }
        return text
    }

    func select() { _ = fpx_isa_select_with(isa, extensions) }

    static let isas = (0..<UInt32(FPX_ISA_COUNT)).compactMap { fpx_isa(rawValue: $0) }

    static var selected: Level { Level(isa: fpx_isa_selected(), extensions: fpx_isa_extensions_selected()) }

    /// Every level of this machine with every set of extensions that it can run, whether it would choose them or not;
    /// portable C first.
    static let available: [Level] = {
        isas.filter { fpx_isa_available($0) }.flatMap { isa in
            (0..<UInt32(1) << FPX_EXTENSION_COUNT)
                .filter { $0 & ~fpx_isa_extensions_available(isa) == 0 }
                .map { Level(isa: isa, extensions: $0) }
        }
    }()

    /// Runs `body` on every level and restores the selection.
    static func walk(_ body: (Level) throws -> Void) rethrows {
        let before = Level.selected
        defer { before.select() }
        for level in available {
            level.select()
            try body(level)
        }
    }
}
