import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Weighted atoms on the circle, which is what panels end as.
@Suite struct PanelAtomTests {
  static func gap(_ run: PanelRuns.CircleRun) -> Double {
    let angles = PanelRuns.angles(run)
    return (angles.last ?? 0) - (angles.first ?? 0)
  }

  /// C21: two atoms, by quadrature of d(separation)/speed.
  ///
  /// Near the fold the separation falls at a speed of at most one, and time is known to its own ulp;
  /// on the long way before, a separation wrong by δ changes the time that is left by β sin θ δ of it.
  @Test func twoAtomsMeetInTime() throws {
    let table: References.Atoms = try References.load("atoms")
    for pair in table.pairs where pair.beta < 100 {
      let tolerance = 1e-12
      let run = PanelRuns.circle(
        Attention(beta: pair.beta, named: pair.normalization),
        from: PanelRuns.tokens(
          [0.3, 0.3 + pair.separation.value], [pair.mass, 1 - pair.mass]),
        tolerance: tolerance, end: pair.toThousandth.value)
      let speed = pair.normalization == "softmax" ? 1 : exp(pair.beta)
      let late = max(1, pair.merger.value * speed) * pair.beta * tolerance
      try run.advance(to: pair.merger.value)
      #expect(abs(Self.gap(run) - pair.separationAtMerger.value) < 20 * tolerance + late)
      try run.advance(to: pair.toThousandth.value)
      // The rate of approach is that times the separation, here 1e-3.
      #expect(abs(Self.gap(run) - 1e-3) < 20 * tolerance + 1e-2 * late)
    }
  }

  /// Five tokens of arXiv 2410.06833 at β = 4, through every sample and to the merger.
  @Test(arguments: [1e-6, 1e-8, 1e-10, 1e-12])
  func fiveTokensMergeWhenTheyShould(tolerance: Double) throws {
    let cloud = try References.load("atoms", as: References.Atoms.self).fiveTokens
    let run = PanelRuns.circle(
      Attention(beta: cloud.beta), from: Self.law(cloud), tolerance: tolerance, end: 400)
    let merger = try #require(cloud.mergers.first)
    for sample in cloud.samples {
      try run.advance(to: sample.time.value)
      let snapshot = run.snapshot()
      // E changes by less than one in a unit of time, at the merger.
      #expect(abs(snapshot.normalizedEnergy - sample.normalizedEnergy.value) < 1e3 * tolerance)
      let isBefore = sample.time.value < merger.time.value
      #expect(snapshot.clusters().count == (isBefore ? 2 : 1))
    }
    let start = PanelRuns.circle(
      Attention(beta: cloud.beta), from: Self.law(cloud), tolerance: tolerance, end: 400)
    let found = try PanelRuns.mergers(start, at: [0, 322, 324])
    #expect(found.count == 1)
    let event = try #require(found.first)
    // The search halves two units of time to 2e-9; e^{β(1 − cos)} makes 1e2 of an error.
    #expect(abs(event.time - merger.time.value) < 4e-9 + 1e3 * tolerance)
    #expect(abs(event.parentMasses[0] - 0.6) < 1e-12 && abs(event.parentMasses[1] - 0.4) < 1e-12)
  }

  private static func law(_ cloud: References.Atoms.Cloud) -> InitialLaw {
    PanelRuns.tokens(cloud.angles.map(\.value), cloud.masses.map(\.value))
  }

  /// C26 and unequal masses: Σ p_q² stair by stair, to t = 10²⁰, where doubles are 16384 apart.
  @Test(arguments: [1e-6, 1e-10])
  func staircasesHaveTheirLevels(tolerance: Double) throws {
    let table: References.Atoms = try References.load("atoms")
    for cloud in table.staircases {
      let attention = Attention(beta: cloud.beta, named: cloud.normalization)
      let run = PanelRuns.circle(attention, from: Self.law(cloud), tolerance: tolerance, end: 1e20)
      var energy = 0.0
      for sample in cloud.samples where sample.time.value <= 1e20 {
        try run.advance(to: sample.time.value)
        let snapshot = run.snapshot()
        // A speed of one changes E by √β ≤ 39 in a unit of time; steps are 20 tolerances off.
        #expect(
          abs(snapshot.normalizedEnergy - sample.normalizedEnergy.value) < 1e3 * tolerance + 1e-14)
        #expect(snapshot.normalizedEnergy >= energy - 1e-14)
        #expect(abs(snapshot.law.mass - 1) < 1e-15)
        energy = snapshot.normalizedEnergy
      }
    }
  }

  /// Mergers of the same clouds, by time and by what merges, as far as t = 10²⁰.
  @Test(arguments: zip([1e-6, 1e-6, 1e-10, 1e-10, 1e-10, 1e-10], [4, 5, 0, 3, 4, 5]))
  func staircasesMergeWhenTheyShould(tolerance: Double, index: Int) throws {
    let cloud = try References.load("atoms", as: References.Atoms.self).staircases[index]
    let expected = cloud.mergers.filter { $0.time.value <= 1e20 }
    let run = PanelRuns.circle(
      Attention(beta: cloud.beta, named: cloud.normalization), from: Self.law(cloud),
      tolerance: tolerance, end: 1e20)
    // Not in the middle of two frames: where a search halves the time first, rounding would decide
    // on which side the merger is.
    let width = 3e-3
    let found = try PanelRuns.mergers(
      run,
      at: [0] + expected.flatMap { [(1 - 1e-3) * $0.time.value, (1 + 2e-3) * $0.time.value] })
    #expect(found.count == expected.count)
    for (event, merger) in zip(found, expected) {
      let relative = abs(event.time / merger.time.value - 1)
      // A search halves the time between two frames to 1e-9 of it. Life is as e^{β(1 − cos θ)}:
      // distances wrong by a tolerance change it by β of that.
      #expect(relative < 2e-9 * width + cloud.beta * tolerance)
      let parents = merger.parents.map(\.value).sorted(by: >)
      #expect(zip(event.parentMasses, parents).allSatisfy { abs($0 - $1) < 1e-15 })
    }
  }

  /// C22 and the table of `polygons`: an atom split in two contracts, patterns of equal atoms grow.
  @Test(
    arguments: [(2, 2.0), (3, 5.0), (4, 9.0), (4, 7.0)], [Attention.Normalization.softmax, .peak])
  func polygonsHaveTheirRates(
    polygon: (clusters: Int, beta: Double), normalization: Attention.Normalization
  ) throws {
    let k = polygon.clusters
    let entry = try #require(
      try References.load("atoms", as: References.Atoms.self).polygons
        .first { $0.clusters == k && $0.beta == polygon.beta })
    let rates = normalization == .softmax ? entry.softmax : entry.peak
    let attention = Attention(beta: polygon.beta, normalization: normalization)
    let corners = (0..<k).map { 0.5 + 2 * Double.pi * Double($0) / Double(k) }
    let size = 1e-5

    // Halves of the first atom, 2e-5 apart.
    let split = PanelRuns.circle(
      attention,
      from: PanelRuns.tokens(
        [corners[0] - size, corners[0] + size] + corners.dropFirst(),
        [0.5, 0.5].map { $0 / Double(k) } + [Double](repeating: 1 / Double(k), count: k - 1)),
      tolerance: 1e-13, end: 1)
    let contraction = rates.contraction.value
    try split.advance(to: 1)
    let angles = PanelRuns.angles(split)
    // β size² of the rate, and 1e-13 of steps in 2e-5.
    #expect(abs(log((angles[1] - angles[0]) / (2 * size)) + contraction) < 1e-7)

    for (index, rate) in rates.merging.map(\.value).enumerated() {
      let pattern = (0..<k).map { cos(2 * Double.pi * Double((index + 1) * $0) / Double(k)) }
      let end = min(1 / rate, 2000)
      func moved(_ size: Double) throws -> [Double] {
        let run = PanelRuns.circle(
          attention,
          from: PanelRuns.tokens(
            zip(corners, pattern).map { $0 + size * $1 },
            [Double](repeating: 1 / Double(k), count: k)),
          tolerance: 1e-13, end: end)
        try run.advance(to: end)
        return PanelRuns.angles(run)
      }
      // Terms of even order cancel; those left are (β size)² of the rate.
      let differences = zip(try moved(size), try moved(-size)).map { 0.5 * ($0 - $1) }
      let amplitude =
        zip(differences, pattern).reduce(0) { $0 + $1.0 * $1.1 }
        / pattern.reduce(0) { $0 + $1 * $1 }
      // 1e-13 of steps in 1e-5.
      #expect(abs(log(amplitude / size) - rate * end) < 1e-7)
    }
  }

  /// C23: Λ = e^{−β/2} (½ + ¾β) is what the sum over three corners gives, and vanishes at β = −⅔.
  @Test func threeClustersAreStableBelowMinusTwoThirds() throws {
    func rate(_ beta: Double) -> Double {
      let angle = 2 * Double.pi / 3
      let (c, s) = (cos(angle), sin(angle))
      return -2 * exp(beta * c) * (c - beta * s * s) * (1 - c) / 3
    }
    for entry in try References.load("atoms", as: References.Atoms.self).polygons
    where entry.clusters == 3 {
      let closed = exp(-entry.beta / 2) * (0.5 + 0.75 * entry.beta)
      #expect(abs(entry.unnormalized.merging[0].value / closed - 1) < 1e-14)
      #expect(abs(rate(entry.beta) / closed - 1) < 1e-14)
    }
    #expect(abs(rate(-2.0 / 3)) < 1e-15)
    #expect(rate(-0.66) > 0 && rate(-0.67) < 0)
  }

  /// C24: in the clock of the pair, ds = Z-share · dt, tan(θ/2) = tan(θ₀/2) e^{−2s}, β = 200.
  ///
  /// Time itself cannot tell: all but e^{−45} of it passes near θ₀. So dθ/ds is asked of the velocity
  /// between atoms, which at θ₀ is 10⁻⁴⁰, and integrated by Gauss's rule.
  @Test func pairsFollowThePairingLaw() throws {
    let beta = 200.0
    let attention = Attention(beta: beta)
    func clockRate(_ separation: Double) -> Double {
      let run = PanelRuns.circle(
        attention, from: PanelRuns.tokens([1, 1 + separation], [0.5, 0.5]), end: 1)
      // dt = e^{β(1 − cos θ)} ds, θ' = −2 |X|.
      let share = exp(beta * (cos(separation) - 1))
      return share / (2 * run.snapshot().largestSpeed)
    }
    for (clock, expected) in [(0.2, 0.70206235), (0.5, 0.39666280)] {
      let half = 0.5 * (1 - expected)
      let rule = PanelRule.standard
      let sum = rule.nodes.indices.reduce(0) {
        $0 + half * rule.weights[$1] * clockRate(0.5 * (1 + expected) + half * rule.nodes[$1])
      }
      // Eight digits are printed; e^{β(cos θ − 1)} beside one is 1e-7 at θ = 0.4.
      #expect(abs(sum - clock) < 2e-7)
    }
  }

  /// A cluster of 10⁻¹⁹ comes together by itself where the kernel of the rest, e^{−β(1 − cos Δ)}, is far below that:
  /// at rate one, so that at t = 45 its panels would be narrower than doubles tell.
  @Test func clustersOfNextToNoMassBecomeAtoms() throws {
    let share = 1e-19
    let attention = Attention(beta: 30)
    func check(_ run: some LawEvolution, at angle: Double, drift: Double) throws {
      try run.advance(to: 45) { false }
      let nodes = try #require(run.snapshot().law.nodes)
      let nearest = try #require(
        nodes.angles.indices.min { abs(nodes.angles[$0] - angle) < abs(nodes.angles[$1] - angle) })
      #expect(nodes.isAtom[nearest])
      // What started near the border of its basin is still on its way.
      #expect(abs(nodes.masses[nearest] / share - 1) < 1e-4)
      #expect(abs(nodes.angles[nearest] - angle) < drift)
    }
    func bumps(_ heavy: [Double], _ light: [Double]) -> InitialLaw {
      .vonMises([
        .init(mean: heavy, concentration: 6000),
        .init(mean: light, concentration: 60, weight: share),
      ])
    }
    // The rest draws it with e^{−30 (1 − cos 2.7)}/10⁻¹⁹ sin 2.7 = 7e-7, and at first, while both have a width,
    // with up to twice that.
    try check(
      PanelRuns.circle(attention, from: bumps([0.3], [3]), tolerance: 1e-8, end: 45), at: 3,
      drift: 1e-4)
    // The south pole stays.
    try check(
      PanelRuns.zonal(3, attention, from: bumps([1], [-1]), tolerance: 1e-8, end: 45),
      at: .pi, drift: 1e-8)
  }
}
