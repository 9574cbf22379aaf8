// swift-tools-version: 6.1
import PackageDescription

/// Every target is held to the same rules; the language mode is Swift 6 for the whole package.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// What only the server is built with; `swift build --product keyreel` compiles none of it.
let serverLibraries: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird"),
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HummingbirdTLS", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
  .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
  .product(name: "UnixSignals", package: "swift-service-lifecycle"),
  logging,
]

/// A room of the house: one folder under `Sources`, and its tests under `Tests/<name>Tests`.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  of name: String, _ dependencies: [Target.Dependency] = [], excluding excluded: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.target(name: name), "KeyreelTesting"] + dependencies,
    exclude: excluded,
    swiftSettings: strict)
}

let package = Package(
  name: "keyreel",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "keyreel", targets: ["keyreel"]),
    .executable(name: "keyreel-serve", targets: ["keyreel-serve"]),
    .library(
      name: "Keyreel",
      targets: [
        "KeyreelCore", "PipelineLanguage", "ModelCatalog", "Keyframes", "Planning", "Storage",
        "ObjectStorage", "Execution", "Stitching", "Reporting", "AnimaticBackend", "FalBackend",
        "Media", "Review",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Floor 0: values and seams; system libraries with header-only shims.
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat",
      providers: [
        .apt([
          "libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev",
          "libswresample-dev",
        ]), .brew(["ffmpeg"]),
      ]),
    .systemLibrary(
      name: "CAss", pkgConfig: "libass",
      providers: [.apt(["libass-dev"]), .brew(["libass"])]),
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    room("KeyreelCore", ["CCrypto", systemPackage]),

    // Floor 1: Swift faces of libav, libcurl and other programs; fal's wire protocol; the server's queue.
    room("Media", ["KeyreelCore", "CFFmpeg", "CAss", systemPackage]),
    room("HTTP", ["KeyreelCore", "CCurl", systemPackage]),
    room("FalProtocol", ["KeyreelCore"]),
    room("Programs", [systemPackage]),
    room(
      "FalQueue",
      ["KeyreelCore", .product(name: "GRDB", package: "GRDB.swift"), systemPackage]),

    // Floor 2: the rooms. They never import one another.
    room("PipelineLanguage", ["KeyreelCore", "CLibYAML"]),
    room("ModelCatalog", ["KeyreelCore", systemPackage]),
    room("Keyframes", ["KeyreelCore", "Media", "HTTP", systemPackage]),
    room("Planning", ["KeyreelCore"]),
    room("Review", ["KeyreelCore", "FalProtocol"]),
    room("Storage", ["KeyreelCore", systemPackage]),
    room("ObjectStorage", ["KeyreelCore", "HTTP", systemPackage]),
    room("Execution", ["KeyreelCore", systemPackage]),
    room("Slurm", ["KeyreelCore", "Programs", systemPackage]),
    room("Stitching", ["KeyreelCore", "Media", systemPackage]),
    .target(
      name: "Reporting", dependencies: ["KeyreelCore", systemPackage],
      // The style and the script of the report are part of the program: it needs no files beside itself.
      resources: [.embedInCode("Page")], swiftSettings: strict),
    room("AnimaticBackend", ["KeyreelCore", "Media", systemPackage]),
    room("FalBackend", ["KeyreelCore", "FalProtocol", "HTTP", "Media", systemPackage]),
    .target(
      name: "FalServer",
      dependencies: ["KeyreelCore", "FalProtocol", "FalQueue", "HTTP", "CCrypto", systemPackage]
        + serverLibraries,
      // The playground's page is part of the program: a server needs no files beside itself.
      resources: [.embedInCode("Playground")], swiftSettings: strict),

    // Floor 3 and 4: the command line.
    room(
      "KeyreelCommands",
      [
        "KeyreelCore", "PipelineLanguage", "ModelCatalog", "Keyframes", "Planning", "Storage",
        "ObjectStorage", "Execution", "Stitching", "Reporting", "AnimaticBackend", "FalBackend",
        "FalProtocol", "Media", "HTTP", "Review", "Programs", "Slurm", argumentParser,
        systemPackage,
      ]),
    .executableTarget(name: "keyreel", dependencies: ["KeyreelCommands"], swiftSettings: strict),
    room(
      "ServeCommands",
      [
        "KeyreelCore", "PipelineLanguage", "ModelCatalog", "Keyframes", "AnimaticBackend", "Media",
        "HTTP", "FalQueue", "FalServer", argumentParser, logging, systemPackage,
      ]),
    .executableTarget(
      name: "keyreel-serve", dependencies: ["ServeCommands"], swiftSettings: strict),

    // The program of docs/embedding.md, as a package of its own has it; here so that it is built and tested.
    .executableTarget(
      name: "EmbeddingExample",
      dependencies: [
        "KeyreelCore", "PipelineLanguage", "ModelCatalog", "Keyframes", "Planning", "Storage",
        "Execution", "Stitching", "AnimaticBackend", "Media", systemPackage,
      ], path: "examples/embedding/Sources/chapters"),

    // Fakes and conformance suites for the seams.
    .target(
      name: "KeyreelTesting", dependencies: ["KeyreelCore", systemPackage],
      path: "Sources/KeyreelTesting", swiftSettings: strict),
    tests(of: "KeyreelCore"),
    tests(of: "Media", [systemPackage]),
    tests(of: "HTTP", [systemPackage]),
    tests(of: "PipelineLanguage", excluding: ["Broken", "BrokenLocks"]),
    tests(of: "ModelCatalog", [systemPackage]),
    tests(of: "Keyframes", ["Media", systemPackage]),
    tests(of: "Planning"),
    tests(of: "Review", ["FalProtocol"]),
    tests(of: "Storage", [systemPackage]),
    tests(of: "ObjectStorage", ["Storage", systemPackage]),
    tests(of: "Execution", ["Storage", systemPackage]),
    tests(of: "Slurm", [systemPackage]),
    tests(of: "Stitching", ["Media", systemPackage], excluding: ["Python"]),
    tests(of: "Reporting", [systemPackage], excluding: ["Golden"]),
    tests(of: "AnimaticBackend", ["Media", systemPackage]),
    tests(of: "FalBackend", ["FalProtocol", "HTTP", "Media", "ModelCatalog", systemPackage]),
    tests(of: "FalProtocol", excluding: ["Golden", "Recorded"]),
    tests(of: "FalQueue", [systemPackage]),
    tests(of: "FalServer", ["FalProtocol", "FalQueue", "HTTP", logging, systemPackage]),
    .testTarget(
      name: "EndToEnd",
      dependencies: [
        "keyreel", "keyreel-serve", "EmbeddingExample", "KeyreelTesting", "KeyreelCore", "Media",
        "PipelineLanguage", "ModelCatalog", "Planning", systemPackage,
      ], exclude: ["Actions", "Golden", "Python"], swiftSettings: strict),
    .testTarget(
      name: "ServeEndToEnd",
      dependencies: [
        "keyreel-serve", "KeyreelTesting", "KeyreelCore", "FalProtocol", systemPackage,
      ], exclude: ["Python"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
