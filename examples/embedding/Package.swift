// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "embedding",
  platforms: [.macOS(.v15)],
  dependencies: [
    // In a project of your own: .package(url: …, from: …).
    .package(name: "keyreel", path: "../.."),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .executableTarget(
      name: "chapters",
      dependencies: [
        .product(name: "Keyreel", package: "keyreel"),
        .product(name: "SystemPackage", package: "swift-system"),
      ])
  ])
