import CKernels
import Foundation
import Testing

extension KernelSuites {
    @Suite struct DispatchTests {
        @Test func portableLevelIsAlwaysThere() {
            #expect(fpx_isa_available(FPX_ISA_C))
            #expect(Level.available.contains { $0.isa == FPX_ISA_C })
        }

        @Test func levelsHaveTheNamesThatTheEnvironmentTakes() {
            let names = (0..<FPX_ISA_COUNT).map { String(cString: fpx_isa_name(fpx_isa(rawValue: UInt32($0)))) }
            #expect(names == ["c", "avx2", "avx512", "neon"])
            #expect(String(cString: fpx_isa_name(fpx_isa(rawValue: 99))) == "unknown")
        }

        @Test func selectingAnUnavailableLevelChangesNothing() {
            let before = fpx_isa_selected()
            for number in 0..<FPX_ISA_COUNT where !fpx_isa_available(fpx_isa(rawValue: UInt32(number))) {
                #expect(fpx_isa_select(fpx_isa(rawValue: UInt32(number))) == FPX_ERROR_UNSUPPORTED)
                #expect(fpx_isa_selected() == before)
            }
            // AVX and NEON never meet in one processor, so the loop above always has work.
            #expect(!(fpx_isa_available(FPX_ISA_AVX2) && fpx_isa_available(FPX_ISA_NEON)))
        }

        @Test func extensionsAreSelectedOneByOneAndOnlyWhereTheyCanRun() {
            let before = Level.selected
            defer { before.select() }
            for isa in (0..<UInt32(FPX_ISA_COUNT)).map({ fpx_isa(rawValue: $0) }) {
                let available = fpx_isa_extensions_available(isa)
                #expect(fpx_isa_extensions_preferred(isa) & ~available == 0)
                for extensions in 0..<UInt32(1) << FPX_EXTENSION_COUNT {
                    let selected = Level.selected
                    let status = fpx_isa_select_with(isa, extensions)
                    if fpx_isa_available(isa), extensions & ~available == 0 {
                        #expect(status == FPX_OK)
                        #expect(fpx_isa_selected() == isa && fpx_isa_extensions_selected() == extensions)
                    } else {
                        #expect(status == FPX_ERROR_UNSUPPORTED)
                        #expect(
                            fpx_isa_selected() == selected.isa
                                && fpx_isa_extensions_selected() == selected.extensions)
                    }
                }
            }
            // Every processor with AVX2 can run arithmetic on subnormals, also one that is slow at it.
            if fpx_isa_available(FPX_ISA_AVX2) {
                #expect(fpx_isa_extensions_available(FPX_ISA_AVX2) & FPX_EXTENSION_SUBNORMAL != 0)
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
            let statuses = [FPX_OK, FPX_ERROR_ARGUMENT, FPX_ERROR_OVERFLOW, FPX_ERROR_UNSUPPORTED]
            let messages = statuses.map { String(cString: fpx_status_message($0)) }
            #expect(Set(messages).count == statuses.count)
            #expect(messages.allSatisfy { $0.hasSuffix(".") })
        }
    }
}
