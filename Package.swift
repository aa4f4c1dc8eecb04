// swift-tools-version: 6.2
import PackageDescription

// Kernels are compiled with optimization even in debug builds: unoptimized numerical loops are
// 25 to 300 times slower, and the test suite would be too. MEANFIELD_MARCH overrides the processor
// (x86-64-v3 is the least: below it a fused multiply-add is a library call).
let march = Context.environment["MEANFIELD_MARCH"] ?? "native"
var optimized = ["-O", "-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"]
#if arch(x86_64)
  optimized += ["-Xcc", "-march=\(march)", "-Xcc", "-mprefer-vector-width=512"]
#endif

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let numerical = strict + [.unsafeFlags(optimized)]

let package = Package(
  name: "MeanField",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MeanField", targets: ["MeanField"]),
    .library(name: "Transforms", targets: ["Transforms"]),
    .library(name: "RunFiles", targets: ["RunFiles", "SnapshotIO"]),
    .executable(name: "meanfield", targets: ["MeanFieldCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CFFTW", pkgConfig: "fftw3",
      providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
    .systemLibrary(
      name: "CNetCDF", pkgConfig: "netcdf",
      providers: [.apt(["libnetcdf-dev"]), .brew(["netcdf"])]),
    .systemLibrary(name: "CPrefetch"),
    .systemLibrary(name: "CVector"),
    .target(
      name: "Transforms", dependencies: ["CFFTW", "CPrefetch", "CVector"], swiftSettings: numerical),
    .target(name: "MeanField", dependencies: ["Transforms"], swiftSettings: numerical),
    .target(
      name: "SnapshotIO", dependencies: ["CNetCDF", "MeanField"], swiftSettings: strict),
    .target(
      name: "RunFiles",
      dependencies: [
        "MeanField", "SnapshotIO", "Transforms", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(name: "Pictures", dependencies: ["SnapshotIO"], swiftSettings: strict),
    .target(name: "Exports", dependencies: ["SnapshotIO"], swiftSettings: strict),
    .executableTarget(
      name: "MeanFieldCLI",
      dependencies: [
        "RunFiles", "Pictures", "Exports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["MeanField"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "TransformsTests", dependencies: ["Transforms", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "MeanFieldTests", dependencies: ["MeanField", "Transforms", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "SnapshotIOTests", dependencies: ["SnapshotIO", "MeanField", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PicturesTests", dependencies: ["Pictures", "SnapshotIO", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ExportsTests", dependencies: ["Exports", "SnapshotIO", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "RunFilesTests", dependencies: ["RunFiles", "MeanField", "SnapshotIO", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: ["MeanFieldCLI", "MeanField", "RunFiles", "SnapshotIO", "TestSupport"],
      swiftSettings: strict),
  ]
)
