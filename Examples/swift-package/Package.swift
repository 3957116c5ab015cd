// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "variance",
    dependencies: [
        // Without OpenMP, and without needing libomp:
        // .package(url: "https://github.com/fastpix/fastpix.git", from: "0.1.0", traits: [])
        .package(
            url: "https://github.com/fastpix/fastpix.git", from: "0.1.0",
            traits: (Context.environment["WITHOUT_OPENMP"] ?? "").isEmpty ? [.defaults] : [])
    ],
    targets: [
        .executableTarget(name: "variance", dependencies: [.product(name: "CKernels", package: "fastpix")])
    ]
)
