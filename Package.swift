// swift-tools-version: 6.2
import PackageDescription

/// OpenMP runs the kernels' tiles on a team of threads. Without the trait the same kernels run
/// serially and give the same bits.
let openMPFlags: [CSetting] = [
    .define("FPX_OPENMP", .when(traits: ["OpenMP"])),
    // Unsafe flags are allowed in dependencies from tools version 6.2 on.
    .unsafeFlags(["-Xclang", "-fopenmp"], .when(traits: ["OpenMP"])),
]

let paths: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let platform: Target.Dependency = "FastPixPlatform"

/// A room: a folder of Sources, which uses rooms above it and nothing else. The prefix keeps its name from meeting a
/// target of whoever uses the package.
func room(_ name: String, uses rooms: [String] = [], and others: [Target.Dependency] = []) -> Target {
    .target(
        name: "FastPix\(name)",
        dependencies: [platform] + rooms.map { .target(name: "FastPix\($0)") } + others,
        path: "Sources/\(name)")
}

let package = Package(
    name: "fastpix",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CKernels", targets: ["CKernels"]),
        .library(name: "FastPix", targets: ["FastPix"]),
        .executable(name: "fastpix", targets: ["FastPixCLI"]),
    ],
    traits: [
        .trait(name: "OpenMP", description: "Run kernel tiles on an OpenMP team (needs libomp)."),
        .trait(name: "TIFF", description: "Read TIFF files (needs libtiff)."),
        .trait(name: "FITS", description: "Read FITS files."),
        .trait(name: "RAW", description: "Read raw files of cameras and DNG (needs LibRaw)."),
        .default(enabledTraits: ["OpenMP", "TIFF", "FITS", "RAW"]),
    ],
    dependencies: [
        // Command line, help texts and shell completions: the Swift project's own parser.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        // File paths as the system stores them, whatever their bytes.
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        // JPEG: libjpeg-turbo, because its decode is the one everybody's pixels are compared with.
        .systemLibrary(
            name: "CJPEG", path: "Sources/CJPEG", pkgConfig: "libjpeg",
            providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
        // PNG: the reference library.
        .systemLibrary(
            name: "CPNG", path: "Sources/CPNG", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        // EXIF: libexif, plain C, no dependencies, packaged everywhere.
        .systemLibrary(
            name: "CEXIF", path: "Sources/CEXIF", pkgConfig: "libexif",
            providers: [.apt(["libexif-dev"]), .brew(["libexif"])]),
        // TIFF: the library that has met every kind of it. 4.5 or later, which lets each file have its own error handler.
        .systemLibrary(
            name: "CTIFF", path: "Sources/CTIFF", pkgConfig: "libtiff-4",
            providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
        // Raw files: the library that raw developers build on. Without pkg-config, whose answer names GCC's OpenMP.
        .systemLibrary(
            name: "CRAW", path: "Sources/CRAW", providers: [.apt(["libraw-dev"]), .brew(["libraw"])]),
        // Content hashes of photos and checksums of state files: XXH3, at the speed of reading memory.
        .systemLibrary(
            name: "CXXHash", path: "Sources/CXXHash", pkgConfig: "libxxhash",
            providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]),
        .target(
            name: "CKernels",
            path: "CKernels",
            publicHeadersPath: "include",
            cSettings: openMPFlags,
            linkerSettings: [
                .linkedLibrary("omp5", .when(platforms: [.linux], traits: ["OpenMP"])),
                .linkedLibrary("omp", .when(platforms: [.macOS], traits: ["OpenMP"])),
                .linkedLibrary("m", .when(platforms: [.linux])),
            ]),
        // zlib comes with libpng; its checksum is used, too.
        .target(
            name: "CCodecs",
            dependencies: [
                "CJPEG", "CPNG", "CEXIF", "CXXHash", .target(name: "CTIFF", condition: .when(traits: ["TIFF"])),
                .target(name: "CRAW", condition: .when(traits: ["RAW"])),
            ],
            cSettings: [
                .define("FPX_TIFF", .when(traits: ["TIFF"])), .define("FPX_FITS", .when(traits: ["FITS"])),
                .define("FPX_RAW", .when(traits: ["RAW"])),
            ],
            linkerSettings: [.linkedLibrary("z"), .linkedLibrary("raw_r", .when(traits: ["RAW"]))]),
        // The system's modules under one name, for every room.
        .target(name: "FastPixPlatform", path: "Sources/Platform"),
        // The rooms of the library in the order in which data goes through them.
        room("Plumbing", and: ["CCodecs", paths]),
        room("Frames", uses: ["Plumbing"], and: ["CCodecs"]),
        room("Codecs", uses: ["Plumbing", "Frames"], and: ["CCodecs", paths]),
        room("Discovery", uses: ["Plumbing", "Frames", "Codecs"], and: ["CCodecs", paths]),
        room("Accumulation", uses: ["Plumbing", "Frames", "Codecs", "Discovery"], and: ["CKernels", paths]),
        room("Detection", uses: ["Plumbing", "Frames", "Codecs", "Discovery", "Accumulation"], and: ["CKernels"]),
        room(
            "Maps", uses: ["Plumbing", "Frames", "Codecs", "Discovery", "Accumulation", "Detection"],
            and: ["CCodecs", paths]),
        room(
            "Blending", uses: ["Plumbing", "Frames", "Codecs", "Discovery", "Accumulation"],
            and: ["CKernels", paths]),
        room("Statistics", uses: ["Plumbing", "Frames", "Codecs", "Discovery", "Accumulation"], and: ["CKernels"]),
        room(
            "Performance", uses: ["Plumbing", "Codecs", "Discovery", "Accumulation", "Statistics"],
            and: ["CKernels", paths]),
        room(
            "Reporting",
            uses: [
                "Plumbing", "Frames", "Codecs", "Discovery", "Accumulation", "Detection", "Maps", "Blending",
                "Statistics", "Performance",
            ],
            and: ["CKernels", paths]),
        // The public face: the jobs that need several rooms, and what users of the library see of the rooms.
        .target(
            name: "FastPix",
            dependencies: [
                "FastPixPlumbing", "FastPixFrames", "FastPixCodecs", "FastPixDiscovery", "FastPixAccumulation",
                "FastPixDetection", "FastPixMaps", "FastPixBlending", "FastPixStatistics", "FastPixPerformance",
                "FastPixReporting", paths,
            ]),
        .executableTarget(
            name: "FastPixCLI",
            dependencies: [
                "FastPix", platform, paths, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.embedInCode("Schemas")]),
        .target(name: "TestSupport", path: "Tests/Support"),
        .testTarget(name: "KernelTests", dependencies: ["CKernels"], exclude: ["Fixtures"]),
        .testTarget(
            name: "FastPixTests",
            dependencies: [
                "FastPixPlumbing", "FastPixFrames", "FastPixCodecs", "FastPixDiscovery", "FastPixAccumulation",
                "FastPixDetection", "FastPixMaps", "FastPixBlending", "FastPixStatistics", "FastPixPerformance",
                "FastPixReporting", "FastPix", "CCodecs", "TestSupport", paths,
            ]),
        // Depends on the program, because its tests run the built binary.
        .testTarget(name: "CLITests", dependencies: ["FastPixCLI", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
