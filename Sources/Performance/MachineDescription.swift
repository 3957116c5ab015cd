import CKernels
import FastPixPlatform
import FastPixPlumbing

/// What fastpix found on this machine and what it chose.
package struct MachineDescription: Sendable, Encodable {
    package let schema = "fastpix.info/1"
    package let version: String
    /// Processors that this process may use: the default number of workers.
    package let processors: Int
    /// Bytes of memory that the machine, or the control group of this process, has; by default three quarters of it are
    /// used at most.
    package let memoryBytes: Int
    /// Bytes of one core's caches; 0 when the system does not say.
    package let level1CacheBytes: Int
    package let level2CacheBytes: Int
    /// SIMD levels that the kernels can use here.
    package let levelsAvailable: [String]
    /// The one they use.
    package let levelSelected: String
    /// Whether that level uses byte dot-product instructions (VNNI, UDOT).
    package let usesDotProduct: Bool
    /// False when `FASTPIX_ISA` asks for a level that is not available.
    package let environmentHonoured: Bool
    /// Whether this build contains OpenMP, and how large its teams are.
    package let hasOpenMP: Bool
    package let openMPThreads: Int
    /// Why OpenMP cannot be used here, so that its work runs on one thread; nil when it can.
    package let openMPRefusal: String?

    /// Describes the machine this process runs on.
    package init() {
        let levels = (0..<UInt32(FPX_ISA_COUNT)).compactMap { fpx_isa(rawValue: $0) }
        version = fastPixVersion
        processors = WorkerTeam.defaultWorkers
        memoryBytes = MachineMemory.byteCount
        level1CacheBytes = fpx_cpu_level1_cache_bytes()
        level2CacheBytes = fpx_cpu_level2_cache_bytes()
        levelsAvailable = levels.filter { fpx_isa_available($0) }.map { String(cString: fpx_isa_name($0)) }
        levelSelected = String(cString: fpx_isa_name(fpx_isa_selected()))
        usesDotProduct = fpx_isa_uses_dot_product()
        environmentHonoured = fpx_isa_environment_honoured()
        hasOpenMP = fpx_parallel_has_openmp()
        openMPThreads = fpx_parallel_default_threads()
        openMPRefusal = fpx_parallel_refusal().map { String(cString: $0) }
    }
}
