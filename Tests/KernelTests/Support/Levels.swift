import CKernels

/// One way in which the kernels can run on this machine.
struct Level: CustomStringConvertible {
    let isa: fpx_isa
    let usesExtensions: Bool

    var description: String {
        String(cString: fpx_isa_name(isa)) + (usesExtensions ? " with extensions" : "")
    }

    func select() {
        _ = usesExtensions ? fpx_isa_select(isa) : fpx_isa_select_without_extensions(isa)
    }

    static var selected: Level {
        Level(isa: fpx_isa_selected(), usesExtensions: fpx_isa_uses_extensions())
    }

    /// Every level of this machine, with and without what only some processors have; portable C first.
    static let available: [Level] = {
        let before = Level.selected
        defer { before.select() }
        var levels: [Level] = []
        for number in 0..<FPX_ISA_COUNT {
            let isa = fpx_isa(rawValue: UInt32(number))
            guard fpx_isa_select(isa) == FPX_OK else { continue }
            levels.append(Level(isa: isa, usesExtensions: false))
            if fpx_isa_uses_extensions() { levels.append(Level(isa: isa, usesExtensions: true)) }
        }
        return levels
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
