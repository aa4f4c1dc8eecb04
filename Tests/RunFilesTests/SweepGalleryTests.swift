import Foundation
import SnapshotIO
import TestSupport
import Testing

@testable import RunFiles

/// The sweeps in configs/, shortened, against the literature.
@Suite struct SweepGalleryTests {
  static let names = ["alignment", "clusters", "noise", "histogram"].map { "sweep-\($0).yaml" }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Solves a config with other values; returns its output.
  private func solve(_ name: String, _ settings: [String]) throws -> NetCDFFile.Group {
    let path = GalleryTests.folder.appendingPathComponent("configs/sweep-\(name).yaml").path
    let sweep = try Sweep(
      RunFileSource(contentsOf: path, settings: settings), output: "\(folder.path)/\(name).nc")
    let summary = try SweepSession(sweep, threads: 2).execute()
    #expect(summary.failures.isEmpty)
    return try NetCDFFile(opening: summary.output).root
  }

  /// C15, literature 2.3: mean and standard error at t = 5 and 10, d = 2 and 8, β = 4.
  @Test func alignment() throws {
    let root = try solve(
      "alignment",
      [
        "sweep.keys.0.values=[circle, {sphere: {dimension: 8}}]",
        "sweep.keys.1={key: attention.beta, values: [1, 4]}", "particles.members=96",
        "time.end=10", "output.every=5",
      ])
    let values = try root.doubles("aligned")
    let errors = try root.doubles("aligned_standard_error")
    let table: [(place: Int, mean: Double, error: Double)] = [
      (1, 0.1148, 0.0017), (2, 0.7887, 0.0053), (4, 0.2032, 0.0016), (5, 0.4389, 0.0021),
      (7, 0.0451, 0.0018), (10, 0.0182, 0.0005), (11, 0.5523, 0.0064),
    ]
    for (place, mean, error) in table {
      let combined = (errors[place] * errors[place] + error * error).squareRoot()
      #expect(abs(values[place] - mean) < 4 * combined, "place \(place)")
    }
    // d = 8, β = 1, t = 10: all of them, as in the table.
    #expect(values[8] > 0.97)
    // C12 at β = 4 for the equation itself is 6.9535; the scheme lags behind by less than h of it.
    let times = try root.group(named: "theory").doubles("aligned_time")
    #expect(times[1] > 6.9535 && times[1] < 6.9535 * 1.1)
  }

  /// Between √β and what the fastest mode allows, within the spread of a few members.
  @Test func clusters() throws {
    let root = try solve(
      "clusters",
      [
        "sweep.keys.0={key: attention.beta, values: [9, 25]}", "particles.count=1500",
        "output.every=12", "particles.members=6",
      ])
    let counts = try root.doubles("clusters")
    let errors = try root.doubles("clusters_standard_error")
    // C42 at t = 0: modes of the empirical Z, √(Σk⁴I_k²/Σk²I_k²); light ones are not counted, but at
    // these β none is lighter than 10⁻³.
    for (place, expected) in [(0, 3.65944849), (2, 6.11397911)] {
      #expect(abs(counts[place] - expected) < 4 * max(errors[place], 0.15))
    }
    // k_max is 4 and 7 (literature 3.1), and at the end neighbours have merged here and there.
    let theory = try root.group(named: "theory")
    #expect(try theory.doubles("fastest_mode") == [4, 7])
    #expect(try theory.doubles("square_root_of_beta") == [3, 5])
    #expect(counts[1] > 3 && counts[1] <= 4.5)
    #expect(counts[3] > 5 && counts[3] <= 7.5)
  }

  /// C30: |m_1| = 0.66880552 at 1/D = 0.39147510084 from above; from below it dies out.
  @Test func noise() throws {
    let root = try solve(
      "noise",
      [
        "sweep.keys.1={key: noise, values: [2.5544408961, 2.7]}", "time.end=40",
        "output.every=40", "time.tolerance=1e-8",
      ])
    let order = try root.doubles("order")
    // At the rate of the slowest mode, D − I_1(4)/4 = 0.1146: 0.01 e^{−4.6}.
    #expect(abs(order[1] - 0.01 * exp(-0.11457 * 40)) < 2e-6)
    #expect(abs(order[5] - 0.66880552) < 1e-4)
    #expect(order[7] < 0.01)
    let critical = try root.group(named: "theory").doubles("critical_noise")
    // κ_c = 0.40985852574941 (literature 4.9).
    #expect(critical.allSatisfy { abs($0 * 0.40985852574941 - 1) < 1e-12 })
  }

  /// C40: of 120 samples 111 have three clusters at β = 5, of another 120 at β = 7 68 four and 50 three.
  @Test func histogram() throws {
    let root = try solve(
      "histogram",
      ["sweep.keys.1={key: particles.seed, from: 1, to: 16, count: 16}", "output.every=50"])
    let counts = try root.doubles("clusters")
    func part(_ beta: Int, _ count: Double) -> Double {
      Double((0..<16).count { counts[2 * (16 * beta + $0) + 1] == count }) / 16
    }
    /// Four standard errors of 16 samples and of the table's 120.
    func allowed(_ p: Double) -> Double { 4 * (p * (1 - p) * (1.0 / 16 + 1.0 / 120)).squareRoot() }
    #expect(abs(part(0, 3) - 111.0 / 120) < allowed(111.0 / 120))
    #expect(abs(part(1, 4) - 68.0 / 120) < allowed(68.0 / 120))
    #expect(abs(part(1, 3) - 50.0 / 120) < allowed(50.0 / 120))
  }
}
