import Foundation
import MeanField
import RunFiles
import TestSupport
import Testing

/// Every file in configs/, shortened, against numbers that do not come from this program.
@Suite struct GalleryTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// What a config must reach at a time, and with which part of its particles it is run.
  struct Expectation: Sendable {
    var end: Double
    var settings: [String]
    /// (mode, Re m_k, Im m_k).
    var moments: [(Int, Double, Double)]
    /// Positions and masses of all clusters, sorted as in the output.
    var clusters: [(Double, Double)]
    /// Error allowed in moments: 20 × tolerance × e^{λt}, and the digits of the source.
    var allowed: Double
  }

  static let expectations: [String: Expectation] = [
    // Tests/References/clusters.json at t = 2 (12 digits); λ = 0.7045.
    "circle-clusters.yaml": Expectation(
      end: 2, settings: ["particles.count=1024", "particles.members=3"],
      moments: [], clusters: [], allowed: 20e-8 * 4.1),
    // Closed form: m_k = r(4)^k, r(4) = 0.59620549069649 (literature C16); λ = 1/2.
    "kuramoto.yaml": Expectation(
      end: 4, settings: ["particles.count=500", "particles.members=2"],
      moments: [
        (1, 0.59620549069649, 0), (2, 0.59620549069649 * 0.59620549069649, 0),
      ],
      clusters: [(0, 1)], allowed: 20e-10 * 7.4),
    "metastable.yaml": Expectation(
      end: 0.2, settings: ["particles.count=5000", "particles.members=1"],
      moments: [], clusters: [], allowed: 20e-9 * 41.3),
    // Literature C35 at t = 1, fourteen digits.
    "noise-below.yaml": Expectation(
      end: 1, settings: ["particles.count=500", "particles.members=2"],
      moments: [(1, 0.31220520249447, 0), (2, 0.06240941411654, 0), (3, 0.0111612307495, 0)],
      clusters: [(0, 1)], allowed: 20e-9 * 1.3),
    // Tests/References/noise.json, case "below" (of the threshold in 1/D), t = 2.
    "noise-above.yaml": Expectation(
      end: 2, settings: ["particles.count=500", "particles.members=2"],
      moments: [(1, 0.20150352440997, 0)], clusters: [(0, 1)], allowed: 20e-9),
    "large-beta.yaml": Expectation(
      end: 2, settings: ["particles.count=3000", "particles.members=1", "output.particles=all"],
      moments: [], clusters: [], allowed: 20e-9 * 4.4),
    // Tests/References/ladder.json at t = 2; λ = 0.4656 of mode 4.
    "ladder.yaml": Expectation(
      end: 2, settings: ["particles.members=2", "compare.counts=[8, 16]", "output.every=0.2"],
      moments: [], clusters: [], allowed: 20e-8 * 2.6),
  ]

  /// Where the numbers stand in Tests/References instead: file, case, time.
  static let references: [String: (file: String, entry: Int?, time: Double)] = [
    "circle-clusters.yaml": ("clusters", nil, 2),
    "metastable.yaml": ("metastable", 1, 0.2),
    "large-beta.yaml": ("largebeta", 0, 2),
    "ladder.yaml": ("ladder", nil, 2),
  ]

  struct Table: Decodable {
    struct Case: Decodable { var entries: [Entry] }
    struct Entry: Decodable {
      var time: Double
      var moments: References.Moments
      var clusters: [References.Cluster]?
    }
    var cases: [Case]?
    var entries: [Entry]?
  }

  /// The expectation with the numbers of Tests/References filled in.
  static func expectation(_ name: String) throws -> Expectation {
    var result = try #require(expectations[name])
    guard let source = references[name] else { return result }
    let table: Table = try References.load(source.file)
    let entries: [Table.Entry]
    if let index = source.entry {
      entries = try #require(table.cases)[index].entries
    } else {
      entries = try #require(table.entries)
    }
    let entry = try #require(entries.first { abs($0.time - source.time) < 1e-12 })
    result.moments = entry.moments.re.indices.map {
      ($0, entry.moments.re[$0], entry.moments.im[$0])
    }
    result.clusters = (entry.clusters ?? []).map { ($0.position, $0.mass) }
    return result
  }

  @Test func everyConfigHasAnExpectation() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Self.folder.appendingPathComponent("configs").path)
    let runFiles = files.filter { $0.hasSuffix(".yaml") }
    #expect(
      Set(runFiles)
        == Set(Self.expectations.keys).union(SphereGalleryTests.expectations.keys)
        .union(PanelGalleryTests.names).union(SweepGalleryTests.names))
  }

  @Test(arguments: expectations.keys.sorted())
  func configReachesItsNumbers(name: String) throws {
    let expected = try Self.expectation(name)
    let path = Self.folder.appendingPathComponent("configs/\(name)").path
    let runFile = try RunFile(
      contentsOf: path, settings: expected.settings + ["time.end=\(expected.end)"]
    ).withChosenStep()
    let particles = try #require(runFile.particles)
    let simulation = try runFile.simulation(compares: true, threads: 2)
    var comparison = Comparison(
      tokens: particles.count, members: particles.members, sigmas: runFile.compare.sigmas,
      snapshotCount: simulation.times.count, equation: runFile.equation, threads: 2)
    var last: Simulation.Frame?
    while !simulation.isFinished {
      _ = try simulation.advance()
      let frame = try simulation.takeFrame()
      // Every tenth snapshot is enough for a verdict.
      if frame.index % 10 == 0, let density = frame.density, let response = frame.response {
        _ = comparison.record(density: density, members: frame.members, response: response)
      }
      last = frame
    }
    let density = try #require(last?.density)
    #expect(density.time == expected.end)
    for (mode, real, imaginary) in expected.moments {
      let moment = density.law.moments(degrees: [mode])
      #expect(abs(moment[0] - real) < expected.allowed)
      #expect(abs(moment[1] - imaginary) < expected.allowed)
    }
    let clusters = density.clusters()
    if !expected.clusters.isEmpty {
      #expect(clusters.count == expected.clusters.count)
      for (found, (position, mass)) in zip(clusters, expected.clusters) {
        // A maximum moves by δZ′/Z″, a basin's edge likewise: tens of moment errors.
        #expect(abs(remainder(found.angle - position, 2 * .pi)) < 50 * expected.allowed)
        #expect(abs(found.mass - mass) < 50 * expected.allowed)
      }
    }
    // Four standard deviations: one false alarm in 16 000.
    #expect(comparison.verdict().isWithin)
  }
}
