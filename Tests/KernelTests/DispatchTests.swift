import CKernels
import Foundation
import Testing

extension KernelSuites {
    @Suite struct DispatchTests {
        @Test func portableLevelIsAlwaysThere() {
            #expect(fpx_isa_available(.c))
            #expect(Level.available.contains { $0.isa == .c })
        }

        @Test func levelsHaveTheNamesThatTheEnvironmentTakes() {
            // Without a default, because the enum is closed: one more level does not compile until it is here.
            func name(_ isa: fpx_isa) -> String {
                switch isa {
                case .c: "c"
                case .avx2: "avx2"
                case .avx512: "avx512"
                case .neon: "neon"
                }
            }
            #expect(Level.isas.count == Int(FPX_ISA_COUNT))
            #expect(Level.isas.map { String(cString: fpx_isa_name($0)) } == Level.isas.map(name))
        }

        @Test func selectingAnUnavailableLevelChangesNothing() {
            let before = fpx_isa_selected()
            for isa in Level.isas where !fpx_isa_available(isa) {
                #expect(fpx_isa_select(isa) == .unsupported)
                #expect(fpx_isa_selected() == before)
            }
            // AVX and NEON never meet in one processor, so the loop above always has work.
            #expect(!(fpx_isa_available(.avx2) && fpx_isa_available(.neon)))
        }

        @Test func extensionsAreSelectedOneByOneAndOnlyWhereTheyCanRun() {
            let before = Level.selected
            defer { before.select() }
            for isa in Level.isas {
                let available = fpx_isa_extensions_available(isa)
                #expect(fpx_isa_extensions_preferred(isa) & ~available == 0)
                for extensions in 0..<UInt32(1) << FPX_EXTENSION_COUNT {
                    let selected = Level.selected
                    let status = fpx_isa_select_with(isa, extensions)
                    if fpx_isa_available(isa), extensions & ~available == 0 {
                        #expect(status == .ok)
                        #expect(fpx_isa_selected() == isa && fpx_isa_extensions_selected() == extensions)
                    } else {
                        #expect(status == .unsupported)
                        #expect(
                            fpx_isa_selected() == selected.isa
                                && fpx_isa_extensions_selected() == selected.extensions)
                    }
                }
            }
            // Every processor with AVX2 can run arithmetic on subnormals, also one that is slow at it.
            if fpx_isa_available(.avx2) {
                #expect(fpx_isa_extensions_available(.avx2) & FPX_EXTENSION_SUBNORMAL != 0)
            }
        }

        @Test func environmentThatNamesNoLevelIsReported() {
            let before = getenv("FASTPIX_ISA").map { String(cString: $0) }
            defer {
                if let before { setenv("FASTPIX_ISA", before, 1) } else { unsetenv("FASTPIX_ISA") }
            }
            for (value, honoured) in [
                ("c", true), ("", true), ("sse9", false), ("AVX2", false), ("c,gaussian=c", true),
                ("moments=c,extremes=c", true), ("c,", false), ("c,gaussian", false), ("c,sharpen=c", false),
                ("gaussian=sse9", false), ("=c", false),
            ] {
                setenv("FASTPIX_ISA", value, 1)
                #expect(fpx_isa_environment_honoured() == honoured, "FASTPIX_ISA=\(value)")
            }
            unsetenv("FASTPIX_ISA")
            #expect(fpx_isa_environment_honoured())
        }

        @Test func everyStatusHasItsMessage() {
            let statuses: [fpx_status] = [.ok, .argument, .overflow, .unsupported]
            let messages = statuses.map { String(cString: fpx_status_message($0)) }
            #expect(Set(messages).count == statuses.count)
            #expect(messages.allSatisfy { $0.hasSuffix(".") })
        }
    }
}
