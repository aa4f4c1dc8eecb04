import Foundation
import MeanField
import RunFiles
import TestSupport
import Testing

/// The files in configs/ whose point is what comes after clusters have formed, to the end, against
/// weighted points moved by Taylor series and quadrature.
@Suite struct PanelGalleryTests {
  static let names = ["atoms.yaml", "metastable-merger.yaml", "staircase.yaml"]

  private static func atoms() throws -> References.Atoms { try References.load("atoms") }

  static func runFile(_ name: String, settings: [String] = []) throws -> RunFile {
    let configs = GalleryTests.folder.appendingPathComponent("configs")
    // Relative to the working folder, which is not the repository's here.
    let tokens = configs.appendingPathComponent(name.replacing(".yaml", with: ".csv")).path
    let files =
      FileManager.default.fileExists(atPath: tokens) ? ["initial.tokens.file=\(tokens)"] : []
    return try RunFile(
      contentsOf: configs.appendingPathComponent(name).path, settings: files + settings)
  }

  /// All frames of a run at the config's own times and some others.
  private func frames(of runFile: RunFile, also times: [Double] = []) throws -> [Simulation.Frame] {
    let all = Set(runFile.snapshotTimes).union(times.filter { $0 < runFile.time.end }).sorted()
    let simulation = try runFile.simulation(compares: false, times: all, threads: 1)
    var frames: [Simulation.Frame] = []
    while !simulation.isFinished {
      _ = try simulation.advance()
      frames.append(try simulation.takeFrame())
    }
    return frames
  }

  private func expect(
    _ frames: [Simulation.Frame], agreeWith points: References.Atoms.Cloud, _ allowed: Double,
    sharpness: Double
  ) throws {
    let mergers = frames.flatMap(\.mergers)
    #expect(mergers.count == points.mergers.count)
    for (found, expected) in zip(mergers, points.mergers) {
      let time = expected.time.value
      #expect(abs(found.time - time) < allowed * sharpness * time)
      // A maximum that disappears moves like the square root of the time that is left: the place right
      // after is that of what remains, between the two.
      #expect(abs(remainder(found.angle - expected.point.value, .pi)) < 1)
      let parents = expected.parents.map(\.value).sorted(by: >)
      #expect(parents.count == 2)
      for (mass, parent) in zip(found.parentMasses, parents) { #expect(abs(mass - parent) < 1e-9) }
    }
    for sample in points.samples {
      let time = sample.time.value
      guard let frame = frames.first(where: { $0.time == time }) else { continue }
      let density = try #require(frame.density)
      let energy = sample.normalizedEnergy.value
      #expect(abs(density.normalizedEnergy - energy) < allowed * sharpness, "t = \(time)")
    }
  }

  /// kinetic.py of arXiv 2410.06833: one merger of 0.4 and 0.6 at t = 323.1 (atoms.json, 20 digits).
  ///
  /// A rate that depends on the separation like e^{−β(1−cos s)} makes of an error in an angle one β sin s
  /// times as large in a time; 20 × tolerance is what the integrator is granted.
  @Test(arguments: ["1e-6", "1e-8", "1e-10"])
  func fiveTokens(tolerance: String) throws {
    let runFile = try Self.runFile(
      "atoms.yaml", settings: ["time.tolerance=\(tolerance)", "output.every=20"])
    let points = try Self.atoms().fiveTokens
    let frames = try frames(of: runFile, also: points.samples.map(\.time.value))
    let allowed = 20 * runFile.time.tolerance
    try expect(frames, agreeWith: points, allowed, sharpness: 4)
    let last = try #require(frames.last)
    #expect(last.densityClusters.count == 1)
    #expect(abs(last.densityClusters[0].mass - 1) < 1e-15)
  }

  private func expectLevels(_ levels: [(Double, Double)], in frames: [Simulation.Frame]) throws {
    for (time, level) in levels {
      let frame = try #require(frames.first { $0.time == time })
      #expect(abs(try #require(frame.density).normalizedEnergy - level) < 1e-7)
    }
    let energies = frames.compactMap { $0.density?.normalizedEnergy }
    // Never decreases, but for rounding.
    #expect(zip(energies, energies.dropFirst()).allSatisfy { $1 > $0 - 1e-14 })
  }

  /// Four mergers from t = 0.1 to 10⁷ (atoms.json, β = 12), and levels of Σ p² between them.
  @Test func energyStaircase() throws {
    let runFile = try Self.runFile("staircase.yaml")
    let points = try Self.atoms().staircases[4]
    let frames = try frames(of: runFile, also: points.samples.map(\.time.value))
    try expect(frames, agreeWith: points, 20 * runFile.time.tolerance, sharpness: 12)
    try expectLevels([(1e6, 0.58), (1e8, 1)], in: frames)
  }

  /// Literature C26, the staircase of arXiv 2410.06833 with five equal tokens (atoms.json, β = 500): 0.44, 0.52, 1.
  ///
  /// Its last merger, at 3.2 · 10¹⁵, takes less time than doubles tell apart there.
  @Test func energyStaircaseOfTheLiterature() throws {
    let points = try Self.atoms().staircases[0]
    let rows = points.angles.map { "\(cos($0.value)),\(sin($0.value))\n" }
    let folder = try TemporaryFolder()
    let path = try folder.write(rows.joined(), to: "tokens.csv")
    let runFile = try Self.runFile(
      "staircase.yaml",
      settings: [
        "attention.beta=500", "initial.tokens.file=\(path)", "time.tolerance=1e-12",
        "time.end=1e17", "output.times={from: 0.1, to: 1e17, count: 60, spacing: log}",
      ])
    let frames = try frames(of: runFile, also: points.samples.map(\.time.value))
    try expect(frames, agreeWith: points, 20 * runFile.time.tolerance, sharpness: 500)
    try expectLevels([(1e3, 0.44), (1e7, 0.52), (1e15, 0.52), (1e16, 1)], in: frames)
  }

  /// β = 25, masses 0.6 and 0.4, 1.2 apart: metastable25.json, 15 digits.
  @Test func metastableMerger() throws {
    let runFile = try Self.runFile(
      "metastable-merger.yaml",
      settings: ["output.times={from: 1, to: 200000, count: 8, spacing: log}"])
    let table: References.Metastable = try References.load("metastable25")
    let time = try #require(table.bumps.first { $0.concentration == 400 }).merger.value
    let frames = try frames(of: runFile)
    let mergers = frames.flatMap(\.mergers)
    #expect(mergers.count == 1)
    let merger = try #require(mergers.first)
    // d(log t)/d(separation) = β sin 1.2.
    #expect(abs(merger.time - time) < 20 * runFile.time.tolerance * 25 * time)
    #expect(abs(merger.parentMasses[0] - 0.6) < 1e-9)
    #expect(abs(merger.parentMasses[1] - 0.4) < 1e-9)
    let nodes = try #require(frames.last?.density?.law.nodes)
    #expect(nodes.isAtom.allSatisfy { $0 })
    #expect(nodes.count <= 2)
  }
}
