// swift-tools-version: 6.2
import PackageDescription

// Built by scripts/fuzz, which adds libFuzzer and the flags that it needs.
let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [
        // One thread: kernels of several would wait for each other at every input.
        .package(name: "fastpix", path: "../..", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        // FuzzedReader*.swift are links to files of FastPixTests, so that every `swift test` compiles and tries them.
        .executableTarget(
            name: "ReaderFuzzer",
            dependencies: [
                .product(name: "FastPix", package: "fastpix"),
                .product(name: "SystemPackage", package: "swift-system"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
