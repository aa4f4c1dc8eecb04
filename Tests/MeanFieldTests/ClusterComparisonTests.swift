import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Clusters of members beside those of their density: differences against what linear response
/// expects, by Monte Carlo.
struct ClusterComparisonTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var equation: Equation
    var law: InitialLaw
    var times: [Double]
    var onPanels = false
    var members = 200
    var tokens = 1000
    /// Relative standard error of what is expected, where there is noise.
    var scatter = 0.0
  }

  static let demo = InitialLaw.vonMises([
    .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2),
  ])
  static let overlapping = InitialLaw.vonMises([
    .init(mean: 0.3, concentration: 2, weight: 1), .init(mean: 2.5, concentration: 3, weight: 2),
  ])
  static let onTheSphere = InitialLaw.vonMises([
    .init(mean: [1, 0, 0.5], concentration: 4, weight: 1),
    .init(mean: [-0.3, 1, 0], concentration: 6, weight: 1),
    .init(mean: [-0.5, -0.5, -1], concentration: 3, weight: 2),
  ])
  static let caps = InitialLaw.vonMises([
    .init(mean: [1], concentration: 3, weight: 1), .init(mean: [-1], concentration: 5, weight: 2),
  ])

  static let cases = [
    Case(
      testDescription: "circle", equation: Equation(attention: Attention(beta: 9)), law: demo,
      times: [0, 1, 5]),
    Case(
      testDescription: "circle, panels without a void",
      equation: Equation(attention: Attention(beta: 5)), law: overlapping, times: [1, 2, 4],
      onPanels: true),
    Case(
      testDescription: "circle, noise",
      equation: Equation(attention: Attention(beta: 9), noise: 0.03), law: overlapping,
      times: [1.5, 3],
      // Over five seeds of the 384 labels, at t = 3: few of them are near the border.
      scatter: 0.09),
    Case(
      testDescription: "sphere",
      equation: Equation(manifold: .sphere(dimension: 3), attention: Attention(beta: 9)),
      law: onTheSphere, times: [0, 2], members: 100),
    Case(
      testDescription: "sphere, noise",
      equation: Equation(
        manifold: .sphere(dimension: 3), attention: Attention(beta: 9), noise: 0.03),
      law: onTheSphere, times: [0.5], members: 100,
      // A root mean square of 384 samples.
      scatter: 0.036),
    Case(
      testDescription: "zonal",
      equation: Equation(manifold: .zonal(dimension: 3), attention: Attention(beta: 4)),
      law: caps, times: [0, 1.5], members: 100),
  ]

  /// Root mean squares over members, and standard deviations of masses.
  @Test(arguments: cases)
  func differencesAreAsLargeAsExpected(_ setting: Case) throws {
    let equation = setting.equation
    let geometry = equation.manifold.geometry
    let end = try #require(setting.times.last)
    let step = equation.noise > 0 ? 0.02 : nil
    let fluctuation = try geometry.fluctuation(
      equation, around: setting.law,
      numerics: TokenNumerics(tolerance: 1e-4, seed: 1, step: step, end: end))
    let density =
      setting.onPanels
      ? try #require(
        geometry.panels(
          equation, from: setting.law,
          numerics: PanelNumerics(tolerance: 1e-7, spaceTolerance: 1e-7, symmetry: 1, end: end)))
      : try equation.density(from: setting.law, tolerance: 1e-6, end: end)
    let draws = geometry.draws(
      from: setting.law, count: setting.tokens, members: setting.members, seed: 5, threads: 2)
    let members = draws.enumerated().map { member, points in
      geometry.tokens(
        equation, at: points, masses: nil,
        numerics: TokenNumerics(
          tolerance: 1e-5, seed: 5, member: member, step: step, momentCount: 32, end: end))
    }
    // Relative standard error of a root mean square of M normal numbers, and of what is expected.
    let error = (0.5 / Double(setting.members) + setting.scatter * setting.scatter).squareRoot()
    for time in setting.times {
      try fluctuation.advance(to: time, shouldStop: { false })
      try density.advance(to: time)
      for member in members { try member.advance(to: time) }
      let snapshot = density.snapshot()
      let clusters = snapshot.clusters()
      let spreads = fluctuation.response().clusterSpreads(
        of: snapshot.law, clusters, attention: equation.attention, tokens: setting.tokens)
      let comparison = ClusterComparison(
        density: clusters, members: members.map { $0.snapshot().clusters() }, spreads: spreads)
      #expect(clusters.count > 1)
      for (k, spread) in spreads.enumerated() {
        #expect(comparison.matches.allSatisfy { $0[k] != nil })
        func size(_ differences: [[Double]]) -> Double {
          let sum = differences.reduce(0) { $0 + $1[k] * $1[k] }
          return (sum / Double(differences.count)).squareRoot()
        }
        let mass = size(comparison.massDifferences) / spread.mass
        #expect(abs(mass - 1) < 3 * error, "mass of \(k) at t = \(time)")
        // Where the clusters of members are about a pole is not a matter of zonal fluctuations.
        guard equation.manifold.isZonal else {
          let position = size(comparison.positionDifferences) / spread.position
          #expect(abs(position - 1) < 3 * error, "position of \(k) at t = \(time)")
          continue
        }
        #expect(spread.position.isNaN)
      }
    }
  }

  // MARK: Closed forms

  private func spreads(
    _ equation: Equation, _ law: InitialLaw, at time: Double = 0, tokens: Int
  ) throws -> (clusters: [Cluster], spreads: [ClusterSpread]) {
    let evolution = try equation.manifold.geometry.fluctuation(
      equation, around: law, numerics: TokenNumerics(tolerance: 1e-4, end: max(time, 1)))
    let density = try equation.density(from: law, tolerance: 1e-6, end: max(time, 1))
    try evolution.advance(to: time, shouldStop: { false })
    try density.advance(to: time)
    let snapshot = density.snapshot()
    let clusters = snapshot.clusters()
    return (
      clusters,
      evolution.response().clusterSpreads(
        of: snapshot.law, clusters, attention: equation.attention, tokens: tokens)
    )
  }

  /// Where nothing lies between bumps nothing crosses: a mass p is a share of N independent draws, with a
  /// standard deviation of √(p(1 − p)/N), then and later.
  @Test(arguments: [
    (Manifold.circle, [[0.3], [3]]), (.sphere(dimension: 3), [[1, 0, 0.5], [-1, 0.3, 0]]),
    (.zonal(dimension: 3), [[1], [-1]]), (.zonal(dimension: 16), [[1], [-1]]),
  ])
  func massesOfSeparateBumpsAreSharesOfDraws(manifold: Manifold, means: [[Double]]) throws {
    let equation = Equation(manifold: manifold, attention: Attention(beta: 9))
    let concentration = 10 * Double(manifold.dimension)
    let law = InitialLaw.vonMises(
      zip(means, [1.0, 3]).map { .init(mean: $0, concentration: concentration, weight: $1) })
    for time in [0.0, 0.5] {
      let (clusters, spreads) = try spreads(equation, law, at: time, tokens: 400)
      #expect(clusters.count == 2)
      for (p, spread) in zip([0.75, 0.25], spreads) {
        // Labels on the circle and waves in polar angles resolve a step to a per cent of its variance, the
        // white noise that harmonics up to 63 add to columns on S² to three.
        #expect(abs(spread.mass / (p * (1 - p) / 400).squareRoot() - 1) < 0.015)
      }
    }
  }

  /// Of one bump e^{κ cos θ} at t = 0: N E|δp|² = ∫ |∇k|² dμ / (∫ k″ dμ)² with k = e^{β(cos θ − 1)} about its
  /// top, at β = 0 cos θ; on S² with the Hessian along either direction.
  @Test(arguments: [0.0, 2, 9, 40], [1.0, 6])
  func positionsOfOneBumpSpreadByTheSlopesOfTheKernel(beta: Double, concentration: Double) throws {
    for manifold in [Manifold.circle, .sphere(dimension: 3)] {
      let onSphere = manifold != .circle
      let equation = Equation(manifold: manifold, attention: Attention(beta: beta))
      // The trapezoidal rule over the polar angle, exact to rounding for smooth periodic functions.
      var mass = 0.0
      var slopes = 0.0
      var bends = 0.0
      let count = 4000
      for i in 0..<count {
        let angle = Double.pi * (Double(i) + 0.5) / Double(count)
        let (c, s) = (cos(angle), sin(angle))
        let weight = exp(concentration * (c - 1)) * (onSphere ? s : 1)
        let kernel = beta > 0 ? beta * exp(beta * (c - 1)) : 1
        mass += weight
        slopes += weight * kernel * kernel * s * s
        bends += weight * kernel * ((onSphere ? 0.5 : 1) * beta * s * s - c)
      }
      let expected = (slopes * mass).squareRoot() / abs(bends)
      let (clusters, spreads) = try spreads(
        equation,
        .vonMises([
          .init(mean: onSphere ? [0.6, 0, 0.8] : [1.2], concentration: concentration)
        ]), tokens: 10_000)
      #expect(clusters.count == 1)
      // On S² what is finer than the sources is known by its degree alone.
      #expect(
        abs(100 * spreads[0].position / expected - 1) < (onSphere ? 0.02 : 1e-3),
        "\(manifold)")
      // The only one holds everything.
      #expect(spreads[0].mass < 1e-12)
    }
  }

  /// A ring of maxima breaks up in members.
  @Test func ofRingsNothingIsSaid() throws {
    let equation = Equation(manifold: .zonal(dimension: 3), attention: Attention(beta: 9))
    let (clusters, spreads) = try spreads(
      equation, .harmonics([.init(mode: 2, cosine: -0.9, sine: 0)]), tokens: 1000)
    #expect(clusters.count == 1 && clusters[0].position[0] > 1)
    #expect(spreads[0].position.isNaN && spreads[0].mass.isNaN)
  }

  // MARK: Matching

  /// Sums over all permutations tell the cheapest.
  @Test(arguments: [(1, 1), (3, 3), (4, 6), (6, 6), (5, 7)])
  func assignmentsAreTheCheapest(rows: Int, columns: Int) {
    var random = SplitMix(state: UInt64(10 * rows + columns))
    for _ in 0..<20 {
      let costs = (0..<rows).map { _ in random.numbers(columns, in: 0...1) }
      func least(_ row: Int, _ taken: Set<Int>) -> Double {
        guard row < rows else { return 0 }
        return (0..<columns).filter { !taken.contains($0) }
          .map { costs[row][$0] + least(row + 1, taken.union([$0])) }.min() ?? .infinity
      }
      let found = cheapestAssignment(rows: rows, columns: columns) { costs[$0][$1] }
      #expect(Set(found).count == rows)
      let sum = found.enumerated().reduce(0) { $0 + costs[$1.offset][$1.element] }
      #expect(abs(sum - least(0, [])) < 1e-14)
    }
  }

  private func clusters(_ places: [Double]) -> [Cluster] {
    places.map { Cluster(position: [$0], mass: 0.1) }
  }

  /// The nearest for each would give both to one.
  @Test func clustersAreMatchedTogether() {
    let match = { ClusterComparison.match($0, with: $1) }
    #expect(match(clusters([1, 2]), clusters([2.5, 1.6])) == [1, 0])
    // Round the circle.
    #expect(match(clusters([0.1, 3]), clusters([3.1, 6.2])) == [1, 0])
    // Unequal counts.
    #expect(match(clusters([1, 2, 4]), clusters([2.1])) == [nil, 0, nil])
    #expect(match(clusters([4]), clusters([1, 4.2, 3.9])) == [2])
    #expect(match(clusters([]), clusters([1])) == [])
    #expect(match(clusters([1]), clusters([])) == [nil])
    // Farther away than another cluster, and on the other side.
    #expect(match(clusters([1, 1.5, 3]), clusters([1, 2.1])) == [0, nil, 1])
    #expect(match(clusters([1]), clusters([1 + 1.6])) == [nil])
  }

  @Test func differencesAreGeodesic() {
    let other = Cluster(position: [0, sin(0.4), cos(0.4)], mass: 0.7)
    let comparison = ClusterComparison(
      density: [
        Cluster(position: [0, 0, 1], mass: 0.6), Cluster(position: [1, 0, 0], mass: 0.4),
      ],
      members: [[other], []], spreads: [.unknown, .unknown])
    #expect(comparison.matches == [[0, nil], [nil, nil]])
    #expect(abs(comparison.positionDifferences[0][0] - 0.4) < 1e-15)
    #expect(abs(comparison.massDifferences[0][0] - 0.1) < 1e-15)
    #expect(comparison.positionDifferences[1].allSatisfy { $0.isNaN })
  }
}

extension Manifold {
  fileprivate var isZonal: Bool { self == .zonal(dimension: dimension) }
}
