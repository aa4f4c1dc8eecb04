import Foundation
import TestSupport
import Testing

@Suite("compare: distances recomputed by POT and SciPy")
struct DistanceScriptTests {
  static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Scripts/distances.py").path

  /// Whether Python is there with all that the script imports.
  static let hasPython = OutputFileTests.hasPython(
    "import netCDF4, numpy, ot; from scipy.special import sph_harm_y")

  static let runs = [
    """
    manifold: circle
    initial: {vonMises: [{mean: 0.3, concentration: 4}, {mean: 5.5, concentration: 8, weight: 2}]}
    output: {every: 0.5, modes: 200}
    """,
    """
    manifold: sphere
    initial:
      vonMises: [{mean: [1, 0, 0.5], concentration: 4}, {mean: [0, 1, 0], concentration: 8}]
    output: {times: [0.5], degree: 63}
    """,
    """
    manifold: {zonal: {dimension: 3}}
    initial: {vonMises: [{mean: north, concentration: 4}, {mean: south, concentration: 8}]}
    output: {times: [0.5], degree: 127}
    """,
  ]

  @Test(
    "they are those of independent programs",
    .enabled(
      if: hasPython,
      "python3 with numpy, scipy >= 1.15, netCDF4 and POT is missing: only stored values were tested"
    ),
    arguments: runs)
  func independent(run: String) throws {
    let folder = try TemporaryFolder()
    let density = run.contains("sphere") ? "{spectral: {degree: 63}}" : "spectral"
    let rest = """

      attention: {beta: 4}
      density: \(density)
      particles: {count: 500, seed: 1}
      time: {end: 0.5, tolerance: 1e-6}

      """
    try folder.write(run + rest, to: "run.yaml")
    let outcome = try Program(folder: folder)("compare", "run.yaml", "--quiet")
    #expect(outcome.status == 0)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", Self.script, folder.file("output/run.nc")]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(
      decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }
}
