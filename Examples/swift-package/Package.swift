// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "variance",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Without OpenMP, and without needing libomp:
        // .package(url: "https://github.com/fastpix/fastpix.git", from: "0.1.0", traits: [])
        .package(
            url: "https://github.com/fastpix/fastpix.git", from: "0.1.0",
            traits: (Context.environment["WITHOUT_OPENMP"] ?? "").isEmpty ? [.defaults] : []),
        // FilePath, in which FastPix takes the names of files.
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        .executableTarget(name: "variance", dependencies: [.product(name: "CKernels", package: "fastpix")]),
        .executableTarget(
            name: "blend",
            dependencies: [
                .product(name: "FastPix", package: "fastpix"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
    ]
)
