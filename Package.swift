// swift-tools-version: 6.2
import PackageDescription

/// OpenMP runs the kernels' tiles on a team of threads. Without the trait the same kernels run
/// serially and give the same bits.
let openMPFlags: [CSetting] = [
    .define("FPX_OPENMP", .when(traits: ["OpenMP"])),
    // Unsafe flags are allowed in dependencies from tools version 6.2 on.
    .unsafeFlags(["-Xclang", "-fopenmp"], .when(traits: ["OpenMP"])),
]

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
        .target(
            name: "FastPix",
            dependencies: ["CKernels", "CCodecs", .product(name: "SystemPackage", package: "swift-system")]),
        .executableTarget(
            name: "FastPixCLI",
            dependencies: ["FastPix", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            resources: [.embedInCode("Schemas")]),
        .target(name: "TestSupport", dependencies: ["FastPix"], path: "Tests/Support"),
        .testTarget(name: "KernelTests", dependencies: ["CKernels"], exclude: ["Fixtures"]),
        .testTarget(name: "FastPixTests", dependencies: ["FastPix", "CKernels", "TestSupport"]),
        // Depends on the program, because its tests run the built binary.
        .testTarget(name: "CLITests", dependencies: ["FastPixCLI", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
