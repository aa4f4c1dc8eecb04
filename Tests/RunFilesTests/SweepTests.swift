import Foundation
import MeanField
import SnapshotIO
import TestSupport
import Testing

@testable import RunFiles

/// Sweeps: their points, what is refused, and their values.
@Suite struct SweepTests {
  static let text = """
    initial: {vonMises: [{mean: 0.3, concentration: 2}]}
    density: {spectral: {tolerance: 1e-7}}
    particles: {count: 12, members: 3, seed: 4}
    time: {end: 1, tolerance: 1e-7}
    output: {every: 0.5}
    sweep:
      keys:
        - {key: attention.beta, from: 1, to: 3, count: 3}
        - {key: manifold, values: [circle, {zonal: {dimension: 5}}]}
      observables:
        - {name: order, of: density, moment: 1}
        - {name: near, of: particles, probability: {innerProductAtLeast: 0.9}}
        - {name: clusters, of: particles, diagnostic: cluster_count}

    """

  /// A file whose start fits both manifolds.
  static let both = text.replacingOccurrences(
    of: "{vonMises: [{mean: 0.3, concentration: 2}]}", with: "uniform")

  static func sweep(_ text: String, _ settings: [String] = []) throws -> Sweep {
    try Sweep(RunFileSource(text: text, name: "a.yaml", settings: settings))
  }

  // MARK: Points

  @Test func pointsAreSingleRuns() throws {
    let sweep = try Self.sweep(Self.both)
    #expect(sweep.pointCount == 6)
    #expect(sweep.keys.map(\.name) == ["beta", "manifold"])
    #expect(sweep.keys[0].numbers == [1, 2, 3])
    #expect(sweep.keys[1].labels == ["circle", "{zonal: {dimension: 5}}"])
    #expect(sweep.times == [0, 0.5, 1])
    #expect(sweep.seed == 4)
    #expect(sweep.output == "output/a.nc")
    #expect(sweep.description(of: 5) == "beta = 3, manifold = {zonal: {dimension: 5}}")
    let base = Self.both.components(separatedBy: "sweep:")[0]
    let single = try RunFile(
      text: base + "attention: {beta: 3}\nmanifold: {zonal: {dimension: 5}}\n", name: "a.yaml",
      settings: [])
    #expect(try sweep.runFile(at: 5) == single)
    let changed = try Self.sweep(Self.both, ["particles.seed=9", "sweep.keys.0.count=2"])
    #expect(changed.seed == 9 && changed.pointCount == 4)
  }

  @Test func rangesMeetWhatTheyMean() throws {
    func numbers(_ range: String) throws -> [Double] {
      let key = "{key: noise, \(range)}"
      return try #require(
        Self.sweep(Self.single.replacingOccurrences(of: "KEY", with: key)).keys[0].numbers)
    }
    let beta = try numbers("from: 0.1, to: 9, count: 90")
    #expect(beta == (1...90).map { Double($0) / 10 })
    #expect(
      try numbers("from: 250, to: 16000, count: 4, spacing: log") == [250, 1000, 4000, 16000])
    #expect(try numbers("from: 2, to: 1, count: 3") == [2, 1.5, 1])
    let seeds = try Self.sweep(
      Self.single.replacingOccurrences(
        of: "KEY", with: "{key: particles.seed, from: 1, to: 200, count: 200}"))
    #expect(seeds.seed == nil && seeds.keys[0].name == "seed")
  }

  static let single = """
    manifold: circle
    attention: {beta: 2}
    initial: uniform
    particles: {count: 4}
    time: {end: 1}
    sweep:
      keys: [KEY]
      observables: [{name: m, of: density, moment: 2}]

    """

  @Test func resolvedFileHasTheSamePoints() throws {
    for text in [
      Self.both, Self.text.replacingOccurrences(of: ", {zonal: {dimension: 5}}", with: ""),
      Self.single.replacingOccurrences(
        of: "KEY", with: "{key: noise, values: [0, 0.1]}, {key: time.tolerance, values: [1e-6]}"),
      Self.single.replacingOccurrences(
        of: "KEY", with: "{key: initial, values: [uniform, {harmonics: [{mode: 1, cosine: 0.1}]}]}"
      ),
    ] {
      let sweep = try Self.sweep(text)
      let again = try Sweep(RunFileSource(text: sweep.yaml, name: "other.yaml"))
      #expect(again.yaml == sweep.yaml)
      #expect(again.pointCount == sweep.pointCount)
      for point in 0..<sweep.pointCount {
        #expect(try again.runFile(at: point) == sweep.runFile(at: point))
      }
    }
  }

  @Test func dimensionsHaveNamesOfTheirOwn() throws {
    let keys = """
      {key: initial.vonMises.0.mean, values: [0, 1]}, {key: initial.vonMises.1.mean, values: [0, 1]}
      """
    let text = Self.single.replacingOccurrences(of: "KEY", with: keys).replacingOccurrences(
      of: "uniform",
      with: "{vonMises: [{mean: 0, concentration: 1}, {mean: 2, concentration: 1}]}")
    #expect(try Self.sweep(text).keys.map(\.name) == ["mean", "initial_vonMises_1_mean"])
  }

  // MARK: Refusals

  struct Refused: Sendable, CustomTestStringConvertible {
    var key = "{key: noise, values: [0]}"
    var observable = "{name: m, of: density, moment: 2}"
    var message: String
    var testDescription: String { message }
  }

  @Test(arguments: [
    Refused(
      key: "{key: attention.betta, values: [1]}",
      message:
        "a.yaml:7:42: attention.betta: found an unknown key, allowed: beta, normalization, did "
        + "you mean 'beta'? (at the point betta = 1)"),
    Refused(
      key: "{key: attention.beta, values: [1, -2]}",
      message:
        "a.yaml:7:44: attention.beta: found -2, allowed: a number ≥ 0 (at the point beta = -2)"),
    Refused(
      key: "{key: attention.beta, from: 1, to: -1, count: 3}, {key: noise, values: [0, 1]}",
      message:
        "a.yaml:7:10: attention.beta: found -1, allowed: a number ≥ 0 (at the point beta = -1, "
        + "noise = 0)"),
    Refused(
      key: "{key: time.end, values: [1]}",
      message: "a.yaml:7:16: sweep.keys.0.key: found 'time.end', which cannot be swept: all points "
        + "have the same snapshot times"),
    Refused(
      key: "{key: output.every, values: [1]}",
      message: "a.yaml:7:16: sweep.keys.0.key: found 'output.every', which cannot be swept: all "
        + "points go to one file"),
    Refused(
      key: "{key: noise, values: [1]}, {key: noise, values: [2]}",
      message:
        "a.yaml:7:43: sweep.keys.1.key: found 'noise', and noise is swept too, allowed: one of "
        + "them"),
    Refused(
      key: "{key: noise, values: [1, 1]}",
      message: "a.yaml:7:31: sweep.keys.0.values: found 1 twice, allowed: every value once"),
    Refused(
      key: "{key: noise, from: 1, to: 2}",
      message: "a.yaml:7:10: sweep.keys.0.count: missing, allowed: a whole number from 2 to 100000"),
    Refused(
      key: "{key: noise, values: [1], count: 2}",
      message: "a.yaml:7:43: sweep.keys.0.count: found values too, allowed: values, or from, to, "
        + "count, spacing"),
    Refused(
      key: "{key: noise, from: 0, to: 2, count: 3, spacing: log}",
      message: "a.yaml:7:29: sweep.keys.0.from: found 0, allowed: a number > 0 with spacing: log"),
    Refused(
      observable: "{name: m, of: density, diagnostic: cluster_cuont}",
      message: "a.yaml:8:52: sweep.observables.0.diagnostic: found 'cluster_cuont', allowed: mass, "
        + "energy, normalized_energy, dissipation, dissipation_defect, step_size, entropy, "
        + "minimum_density, free_energy, resolution, cluster_count, mean, step, did you mean "
        + "'cluster_count'?"),
    Refused(
      observable: "{name: m, of: particles, diagnostic: entropy}",
      message:
        "a.yaml:8:54: sweep.observables.0.diagnostic: found 'entropy', allowed: mass, energy, "
        + "normalized_energy, dissipation, dissipation_defect, step_size, cluster_count, mean, step, "
        + "did you mean 'energy'?"),
    Refused(
      observable: "{name: m, of: density, probability: {innerProductAtLeast: 0.5}}",
      message:
        "a.yaml:8:53: sweep.observables.0.probability: is for pairs of particles, allowed: of: "
        + "particles"),
    Refused(
      observable: "{name: m, of: density}",
      message: "a.yaml:8:17: sweep.observables.0: found no quantity, allowed: one of probability, "
        + "diagnostic, moment"),
    Refused(
      observable: "{name: noise, of: density, moment: 1}",
      message:
        "a.yaml:8:17: sweep.observables.0: name: found noise, which is taken, allowed: another "
        + "name"),
    Refused(
      observable: "{name: m, of: densty, moment: 1}",
      message:
        "a.yaml:8:31: sweep.observables.0.of: found 'densty', allowed: particles, density, did "
        + "you mean 'density'?"),
    Refused(
      observable: "{name: m, of: density, moment: 99}",
      message:
        "a.yaml:8:17: m: found the moment 99, allowed: at most 64, the highest of output (at "
        + "the point noise = 0)"),
    Refused(
      key: "{key: density, values: [none, spectral]}",
      message: "a.yaml:8:17: m: no density is solved (at the point density = none)"),
  ])
  func refusals(_ refused: Refused) {
    let text = Self.single.replacingOccurrences(of: "KEY", with: refused.key)
      .replacingOccurrences(of: "{name: m, of: density, moment: 2}", with: refused.observable)
    do {
      _ = try Self.sweep(text)
      Issue.record("was not refused")
    } catch let error as RunFileError {
      #expect(error.message == refused.message)
      #expect(error.exitCode == 65)
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func aSweepIsNoSingleRun() {
    Samples.expectRefusal(
      Samples.least("sweep: {keys: []}"),
      "circle.yaml:5:1: sweep: found a sweep, which meanfield sweep solves; allowed here: a single run"
    )
    #expect(throws: RunFileError.self) { try Self.sweep(Samples.least()) }
  }

  // MARK: Values

  private static func solve(_ sweep: Sweep, threads: Int) throws -> String {
    let session = try SweepSession(sweep, start: .overwrite, threads: threads)
    return try session.execute().output
  }

  @Test func valuesAreThoseOfSingleRuns() throws {
    let folder = try TemporaryFolder()
    let sweep = try Sweep(
      RunFileSource(text: Self.both, name: "a.yaml"), output: "\(folder.path)/out.nc")
    let root = try NetCDFFile(opening: Self.solve(sweep, threads: 2)).root
    #expect(try root.variable("order").dimensions == ["beta", "manifold", "time"])
    #expect(try root.strings("manifold") == sweep.keys[1].labels)
    for point in [1, 4] {
      let simulation = try sweep.runFile(at: point).simulation(compares: false, threads: 1)
      for time in sweep.times.indices {
        while try simulation.advance() != .arrived {}
        let frame = try simulation.takeFrame()
        let place = sweep.indices(of: point) + [time]
        func value(_ name: String) throws -> Double {
          try root.doubles(name, start: place, count: [1, 1, 1])[0]
        }
        let density = try #require(frame.density)
        #expect(try value("order") == density.law.amplitude(degree: 1))
        let counts = frame.memberClusters.map { Double($0.count) }
        let mean = counts.reduce(0, +) / 3
        #expect(try value("clusters") == mean)
        let squares = counts.map { ($0 - mean) * ($0 - mean) }
        let variance = squares.reduce(0, +) / 2
        #expect(try value("clusters_standard_error") == (variance / 3).squareRoot())
        let near = frame.members.map { $0.law.pairProbability(innerProductAtLeast: 0.9) }
        let average = near.reduce(0, +) / 3
        #expect(try abs(value("near") - average) < 1e-15)
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    let folder = try TemporaryFolder()
    var found: [[UInt64]] = []
    for threads in [1, 2, 7] {
      let sweep = try Sweep(
        RunFileSource(text: Self.both, name: "a.yaml"), output: "\(folder.path)/\(threads).nc")
      let root = try NetCDFFile(opening: Self.solve(sweep, threads: threads)).root
      var bits: [UInt64] = []
      for name in ["order", "near", "near_standard_error", "clusters"] {
        bits += try root.doubles(name).map(\.bitPattern)
      }
      found.append(bits)
    }
    #expect(found[0] == found[1] && found[0] == found[2])
  }

  @Test func theLargestPointsComeFirst() throws {
    let sweep = try Self.sweep(
      Self.single.replacingOccurrences(
        of: "KEY", with: "{key: particles.count, values: [4, 4000]}"
      ).replacingOccurrences(of: "of: density", with: "of: particles"))
    #expect(sweep.cost.pointWork[1] > 100 * sweep.cost.pointWork[0])
  }
}
