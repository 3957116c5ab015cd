// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "variance",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Without OpenMP, and without needing libomp:
        // .package(url: "https://github.com/fastpix/fastpix.git", branch: "main", traits: [])
        .package(
            // No version is tagged yet; then it will be `from:` that version.
            url: "https://github.com/fastpix/fastpix.git", branch: "main",
            traits: (Context.environment["WITHOUT_OPENMP"] ?? "").isEmpty ? [.defaults] : []),
        // FilePath, in which FastPix takes the names of files.
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        .executableTarget(name: "variance", dependencies: [.product(name: "CKernels", package: "fastpix")]),
        .executableTarget(
            name: "defects",
            dependencies: [
                .product(name: "FastPix", package: "fastpix"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "blend",
            dependencies: [
                .product(name: "FastPix", package: "fastpix"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
    ]
)
