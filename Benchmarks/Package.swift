// swift-tools-version: 6.2
import PackageDescription

let march = Context.environment["MEANFIELD_MARCH"] ?? "native"
var optimized = ["-O"]
#if arch(x86_64)
  optimized += ["-Xcc", "-march=\(march)", "-Xcc", "-mprefer-vector-width=512"]
#endif

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "MeanField", path: "..")],
  targets: [
    .target(name: "CountAllocations"),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CountAllocations",
        .product(name: "RunFiles", package: "MeanField"),
        .product(name: "MeanField", package: "MeanField"),
        .product(name: "Transforms", package: "MeanField"),
      ],
      swiftSettings: [.unsafeFlags(optimized)])
  ]
)
