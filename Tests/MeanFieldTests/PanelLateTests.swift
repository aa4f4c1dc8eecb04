import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Long after clusters have formed: voids, metastable life, the last mass that moves.
@Suite struct PanelLateTests {
  /// log dμ/dσ everywhere, to 1e-6 and the table's own error, whatever the tolerance.
  private func check(
    _ run: some LawEvolution, _ series: References.LogDensities.Series, at angles: [Double]
  ) throws {
    for entry in series.entries {
      try run.advance(to: entry.time)
      let found = PanelRuns.logDensities(run, at: angles)
      #expect(found.count == entry.logDensity.count)
      let allowed = 1e-6 + (entry.error ?? 0)
      #expect(zip(found, entry.logDensity).allSatisfy { abs($0 - $1) < allowed })
    }
  }

  static let circleGrid = (0..<64).map { 2 * Double.pi * Double($0) / 64 }
  static let polarGrid = (0..<64).map { (Double($0) + 0.5) * Double.pi / 64 }

  /// β = 9, softmax: down to 10⁻²³⁰ at t = 70.
  @Test(arguments: [1e-4, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12])
  func logDensitiesInVoidsOfTheCircle(tolerance: Double) throws {
    let table: References.LogDensities = try References.load("logdensity")
    let run = PanelRuns.circle(
      Attention(beta: 9), from: StructureTests.twoBumps, tolerance: tolerance, end: 70)
    try check(run, table.circle, at: Self.circleGrid)
  }

  /// Steps and panels have tolerances of their own: neither's error is the other's.
  @Test(arguments: [(1e-6, 1e-12), (1e-12, 1e-6)])
  func logDensitiesOfUnlikeTolerances(time: Double, space: Double) throws {
    let table: References.LogDensities = try References.load("logdensity")
    let run = Evolution.panels(
      Equation(attention: Attention(beta: 9)), from: StructureTests.twoBumps,
      on: CirclePanelLine(symmetry: 1),
      numerics: PanelNumerics(tolerance: time, spaceTolerance: space, end: 70))
    try check(run, table.circle, at: Self.circleGrid)
  }

  /// β = 0: Möbius maps have closed forms, until all mass but 10⁻⁴⁴ is at a point.
  @Test(arguments: [1e-4, 1e-6, 1e-8, 1e-10, 1e-12])
  func logDensitiesOfMoebiusFlows(tolerance: Double) throws {
    let table: References.LogDensities = try References.load("logdensity")
    let attention = Attention(beta: 0)
    try check(
      PanelRuns.circle(
        attention, from: PanelReferenceTests.poisson, tolerance: tolerance, end: 100),
      table.poisson, at: Self.circleGrid)
    let law = InitialLaw.harmonics([
      .init(mode: 1, cosine: 0.5, sine: 0), .init(mode: 2, cosine: 0, sine: 0.3),
    ])
    try check(
      PanelRuns.circle(attention, from: law, tolerance: tolerance, end: 100), table.moebius,
      at: Self.circleGrid)
  }

  @Test(arguments: [1e-4, 1e-6, 1e-8, 1e-10])
  func logDensitiesAboutAPole(tolerance: Double) throws {
    let table: References.LogDensities = try References.load("logdensity")
    try check(
      PanelRuns.zonal(
        3, Attention(beta: 9), from: SphereRuns.zonal([0.5]), tolerance: tolerance, end: 8),
      table.sphere, at: Self.polarGrid)
    let caps = InitialLaw.vonMises([
      .init(mean: [1], concentration: 30, weight: 1),
      .init(mean: [-1], concentration: 20, weight: 1),
    ])
    try check(
      PanelRuns.zonal(64, Attention(beta: 2), from: caps, tolerance: tolerance, end: 8),
      table.highSphere, at: Self.polarGrid)
  }

  /// Two narrow bumps at β = 25 live for 1.85e5, and the narrower they are the more like atoms.
  @Test(arguments: [0, 1, 2])
  func metastableBumpsMergeWhenTheyShould(index: Int) throws {
    let table: References.Metastable = try References.load("metastable25")
    let bump = table.bumps[index]
    let law = InitialLaw.vonMises(
      zip(table.initial.means, table.initial.masses).map {
        .init(mean: $0, concentration: bump.concentration, weight: $1)
      })
    let tolerance = 1e-8
    let run = PanelRuns.circle(Attention(beta: 25), from: law, tolerance: tolerance, end: 1e5)
    let merger = bump.merger.value
    // The last frame before it is that of two atoms: a search from there costs little.
    let found = try PanelRuns.mergers(run, at: [0, 1000, merger - 10, merger + 10])
    #expect(found.count == 1)
    let event = try #require(found.first)
    // Life is as e^{β(1 − cos θ)}: it changes by β sin θ ≈ 23 of itself for a radian.
    #expect(abs(event.time / merger - 1) < 23 * 20 * tolerance)
    // Mass of a bump's own side of the valley, good to the table's e^{−0.17 concentration}.
    #expect(abs(event.parentMasses[0] - 0.6) < 1e-8 + exp(-0.17 * bump.concentration))
  }

  /// C41: 1 − |m₁| decays like e^{−rt}, r = min(2e^β, e^{−β}) without normalization, 1 for softmax.
  ///
  /// The limit is approached as e^{−0.37 t}, as it seems from 0.354 at t = 9; rounding in |m₁| forbids
  /// later times than these.
  @Test func lastMassMovesAtItsRate() throws {
    for (normalization, rate, times) in [
      (Attention.Normalization.unnormalized, exp(-1.0), [38.0, 40]), (.softmax, 1, [16, 18]),
    ] {
      let run = PanelRuns.circle(
        Attention(beta: 1, normalization: normalization),
        from: ReferenceSolutionTests.cosine(1, 0.5),
        tolerance: 1e-10, end: 40)
      let missing = try times.map { time in
        try run.advance(to: time)
        let mean = run.snapshot().law.mean
        return 1 - hypot(mean[0], mean[1])
      }
      let found = log(missing[0] / missing[1]) / (times[1] - times[0])
      // e^{−0.37 · 38} = 1e-6, 1e-16/1 − |m₁| = 5e-10 and, for softmax, 1e-9 by t = 18; there the next
      // order is e^{−t} times t².
      #expect(abs(found - rate) < 1e-5)
    }
  }
}
