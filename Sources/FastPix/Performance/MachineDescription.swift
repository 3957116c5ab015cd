import CKernels
import Foundation

/// What fastpix found on this machine and what it chose.
public struct MachineDescription: Sendable, Encodable {
    public let schema = "fastpix.info/1"
    public let version: String
    /// Processors that this process may use: the default number of workers.
    public let processors: Int
    /// Bytes of memory that the machine, or the control group of this process, has; by default three quarters of it are
    /// used at most.
    public let memoryBytes: Int
    /// Bytes of one core's caches; 0 when the system does not say.
    public let level1CacheBytes: Int
    public let level2CacheBytes: Int
    /// SIMD levels that the kernels can use here.
    public let levelsAvailable: [String]
    /// The one they use.
    public let levelSelected: String
    /// Whether that level uses byte dot-product instructions (VNNI, UDOT).
    public let usesDotProduct: Bool
    /// False when `FASTPIX_ISA` asks for a level that is not available.
    public let environmentHonoured: Bool
    /// Whether this build contains OpenMP, and how large its teams are.
    public let hasOpenMP: Bool
    public let openMPThreads: Int

    /// Describes the machine this process runs on.
    public init() {
        let levels = (0..<UInt32(FPX_ISA_COUNT)).map { fpx_isa(rawValue: $0) }
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
    }
}
